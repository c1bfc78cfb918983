package schema

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// JSON is a JSON object that keeps its order; lists are of type []any.
type JSON []Member

// Member is a member of a JSON object.
type Member struct {
	Key   string
	Value any
}

// jsonWidth is how long a line may be that holds a whole object or list.
const jsonWidth = 120

// appendJSON writes what fits into a line on one line, and the parts of all else
// on lines of their own.
func appendJSON(out []byte, x any, indent int) ([]byte, error) {
	flat, err := appendFlat(nil, x)
	if err != nil || len(flat)+indent <= jsonWidth {
		return append(out, flat...), err
	}
	newLine := func(indent int) { out = append(append(out, '\n'), strings.Repeat(" ", indent)...) }
	switch x := x.(type) {
	case JSON:
		out = append(out, '{')
		for i, m := range x {
			if i > 0 {
				out = append(out, ',')
			}
			newLine(indent + 2)
			if out, err = appendFlat(out, m.Key); err != nil {
				return nil, err
			}
			if out, err = appendJSON(append(out, ": "...), m.Value, indent+2); err != nil {
				return nil, err
			}
		}
		newLine(indent)
		return append(out, '}'), nil
	case []any:
		out = append(out, '[')
		for i, item := range x {
			if i > 0 {
				out = append(out, ',')
			}
			newLine(indent + 2)
			if out, err = appendJSON(out, item, indent+2); err != nil {
				return nil, err
			}
		}
		newLine(indent)
		return append(out, ']'), nil
	}
	return append(out, flat...), nil
}

// appendFlat writes a value on one line.
func appendFlat(out []byte, x any) (_ []byte, err error) {
	switch x := x.(type) {
	case JSON:
		out = append(out, '{')
		for i, m := range x {
			if i > 0 {
				out = append(out, ", "...)
			}
			if out, err = appendFlat(out, m.Key); err != nil {
				return nil, err
			}
			if out, err = appendFlat(append(out, ": "...), m.Value); err != nil {
				return nil, err
			}
		}
		return append(out, '}'), nil
	case []any:
		out = append(out, '[')
		for i, item := range x {
			if i > 0 {
				out = append(out, ", "...)
			}
			if out, err = appendFlat(out, item); err != nil {
				return nil, err
			}
		}
		return append(out, ']'), nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err = enc.Encode(x)
	return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...), err
}

// plain returns a value as JSON has it.
func plain(v *value.Value) any {
	switch {
	case v.Is(value.Map):
		out := JSON{}
		for _, e := range v.Entries {
			out = append(out, Member{e.Key, plain(e.Value)})
		}
		return out
	case v.Is(value.List):
		out := make([]any, len(v.Items))
		for i, item := range v.Items {
			out[i] = plain(item)
		}
		return out
	case v.Is(value.Bool):
		return v.IsTrue()
	case v.Is(value.Null):
		return nil
	}
	if n, ok := v.Int64(); ok {
		return n
	}
	return v.Text
}
