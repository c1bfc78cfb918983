package lint

import (
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// missingKeys finds references to keys of ConfigMaps and Secrets of the app
// that these do not have.
func missingKeys(in *Input, r *reporter) {
	for _, p := range in.workloads {
		p.references(func(kind, name string, key *value.Value) {
			if key == nil {
				return
			}
			if has, known := in.keys(kind, name); known && !has(key.StringAt()) {
				r.report(p.item, key, "name a key that it has, or mark the reference as optional",
					"%s has no key %q, which %s refers to", object.ID{Kind: kind, Name: name}, key.StringAt(), p.ID)
			}
		})
	}
}

// references calls visit for each reference of the pods to a ConfigMap or Secret
// that has to be there; key is nil for all of its keys.
func (p pods) references(visit func(kind, name string, key *value.Value)) {
	one := func(kind string, ref *value.Value, nameField string) {
		if ref != nil && !ref.Get("optional").IsTrue() {
			visit(kind, ref.StringAt(nameField), ref.Get("key"))
			for _, item := range ref.Get("items").AllItems() {
				visit(kind, ref.StringAt(nameField), item.Get("key"))
			}
		}
	}
	for _, c := range p.all() {
		for _, e := range c.Get("env").AllItems() {
			one("ConfigMap", e.Get("valueFrom", "configMapKeyRef"), "name")
			one("Secret", e.Get("valueFrom", "secretKeyRef"), "name")
		}
		for _, e := range c.Get("envFrom").AllItems() {
			one("ConfigMap", e.Get("configMapRef"), "name")
			one("Secret", e.Get("secretRef"), "name")
		}
	}
	for _, v := range p.spec().Get("volumes").AllItems() {
		one("ConfigMap", v.Get("configMap"), "name")
		one("Secret", v.Get("secret"), "secretName")
		for _, source := range v.Get("projected", "sources").AllItems() {
			one("ConfigMap", source.Get("configMap"), "name")
			one("Secret", source.Get("secret"), "name")
		}
	}
}

// keys returns the keys of a ConfigMap or Secret that the app has, or that a
// controller makes of what the app has; known is false where nobody can tell.
func (in *Input) keys(kind, name string) (has func(key string) bool, known bool) {
	for _, x := range in.index.named[name] {
		var maps []*value.Value
		switch {
		case x.Kind == kind && x.Name == name && x.Group() == "":
			maps = []*value.Value{x.value.Get("data"), x.value.Get("binaryData"), x.value.Get("stringData")}
		case kind == "Secret" && x.Kind == "SealedSecret" && x.Name == name:
			maps = []*value.Value{x.value.Get("spec", "encryptedData"), x.value.Get("spec", "template", "data")}
		default:
			continue
		}
		return func(key string) bool {
			for _, m := range maps {
				if m.Has(key) {
					return true
				}
			}
			return false
		}, true
	}
	return nil, false
}
