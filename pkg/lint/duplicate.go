package lint

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
)

// duplicateObjects finds two objects that nothing could tell apart.
func duplicateObjects(in *Input, r *reporter) {
	sameNames(in, r)
	ambiguousNames(in, r)
}

// sameNames finds two objects of the same kind and name. The API group
// does not tell them apart here: patches and kustomize's own fields match by
// kind and name.
func sameNames(in *Input, r *reporter) {
	type key struct{ kind, name string }
	made := map[key]object.Object{}
	hashed := map[string]object.Object{} // by the names that they come out with
	for _, o := range in.Objects {
		id := o.ID()
		if o.Generated {
			hashed[in.Names.Of(id.Name)+"-"+object.Hash(o.Value)] = o
		}
		if first, ok := made[key{id.Kind, id.Name}]; ok {
			r.reportAt(o.Origin, "rename one of them", "%s is made twice: for %s too", id, place(first))
		}
		made[key{id.Kind, id.Name}] = o
	}
	brought := map[key]diag.Pos{}
	for _, v := range in.Manifests {
		id := object.Object{Value: v}.ID()
		k := key{id.Kind, id.Name}
		if first, ok := brought[k]; ok {
			r.reportAt(v.Pos, "remove one of them", "manifests hold %s twice: it is in %s too", id, first)
		}
		brought[k] = v.Pos
		o, ok := hashed[in.Names.Of(id.Name)]
		if id.Kind != "ConfigMap" || !ok {
			o, ok = made[k]
		}
		if ok {
			r.reportAt(v.Pos, "rename it, or change the generated object with patches",
				"manifests hold %s, which unfold makes for %s", id, place(o))
		}
	}
}

// ambiguousNames finds two objects of a kind that kustomize takes for one
// another, since it knows an object by each name that it has had: without prefix
// and suffix, with one of the two, and with both before a hash comes behind them
// (api/resource, PrevIds).
func ambiguousNames(in *Input, r *reporter) {
	if in.Names.None() {
		return
	}
	called := map[object.ID]object.ID{} // by kind and name
	visit := func(id object.ID, hash bool) {
		if object.KeepsName(id.Kind) {
			return
		}
		names := []string{id.Name}
		for _, n := range []object.Names{{Prefix: in.Names.Prefix}, in.Names} {
			if n.Of(id.Name) != names[len(names)-1] {
				names = append(names, n.Of(id.Name))
			}
		}
		if !hash {
			names = names[:len(names)-1] // which no reference has before the renaming
		}
		for _, name := range names {
			k := object.ID{Kind: id.Kind, Name: name}
			if other, ok := called[k]; ok && other.Name != id.Name {
				r.reportAt(in.NamesPos, "choose another prefix or suffix",
					"with this prefix and suffix kustomize takes %s and %s for one another: it knows both as %q", other, id, name)
			}
			called[k] = id
		}
	}
	for _, o := range in.Objects {
		visit(o.ID(), o.Generated)
	}
	for _, v := range in.Manifests {
		visit(object.Object{Value: v}.ID(), false)
	}
}

func place(o object.Object) string {
	if o.Origin.Line == 0 {
		return strings.ToLower(o.ID().Kind)
	}
	return o.Origin.String()
}
