package descriptor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube"
)

// meant returns the hint for a key that is no field of an object, but what Kubernetes,
// other tools or a field of the object call something that it has; "" for none.
func (n *normaliser) meant(s *schema, key string) string {
	var owners, inner []string
	for _, f := range s.fields {
		if f.typ.owner != nil {
			if owner := f.typ.owner(key); owner != "" && owner != key && !slices.Contains(owners, owner) {
				owners = append(owners, owner)
			}
			if t, ok := kube.Named(f.typ.of); ok && t.Below(key) != (kube.Type{}) {
				inner = append(inner, f.name+"."+key)
			}
		} else if f.typ.field(key) != nil {
			inner = append(inner, f.name+"."+key)
		}
	}
	if len(owners) == 0 && n.words != nil {
		word := n.words(key)
		if field, _, _ := strings.Cut(word, ":"); word != "" && s.field(field) != nil {
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
