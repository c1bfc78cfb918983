package lint

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// uselessRules finds rules of roles that name what Kubernetes does not have in the group, or a verb that its own
// resources do not know: they grant nothing.
func uselessRules(in *Input, r *reporter) {
	for _, x := range in.items {
		if x.Kind != "Role" && x.Kind != "ClusterRole" || !strings.HasPrefix(x.APIVersion, "rbac.authorization.k8s.io/") {
			continue
		}
		for _, rule := range x.value.Get("rules").AllItems() {
			groups := rule.Get("apiGroups").AllItems()
			if !own(groups) {
				continue
			}
			for _, resource := range rule.Get("resources").AllItems() {
				if hint := resourceHint(resource.StringAt(), groups); hint != "" {
					r.report(x, resource, hint, "%s grants nothing on %q: its API group has no such resource", x.ID, resource.StringAt())
				}
			}
			for _, verb := range rule.Get("verbs").AllItems() {
				if !types.KnownVerb(verb.StringAt()) {
					r.report(x, verb, diag.Hint(verb.StringAt(), "the verbs are", types.Verbs()),
						"%s grants nothing by the verb %q, which Kubernetes does not know", x.ID, verb.StringAt())
				}
			}
		}
	}
}

// own reports whether all API groups are those of Kubernetes itself.
func own(groups []*value.Value) bool {
	for _, g := range groups {
		if !types.KnownGroup(g.StringAt()) {
			return false
		}
	}
	return len(groups) > 0
}

// resourceHint says what to write for a resource that none of the groups has, "" where one does.
func resourceHint(text string, groups []*value.Value) string {
	name, _, _ := strings.Cut(text, "/")
	if name == "*" || text == "" {
		return ""
	}
	in := types.ResourceGroups(name)
	for _, g := range groups {
		for _, known := range in {
			if known == g.StringAt() {
				return ""
			}
		}
	}
	if len(in) > 0 {
		return "its API group is " + in[0]
	}
	if meant := diag.Suggest(name, types.Resources()); meant != "" {
		return "did you mean " + strconv.Quote(meant) + "?"
	}
	return "name a resource as kubectl api-resources lists it, such as configmaps"
}
