package value

import "github.com/unfold-gitops/unfold/pkg/diag"

// MapOf builds a map of alternating keys and values. Strings, booleans and
// numbers may be given as they are; what is nil, empty text or an empty map or
// list is left out.
func MapOf(pos diag.Pos, pairs ...any) *Value {
	out := NewMap(pos)
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i].(string), From(pos, pairs[i+1]))
	}
	return out
}

// From returns a value for a string, boolean, number or Value, or nil where there
// is nothing in it.
func From(pos diag.Pos, x any) *Value {
	switch x := x.(type) {
	case string:
		if x != "" {
			return NewString(pos, x)
		}
	case bool:
		return NewBool(pos, x)
	case int64:
		return NewInt(pos, x)
	case *Value:
		if !x.Empty() {
			return x
		}
	}
	return nil
}

// NewStrings returns a list of texts.
func NewStrings(pos diag.Pos, texts ...string) *Value {
	out := NewList(pos)
	for _, text := range texts {
		out.Items = append(out.Items, NewString(pos, text))
	}
	return out
}
