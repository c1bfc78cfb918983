package lint

import "github.com/unfold-gitops/unfold/pkg/kube/object"

// patchMatchesNothing finds patches whose target no object matches. Where there
// are components, they may bring the object.
func patchMatchesNothing(in *Input, r *reporter) {
	if in.Open {
		return
	}
	for _, patch := range in.Patches {
		target := patch.Get("target")
		if target.Empty() {
			continue
		}
		matches, selector := false, object.NewSelector(target)
		for _, x := range in.items {
			matches = matches || selector.SelectsLabelled(x.value)
		}
		if !matches {
			r.reportAt(target.Pos, "name an object that unfold render prints",
				"the target of the patch matches no object")
		}
	}
}
