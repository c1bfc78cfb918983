package render

import (
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/lint"
)

// Made describes an object of an environment, to compare several apps.
type Made struct {
	object.ID
	// Namespace is "" for an object that has none.
	Namespace string
	// Pos is the line that the object is there for.
	Pos diag.Pos
	// Reaches is what it leads in from outside.
	Reaches []lint.Reached
}

// Made describes the objects.
func (r *Result) Made() []Made {
	out := make([]Made, len(r.Objects))
	for i, o := range r.Objects {
		x := Made{ID: object.Object{Value: o.Value}.ID(), Namespace: o.StringAt("metadata", "namespace"), Pos: o.Origin,
			Reaches: lint.Reaches(o.Value)}
		for j := range x.Reaches {
			if at := x.Reaches[j].Pos; at.Line == 0 || at.File == "" {
				x.Reaches[j].Pos = o.Origin
			}
		}
		out[i] = x
	}
	return out
}
