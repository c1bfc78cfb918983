package descriptor

const scaleProse = "How many pods there are, and how many of them may be down."

// scaleFields say how many pods there are.
var scaleFields = []field{
	{name: "replicas", scope: inheritedScope, doc: "How many pods run.", typ: natural,
		example: "environments:\n  prod: {replicas: 4}"},
	{name: "autoscaling", scope: ownScope, doc: "Between which counts of pods an autoscaler chooses, and by what: 80 % of the requested CPU unless given. `replicas` is left out then, and is the default of min. With triggers KEDA scales, else a HorizontalPodAutoscaler. false for none.", typ: autoscalingType,
		example: "replicas: 2\nautoscaling: {max: 10, cpu: 75}\nresources: {requests: {cpu: 250m}}"},
	{name: "disruption", scope: inheritedScope, doc: "The disruption budget; {maxUnavailable: 1} from two pods on, false for none.", typ: disruptionType,
		example: "replicas: 4\ndisruption: {minAvailable: \"50%\"}"},
}

var percentage = &schema{kind: integerKind, what: "a percentage", min: 1, max: 10000}

var autoscalingType = &schema{
	kind: objectKind, what: "autoscaling", orFalse: true,
	fields: []field{
		{name: "min", doc: "The fewest pods; 0 is for triggers alone.", typ: natural},
		{name: "max", doc: "The most pods.", typ: positive},
		{name: "cpu", doc: "The use of CPU to aim at, in percent of what is requested.", typ: percentage},
		{name: "memory", doc: "The use of memory to aim at, in percent of what is requested.", typ: percentage},
		{name: "metrics", doc: "Further metrics to go by, Kubernetes' own.", typ: &schema{kind: kubeKind, what: "a list of metrics", of: "[]autoscaling/v2.MetricSpec"},
			example: "autoscaling:\n  max: 10\n  metrics:\n    - {type: External, external: {metric: {name: queue_length}, target: {type: AverageValue, averageValue: \"30\"}}}"},
		{name: "behavior", doc: "How quickly it scales up and down, Kubernetes' own.", typ: &schema{kind: kubeKind, what: "a scaling behavior", of: "autoscaling/v2.HorizontalPodAutoscalerBehavior"}},
		{name: "triggers", doc: "KEDA's own triggers.", typ: &schema{kind: kubeKind, what: "a list of triggers", of: "keda.sh/v1alpha1.ScaledObject.spec.triggers"},
			example: "autoscaling:\n  min: 0\n  max: 20\n  triggers:\n    - {type: rabbitmq, metadata: {queueName: orders, mode: QueueLength, value: \"20\", hostFromEnv: AMQP_URL}}"},
		{name: "pollingInterval", doc: "Seconds between two looks of KEDA at its triggers.", typ: positive},
		{name: "cooldownPeriod", doc: "Seconds without a trigger until KEDA scales to none.", typ: natural},
		{name: "initialCooldownPeriod", doc: "Seconds after the start until KEDA may scale to none.", typ: natural},
		{name: "idleReplicaCount", doc: "How many pods there are while no trigger is active.", typ: natural},
		{name: "fallback", doc: "What KEDA does when a trigger fails, KEDA's own.", typ: &schema{kind: kubeKind, what: "a fallback", of: "keda.sh/v1alpha1.ScaledObject.spec.fallback"}},
	},
}

var disruptionType = &schema{
	kind: objectKind, what: "a disruption budget", orFalse: true, oneOf: [][]string{{"minAvailable", "maxUnavailable"}},
	fields: []field{
		{name: "maxUnavailable", doc: "How many pods may be down at once.", typ: share},
		{name: "minAvailable", doc: "How many pods have to be up.", typ: share},
		{name: "unhealthyPodEvictionPolicy", doc: "IfHealthyBudget or AlwaysAllow.", typ: &schema{kind: textKind, what: "an eviction policy", enum: []string{"IfHealthyBudget", "AlwaysAllow"}}},
	},
}
