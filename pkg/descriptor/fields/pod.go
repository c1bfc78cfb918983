package fields

import (
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// podFields describe the pods and how they are replaced.
var podFields = []schema.Field{
	{Name: "strategy", Scope: Inherited,
		Doc: "How pods are replaced: RollingUpdate or Recreate; RollingUpdate or OnDelete of a StatefulSet or DaemonSet. With canary or " +
			"blueGreen Argo Rollouts replaces them: a Rollout replaces the Deployment.", Type: strategyType,
		Example: "port: 8080\nstrategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 10m}}, {setWeight: 50}, {pause: {}}]}}\n" +
			"environments:\n  dev: {strategy: Recreate}\n  staging: {strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}}\n" +
			"  prod: {}"},
	{Name: "lifecycle", Scope: Inherited, Doc: "What runs in the container after it starts and before it stops.", Type: lifecycleType,
		Example: "lifecycle:\n  preStop: {sleep: 5}\n  postStart: {exec: {command: [/bin/app, warm]}}"},
	{Name: "gracePeriod", Scope: Inherited, To: "pod.terminationGracePeriodSeconds", Traits: hookInherits,
		Doc: "Seconds that a pod gets to stop in; Kubernetes takes 30.", Type: &schema.Natural,
		Example: "gracePeriod: 60"},
	{Name: "spread", Scope: Inherited, Doc: "Over what the pods are spread, by topology: zone, region, hostname or a label of " +
		"nodes. The default applies from two replicas on, until a topology is named; false for none.", Type: spreadType,
		Example: "replicas: 4\nspread:\n  zone: DoNotSchedule\n  hostname: {maxSkew: 2}"},
	{Name: "nodeSelector", Scope: Inherited, To: "pod.nodeSelector", Traits: hookInherits,
		Doc: "The labels that a node needs for the pods.",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of labels",
			Keys: schema.KeyRule{What: "a label", Check: &schema.QualifiedName},
			Elem: &schema.Type{Kind: schema.TextKind, What: "a label's value", Check: &schema.LabelValue}},
		Example: "nodeSelector: {kubernetes.io/arch: arm64}"},
	{Name: "tolerations", Scope: Inherited, To: "pod.tolerations", Traits: hookInherits,
		Doc:     "The taints of nodes that keep no pods away.",
		Type:    &schema.Type{Kind: schema.KubeKind, What: "a list of tolerations", Of: "[]core/v1.Toleration"},
		Example: "tolerations:\n  - {key: dedicated, operator: Equal, value: batch, effect: NoSchedule}"},
	{Name: "affinity", Scope: Inherited, To: "pod.affinity", Traits: hookInherits,
		Doc:  "Which nodes and which other pods the pods run by.",
		Type: &schema.Type{Kind: schema.KubeKind, What: "affinity", Of: "core/v1.Affinity"},
		Example: "affinity:\n  podAntiAffinity:\n    preferredDuringSchedulingIgnoredDuringExecution:\n      - weight: 100\n" +
			"        podAffinityTerm:\n          topologyKey: kubernetes.io/hostname\n" +
			"          labelSelector: {matchLabels: {example.com/load: heavy}}"},
	{Name: "priorityClass", Scope: Inherited, To: "pod.priorityClassName", Traits: hookInherits,
		Doc:     "The PriorityClass, which decides whose pods are evicted first.",
		Type:    &schema.Type{Kind: schema.TextKind, What: "a PriorityClass's name", Check: &schema.Subdomain},
		Example: "priorityClass: business-critical"},
}

var strategyType = &schema.Type{
	Kind: schema.ObjectKind, What: "a strategy", ShorthandKey: "type", After: completeStrategy,
	OneOf: [][]string{{"type", "canary", "blueGreen"}},
	Fields: []schema.Field{
		{Name: "type", Doc: "RollingUpdate, Recreate or OnDelete; canary and blueGreen are short for those fields.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a strategy",
				Enum: []string{"RollingUpdate", "Recreate", "OnDelete", "canary", "blueGreen"}}},
		{Name: "rollingUpdate", Doc: "How far a rolling update goes at once; asks for RollingUpdate.",
			Type: &schema.Type{Kind: schema.ObjectKind, What: "a rolling update", Fields: []schema.Field{
				{Name: "maxSurge", Doc: "How many pods more than wanted there may be.", Type: &schema.Share},
				{Name: "maxUnavailable", Doc: "How many pods fewer than wanted there may be.", Type: &schema.Share},
				{Name: "partition", Doc: "Of a StatefulSet: only pods with this number or a higher one are replaced.",
					Type: &schema.Natural},
			}}},
		{Name: "canary", Doc: "Argo Rollouts' own: new pods take over step by step. Without steps: 20 %, five minutes, 50 %, five " +
			"minutes, all; `steps: []` for none.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a canary", Of: "argoproj.io/v1alpha1.Rollout.spec.strategy.canary"}},
		{Name: "blueGreen", Doc: "Argo Rollouts' own: new pods start beside the old ones and take over at once.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a blue-green switch",
				Of: "argoproj.io/v1alpha1.Rollout.spec.strategy.blueGreen"}},
	},
}

var lifecycleType = &schema.Type{
	Kind: schema.ObjectKind, What: "a lifecycle",
	Fields: []schema.Field{
		{Name: "preStop", Doc: "Runs before the container is told to stop.", Type: lifecycleHandler},
		{Name: "postStart", Doc: "Runs when the container has started.", Type: lifecycleHandler},
		{Name: "stopSignal", Doc: "The signal that stops the container, instead of the image's.", Type: &schema.AnyText},
	},
}

var lifecycleHandler = &schema.Type{
	Kind: schema.ObjectKind, What: "a handler", OneOf: [][]string{{"exec", "httpGet", "tcpSocket", "sleep"}},
	Fields: []schema.Field{
		{Name: "exec", Doc: "A command in the container, Kubernetes' own.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a command", Of: "core/v1.ExecAction"}},
		{Name: "httpGet", Doc: "An HTTP request, Kubernetes' own.", Type: &schema.Type{Kind: schema.KubeKind, What: "an HTTP request",
			Of: "core/v1.HTTPGetAction"}},
		{Name: "tcpSocket", Doc: "A TCP connection, Kubernetes' own.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a TCP connection", Of: "core/v1.TCPSocketAction"}},
		{Name: "sleep", Doc: "Waits for some seconds.", Type: &schema.Type{Kind: schema.ObjectKind, What: "a number of seconds",
			ShorthandKey: "seconds", Fields: []schema.Field{
				{Name: "seconds", Doc: "How many.", Type: &schema.Natural}}}},
	},
}

var spreadType = &schema.Type{
	Kind: schema.MapKind, What: "a topology such as zone, or a map of Topologies", AllowBool: true,
	Keys:   schema.KeyRule{What: "a topology", Check: &schema.QualifiedName},
	Expand: expandSpread, Shorthand: &schema.Type{Kind: schema.TextKind, What: "a topology such as zone", Check: &schema.QualifiedName},
	After: checkTopologies,
	Elem: &schema.Type{Kind: schema.ObjectKind, What: "what is done where that is not possible", ShorthandKey: "whenUnsatisfiable",
		Fields: []schema.Field{
			{Name: "whenUnsatisfiable", Doc: "ScheduleAnyway (default) or DoNotSchedule.",
				Type: &schema.Type{Kind: schema.TextKind, What: "ScheduleAnyway or DoNotSchedule",
					Enum: []string{"ScheduleAnyway", "DoNotSchedule"}}},
			{Name: "maxSkew", Doc: "How many pods more than elsewhere there may be (default: 1).", Type: &schema.Positive},
			{Name: "minDomains", Doc: "Over how many at least; with DoNotSchedule only.", Type: &schema.Positive},
			{Name: "nodeAffinityPolicy", Doc: "Honor or Ignore.", Type: &schema.Type{Kind: schema.TextKind, What: "Honor or Ignore",
				Enum: []string{"Honor", "Ignore"}}},
			{Name: "nodeTaintsPolicy", Doc: "Honor or Ignore.", Type: &schema.Type{Kind: schema.TextKind, What: "Honor or Ignore",
				Enum: []string{"Honor", "Ignore"}}},
			{Name: "matchLabelKeys", Doc: "Labels of pods by whose values they are counted apart.", Type: &schema.TextList},
			{Name: "labelSelector", Doc: "Which pods are counted (default: those of the workload).",
				Type: &schema.Type{Kind: schema.KubeKind, What: "a label selector", Of: "meta/v1.LabelSelector"}},
		}},
}

// The strategies of Argo Rollouts
// (argo-rollouts.readthedocs.io/en/stable/features/specification).
const (
	Canary    = "canary"
	BlueGreen = "blueGreen"
)

// completeStrategy makes a choice of what a layer says: rollingUpdate asks for
// the type that it belongs to, and a type of Argo Rollouts stands for its field.
func completeStrategy(n *schema.Normaliser, v *value.Value) *value.Value {
	kind, chosen := v.Get("type"), ""
	switch {
	case kind.StringAt() != "":
		chosen = kind.Text
	case v.Get("canary").Is(value.Map):
		chosen = Canary
	case v.Get("blueGreen").Is(value.Map):
		chosen = BlueGreen
	}
	update := v.Entry("rollingUpdate")
	updates := update != nil && !update.Value.Is(value.Null)
	switch {
	case updates && chosen == "":
		return v.Copy().Set("type", value.NewString(update.Value.Pos, "RollingUpdate"))
	case updates && chosen != "RollingUpdate":
		n.Diags.Errorh(update.KeyPos, "contradiction", "remove one of them", "%s has the type %s, so rollingUpdate has no effect",
			n.Where(), chosen)
	case kind != nil && (chosen == Canary || chosen == BlueGreen):
		v = v.Copy()
		v.Delete("type")
		return v.Set(chosen, value.NewMap(kind.Pos))
	}
	return v
}

// Topologies are short for the labels that clusters give their nodes.
func Topologies() map[string]string {
	return map[string]string{
		"zone":     "topology.kubernetes.io/zone",
		"region":   "topology.kubernetes.io/region",
		"hostname": "kubernetes.io/hostname",
	}
}

// expandSpread takes a topology for a map of one, and gives each its label.
func expandSpread(v *value.Value) *value.Value {
	if v.IsScalar() && !v.Is(value.Bool) {
		return expandSpread(value.NewMap(v.Pos).Set(v.Text, value.NewMap(v.Pos)))
	}
	if !v.Is(value.Map) {
		return nil
	}
	out := v.Copy()
	for i, entry := range out.Entries {
		if label, ok := Topologies()[entry.Key]; ok {
			out.Entries[i].Key = label
		}
	}
	return out
}

// checkTopologies reports a topology that has both its names.
func checkTopologies(n *schema.Normaliser, v *value.Value) *value.Value {
	seen := map[string]bool{}
	for _, entry := range v.AllEntries() {
		if seen[entry.Key] {
			n.Diags.Errorh(entry.KeyPos, "topology-twice", "keep one of them", "%s has the topology %q twice", n.Where(), entry.Key)
		}
		seen[entry.Key] = true
	}
	return v
}
