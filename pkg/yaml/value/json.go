package value

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

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
