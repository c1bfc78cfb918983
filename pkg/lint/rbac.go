package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

const rbacGroup = "rbac.authorization.k8s.io"

// power is something that a role allows and that leads to everything else.
type power struct {
	group     string
	resources []string
	verbs     []string
	// everywhere powers are wide where they hold in all namespaces.
	everywhere bool
	// named reports whether it is wide for one name alone, as resourceNames has it; nil
	// where no name is.
	named func(verb, resource, name string) bool
}

// powers are those of "Privilege escalation risks" in Kubernetes' documentation
// (concepts/security/rbac-good-practices).
func powers() []power {
	roles := func(verb, _, name string) bool { return verb == "escalate" || isWideRole(name, true) }
	system := func(_, resource, name string) bool {
		return resource != "serviceaccounts" && strings.HasPrefix(name, "system:")
	}
	node := func(_, _, _ string) bool { return true } // and all that runs there
	return []power{
		{rbacGroup, []string{"roles", "clusterroles"}, []string{"escalate", "bind"}, false, roles},
		{"", []string{"users", "groups", "serviceaccounts"}, []string{"impersonate"}, false, system},
		{"", []string{"secrets"}, []string{"get", "list", "watch"}, true, nil},
		{"", []string{"serviceaccounts/token", "pods/exec"}, []string{"create"}, true, nil},
		{"", []string{"nodes/proxy"}, []string{"get", "create", "update", "patch", "delete"}, true, node},
		{"certificates.k8s.io", []string{"certificatesigningrequests/approval"}, []string{"update", "patch"}, true, nil},
	}
}

// wideRoles finds roles that allow everything, or what leads there.
func wideRoles(in *Input, r *reporter) {
	const hint = "name the resources and verbs that the app needs"
	for _, x := range in.items {
		cluster := x.Kind == "ClusterRole"
		if x.Group() != rbacGroup || !cluster && x.Kind != "Role" {
			continue
		}
		for _, rule := range x.value.Get("rules").AllItems() {
			if lists(rule, "verbs", "*") && lists(rule, "resources", "*") &&
				(lists(rule, "apiGroups", "*") || lists(rule, "apiGroups", "")) {
				r.report(x, rule, hint, "%s allows everything", x.ID)
				continue
			}
			for _, p := range powers() {
				if what := p.in(rule); what != "" && (cluster || !p.everywhere) {
					r.report(x, rule, hint, "%s allows to %s, which leads to everything", x.ID, what)
				}
			}
		}
		if !cluster {
			continue
		}
		for _, e := range x.value.Get("metadata", "labels").AllEntries() {
			if role, ok := strings.CutPrefix(e.Key, rbacGroup+"/aggregate-to-"); ok && e.Value.StringAt() == "true" {
				r.report(x, e.Value, "remove the label, and bind the role to whom it is for",
					"%s adds to what all who have the role %q are allowed", x.ID, role)
			}
		}
		if v := x.value.Get("aggregationRule"); v != nil {
			r.report(x, v, hint, "%s allows what other roles do, whatever that is", x.ID)
		}
		if isOwnRole(x.Name) {
			r.report(x, nil, "rename it", "%s takes the place of a role that Kubernetes itself brings", x.ID)
		}
	}
}

// wide reports whether a rule with these names allows the power in full. Without any
// it holds for all.
func (p power) wide(verb, resource string, names *value.Value) bool {
	return names.Empty() || p.named != nil && slices.ContainsFunc(names.AllItems(), func(x *value.Value) bool {
		return p.named(verb, resource, x.StringAt())
	})
}

// in returns what a rule allows of a power, "" for nothing.
func (p power) in(rule *value.Value) string {
	if !lists(rule, "apiGroups", p.group) && !lists(rule, "apiGroups", "*") {
		return ""
	}
	for _, resource := range p.resources {
		_, sub, below := strings.Cut(resource, "/")
		if !lists(rule, "resources", resource) && !lists(rule, "resources", "*") && !(below && lists(rule, "resources", "*/"+sub)) {
			continue
		}
		for _, verb := range p.verbs {
			if (lists(rule, "verbs", verb) || lists(rule, "verbs", "*")) && p.wide(verb, resource, rule.Get("resourceNames")) {
				return verb + " " + resource
			}
		}
	}
	return ""
}

// lists reports whether a list of a rule has a word.
func lists(rule *value.Value, field, word string) bool {
	return slices.ContainsFunc(rule.Get(field).AllItems(), func(x *value.Value) bool { return x.IsScalar() && x.Text == word })
}

// isOwnRole reports whether Kubernetes itself brings a ClusterRole of the name, or a
// binding.
func isOwnRole(name string) bool {
	return slices.Contains([]string{"cluster-admin", "admin", "edit", "view"}, name) || strings.HasPrefix(name, "system:")
}

// isWideRole reports whether a ClusterRole of Kubernetes' own allows nearly everything
// in a namespace or, where that is what is asked, in all.
func isWideRole(name string, everywhere bool) bool {
	// Those that are there to be given to others.
	harmless := []string{"system:auth-delegator", "system:basic-user", "system:discovery", "system:monitoring", "system:public-info-viewer"}
	return name == "cluster-admin" || strings.HasPrefix(name, "system:") && !slices.Contains(harmless, name) ||
		everywhere && (name == "admin" || name == "edit")
}

// wideBindings finds bindings to roles that allow nearly everything.
func wideBindings(in *Input, r *reporter) {
	for _, x := range in.items {
		cluster := x.Kind == "ClusterRoleBinding"
		if x.Group() != rbacGroup || !cluster && x.Kind != "RoleBinding" {
			continue
		}
		role := x.value.Get("roleRef", "name")
		name := role.StringAt()
		if isWideRole(name, cluster) && x.value.StringAt("roleRef", "kind") == "ClusterRole" {
			r.report(x, role, "bind a role that allows what the app needs", "%s gives the role %q", x.ID, name)
		}
		if cluster && isOwnRole(x.Name) {
			r.report(x, nil, "rename it", "%s takes the place of a binding that Kubernetes itself brings", x.ID)
		}
	}
}

// foreignSubjects finds bindings that give rights to others than the app and
// people.
func foreignSubjects(in *Input, r *reporter) {
	for _, x := range in.items {
		if x.Group() != rbacGroup || x.Kind != "RoleBinding" && x.Kind != "ClusterRoleBinding" {
			continue
		}
		for _, s := range x.value.Get("subjects").AllItems() {
			if who := in.foreign(s); who != "" {
				r.report(x, s.Get("name"), "name a service account of the app", "%s gives rights to %s", x.ID,
					who)
			}
		}
	}
}

// foreign returns what a subject is called that is neither of the app's namespace
// nor a person or group of people, else "".
func (in *Input) foreign(s *value.Value) string {
	name := s.StringAt("name")
	account, isAccount := strings.CutPrefix(name, "system:serviceaccount:")
	switch {
	case s.StringAt("kind") == "ServiceAccount":
		if namespace := s.StringAt("namespace"); namespace != "" && namespace != in.Namespace {
			return "the service account " + strconv.Quote(name) + " of the namespace " + strconv.Quote(namespace)
		}
	case !strings.HasPrefix(name, "system:"),
		isAccount && strings.HasPrefix(account, in.Namespace+":"),
		name == "system:serviceaccounts:"+in.Namespace:
	default:
		return "the " + strings.ToLower(s.StringAt("kind")) + " " + strconv.Quote(name) + ", which is the cluster's own"
	}
	return ""
}
