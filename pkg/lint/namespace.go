package lint

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
)

// foreignNamespaces finds objects that the app brings along and that name another
// namespace than the app's: kustomize would move them without a word.
func foreignNamespaces(in *Input, r *reporter) {
	for _, ns := range in.Brought.Namespaces {
		if ns.Text != in.Namespace {
			r.reportAt(ns.Pos, "remove the namespace", "a component names the namespace %q, but the app runs in %q",
				ns.Text, in.Namespace)
		}
	}
	for i, v := range slices.Concat(in.Manifests, in.Brought.Objects) {
		id, from := object.Object{Value: v}.ID(), "manifests hold"
		if i >= len(in.Manifests) {
			from = "a component adds"
		}
		if id.Kind == "Namespace" && id.Group() == "" && id.Name != in.Namespace {
			r.reportAt(v.Pos, "use namespace: {create: true} for the app's own, and another app for others",
				"%s the Namespace %q, which would be renamed to the app's, %q", from, id.Name, in.Namespace)
			continue
		}
		if ns := v.Get("metadata", "namespace"); ns.IsScalar() && ns.Text != in.Namespace {
			r.reportAt(ns.Pos, "remove the namespace, or deploy the object with another app",
				"%s names the namespace %q, but the app runs in %q", id, ns.Text, in.Namespace)
		}
	}
}
