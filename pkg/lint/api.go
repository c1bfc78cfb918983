package lint

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// missingAPIs finds objects that the cluster can't take. Where the policy says
// so, they are left out; but never what runs the app, nor all there is.
func missingAPIs(in *Input, r *reporter) {
	some := slices.ContainsFunc(in.items, func(x item) bool { return in.Serves(x.APIVersion, x.Kind) })
	for _, x := range in.items {
		if in.Serves(x.APIVersion, x.Kind) {
			continue
		}
		if _, runs := x.pods(); in.Policy.SkipMissingAPIs && some && !runs {
			r.warnings().report(x, nil, "", "%s is left out, since the cluster has no %s %s", x.ID, x.APIVersion, x.Kind)
			continue
		}
		r.report(x, nil, "have it installed in the cluster, or remove what needs it",
			"%s needs %s %s, which the cluster does not have", x.ID, x.APIVersion, x.Kind)
	}
}

// Serves reports whether the cluster knows a kind. Where nobody says what it
// knows, it knows everything. Of Kubernetes' own groups the version alone counts:
// Argo CD leaves kinds out of its list that it is told not to manage.
func (in *Input) Serves(apiVersion, kind string) bool {
	if len(in.APIs) == 0 || slices.Contains(in.APIs, apiVersion+"/"+kind) {
		return true
	}
	if types.Custom(apiVersion) && slices.ContainsFunc(in.APIs, func(api string) bool { return strings.HasPrefix(api, apiVersion+"/") }) {
		return in.defines(apiVersion, kind)
	}
	return slices.Contains(in.APIs, apiVersion) || in.defines(apiVersion, kind)
}

// defines reports whether the app brings the definition of a kind along.
func (in *Input) defines(apiVersion, kind string) bool {
	group, _, _ := strings.Cut(apiVersion, "/")
	definition := func(v *value.Value) bool {
		return v.StringAt("kind") == "CustomResourceDefinition" && v.StringAt("spec", "group") == group &&
			v.StringAt("spec", "names", "kind") == kind
	}
	return slices.ContainsFunc(in.Manifests, definition) ||
		slices.ContainsFunc(in.Objects, func(o object.Object) bool { return definition(o.Value) })
}
