package fields

import "github.com/unfold-gitops/unfold/pkg/schema"

// scaleFields say how many pods there are.
var scaleFields = []schema.Field{
	{Name: "replicas", Scope: Inherited, Doc: "How many pods run.", Type: &schema.Natural,
		Example: "environments:\n  prod: {replicas: 4}"},
	{Name: "autoscaling", Scope: Own, Doc: "The least and the most pods that an autoscaler may run, and what it goes by (default: " +
		"80 % of the requested CPU). `replicas` is then the default of min, and is not printed. With triggers KEDA scales, " +
		"without them a HorizontalPodAutoscaler. false for none.", Type: autoscalingType,
		Example: "replicas: 2\nautoscaling: {max: 10, cpu: 75}\nresources: {requests: {cpu: 250m}}"},
	{Name: "disruption", Scope: Inherited, Doc: "The disruption budget; {maxUnavailable: 1} from two pods on, false for none.",
		Type:    disruptionType,
		Example: "replicas: 4\ndisruption: {minAvailable: \"50%\"}"},
}

var percentage = &schema.Type{Kind: schema.IntegerKind, What: "a percentage", Min: 1, Max: 10000, Otherwise: percentageOtherwise}

var autoscalingType = &schema.Type{
	Kind: schema.ObjectKind, What: "autoscaling", AllowBool: true, Foreign: autoscalingWords,
	Fields: []schema.Field{
		{Name: "min", Doc: "The fewest pods; 0 works with triggers only.", Type: &schema.Natural},
		{Name: "max", Doc: "The most pods.", Type: &schema.Positive},
		{Name: "cpu", Doc: "The use of CPU to aim at, in percent of what is requested.", Type: percentage},
		{Name: "memory", Doc: "The use of memory to aim at, in percent of what is requested.", Type: percentage},
		{Name: "metrics", Doc: "Further metrics to go by, Kubernetes' own.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a list of metrics", Of: "[]autoscaling/v2.MetricSpec"},
			Example: "autoscaling:\n  max: 10\n  metrics:\n" +
				"    - {type: External, external: {metric: {name: queue_length}, target: {type: AverageValue, averageValue: \"30\"}}}"},
		{Name: "behavior", Doc: "How quickly it scales up and down, Kubernetes' own.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a scaling behavior", Of: "autoscaling/v2.HorizontalPodAutoscalerBehavior"}},
		{Name: "triggers", Doc: "KEDA's own triggers.", Type: &schema.Type{Kind: schema.KubeKind, What: "a list of triggers",
			Of: "keda.sh/v1alpha1.ScaledObject.spec.triggers"},
			Example: "autoscaling:\n  min: 0\n  max: 20\n  triggers:\n" +
				"    - {type: rabbitmq, metadata: {queueName: orders, mode: QueueLength, value: \"20\", hostFromEnv: AMQP_URL}}"},
		{Name: "pollingInterval", Doc: "Seconds between two looks of KEDA at its triggers.", Type: &schema.Positive},
		{Name: "cooldownPeriod", Doc: "Seconds without a trigger until KEDA scales to none.", Type: &schema.Natural},
		{Name: "initialCooldownPeriod", Doc: "Seconds after the start until KEDA may scale to none.", Type: &schema.Natural},
		{Name: "idleReplicaCount", Doc: "How many pods there are while no trigger is active.", Type: &schema.Natural},
		{Name: "fallback", Doc: "What KEDA does when a trigger fails, KEDA's own.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a fallback", Of: "keda.sh/v1alpha1.ScaledObject.spec.fallback"}},
	},
}

var disruptionType = &schema.Type{
	Kind: schema.ObjectKind, What: "a disruption budget", AllowBool: true, OneOf: [][]string{{"minAvailable", "maxUnavailable"}},
	Fields: []schema.Field{
		{Name: "maxUnavailable", Doc: "How many pods may be down at once.", Type: &schema.Share},
		{Name: "minAvailable", Doc: "How many pods have to be up.", Type: &schema.Share},
		{Name: "selector", Doc: "The labels of the pods that it is for, in place of the workload's selector.", Type: SelectorMap},
		{Name: "unhealthyPodEvictionPolicy", Doc: "IfHealthyBudget or AlwaysAllow.",
			Type: &schema.Type{Kind: schema.TextKind, What: "an eviction policy", Enum: []string{"IfHealthyBudget", "AlwaysAllow"}}},
	},
}
