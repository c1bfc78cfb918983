package descriptor

const scaleProse = "How many pods there are, and how many of them may be down."

// scaleFields say how many pods there are.
var scaleFields = []field{
	{name: "replicas", scope: inheritedScope, doc: "How many pods run.", typ: natural,
		example: "environments:\n  prod: {replicas: 4}"},
	{name: "disruption", scope: inheritedScope, doc: "The disruption budget; {maxUnavailable: 1} from two replicas on, false for none.", typ: disruptionType,
		example: "replicas: 4\ndisruption: {minAvailable: \"50%\"}"},
}

var disruptionType = &schema{
	kind: objectKind, what: "a disruption budget", orFalse: true, oneOf: []string{"minAvailable", "maxUnavailable"},
	fields: []field{
		{name: "maxUnavailable", doc: "How many pods may be down at once.", typ: share},
		{name: "minAvailable", doc: "How many pods have to be up.", typ: share},
		{name: "unhealthyPodEvictionPolicy", doc: "IfHealthyBudget or AlwaysAllow.", typ: &schema{kind: textKind, what: "an eviction policy", enum: []string{"IfHealthyBudget", "AlwaysAllow"}}},
	},
}
