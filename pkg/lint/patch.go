package lint

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// patchMatchesNothing finds patches, of the app and of its components, whose target no object matches: neither one of the
// app's own nor one that a component adds. Where a component changes names, nobody knows them before the build.
func patchMatchesNothing(in *Input, r *reporter) {
	if in.Brought.Renames {
		return
	}
	for _, patch := range in.Brought.Patches {
		if patch.Target.Empty() {
			continue
		}
		selector := object.NewSelector(patch.Target)
		selects := func(v *value.Value) bool { return selector.SelectsLabelled(v) }
		if in.Open { // whose labels may be others by then
			selects = func(v *value.Value) bool { return selector.Selects(object.Object{Value: v}.ID()) }
		}
		if !slices.ContainsFunc(in.items, func(x item) bool { return selects(x.value) }) &&
			!slices.ContainsFunc(in.Brought.Objects, selects) && !slices.ContainsFunc(in.Brought.Generated, selector.Selects) {
			r.reportAt(patch.Target.Pos, "name an object that unfold render prints", "the target of the patch matches no object")
		}
	}
}
