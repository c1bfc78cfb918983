package lint

import "strings"

// subjects finds service accounts of bindings without a namespace, which the API server refuses
// (ValidateRoleBindingSubject). kustomize sets that of an account of the app, and of "default".
func subjects(in *Input, r *reporter) {
	for _, x := range in.items {
		if !strings.HasPrefix(x.APIVersion, "rbac.authorization.k8s.io/") || !strings.HasSuffix(x.Kind, "RoleBinding") {
			continue
		}
		for _, s := range x.value.Get("subjects").AllItems() {
			name := s.StringAt("name")
			if s.StringAt("kind") != "ServiceAccount" || s.StringAt("namespace") != "" || name == "" || name == "default" {
				continue
			}
			if _, ok := in.item("ServiceAccount", name); !ok {
				r.report(x, s, "add namespace:", "%s can't have the subject %q: it names no namespace", x.ID, name)
			}
		}
	}
}
