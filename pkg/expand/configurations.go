package expand

import (
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// nameReferences tells kustomize where a Rollout, which it does not know, refers
// to ConfigMaps: their names get a hash. What a base is told holds for the
// overlays on it too.
func (f *folder) nameReferences() {
	fields := list(diag.Pos{})
	for _, p := range object.ConfigMapReferences() {
		fields.Items = append(fields.Items, m(diag.Pos{}, "group", "argoproj.io", "kind", "Rollout", "path",
			"spec/template/spec/"+strings.Join(p, "/")))
	}
	name := f.unique("name-references.yaml")
	f.put(path.Join(f.dir, name), m(diag.Pos{}, "nameReference", list(diag.Pos{},
		m(diag.Pos{}, "kind", "ConfigMap", "version", "v1", "fieldSpecs", fields))))
	f.configurations = append(f.configurations, value.Str(name, diag.Pos{}))
}

// hasRollout reports whether there is a Rollout in the environment, that of the
// app or one that it brings along.
func (e Environment) hasRollout() bool {
	return slices.ContainsFunc(e.Manifests, isRollout) ||
		slices.ContainsFunc(e.Objects, func(o object.Object) bool { return isRollout(o.Value) })
}

func isRollout(v *value.Value) bool {
	return v.StringAt("kind") == "Rollout" && strings.HasPrefix(v.StringAt("apiVersion"), "argoproj.io/")
}
