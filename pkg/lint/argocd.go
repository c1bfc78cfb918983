package lint

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// argoCD starts Argo CD's labels and annotations.
const argoCD = "argocd.argoproj.io/"

// argoCDControl finds what makes Argo CD act on more than the object that says it:
// marks that Argo CD itself gives, labels by which it takes an object for its own
// settings, and options that delete what everything else hangs on. All other
// annotations of Argo CD are about the object alone.
func argoCDControl(in *Input, r *reporter) {
	for _, p := range in.parts {
		for _, m := range p.marks {
			switch strings.TrimPrefix(m.Key, argoCD) {
			case "tracking-id", "installation-id":
				r.report(p.item, m.Value, "remove it: Argo CD sets it",
					"%s has %s, by which Argo CD knows whose an object is", p.ID, m.Key)
			case "secret-type", "managed-by":
				r.report(p.item, m.Value, "remove it: such objects are the operator's",
					"%s has %s, by which Argo CD takes it for a part of its own settings", p.ID, m.Key)
			}
		}
	}
	for _, x := range in.items {
		if !isNamespace(x) && x.Kind != "CustomResourceDefinition" {
			continue
		}
		annotations := x.value.Get("metadata", "annotations")
		if v := annotations.Get(argoCD + "sync-options"); forces(v) {
			r.report(x, v, "remove Force",
				"%s is deleted and made anew by a sync, with all that is in it: it has the sync options %s", x.ID, v.StringAt())
		}
		for _, hook := range []string{argoCD + "hook", "helm.sh/hook"} {
			if v := annotations.Get(hook); v != nil {
				r.report(x, v, "remove the annotation",
					"%s is deleted before each sync, with all that is in it, since it is a hook", x.ID)
			}
		}
	}
}

// forces reports whether sync options delete an object to make it anew.
func forces(options *value.Value) bool {
	for option := range strings.SplitSeq(options.StringAt(), ",") {
		if strings.TrimSpace(option) == "Force=true" {
			return true
		}
	}
	return false
}
