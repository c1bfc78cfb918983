package check

import (
	"github.com/unfold-gitops/unfold/pkg/object"
)

// foreignNamespaces finds manifests that name another namespace than the
// app's: kustomize would move them without a word.
func foreignNamespaces(in *Input, diags *report) {
	for _, v := range in.Manifests {
		id := object.Object{Value: v}.ID()
		if id.Kind == "Namespace" && id.Group() == "" && id.Name != in.Namespace {
			diags.Errorh(v.Pos, "foreign-namespace", "use namespace: {create: true} for the app's own, and another app for others",
				"manifests hold the Namespace %q, which would be renamed to the app's, %q", id.Name, in.Namespace)
			continue
		}
		if ns := v.Get("metadata", "namespace"); ns.IsScalar() && ns.Text != in.Namespace {
			diags.Errorh(ns.Pos, "foreign-namespace", "remove the namespace, or deploy the object with another app",
				"%s names the namespace %q, but the app runs in %q", id, ns.Text, in.Namespace)
		}
	}
}
