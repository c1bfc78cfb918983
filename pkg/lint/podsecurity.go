package lint

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// podSecurity starts the labels by which a Namespace says what its pods may be
// (kubernetes.io/docs/concepts/security/pod-security-admission).
const podSecurity = "pod-security.kubernetes.io/"

func isNamespace(x item) bool { return x.Kind == "Namespace" && x.Group() == "" }

// podSecurity returns the level that the operator gives the namespaces of apps, ""
// for none.
func (in *Input) podSecurity(mode string) string {
	return in.Policy.NamespaceLabels.StringAt(podSecurity + mode)
}

// loweredPodSecurity finds Namespaces whose labels let their pods be more than the
// operator lets them be.
func loweredPodSecurity(in *Input, r *reporter) {
	levels := []string{"privileged", "baseline", "restricted"}
	in.podSecurityLabels(func(x item, label, asked string, got, version *value.Value) {
		hint := "write the label " + label + ": " + asked
		switch has := slices.Index(levels, got.StringAt()); {
		case has >= 0 && has < slices.Index(levels, asked):
			r.report(x, got, hint, "%s lowers %s to %s, and the operator sets it to %s", x.ID, label,
				got.StringAt(), asked)
		case version != nil && version.StringAt() != "latest" && version.StringAt() != in.Policy.NamespaceLabels.StringAt(label+"-version"):
			r.report(x, version, "remove the label",
				"%s holds %s to the rules of %s, which are not the newest", x.ID, label, version.StringAt())
		}
	})
}

// missingPodSecurity finds Namespaces without the operator's level: Argo CD sets the
// operator's labels only on a namespace that it makes itself.
func missingPodSecurity(in *Input, r *reporter) {
	in.podSecurityLabels(func(x item, label, asked string, got, _ *value.Value) {
		if got == nil {
			r.report(x, nil, "write the label "+label+": "+asked,
				"%s has no label %s, which the operator sets to %s", x.ID, label, asked)
		}
	})
}

// podSecurityLabels goes through the labels that the operator gives namespaces, and
// what the app's Namespace says in their place.
func (in *Input) podSecurityLabels(visit func(x item, label, asked string, got, version *value.Value)) {
	for _, x := range in.items {
		if !isNamespace(x) {
			continue
		}
		labels := x.value.Get("metadata", "labels")
		for _, mode := range []string{"enforce", "audit", "warn"} {
			if asked := in.podSecurity(mode); asked != "" && asked != "privileged" {
				label := podSecurity + mode
				visit(x, label, asked, labels.Get(label), labels.Get(label+"-version"))
			}
		}
	}
}
