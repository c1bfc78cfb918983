package lint

import (
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// removedObjects finds what pods refer to and patches or components took away.
func removedObjects(in *Input, r *reporter) {
	if len(in.Before) == 0 {
		return
	}
	had := map[[2]string]bool{}
	for _, id := range in.Before {
		had[[2]string{id.Kind, id.Name}] = true
		had[[2]string{id.Kind, in.Names.Of(id.Name)}] = true
	}
	for _, p := range in.workloads {
		missing := func(kind string, name *value.Value) {
			if text := name.StringAt(); had[[2]string{kind, text}] && !in.makes(p, kind, text) && !in.hashed(kind, text) {
				r.report(p.item, name, "keep it, or change the pods too", "%s refers to %s, which a patch or component removes", p.ID,
					object.ID{Kind: kind, Name: text})
			}
		}
		p.references(func(kind, name string, _ *value.Value) { missing(kind, value.NewString(p.origin, name)) })
		missing("ServiceAccount", p.spec().Get("serviceAccountName"))
		for _, v := range p.spec().Get("volumes").AllItems() {
			missing("PersistentVolumeClaim", v.Get("persistentVolumeClaim", "claimName"))
		}
	}
}

// hashed reports whether an object is there with a hash behind its name.
func (in *Input) hashed(kind, name string) bool {
	for _, x := range in.items {
		if x.Kind == kind && x.Name != name && object.WithoutHash(x.Name) == name {
			return true
		}
	}
	return false
}

// IDs gives what objects are.
func IDs(objects []object.Object, manifests []*value.Value) []object.ID {
	var out []object.ID
	for _, o := range objects {
		out = append(out, o.ID())
	}
	for _, v := range manifests {
		out = append(out, object.Object{Value: v}.ID())
	}
	return out
}
