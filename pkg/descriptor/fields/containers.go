package fields

import (
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// containersFields are the containers beside the workload's own, and what is
// left of the pod and its container.
var containersFields = []schema.Field{
	{Name: "initContainers", Scope: Inherited, Traits: hookTakes, Doc: "Containers that run to their end before all others.",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of containers", Otherwise: containersOtherwise,
			Keys: schema.KeyRule{What: "a container", Check: &schema.Label}, Elem: containerType},
		Example: "initContainers:\n  migrate: {command: [/bin/app, migrate]}\n  fetch:\n    image: ghcr.io/example/fetch:v2\n" +
			"    args: [--once]\n    mounts: {models: /models}\nvolumes:\n  models: {emptyDir: {}, mounts: /models}"},
	{Name: "sidecars", Scope: Inherited, Traits: hookTakes, Doc: "Containers that run beside the workload's own.",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of containers", Otherwise: containersOtherwise,
			Keys: schema.KeyRule{What: "a container", Check: &schema.Label}, Elem: containerType},
		Example: "sidecars:\n  proxy:\n    image: ghcr.io/example/proxy:v3\n    args: [--upstream, localhost:8080]\n" +
			"    ports: {proxy: 4180}\n    probes: /ping\n    resources: {requests: {cpu: 10m, memory: 32Mi}}"},
	{Name: "pod", Scope: Inherited, Traits: hookInherits,
		Doc:     "The pod's other fields, such as hostNetwork, dnsConfig, hostAliases or runtimeClassName.",
		Type:    &schema.Type{Kind: schema.KubeKind, What: "fields of the pod", Of: "core/v1.PodSpec", Owner: podOwner},
		Example: "pod:\n  enableServiceLinks: false\n  dnsConfig: {options: [{name: ndots, value: \"2\"}]}"},
	{Name: "container", Scope: Inherited, Traits: hookInherits,
		Doc: "The other fields of the workload's own container, such as workingDir, tty or terminationMessagePolicy; " +
			"its name; and volumeMounts, a list in place of all mounts that other fields give it, where their order matters.",
		Type:    &schema.Type{Kind: schema.KubeKind, What: "fields of the container", Of: "core/v1.Container", Owner: containerOwner},
		Example: "container: {name: server, workingDir: /srv, terminationMessagePolicy: FallbackToLogsOnError}"},
}

var envFromType = &schema.Type{Kind: schema.ListKind, What: "a list of sources", Elem: &schema.Type{
	Kind: schema.ObjectKind, What: "a source of variables", OneOf: [][]string{{"secret", "configMap"}}, After: checkEnvFrom,
	Fields: []schema.Field{
		{Name: "secret", Doc: "A Secret's name.", Type: &schema.Type{Kind: schema.TextKind, What: "a Secret's name",
			Check: &schema.Subdomain}},
		{Name: "configMap", Doc: "A ConfigMap's name.", Type: &schema.Type{Kind: schema.TextKind, What: "a ConfigMap's name",
			Check: &schema.Subdomain}},
		{Name: "prefix", Doc: "What each variable's name starts with.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a prefix", Check: &schema.EnvName}},
		{Name: "optional", Doc: "true lets the pod start without it.", Type: &schema.Boolean},
	},
}}

var envMap = &schema.Type{Kind: schema.MapKind, What: "a map of environment variables", Otherwise: envOtherwise,
	Keys: schema.KeyRule{What: "an environment variable", Check: &schema.EnvName}, Elem: envType}

var containerType = &schema.Type{
	Kind: schema.ObjectKind, What: "a container", Elsewhere: notInContainer,
	Fields: []schema.Field{
		{Name: "image", Doc: "Its image (default: the workload's own).", Type: imageType},
		{Name: "command", Doc: "What is run in place of the image's entry point.", Type: &schema.TextList},
		{Name: "args", Doc: "The arguments in place of the image's.", Type: &schema.TextList},
		{Name: "ports", Doc: "Its ports by name, which no Service has.",
			Type: &schema.Type{Kind: schema.MapKind, What: "a map of ports",
				Keys: schema.KeyRule{What: "a port name", Check: &schema.PortName}, Elem: &schema.Type{
					Kind: schema.ObjectKind, What: "a port", ShorthandKey: "containerPort",
					Fields: []schema.Field{
						{Name: "containerPort", Doc: "The number that it listens on.", Type: &schema.PortNumber},
						{Name: "protocol", Doc: "TCP (default), UDP or SCTP.",
							Type: &schema.Type{Kind: schema.TextKind, What: "a protocol", Enum: []string{"TCP", "UDP", "SCTP"}}},
						{Name: "unnamed", Doc: "true if the port has no name in the container.", Type: &schema.Boolean},
						{Name: "hostPort", Doc: "Its port on the node.", Type: &schema.PortNumber},
						{Name: "hostIP", Doc: "The node's address that hostPort binds to.", Type: &schema.AnyText},
					}}}},
		{Name: "env", Doc: "Environment variables.", Type: envMap},
		{Name: "envFrom", Doc: "Environment variables from ConfigMaps and Secrets.", Type: envFromType},
		{Name: "resources", Doc: "Requests and limits.", Type: resourcesType},
		{Name: "probes", Doc: "A path for liveness and readiness, or each probe by itself; not of an init container.", Type: probesType},
		{Name: "lifecycle", Doc: "What runs after it starts and before it stops; not of an init container.", Type: lifecycleType},
		{Name: "security", Doc: "Its securityContext, over what the workload's level sets.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a container's securityContext", Of: "core/v1.SecurityContext"}},
		{Name: "mounts", Doc: "Where it mounts the workload's volumes, by their key in volumes.",
			Type: &schema.Type{Kind: schema.MapKind, What: "a map of mounts",
				Keys: schema.KeyRule{What: "a volume", Check: &schema.Check{Problem: volumeKey}}, Elem: &schema.Type{
					Kind: schema.ObjectKind, What: "a path", ShorthandKey: "mountPath", OneOf: [][]string{{"subPath", "subPathExpr"}},
					Fields: []schema.Field{
						{Name: "mountPath", Doc: "The path in the container.",
							Type: &schema.Type{Kind: schema.TextKind, What: "a path in the container", Check: &schema.MountPath}},
						{Name: "subPath", Doc: "The path in the volume.", Type: &schema.AnyText},
						{Name: "subPathExpr", Doc: "The same with $(VAR) filled in from the environment.", Type: &schema.AnyText},
						{Name: "readOnly", Doc: "true mounts it read-only.", Type: &schema.Boolean},
						{Name: "recursiveReadOnly", Doc: "Disabled, IfPossible or Enabled.", Type: recursive},
						{Name: "mountPropagation", Doc: "None, HostToContainer or Bidirectional.", Type: propagation},
					}}}},
		{Name: "volumeMounts", Doc: "Further mounts, Kubernetes' own.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a list of mounts", Of: "[]core/v1.VolumeMount"}},
		{Name: "native", Doc: "false makes a sidecar an ordinary container, true insists on a native one; otherwise the cluster's " +
			"version decides.", Type: &schema.Boolean},
		{Name: "restartPolicy", To: "container.restartPolicy", Doc: "Always lets an init container go on as a sidecar.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a restart policy", Enum: []string{"Always", "Never", "OnFailure"}}},
		{Name: "restartPolicyRules", To: "container.restartPolicyRules", Doc: "Kubernetes' own.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a list of rules",
				Of: "[]core/v1.ContainerRestartRule"}},
		{Name: "workingDir", To: "container.workingDir", Doc: "The folder that it starts in.", Type: &schema.AnyText},
		{Name: "stdin", To: "container.stdin", Doc: "true keeps the standard input open.", Type: &schema.Boolean},
		{Name: "stdinOnce", To: "container.stdinOnce", Doc: "true closes it after the first client.", Type: &schema.Boolean},
		{Name: "tty", To: "container.tty", Doc: "true gives it a terminal.", Type: &schema.Boolean},
		{Name: "terminationMessagePath", To: "container.terminationMessagePath", Doc: "The file with the reason of its end.",
			Type: &schema.AnyText},
		{Name: "terminationMessagePolicy", To: "container.terminationMessagePolicy", Doc: "File or FallbackToLogsOnError.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a policy", Enum: []string{"File", "FallbackToLogsOnError"}}},
		{Name: "volumeDevices", To: "container.volumeDevices", Doc: "Block devices, Kubernetes' own.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a list of devices", Of: "[]core/v1.VolumeDevice"}},
		{Name: "resizePolicy", To: "container.resizePolicy", Doc: "What a change of resources does, Kubernetes' own.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a list of policies", Of: "[]core/v1.ContainerResizePolicy"}},
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

// podOwner names the field that makes a field of the pod, "" for none.
func podOwner(key string) string {
	switch key {
	case "containers":
		return "sidecars"
	case "initContainers", "volumes":
		return key
	case "imagePullSecrets":
		return "pullSecrets"
	case "securityContext":
		return "security: {pod: …}"
	case "topologySpreadConstraints":
		return "spread"
	case "serviceAccountName", "serviceAccount", "automountServiceAccountToken":
		return "serviceAccount"
	}
	return ""
}

// containerOwner names the field that makes a field of a container, "" for none.
func containerOwner(key string) string {
	switch key {
	case "image", "command", "args", "ports", "env", "envFrom", "resources", "lifecycle":
		return key
	case "imagePullPolicy":
		return "image: {pullPolicy: …}"
	case "livenessProbe", "readinessProbe", "startupProbe":
		return "probes"
	case "securityContext":
		return "security: {container: …}"
	}
	return ""
}

// checkEnvFrom asks each source of variables for what it is.
func checkEnvFrom(n *schema.Normaliser, v *value.Value) *value.Value {
	if n.Whole && !v.Has("secret") && !v.Has("configMap") {
		n.Diags.Errorh(v.Pos, "missing-source", "write secret: NAME or configMap: NAME", "%s names neither a Secret nor a ConfigMap",
			n.Where())
		return nil
	}
	return v
}
