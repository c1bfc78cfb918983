package descriptor

const containersProse = "Further containers of the pods, by name. Those of `initContainers` run one after the other in the order written, each to\n" +
	"its end, before all others start; then the sidecars start in the order written, then the workload's own container. A\n" +
	"sidecar is native to Kubernetes where the cluster has them, from 1.29 on: an init container with `restartPolicy: Always`, which is\n" +
	"ready before the app starts, stops after it and does not keep a Job from ending. On an older cluster, or with `native: false`, it is an ordinary\n" +
	"container: those stand behind the workload's own, in the order written, and start all at once. `native: true` is an error there. Argo CD tells the cluster's\n" +
	"version, elsewhere `--kube-version` does; without either the cluster is new enough. One that is needed by init containers stands among those, with `restartPolicy: Always`.\n\n" +
	"A container without an image runs the workload's own, with its `config`, `env`, `envFrom`, `resources` and mounts under\n" +
	"what it says itself. The level of `security` holds for all containers, what `security.container` adds for the workload's own."

// containersFields are the containers beside the workload's own, and what is
// left of the pod and its container.
var containersFields = []field{
	{name: "initContainers", scope: inheritedScope, doc: "Containers that run to their end before all others.", typ: &schema{kind: mapKind, what: "a map of containers", keys: keyRule{"a container", dnsLabel1123}, elem: containerType},
		example: "initContainers:\n  migrate: {command: [/bin/app, migrate]}\n  fetch:\n    image: ghcr.io/example/fetch:v2\n    args: [--once]\n    mounts: {models: /models}\nvolumes:\n  models: {emptyDir: {}, mounts: /models}"},
	{name: "sidecars", scope: inheritedScope, doc: "Containers that run beside the workload's own.", typ: &schema{kind: mapKind, what: "a map of containers", keys: keyRule{"a container", dnsLabel1123}, elem: containerType},
		example: "sidecars:\n  proxy:\n    image: ghcr.io/example/proxy:v3\n    args: [--upstream, localhost:8080]\n    ports: {proxy: 4180}\n    probes: /ping\n    resources: {requests: {cpu: 10m, memory: 32Mi}}"},
	{name: "pod", scope: inheritedScope, doc: "The pod's other fields, such as hostNetwork, dnsConfig, hostAliases or runtimeClassName.", typ: &schema{kind: kubeKind, what: "fields of the pod", of: "core/v1.PodSpec", owner: podOwner},
		example: "pod:\n  enableServiceLinks: false\n  dnsConfig: {options: [{name: ndots, value: \"2\"}]}"},
	{name: "container", scope: inheritedScope, doc: "The other fields of the workload's own container, such as workingDir, tty or terminationMessagePolicy; and its name.", typ: &schema{kind: kubeKind, what: "fields of the container", of: "core/v1.Container", owner: containerOwner},
		example: "container: {name: server, workingDir: /srv, terminationMessagePolicy: FallbackToLogsOnError}"},
}

var envFromType = &schema{kind: listKind, what: "a list of sources", elem: &schema{
	kind: objectKind, what: "a source of variables", oneOf: [][]string{{"secret", "configMap"}}, after: checkEnvFrom,
	fields: []field{
		{name: "secret", doc: "A Secret's name.", typ: &schema{kind: textKind, what: "a Secret's name", check: dnsSubdomain}},
		{name: "configMap", doc: "A ConfigMap's name.", typ: &schema{kind: textKind, what: "a ConfigMap's name", check: dnsSubdomain}},
		{name: "prefix", doc: "What each variable's name starts with.", typ: &schema{kind: textKind, what: "a prefix", check: envName}},
		{name: "optional", doc: "true lets the pod start without it.", typ: boolean},
	},
}}

var envMap = &schema{kind: mapKind, what: "a map of environment variables", keys: keyRule{"an environment variable", envName}, elem: envType}

var containerType = &schema{
	kind: objectKind, what: "a container", foreign: notInContainer,
	fields: []field{
		{name: "image", doc: "Its image; the workload's own unless given.", typ: imageType},
		{name: "command", doc: "What is run in place of the image's entry point.", typ: textList},
		{name: "args", doc: "The arguments in place of the image's.", typ: textList},
		{name: "ports", doc: "Its ports by name, which no Service has.", typ: &schema{kind: mapKind, what: "a map of ports", keys: keyRule{"a port name", portName}, elem: &schema{
			kind: objectKind, what: "a port", shortKey: "containerPort",
			fields: []field{
				{name: "containerPort", doc: "The number that it listens on.", typ: portNumber},
				{name: "protocol", doc: "TCP (default), UDP or SCTP.", typ: &schema{kind: textKind, what: "a protocol", enum: []string{"TCP", "UDP", "SCTP"}}},
				{name: "hostPort", doc: "Its port on the node.", typ: portNumber},
				{name: "hostIP", doc: "The node's address that hostPort binds to.", typ: anyText},
			}}}},
		{name: "env", doc: "Environment variables.", typ: envMap},
		{name: "envFrom", doc: "Environment variables from ConfigMaps and Secrets.", typ: envFromType},
		{name: "resources", doc: "Requests and limits.", typ: resourcesType},
		{name: "probes", doc: "A path for liveness and readiness, or each probe by itself; not of an init container.", typ: probesType},
		{name: "lifecycle", doc: "What runs after it starts and before it stops; not of an init container.", typ: lifecycleType},
		{name: "security", doc: "Its securityContext, over what the workload's level sets.", typ: &schema{kind: kubeKind, what: "a container's securityContext", of: "core/v1.SecurityContext"}},
		{name: "mounts", doc: "Where it mounts the workload's volumes, by their key in volumes.", typ: &schema{kind: mapKind, what: "a map of mounts", keys: keyRule{"a volume", &check{problem: volumeKey}}, elem: &schema{
			kind: objectKind, what: "a path", shortKey: "mountPath", oneOf: [][]string{{"subPath", "subPathExpr"}},
			fields: []field{
				{name: "mountPath", doc: "The path in the container.", typ: &schema{kind: textKind, what: "a path in the container", check: mountPath}},
				{name: "subPath", doc: "The path in the volume.", typ: anyText},
				{name: "subPathExpr", doc: "The same with $(VAR) filled in from the environment.", typ: anyText},
				{name: "readOnly", doc: "true mounts it read-only.", typ: boolean},
				{name: "recursiveReadOnly", doc: "Disabled, IfPossible or Enabled.", typ: recursive},
				{name: "mountPropagation", doc: "None, HostToContainer or Bidirectional.", typ: propagation},
			}}}},
		{name: "volumeMounts", doc: "Further mounts, Kubernetes' own.", typ: &schema{kind: kubeKind, what: "a list of mounts", of: "[]core/v1.VolumeMount"}},
		{name: "native", doc: "false makes a sidecar an ordinary container, true insists on a native one; otherwise the cluster's version decides.", typ: boolean},
		{name: "restartPolicy", doc: "Always lets an init container go on as a sidecar.", typ: &schema{kind: textKind, what: "a restart policy", enum: []string{"Always", "Never", "OnFailure"}}},
		{name: "restartPolicyRules", doc: "Kubernetes' own.", typ: &schema{kind: kubeKind, what: "a list of rules", of: "[]core/v1.ContainerRestartRule"}},
		{name: "workingDir", doc: "The folder that it starts in.", typ: anyText},
		{name: "stdin", doc: "true keeps the standard input open.", typ: boolean},
		{name: "stdinOnce", doc: "true closes it after the first client.", typ: boolean},
		{name: "tty", doc: "true gives it a terminal.", typ: boolean},
		{name: "terminationMessagePath", doc: "The file with the reason of its end.", typ: anyText},
		{name: "terminationMessagePolicy", doc: "File or FallbackToLogsOnError.", typ: &schema{kind: textKind, what: "a policy", enum: []string{"File", "FallbackToLogsOnError"}}},
		{name: "volumeDevices", doc: "Block devices, Kubernetes' own.", typ: &schema{kind: kubeKind, what: "a list of devices", of: "[]core/v1.VolumeDevice"}},
		{name: "resizePolicy", doc: "What a change of resources does, Kubernetes' own.", typ: &schema{kind: kubeKind, what: "a list of policies", of: "[]core/v1.ContainerResizePolicy"}},
	},
}

// notInContainer is the hint for fields of a workload that have another name in a
// further container.
func notInContainer(key string) string {
	switch key {
	case "tag":
		return "write image: {tag: …}"
	case "port":
		return "write ports: {NAME: NUMBER}"
	case "volumes":
		return "list the volume under the workload's volumes, and mount it with mounts: {VOLUME: PATH}"
	}
	return ""
}
