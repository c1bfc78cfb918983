package render

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/lint"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Made is an object of an environment, for those who hold several apps against one another.
type Made struct {
	object.ID
	// Namespace is "" for an object that has none.
	Namespace string
	// Pos is the line that the object is there for.
	Pos diag.Pos
	// Reaches is what it leads in from outside.
	Reaches []lint.Reached
}

// made describes the objects of an environment. What kustomize built has no lines, and so has that of the app.
func made(app diag.Pos, objects []object.Object, built []*value.Value) []Made {
	var out []Made
	add := func(v *value.Value, pos diag.Pos) {
		if pos.Line == 0 || pos.File == "" || pos.File == descriptor.BuiltinFile {
			pos = app
		}
		x := Made{ID: (object.Object{Value: v}).ID(), Namespace: v.StringAt("metadata", "namespace"), Pos: pos, Reaches: lint.Reaches(v)}
		for i := range x.Reaches {
			if at := x.Reaches[i].Pos; at.Line == 0 || at.File == "" {
				x.Reaches[i].Pos = pos
			}
		}
		out = append(out, x)
	}
	for _, o := range objects {
		add(o.Value, o.Origin)
	}
	for _, v := range built {
		add(v, v.Pos)
	}
	return out
}
