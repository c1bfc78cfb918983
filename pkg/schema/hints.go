package schema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
)

// meant returns the hint for a key that is no field of an object, but what Kubernetes,
// other tools or a field of the object call something that it has; "" for none.
func (n *Normaliser) meant(s *Type, key string) string {
	var owners, inner []string
	for _, f := range s.Fields {
		if f.Type.Owner != nil {
			if owner := s.owner(&f, key); owner != "" && owner != key && !slices.Contains(owners, owner) {
				owners = append(owners, owner)
			}
			if t, ok := types.Named(f.Type.Of); ok && t.Below(key) != (types.Type{}) {
				inner = append(inner, f.Name+"."+key)
			}
		} else if f.Type.Field(key) != nil {
			inner = append(inner, f.Name+"."+key)
		}
	}
	if len(owners) == 0 && n.Words != nil {
		word := n.Words(key)
		if field, _, _ := strings.Cut(word, ":"); word != "" && s.Field(field) != nil {
			owners = []string{word}
		}
	}
	switch {
	case len(owners) > 0:
		return "use " + strings.Join(owners, " or ")
	case len(inner) == 1:
		return "did you mean " + strconv.Quote(inner[0]) + "?"
	}
	return ""
}
