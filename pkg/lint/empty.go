package lint

// emptyResult refuses an app without objects: Argo CD would take that for the
// wish to prune all it has.
func emptyResult(in *Input, diags *report) {
	if len(in.Objects)+len(in.Manifests) == 0 {
		diags.Errorh(in.Pos, "empty-result", "to remove an app, delete its Application",
			"the descriptor gives no objects for this environment, so Argo CD would prune the app")
	}
}
