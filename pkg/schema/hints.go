package schema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Foreign is a row of a table of words of other tools: what to write here in place of one.
type Foreign struct {
	Words []string // as other tools spell it
	// Field is the field that takes its place. A row of Normaliser.Words holds for the objects that have the field, one of
	// Type.Foreign holds for the type.
	Field string
	Hint  string
	// NoName says that the words are no names in More either, of an object that has it.
	NoName bool
	// Fits says that the row holds only for keys with such a value; nil is any.
	Fits func(*value.Value) bool
}

// foreign returns the hint for a key that is a word of another tool, "" for any other.
func foreign(rows []Foreign, e value.Entry, here func(field string) bool) string {
	for i := range rows {
		fits := rows[i].Fits == nil || rows[i].Fits(e.Value)
		if fits && slices.Contains(rows[i].Words, e.Key) && here(rows[i].Field) {
			return rows[i].Hint
		}
	}
	return ""
}

// foreignHint returns the hint for a key that is a word of another tool where s is expected, "" for any other.
func (n *Normaliser) foreignHint(s *Type, e value.Entry) string {
	if hint := foreign(s.Foreign, e, func(string) bool { return true }); hint != "" {
		return hint
	}
	return foreign(n.Words, e, func(field string) bool { return s.Field(field) != nil })
}

// unknownHint returns the hint for a key that is no field of an object: what it is elsewhere or in another tool, the field
// that it nearly is, what the object has in its place, or where the fields are.
func (n *Normaliser) unknownHint(s *Type, e value.Entry) string {
	key := e.Key
	if s.Elsewhere != nil {
		if hint := s.Elsewhere(key); hint != "" {
			return hint
		}
	}
	if hint := n.foreignHint(s, e); hint != "" {
		return hint
	}
	names := s.FieldNames()
	if diag.Suggest(key, names) == "" {
		if hint := n.meant(s, key); hint != "" {
			return hint
		}
		if n.ListFields != nil && len(names) > diag.MaxListed {
			return n.ListFields(n.Path)
		}
	}
	return diag.Hint(key, "the fields here are", names)
}

// addByPatches is the hint for what Kubernetes has and an object does not take.
const addByPatches = "remove it, or add it to the finished object by patches"

// meant returns the hint for a key that is no field of an object, but what Kubernetes or a field of the object call
// something that it has; "" for none.
func (n *Normaliser) meant(s *Type, key string) string {
	var owners, inner, lacking []string
	for _, f := range s.Fields {
		if f.Type.Owner != nil {
			switch owner := s.owner(&f, key); {
			case owner == "" || owner == key || slices.Contains(owners, owner):
			case s.lacks(owner):
				lacking = append(lacking, owner)
			default:
				owners = append(owners, owner)
			}
			if t, ok := types.Named(f.Type.Of); ok && t.Below(key) != (types.Type{}) {
				inner = append(inner, f.Name+"."+key)
			}
		} else if f.Type.Field(key) != nil {
			inner = append(inner, f.Name+"."+key)
		}
	}
	switch {
	case len(owners) > 0:
		return "use " + strings.Join(owners, " or ")
	case len(lacking) > 0:
		return s.What + " has no " + lacking[0] + ": " + addByPatches
	case len(inner) == 1:
		return "did you mean " + strconv.Quote(inner[0]) + "?"
	}
	return ""
}

// templateHint returns the hint for a text that another tool would have filled in, "" for any other.
func templateHint(text string) string {
	if strings.Contains(text, "{{") || strings.Contains(text, "${") {
		return "unfold fills in no templates: write the value, under environments where it differs"
	}
	return ""
}
