package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/value"
)

const identityProse = "Who the pods are to the cluster and to clouds. The token of a service account is mounted only where `rbac` or `automount`\n" +
	"asks for it, unless `defaults: none`; cloud identities by annotation need none. `rbac` implies a service account. The keys\n" +
	"of `rbac` are resources as kubectl names them, `RESOURCE[.GROUP][/SUBRESOURCE]`. The name of a ClusterRole starts with the namespace."

// identityFields say who the pods are.
var identityFields = []field{
	{name: "serviceAccount", scope: sharedScope, doc: "The service account of the pods: true, the name of one that is there already, or all of it.", typ: serviceAccountType,
		example: "serviceAccount:\n  annotations: {eks.amazonaws.com/role-arn: \"arn:aws:iam::123456789012:role/shop\"}"},
	{name: "rbac", scope: sharedScope, doc: "What the service account may do: verbs by resource, or a list of Kubernetes' own rules.", typ: rbacType,
		example: "rbac:\n  configmaps: [get, list, watch]\n  deployments.apps/scale: [patch]\n  cluster: {nodes: [get, list]}"},
}

var serviceAccountType = &schema{
	kind: objectKind, what: "a service account", short: accountShort, line: &schema{kind: textKind, what: "the name of a service account that is there already", check: dnsSubdomain}, orFalse: true,
	fields: []field{
		{name: "name", doc: "Its name; that of the app, or of the workload that has its own, unless given.", typ: &schema{kind: textKind, what: "a service account's name", check: dnsSubdomain}},
		{name: "create", doc: "false where it is there already.", typ: boolean},
		{name: "automount", doc: "Whether the pods get its token.", typ: boolean},
		{name: "labels", doc: "Further labels.", typ: labelMap},
		{name: "annotations", doc: "Further annotations, such as those of cloud identities.", typ: annotationMap},
		{name: "imagePullSecrets", doc: "Names of Secrets that hold a registry's credentials.", typ: &schema{kind: listKind, what: "a list of Secrets", elem: &schema{kind: textKind, what: "a Secret's name", check: dnsSubdomain}}},
	},
}

var (
	policyRules = &schema{kind: kubeKind, what: "a list of rules", of: "[]rbac.authorization.k8s.io/v1.PolicyRule"}
	verbList    = &schema{kind: listKind, what: "a list of verbs", elem: anyText}
	rbacType    = &schema{
		kind: objectKind, what: "rules", short: rulesShort, line: policyRules, keys: keyRule{"a resource", &check{problem: resourceName}},
		fields: []field{
			{name: "rules", doc: "Kubernetes' own rules.", typ: policyRules},
			{name: "cluster", doc: "What it may do in all namespaces, and with what is in none: by a ClusterRole.", typ: clusterRulesType},
		},
		more: &field{name: "NAME", doc: "The verbs allowed on a resource, RESOURCE[.GROUP][/SUBRESOURCE].", typ: verbList},
	}
	clusterRulesType = &schema{
		kind: objectKind, what: "rules", short: rulesShort, line: policyRules, keys: keyRule{"a resource", &check{problem: resourceName}},
		fields: []field{{name: "rules", doc: "Kubernetes' own rules.", typ: policyRules}},
		more:   &field{name: "NAME", doc: "The verbs allowed on a resource, RESOURCE[.GROUP][/SUBRESOURCE].", typ: verbList},
	}
)

// accountShort is the one-line form of a service account: one that is there.
func accountShort(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	return value.NewMap(v.Pos).Set("name", v).Set("create", value.True(false, v.Pos))
}

// rulesShort is Kubernetes' own list of rules in place of the full form.
func rulesShort(v *value.Value) *value.Value {
	if !v.Is(value.List) {
		return nil
	}
	return value.NewMap(v.Pos).Set("rules", v)
}

// resourceName is RESOURCE[.GROUP][/SUBRESOURCE].
func resourceName(s string) string {
	name, sub, has := strings.Cut(s, "/")
	part := func(s string) bool {
		return s == "*" || s != "" && only(s, func(c byte) bool { return digit(c) || c >= 'a' && c <= 'z' || c == '-' })
	}
	resource, group, grouped := strings.Cut(name, ".")
	if !part(resource) || grouped && dnsSubdomain.problem(group) != "" || has && !part(sub) {
		return "is not a resource such as configmaps, deployments.apps or pods/log"
	}
	return ""
}
