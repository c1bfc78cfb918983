package lint

import (
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// unknownReferences finds names that nothing in the app has. They may well be
// there in the cluster.
func unknownReferences(in *Input, r *reporter) {
	in.backends(nil, func(x item, name *value.Value) {
		r.report(x, name, "make sure that it is in the cluster",
			"%s routes to the Service %q, which the app does not have", x.ID, name.StringAt())
	})
	for _, p := range in.workloads {
		missing := func(kind string, name *value.Value) {
			if name.StringAt() != "" && !in.makes(p, kind, name.Text) {
				r.report(p.item, name, "make sure that it is in the cluster",
					"%s refers to %s, which the app does not have", p.ID, object.ID{Kind: kind, Name: name.Text})
			}
		}
		p.references(func(kind, name string, _ *value.Value) {
			if name != "" {
				missing(kind, value.NewString(p.origin, name))
			}
		})
		if account := p.spec().Get("serviceAccountName"); account.StringAt() != "default" {
			missing("ServiceAccount", account)
		}
		for _, v := range p.spec().Get("volumes").AllItems() {
			missing("PersistentVolumeClaim", v.Get("persistentVolumeClaim", "claimName"))
		}
	}
}

// makes reports whether the app has an object, or one of which a controller
// makes it.
func (in *Input) makes(p pods, kind, name string) bool {
	for _, x := range in.index.named[name] {
		target := x.value.StringAt("spec", "target", "name")
		switch {
		case x.Kind == kind && x.Name == name,
			kind == "Secret" && x.Kind == "SealedSecret" && x.Name == name,
			kind == "Secret" && x.Kind == "ExternalSecret" && (target == name || target == "" && x.Name == name),
			kind == "Secret" && x.Kind == "Certificate" && x.value.StringAt("spec", "secretName") == name:
			return true
		}
	}
	return false
}
