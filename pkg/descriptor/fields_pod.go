package descriptor

const podProse = "Where the pods run, how they start and stop, and how they are replaced. The scheduler by itself spreads pods over zones\n" +
	"and hosts with some slack; the default of `spread` asks for the same without slack, but never keeps a pod from running.\n\n" +
	"`strategy: canary` and `strategy: blueGreen` need [Argo Rollouts](https://argo-rollouts.readthedocs.io) in the cluster; see\n" +
	"[rollouts.md](rollouts.md) for what they make."

// podFields describe the pods and how they are replaced.
var podFields = []field{
	{name: "strategy", scope: inheritedScope, doc: "How pods are replaced: RollingUpdate or Recreate; RollingUpdate or OnDelete of a StatefulSet or DaemonSet. With canary or blueGreen Argo Rollouts replaces them: a Rollout stands in the place of the Deployment.", typ: strategyType,
		example: "port: 8080\nstrategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 10m}}, {setWeight: 50}, {pause: {}}]}}\nenvironments:\n  dev: {strategy: Recreate}\n  staging: {strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}}\n  prod: {}"},
	{name: "lifecycle", scope: inheritedScope, doc: "What runs in the container after it starts and before it stops.", typ: lifecycleType,
		example: "lifecycle:\n  preStop: {sleep: 5}\n  postStart: {exec: {command: [/bin/app, warm]}}"},
	{name: "gracePeriod", scope: inheritedScope, doc: "Seconds that a pod gets to stop in; Kubernetes takes 30.", typ: natural,
		example: "gracePeriod: 60"},
	{name: "spread", scope: inheritedScope, doc: "Over what the pods are spread, by topology: zone, region, hostname or a label of nodes. The default counts from two replicas on and gives way to any topology that is named; false for none.", typ: spreadType,
		example: "replicas: 4\nspread:\n  zone: DoNotSchedule\n  hostname: {maxSkew: 2}"},
	{name: "nodeSelector", scope: inheritedScope, doc: "The labels that a node needs for the pods.", typ: &schema{kind: mapKind, what: "a map of labels", keys: keyRule{"a label", qualifiedName}, elem: &schema{kind: textKind, what: "a label's value", check: labelValue}},
		example: "nodeSelector: {kubernetes.io/arch: arm64}"},
	{name: "tolerations", scope: inheritedScope, doc: "The taints of nodes that keep no pods away.", typ: &schema{kind: kubeKind, what: "a list of tolerations", of: "[]core/v1.Toleration"},
		example: "tolerations:\n  - {key: dedicated, operator: Equal, value: batch, effect: NoSchedule}"},
	{name: "affinity", scope: inheritedScope, doc: "Which nodes and which other pods the pods run by.", typ: &schema{kind: kubeKind, what: "affinity", of: "core/v1.Affinity"},
		example: "affinity:\n  podAntiAffinity:\n    preferredDuringSchedulingIgnoredDuringExecution:\n      - weight: 100\n        podAffinityTerm:\n          topologyKey: kubernetes.io/hostname\n          labelSelector: {matchLabels: {example.com/load: heavy}}"},
	{name: "priorityClass", scope: inheritedScope, doc: "The PriorityClass, which says whose pods make room for whose.", typ: &schema{kind: textKind, what: "a PriorityClass's name", check: dnsSubdomain},
		example: "priorityClass: business-critical"},
}

var strategyType = &schema{
	kind: objectKind, what: "a strategy", shortKey: "type", after: completeStrategy, oneOf: [][]string{{"type", "canary", "blueGreen"}},
	fields: []field{
		{name: "type", doc: "RollingUpdate, Recreate or OnDelete; canary and blueGreen stand for those fields.", typ: &schema{kind: textKind, what: "a strategy", enum: []string{"RollingUpdate", "Recreate", "OnDelete", "canary", "blueGreen"}}},
		{name: "rollingUpdate", doc: "How far a rolling update goes at once; asks for RollingUpdate.", typ: &schema{kind: objectKind, what: "a rolling update", fields: []field{
			{name: "maxSurge", doc: "How many pods more than wanted there may be.", typ: share},
			{name: "maxUnavailable", doc: "How many pods fewer than wanted there may be.", typ: share},
			{name: "partition", doc: "Of a StatefulSet: only pods with this number or a higher one are replaced.", typ: natural},
		}}},
		{name: "canary", doc: "Argo Rollouts' own: new pods take over step by step. Without steps: 20 %, five minutes, 50 %, five minutes, all; `steps: []` for none.",
			typ: &schema{kind: kubeKind, what: "a canary", of: "argoproj.io/v1alpha1.Rollout.spec.strategy.canary"}},
		{name: "blueGreen", doc: "Argo Rollouts' own: new pods start beside the old ones and take over at once.",
			typ: &schema{kind: kubeKind, what: "a blue-green switch", of: "argoproj.io/v1alpha1.Rollout.spec.strategy.blueGreen"}},
	},
}

var lifecycleType = &schema{
	kind: objectKind, what: "a lifecycle",
	fields: []field{
		{name: "preStop", doc: "Runs before the container is told to stop.", typ: lifecycleHandler},
		{name: "postStart", doc: "Runs when the container has started.", typ: lifecycleHandler},
		{name: "stopSignal", doc: "The signal that tells the container to stop, in place of the image's.", typ: anyText},
	},
}

var lifecycleHandler = &schema{
	kind: objectKind, what: "a handler", oneOf: [][]string{{"exec", "httpGet", "tcpSocket", "sleep"}},
	fields: []field{
		{name: "exec", doc: "A command in the container, Kubernetes' own.", typ: &schema{kind: kubeKind, what: "a command", of: "core/v1.ExecAction"}},
		{name: "httpGet", doc: "An HTTP request, Kubernetes' own.", typ: &schema{kind: kubeKind, what: "an HTTP request", of: "core/v1.HTTPGetAction"}},
		{name: "tcpSocket", doc: "A TCP connection, Kubernetes' own.", typ: &schema{kind: kubeKind, what: "a TCP connection", of: "core/v1.TCPSocketAction"}},
		{name: "sleep", doc: "Waits for some seconds.", typ: &schema{kind: objectKind, what: "a number of seconds", shortKey: "seconds", fields: []field{
			{name: "seconds", doc: "How many.", typ: natural}}}},
	},
}

var spreadType = &schema{
	kind: mapKind, what: "a topology such as zone, or a map of topologies", orFalse: true, keys: keyRule{"a topology", qualifiedName},
	short: spreadShort, line: &schema{kind: textKind, what: "a topology such as zone", check: qualifiedName}, after: checkTopologies,
	elem: &schema{kind: objectKind, what: "what is done where that is not possible", shortKey: "whenUnsatisfiable", fields: []field{
		{name: "whenUnsatisfiable", doc: "ScheduleAnyway (default) or DoNotSchedule.", typ: &schema{kind: textKind, what: "ScheduleAnyway or DoNotSchedule", enum: []string{"ScheduleAnyway", "DoNotSchedule"}}},
		{name: "maxSkew", doc: "How many pods more than elsewhere there may be; 1 unless given.", typ: positive},
		{name: "minDomains", doc: "Over how many at least; with DoNotSchedule only.", typ: positive},
		{name: "nodeAffinityPolicy", doc: "Honor or Ignore.", typ: &schema{kind: textKind, what: "Honor or Ignore", enum: []string{"Honor", "Ignore"}}},
		{name: "nodeTaintsPolicy", doc: "Honor or Ignore.", typ: &schema{kind: textKind, what: "Honor or Ignore", enum: []string{"Honor", "Ignore"}}},
		{name: "matchLabelKeys", doc: "Labels of pods by whose values they are counted apart.", typ: textList},
		{name: "labelSelector", doc: "Which pods are counted; those of the workload unless given.", typ: &schema{kind: kubeKind, what: "a label selector", of: "meta/v1.LabelSelector"}},
	}},
}
