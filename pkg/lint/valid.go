package lint

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/kube/validation"
)

// validObjects finds what the API server would refuse.
func validObjects(in *Input, r *report) {
	for i, x := range in.items {
		if in.Incomplete && i < len(in.Objects) {
			continue
		}
		var diags diag.List
		v := x.value
		if !in.Names.None() { // by the name that it comes out with
			v = in.Names.Rename([]object.Object{{Value: v}})[0].Value
		}
		validation.Object(v, &diags)
		about := r.about(x)
		for _, d := range diags {
			// A default can be wrong only together with what the descriptor says.
			if d.Pos.Line == 0 || d.Pos.File == descriptor.BuiltinFile {
				d.Pos = x.origin
			}
			about.add(d)
		}
	}
}
