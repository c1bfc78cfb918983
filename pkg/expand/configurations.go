package expand

import (
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// nameReferences tells kustomize where kinds refer to ConfigMaps without its seeing
// that: their names get a hash. What a base is told holds for the overlays on
// it too.
func (f *folder) nameReferences(unseen []kinds.Kind) {
	if len(unseen) == 0 {
		return
	}
	fields := newList(diag.Pos{})
	for _, kind := range unseen {
		for _, p := range object.ConfigMapReferences() {
			fields.Items = append(fields.Items, newMap(diag.Pos{}, "group", kind.Group(), "kind", kind.Name, "path",
				strings.Join(slices.Concat(kind.Below("spec"), p), "/")))
		}
	}
	name := f.unique("name-references.yaml")
	f.put(path.Join(f.dir, name), newMap(diag.Pos{}, "nameReference", newList(diag.Pos{},
		newMap(diag.Pos{}, "kind", "ConfigMap", "version", "v1", "fieldSpecs", fields))))
	f.configurations = append(f.configurations, value.NewString(diag.Pos{}, name))
}

// unseenKinds returns the kinds of workloads among the objects that kustomize does
// not see refer to ConfigMaps.
func unseenKinds(objects []object.Object, manifests ...*value.Value) []kinds.Kind {
	values := slices.Clone(manifests)
	for _, o := range objects {
		values = append(values, o.Value)
	}
	return slices.DeleteFunc(kinds.All(), func(k kinds.Kind) bool {
		return k.Sees("ConfigMap") || !slices.ContainsFunc(values, func(v *value.Value) bool {
			return k.Is(v.StringAt("apiVersion"), v.StringAt("kind"))
		})
	})
}
