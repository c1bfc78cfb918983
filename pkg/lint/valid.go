package lint

import (
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/kube/validation"
)

// invalidObjects finds what the API server would refuse.
func invalidObjects(in *Input, r *reporter) {
	for i, x := range in.items {
		if in.Incomplete && i < len(in.Objects) {
			continue
		}
		var diags diag.List
		v := x.value
		if !in.Names.None() { // by the name that it comes out with
			v = in.Names.Rename([]object.Object{{Value: v}})[0].Value
		}
		validation.Check(v, &diags)
		r.adopt(x, diags)
	}
}
