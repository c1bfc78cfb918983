package fields

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// The holes of a pattern in names.
const (
	HoleApp      = "{app}"
	HoleWorkload = "{workload}"
	HoleEnv      = "{env}"
	HoleName     = "{name}"
	HoleKey      = "{key}"
)

// madeKind is a kind of which unfold makes objects.
type madeKind struct {
	name string
	// first says that one object of a workload has no key, to which further ones are added by theirs.
	first bool
	// keys are those that there can be, nil for names that the user chooses, in which case the keys are open.
	keys []string
	open bool
}

// madeKinds returns the kinds of which unfold makes objects for a workload, but for a SealedSecret, which has the name of
// its Secret.
func madeKinds() []madeKind {
	out := []madeKind{
		{name: "Service", first: true, keys: []string{"headless", "preview", "canary", "ping", "pong"}},
		{name: "Ingress", first: true, open: true},
		{name: "HTTPRoute", first: true}, {name: "NetworkPolicy", first: true},
		{name: "HorizontalPodAutoscaler", first: true}, {name: "ScaledObject", first: true}, {name: "PodDisruptionBudget", first: true},
		{name: "ServiceAccount", first: true}, {name: "Role", first: true}, {name: "RoleBinding", first: true},
		{name: "ClusterRole", first: true}, {name: "ClusterRoleBinding", first: true},
		{name: "ServiceMonitor", first: true}, {name: "PodMonitor", first: true}, {name: "PrometheusRule", first: true},
		{name: "ConfigMap", keys: []string{"config", "files", "dashboard"}},
		{name: "Secret", keys: []string{"secrets", "secrets-namespace-wide", "secrets-cluster-wide", "external-secrets"}},
		{name: "ExternalSecret"}, {name: "PersistentVolumeClaim", open: true},
	}
	for _, k := range kinds.All() {
		if k.Written { // hooks and jobs beside the workload have keys
			out = append(out, madeKind{name: k.Name, open: k.Name == kinds.Job || k.Name == kinds.CronJob})
		}
	}
	return out
}

// HasFirst reports whether one object of a kind that belongs to a workload can do without a key, whatever its kind.
func HasFirst(kind string) bool {
	return slices.ContainsFunc(madeKinds(), func(k madeKind) bool { return k.name == kind && k.first })
}

// Kinds returns the kinds of all objects that fields make.
func Kinds() []string { return append(namedKinds(), "SealedSecret", "Namespace") }

// namedKinds returns the names of the kinds in madeKinds.
func namedKinds() []string {
	var out []string
	for _, k := range madeKinds() {
		out = append(out, k.name)
	}
	return out
}

// namesField is the row of the names of objects.
func namesField() schema.Field {
	list := namedKinds()
	return schema.Field{Name: "names", Scope: Inherited,
		Doc: "The names of objects by their kind, or by KIND/KEY for one of several: texts or patterns with {app}, {workload}, {env}, " +
			"{key}, and {name} for the name of the object that runs the pods.",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of names",
			Keys: schema.KeyRule{What: "a kind", Hint: kindHint,
				Check: &schema.Check{Problem: kindProblem, Pattern: "^(" + strings.Join(list, "|") + ")(/[-a-z0-9]+)?$"}},
			Elem: &schema.Type{Kind: schema.TextKind, What: "a name", Check: namePattern}},
		Example: "port: 8080\nautoscaling: {min: 2, max: 5, cpu: 80}\nresources: {requests: {cpu: 100m}}\n" +
			"names: {Deployment: legacy-shop, Service: \"{name}-svc\", HorizontalPodAutoscaler: web-hpa}"}
}

// metadataField is the row of labels and annotations by kind.
func metadataField() schema.Field {
	list := append(Kinds(), "JobTemplate")
	problem := func(s string) string {
		if !slices.Contains(list, s) {
			return "is no kind that unfold makes objects of"
		}
		return ""
	}
	return schema.Field{Name: "metadata", Scope: Inherited,
		Doc: "Labels and annotations of the objects of a kind, over those that they have; null takes one away. JobTemplate is for the " +
			"Jobs " +
			"of a CronJob.",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of kinds", Deferred: true,
			Keys: schema.KeyRule{What: "a kind", Check: &schema.Check{Problem: problem, Enum: list},
				Hint: func(s string) string {
					if s == "name" || s == "labels" || s == "annotations" {
						return "write name, labels and annotations beside metadata, which has those of the objects of a kind"
					}
					return diag.Hint(s, "the kinds are", list)
				}},
			Elem: &schema.Type{Kind: schema.ObjectKind, What: "labels and annotations", Fields: []schema.Field{
				{Name: "labels", Doc: "Its labels.", Type: LabelMap},
				{Name: "annotations", Doc: "Its annotations.", Type: AnnotationMap},
			}}},
		Example: "port: 8080\nmetadata:\n  Service: {labels: {example.com/scrape: \"yes\"}}\n" +
			"  Deployment: {annotations: {example.com/owner: shop}}"}
}

// kindProblem returns what is wrong with a key of names.
func kindProblem(s string) string {
	name, key, keyed := strings.Cut(s, "/")
	i := slices.IndexFunc(madeKinds(), func(k madeKind) bool { return k.name == name })
	if i < 0 {
		return "is no kind that unfold makes objects of"
	}
	k := madeKinds()[i]
	switch {
	case !keyed:
		return ""
	case !k.open && len(k.keys) == 0:
		return "has a key, but unfold makes one " + name + " of a workload"
	case !k.open && !slices.Contains(k.keys, key):
		return "has a key that is none of " + strings.Join(k.keys, ", ")
	case k.open:
		return schema.Label.Problem(key)
	}
	return ""
}

// kindHint returns what to write in place of a key of names.
func kindHint(s string) string {
	name, key, _ := strings.Cut(s, "/")
	if name == "SealedSecret" {
		return "name its Secret: a SealedSecret has the same name"
	}
	for _, k := range madeKinds() {
		if k.name == name {
			return diag.Hint(key, "the keys are", k.keys)
		}
	}
	return diag.Hint(name, "the kinds are", namedKinds())
}

// namePattern is a name with holes.
var namePattern = &schema.Check{Problem: namePatternProblem, Pattern: `^([-.:a-z0-9]|\{(app|workload|env|name|key)\})+$`}

func namePatternProblem(s string) string {
	full := s
	for _, hole := range []string{HoleApp, HoleWorkload, HoleEnv, HoleName, HoleKey} {
		full = strings.ReplaceAll(full, hole, "x")
	}
	switch {
	case s == "":
		return "is empty"
	case !schema.Only(full, schema.LowerCase+schema.Digits+"-.:"):
		return "takes lower-case letters, digits, \"-\" and \".\", and the holes {app}, {workload}, {env}, {name} and {key}"
	}
	return ""
}
