package render

import (
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/expand"
)

// Limits on what is handed to kustomize, whose time grows with the square of
// each: at these limits it takes about a second.
const (
	maxPatches = 500
	maxObjects = 1000
)

// checkBounds refuses what kustomize would need minutes for.
func checkBounds(e expand.Environment) diag.List {
	var diags diag.List
	if !e.App.UsesKustomize() {
		return nil
	}
	if len(e.App.Patches) > maxPatches {
		diags.Errorh(e.App.Patches[maxPatches].Pos, "too-large", "write patches that change more at once", "there are more than %d patches", maxPatches)
	}
	if n := len(e.Objects) + len(e.Manifests); n > maxObjects {
		diags.Errorh(e.App.Pos, "too-large", "split the app",
			"the app has %d objects, more than the %d that manifests, components and patches can be built with", n, maxObjects)
	}
	return diags
}
