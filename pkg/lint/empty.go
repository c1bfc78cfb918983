package lint

// emptyResult refuses an app without objects: Argo CD would take that for the
// wish to prune all it has.
func emptyResult(in *Input, r *reporter) {
	if len(in.Objects)+len(in.Manifests) == 0 {
		r.reportAt(in.Pos, "to remove an app, delete its Application",
			"the app has no objects in this environment, so Argo CD would prune the app")
	}
}
