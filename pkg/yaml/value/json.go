package value

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// MarshalJSON returns v as JSON, with the keys of maps in their order. The error is about
// a number that JSON writes otherwise.
func (v *Value) MarshalJSON() ([]byte, error) { return v.appendJSON(nil) }

func (v *Value) appendJSON(out []byte) (_ []byte, err error) {
	switch {
	case v == nil || v.Kind == Null:
		return append(out, "null"...), nil
	case v.Kind == String:
		return appendJSONString(out, v.Text), nil
	case v.Kind == List:
		out = append(out, '[')
		for i, item := range v.Items {
			if i > 0 {
				out = append(out, ',')
			}
			if out, err = item.appendJSON(out); err != nil {
				return nil, err
			}
		}
		return append(out, ']'), nil
	case v.Kind == Map:
		out = append(out, '{')
		for i, e := range v.Entries {
			if i > 0 {
				out = append(out, ',')
			}
			if out, err = e.Value.appendJSON(append(appendJSONString(out, e.Key), ':')); err != nil {
				return nil, err
			}
		}
		return append(out, '}'), nil
	case !json.Valid([]byte(v.Text)):
		return nil, fmt.Errorf("%q is no number of JSON", v.Text)
	}
	return append(out, v.Text...), nil
}

func appendJSONString(out []byte, text string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string has no error
	return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// FromJSON reads JSON. The values have no positions, and the keys of a map are
// in no order.
func FromJSON(src []byte) (*Value, error) {
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	var x any
	if err := dec.Decode(&x); err != nil {
		return nil, err
	}
	return fromAny(x)
}

func fromAny(x any) (*Value, error) {
	switch x := x.(type) {
	case nil:
		return &Value{}, nil
	case bool:
		return NewBool(diag.Pos{}, x), nil
	case string:
		return NewString(diag.Pos{}, x), nil
	case json.Number:
		v := &Value{Kind: Int, Plain: true, Text: x.String()}
		if strings.ContainsAny(v.Text, ".eE") {
			v.Kind = Float
		}
		return v, nil
	case []any:
		v := &Value{Kind: List, Items: make([]*Value, len(x))}
		for i, item := range x {
			var err error
			if v.Items[i], err = fromAny(item); err != nil {
				return nil, err
			}
		}
		return v, nil
	case map[string]any:
		v := &Value{Kind: Map, Entries: make([]Entry, 0, len(x))}
		for key, item := range x {
			item, err := fromAny(item)
			if err != nil {
				return nil, err
			}
			v.Entries = append(v.Entries, Entry{Key: key, Value: item})
		}
		return v, nil
	}
	return nil, fmt.Errorf("no value for %T", x)
}
