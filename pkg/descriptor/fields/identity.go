package fields

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// identityFields say who the pods are.
var identityFields = []schema.Field{
	{Name: "serviceAccount", Scope: Shared,
		Doc: "The service account of the pods: true, the name of an existing one, or all of it.", Type: serviceAccountType,
		Example: "serviceAccount:\n  annotations: {eks.amazonaws.com/role-arn: \"arn:aws:iam::123456789012:role/shop\"}"},
	{Name: "rbac", Scope: Shared, Doc: "What the service account may do: verbs by resource, or a list of Kubernetes' own rules.",
		Type:    rbacType,
		Example: "rbac:\n  configmaps: [get, list, watch]\n  deployments.apps/scale: [patch]\n  cluster: {nodes: [get, list]}"},
}

var serviceAccountType = &schema.Type{
	Kind: schema.ObjectKind, What: "a service account", Expand: expandAccount,
	Shorthand: &schema.Type{Kind: schema.TextKind, What: "the name of an existing service account",
		Check: &schema.Subdomain}, AllowBool: true,
	Fields: []schema.Field{
		{Name: "name", Doc: "Its name (default: that of the app, or of the workload that has its own).",
			Type: &schema.Type{Kind: schema.TextKind, What: "a service account's name", Check: &schema.Subdomain}},
		{Name: "create", Doc: "false where it exists already; without name, the namespace's own.", Type: &schema.Boolean},
		{Name: "automount", Doc: "Whether the pods get its token.", Type: &schema.Boolean},
		{Name: "labels", Doc: "Further labels.", Type: LabelMap},
		{Name: "annotations", Doc: "Further annotations, such as those of cloud identities.", Type: AnnotationMap},
		{Name: "imagePullSecrets", Doc: "Names of Secrets that hold a registry's credentials.",
			Type: &schema.Type{Kind: schema.ListKind, What: "a list of Secrets",
				Elem: &schema.Type{Kind: schema.TextKind, What: "a Secret's name", Check: &schema.Subdomain}}},
	},
}

var (
	policyRules = &schema.Type{Kind: schema.KubeKind, What: "a list of rules", Of: "[]rbac.authorization.k8s.io/v1.PolicyRule"}
	verbList    = &schema.Type{Kind: schema.ListKind, What: "a list of verbs", Elem: &schema.AnyText}
	rbacType    = &schema.Type{
		Kind: schema.ObjectKind, What: "rules", Expand: expandRules, Shorthand: policyRules,
		Keys: schema.KeyRule{What: "a resource", Check: &schema.Check{Problem: resourceName}},
		Fields: []schema.Field{
			{Name: "rules", Doc: "Kubernetes' own rules.", Type: policyRules},
			{Name: "cluster", Doc: "What it may do in all namespaces, and with what is in none: by a ClusterRole.", Type: clusterRulesType},
		},
		More: &schema.Field{Name: "NAME", Doc: "The verbs allowed on a resource, RESOURCE[.GROUP][/SUBRESOURCE].", Type: verbList},
	}
	clusterRulesType = &schema.Type{
		Kind: schema.ObjectKind, What: "rules", Expand: expandRules, Shorthand: policyRules,
		Keys:   schema.KeyRule{What: "a resource", Check: &schema.Check{Problem: resourceName}},
		Fields: []schema.Field{{Name: "rules", Doc: "Kubernetes' own rules.", Type: policyRules}},
		More:   &schema.Field{Name: "NAME", Doc: "The verbs allowed on a resource, RESOURCE[.GROUP][/SUBRESOURCE].", Type: verbList},
	}
)

// expandAccount expands the shorthand of a service account: one that is there.
func expandAccount(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	return value.NewMap(v.Pos).Set("name", v).Set("create", value.NewBool(v.Pos, false))
}

// expandRules is Kubernetes' own list of rules in place of the full form.
func expandRules(v *value.Value) *value.Value {
	if !v.Is(value.List) {
		return nil
	}
	return value.NewMap(v.Pos).Set("rules", v)
}

// resourceName is RESOURCE[.GROUP][/SUBRESOURCE].
func resourceName(s string) string {
	name, sub, has := strings.Cut(s, "/")
	part := func(s string) bool {
		return s == "*" || s != "" && schema.Only(s, schema.LowerCase+schema.Digits+"-")
	}
	resource, group, grouped := strings.Cut(name, ".")
	if !part(resource) || grouped && schema.Subdomain.Problem(group) != "" || has && !part(sub) {
		return "is not a resource such as configmaps, deployments.apps or pods/log"
	}
	return ""
}
