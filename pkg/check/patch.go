package check

import (
	"regexp"

	"github.com/unfold-gitops/unfold/pkg/value"
)

// patchMatchesNothing finds patches whose target no object matches. Where there
// are components, they may bring the object, and selectors are left to kustomize.
func patchMatchesNothing(in *Input, r *report) {
	if in.Open {
		return
	}
	for _, patch := range in.Patches {
		target := patch.Get("target")
		if target.Empty() {
			continue
		}
		matches := false
		for _, x := range in.items {
			matches = matches || targeted(target, x)
		}
		if !matches {
			r.Warnh(target.Pos, "patch-matches-nothing", "name an object that unfold render prints", "the target of the patch matches no object")
		}
	}
}

// targeted reports whether a target may mean an object. Its fields are regular
// expressions for the whole text (kustomize, api/types, SelectorRegex).
func targeted(target *value.Value, x item) bool {
	for field, text := range map[string]string{"group": x.Group(), "version": x.Version(), "kind": x.Kind, "name": x.Name} {
		pattern := target.StringAt(field)
		if pattern == "" {
			continue
		}
		compiled, err := regexp.Compile("^(?:" + pattern + ")$")
		if err == nil && !compiled.MatchString(text) { // kustomize reports a bad one
			return false
		}
	}
	return true
}
