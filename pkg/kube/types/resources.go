package types

import (
	_ "embed"
	"slices"
	"strings"
)

// resources holds a resource of the API server in each line, sorted, with the API groups that have it: "-" is the
// core group. It is written by test/tools/kubetypes.
//
//go:embed resources.txt
var resources string

// ResourceGroups returns the API groups that have a resource, the core group ("") first; none where Kubernetes itself
// has no resource of that name.
func ResourceGroups(name string) []string {
	for line := range strings.Lines(resources) {
		if fields := strings.Fields(line); fields[0] == name {
			for i, group := range fields {
				fields[i] = strings.TrimPrefix(group, "-")
			}
			return fields[1:]
		}
	}
	return nil
}

// Resources returns the names of all resources of the API server, sorted.
func Resources() []string {
	var out []string
	for line := range strings.Lines(resources) {
		name, _, _ := strings.Cut(line, " ")
		out = append(out, name)
	}
	return out
}

// KnownGroup reports whether all resources of an API group are in the table.
func KnownGroup(group string) bool {
	if group == "" {
		group = "-"
	}
	for line := range strings.Lines(resources) {
		if slices.Contains(strings.Fields(line)[1:], group) {
			return true
		}
	}
	return false
}

// Verbs returns what can be done with most resources.
func Verbs() []string {
	return []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}
}

// KnownVerb reports whether a role can name a verb for Kubernetes' own resources
// (kubernetes.io/docs/reference/access-authn-authz/authorization, "Request verbs").
func KnownVerb(verb string) bool {
	return slices.Contains(Verbs(), verb) ||
		slices.Contains([]string{"*", "use", "bind", "escalate", "impersonate", "approve", "sign", "attest"}, verb)
}
