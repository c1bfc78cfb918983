package check

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/object"
)

// duplicateObjects finds two objects of the same kind and name. The API group
// does not tell them apart here: patches and kustomize's own fields match by
// kind and name.
func duplicateObjects(in *Input, diags *report) {
	type key struct{ kind, name string }
	made := map[key]object.Object{}
	for _, o := range in.Objects {
		id := o.ID()
		if first, ok := made[key{id.Kind, id.Name}]; ok {
			diags.Errorh(o.Origin, "duplicate-object", "rename one of them", "%s is made twice: for %s too", id, place(first))
		}
		made[key{id.Kind, id.Name}] = o
	}
	brought := map[key]diag.Pos{}
	for _, v := range in.Manifests {
		id := object.Object{Value: v}.ID()
		k := key{id.Kind, id.Name}
		if first, ok := brought[k]; ok {
			diags.Errorh(v.Pos, "duplicate-object", "remove one of them", "manifests hold %s twice: it is in %s too", id, first)
		}
		brought[k] = v.Pos
		if o, ok := made[k]; ok {
			diags.Errorh(v.Pos, "duplicate-object", "rename it, or change the generated object with patches",
				"manifests hold %s, which unfold makes for %s", id, place(o))
		}
	}
}

func place(o object.Object) string {
	if o.Origin.Line == 0 {
		return strings.ToLower(o.ID().Kind)
	}
	return o.Origin.String()
}
