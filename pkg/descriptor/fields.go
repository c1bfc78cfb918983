package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/value"
)

// The table of all fields: what the parser takes, what the layers merge by and
// what the reference is made of. The variables are never changed; they are
// literals without calls, so that they cost nothing at start-up.

var (
	anyText    = &schema{kind: textKind, what: "text"}
	boolean    = &schema{kind: booleanKind, what: "true or false"}
	anyValue   = &schema{kind: anyKind, what: "anything that Kubernetes takes there"}
	anyMap     = &schema{kind: mapKind, what: "a map", elem: anyValue}
	textList   = &schema{kind: listKind, what: "a list of texts", elem: anyText}
	anyList    = &schema{kind: listKind, what: "a list", elem: anyValue}
	natural    = &schema{kind: integerKind, what: "a whole number", max: 1<<31 - 1}
	positive   = &schema{kind: integerKind, what: "a whole number", min: 1, max: 1<<31 - 1}
	id         = &schema{kind: integerKind, what: "a user or group id", max: 1<<31 - 1}
	portNumber = &schema{kind: integerKind, what: "a port number", min: 1, max: 65535}
	portRef    = &schema{kind: intOrNameKind, what: "a port's number or name"}
	amount     = &schema{kind: quantityKind, what: "a quantity"}
	share      = &schema{kind: intOrPercentKind, what: "a number or a percentage"}
	fileName   = &schema{kind: textKind, what: "the path of a file in the app's folder", check: filePath}
)

var (
	labelMap      = &schema{kind: mapKind, what: "a map of labels", keys: keyRule{"a label", ownLabel}, elem: &schema{kind: textKind, what: "a label's value", check: labelValue}}
	annotationMap = &schema{kind: mapKind, what: "a map of annotations", keys: keyRule{"an annotation", qualifiedName}, elem: anyText}
)

var imageType = &schema{
	kind: objectKind, what: "an image", short: imageShort, oneOf: []string{"tag", "digest"},
	fields: []field{
		{name: "repository", doc: "The image without tag and digest.", typ: &schema{kind: textKind, what: "an image repository", check: imageRepository}},
		{name: "tag", doc: "The tag.", typ: tagType},
		{name: "digest", doc: "The digest, such as sha256:…; with a tag beside it the digest decides.", typ: &schema{kind: textKind, what: "an image digest", check: imageDigest}},
		{name: "pullPolicy", doc: "When the image is pulled: Always, IfNotPresent or Never.", typ: &schema{kind: textKind, what: "a pull policy", enum: []string{"Always", "IfNotPresent", "Never"}}},
		{name: "pullSecrets", doc: "Names of Secrets that hold the registry's credentials.", typ: &schema{kind: listKind, what: "a list of Secrets", elem: &schema{kind: textKind, what: "a Secret's name", check: dnsSubdomain}}},
	},
}

var tagType = &schema{kind: textKind, what: "an image tag", check: imageTag}

var portType = &schema{
	kind: objectKind, what: "a port", shortKey: "port",
	fields: []field{
		{name: "port", doc: "The number that the Service listens on.", typ: portNumber},
		{name: "target", doc: "The number that the container listens on; the same as port unless given.", typ: portNumber},
		{name: "protocol", doc: "TCP (default), UDP or SCTP.", typ: &schema{kind: textKind, what: "a protocol", enum: []string{"TCP", "UDP", "SCTP"}}},
		{name: "appProtocol", doc: "The application's protocol, as a hint for load balancers and meshes.", typ: anyText},
		{name: "expose", doc: "false keeps the port out of the Service.", typ: boolean},
		{name: "nodePort", doc: "The Service's port on every node.", typ: portNumber},
		{name: "hostPort", doc: "The container's port on its node.", typ: portNumber},
		{name: "hostIP", doc: "The node's address that hostPort binds to.", typ: anyText},
	},
}

var serviceType = &schema{
	kind: objectKind, what: "a Service", orFalse: true,
	fields: []field{
		{name: "type", doc: "ClusterIP (default), NodePort or LoadBalancer.", typ: &schema{kind: textKind, what: "a Service type", enum: []string{"ClusterIP", "NodePort", "LoadBalancer"}}},
		{name: "headless", doc: "true gives no cluster address: names resolve to the pods.", typ: boolean},
		{name: "labels", doc: "Further labels.", typ: labelMap},
		{name: "annotations", doc: "Further annotations.", typ: annotationMap},
		{name: "clusterIP", doc: "A fixed cluster address.", typ: anyText},
		{name: "clusterIPs", doc: "Fixed cluster addresses.", typ: textList},
		{name: "externalIPs", doc: "Addresses of nodes that take traffic for it.", typ: textList},
		{name: "externalTrafficPolicy", doc: "Cluster or Local.", typ: &schema{kind: textKind, what: "a traffic policy", enum: []string{"Cluster", "Local"}}},
		{name: "internalTrafficPolicy", doc: "Cluster or Local.", typ: &schema{kind: textKind, what: "a traffic policy", enum: []string{"Cluster", "Local"}}},
		{name: "trafficDistribution", doc: "How traffic is spread over endpoints.", typ: anyText},
		{name: "ipFamilies", doc: "IPv4, IPv6.", typ: textList},
		{name: "ipFamilyPolicy", doc: "SingleStack, PreferDualStack or RequireDualStack.", typ: &schema{kind: textKind, what: "an IP family policy", enum: []string{"SingleStack", "PreferDualStack", "RequireDualStack"}}},
		{name: "loadBalancerClass", doc: "Which load balancer serves it.", typ: anyText},
		{name: "loadBalancerIP", doc: "The load balancer's address.", typ: anyText},
		{name: "loadBalancerSourceRanges", doc: "Who may reach the load balancer, as CIDRs.", typ: textList},
		{name: "allocateLoadBalancerNodePorts", doc: "false for load balancers that need no node ports.", typ: boolean},
		{name: "healthCheckNodePort", doc: "The node port of the health check.", typ: portNumber},
		{name: "publishNotReadyAddresses", doc: "true lists pods before they are ready.", typ: boolean},
		{name: "sessionAffinity", doc: "None or ClientIP.", typ: &schema{kind: textKind, what: "a session affinity", enum: []string{"None", "ClientIP"}}},
		{name: "sessionAffinityConfig", doc: "Kubernetes' own.", typ: anyMap},
	},
}

// probeHandlers are the ways a probe can be made, of which one counts.
var probeHandlers = []string{"httpGet", "tcpSocket", "grpc", "exec"}

var probeType = &schema{
	kind: objectKind, what: "a probe", short: probeShort, oneOf: probeHandlers,
	fields: []field{
		{name: "httpGet", doc: "An HTTP request that has to succeed; the port is the workload's first unless given.", typ: &schema{kind: objectKind, what: "an HTTP request", fields: []field{
			{name: "path", doc: "The path asked for.", typ: anyText},
			{name: "port", doc: "The port's number or name.", typ: portRef},
			{name: "host", doc: "The host; the pod's address unless given.", typ: anyText},
			{name: "scheme", doc: "HTTP (default) or HTTPS.", typ: &schema{kind: textKind, what: "a scheme", enum: []string{"HTTP", "HTTPS"}}},
			{name: "httpHeaders", doc: "Headers to send.", typ: &schema{kind: listKind, what: "a list of headers", elem: &schema{kind: objectKind, what: "a header", fields: []field{
				{name: "name", doc: "Its name.", typ: anyText}, {name: "value", doc: "Its value.", typ: anyText}}}}},
		}}},
		{name: "tcpSocket", doc: "A TCP connection that has to open.", typ: &schema{kind: objectKind, what: "a TCP connection", fields: []field{
			{name: "port", doc: "The port's number or name.", typ: portRef},
			{name: "host", doc: "The host; the pod's address unless given.", typ: anyText},
		}}},
		{name: "grpc", doc: "A gRPC health check.", typ: &schema{kind: objectKind, what: "a gRPC check", fields: []field{
			{name: "port", doc: "The port's number.", typ: portNumber},
			{name: "service", doc: "The service asked about.", typ: anyText},
		}}},
		{name: "exec", doc: "A command that has to exit with 0.", typ: &schema{kind: objectKind, what: "a command", fields: []field{
			{name: "command", doc: "The command and its arguments.", typ: textList}}}},
		{name: "initialDelaySeconds", doc: "Seconds to wait first.", typ: natural},
		{name: "periodSeconds", doc: "Seconds between two probes.", typ: positive},
		{name: "timeoutSeconds", doc: "Seconds until a probe counts as failed.", typ: positive},
		{name: "successThreshold", doc: "Successes in a row until it counts as good.", typ: positive},
		{name: "failureThreshold", doc: "Failures in a row until it counts as bad.", typ: positive},
		{name: "terminationGracePeriodSeconds", doc: "Seconds to stop in after a failed probe.", typ: positive},
	},
}

var probesType = &schema{
	kind: objectKind, what: "probes", short: probesShort, orFalse: true,
	fields: []field{
		{name: "liveness", doc: "Restarts the container when it fails.", typ: probeType},
		{name: "readiness", doc: "Takes the pod out of its Service when it fails.", typ: probeType},
		{name: "startup", doc: "Holds the other two back until it succeeds once.", typ: probeType},
	},
}

var amounts = &schema{kind: mapKind, what: "a map of quantities", keys: keyRule{"a resource", qualifiedName}, elem: amount}

var resourcesType = &schema{
	kind: objectKind, what: "resources",
	fields: []field{
		{name: "requests", doc: "What is set aside for the container.", typ: amounts},
		{name: "limits", doc: "What it can't go beyond.", typ: amounts},
		{name: "claims", doc: "Resource claims, Kubernetes' own.", typ: anyList},
	},
}

var (
	refType = &schema{kind: objectKind, what: "NAME/KEY", short: refShort, fields: []field{
		{name: "name", doc: "The object's name.", typ: &schema{kind: textKind, what: "a name", check: dnsSubdomain}},
		{name: "key", doc: "The key in it.", typ: &schema{kind: textKind, what: "a key", check: configKey}},
		{name: "optional", doc: "true lets the pod start without it.", typ: boolean},
	}}
	envType = &schema{
		kind: objectKind, what: "an environment variable", shortKey: "value",
		oneOf: []string{"value", "secret", "configMap", "field", "resource"},
		fields: []field{
			{name: "value", doc: "The value itself.", typ: anyText},
			{name: "secret", doc: "A key of a Secret, as NAME/KEY.", typ: refType},
			{name: "configMap", doc: "A key of a ConfigMap, as NAME/KEY.", typ: refType},
			{name: "field", doc: "A field of the pod, such as status.podIP.", typ: &schema{kind: objectKind, what: "a field of the pod", shortKey: "fieldPath", fields: []field{
				{name: "fieldPath", doc: "The field's path.", typ: anyText},
				{name: "apiVersion", doc: "The version that the path is written in.", typ: anyText}}}},
			{name: "resource", doc: "A resource of the container, such as limits.memory.", typ: &schema{kind: objectKind, what: "a resource of the container", shortKey: "resource", fields: []field{
				{name: "resource", doc: "The resource.", typ: anyText},
				{name: "containerName", doc: "Of which container.", typ: anyText},
				{name: "divisor", doc: "The unit it is given in.", typ: amount}}}},
		},
	}
)

var fileType = &schema{
	kind: objectKind, what: "a file", shortKey: "content", oneOf: []string{"content", "from"},
	fields: []field{
		{name: "content", doc: "The file's text.", typ: anyText},
		{name: "from", doc: "A file in the app's folder that holds the content.", typ: fileName},
		{name: "mode", doc: "The file's permissions in octal, such as 0644.", typ: &schema{kind: textKind, what: "a file mode", check: fileMode}},
	},
}

var securityType = &schema{
	kind: objectKind, what: "a security level", shortKey: "level",
	fields: []field{
		{name: "level", doc: "restricted (default), baseline or none.", typ: &schema{kind: textKind, what: "a security level", enum: []string{"restricted", "baseline", "none"}}},
		{name: "pod", doc: "The pod's securityContext, over what the level sets.", typ: &schema{kind: objectKind, what: "a pod's securityContext", fields: []field{
			{name: "runAsUser", doc: "Kubernetes' own.", typ: id}, {name: "runAsGroup", doc: "Kubernetes' own.", typ: id},
			{name: "runAsNonRoot", doc: "Kubernetes' own.", typ: boolean},
			{name: "fsGroup", doc: "Kubernetes' own.", typ: id}, {name: "fsGroupChangePolicy", doc: "Kubernetes' own.", typ: anyText},
			{name: "supplementalGroups", doc: "Kubernetes' own.", typ: &schema{kind: listKind, what: "a list of groups", elem: id}},
			{name: "supplementalGroupsPolicy", doc: "Kubernetes' own.", typ: anyText},
			{name: "seccompProfile", doc: "Kubernetes' own.", typ: anyMap}, {name: "appArmorProfile", doc: "Kubernetes' own.", typ: anyMap},
			{name: "seLinuxOptions", doc: "Kubernetes' own.", typ: anyMap}, {name: "seLinuxChangePolicy", doc: "Kubernetes' own.", typ: anyText},
			{name: "windowsOptions", doc: "Kubernetes' own.", typ: anyMap}, {name: "sysctls", doc: "Kubernetes' own.", typ: anyList},
		}}},
		{name: "container", doc: "The container's securityContext, over what the level sets.", typ: &schema{kind: objectKind, what: "a container's securityContext", fields: []field{
			{name: "runAsUser", doc: "Kubernetes' own.", typ: id}, {name: "runAsGroup", doc: "Kubernetes' own.", typ: id},
			{name: "runAsNonRoot", doc: "Kubernetes' own.", typ: boolean},
			{name: "readOnlyRootFilesystem", doc: "Kubernetes' own.", typ: boolean},
			{name: "allowPrivilegeEscalation", doc: "Kubernetes' own.", typ: boolean}, {name: "privileged", doc: "Kubernetes' own.", typ: boolean},
			{name: "capabilities", doc: "Kubernetes' own.", typ: &schema{kind: objectKind, what: "capabilities", fields: []field{
				{name: "add", doc: "Kubernetes' own.", typ: textList}, {name: "drop", doc: "Kubernetes' own.", typ: textList}}}},
			{name: "procMount", doc: "Kubernetes' own.", typ: anyText},
			{name: "seccompProfile", doc: "Kubernetes' own.", typ: anyMap}, {name: "appArmorProfile", doc: "Kubernetes' own.", typ: anyMap},
			{name: "seLinuxOptions", doc: "Kubernetes' own.", typ: anyMap}, {name: "windowsOptions", doc: "Kubernetes' own.", typ: anyMap},
		}}},
	},
}

var disruptionType = &schema{
	kind: objectKind, what: "a disruption budget", orFalse: true, oneOf: []string{"minAvailable", "maxUnavailable"},
	fields: []field{
		{name: "maxUnavailable", doc: "How many pods may be down at once.", typ: share},
		{name: "minAvailable", doc: "How many pods have to be up.", typ: share},
		{name: "unhealthyPodEvictionPolicy", doc: "IfHealthyBudget or AlwaysAllow.", typ: &schema{kind: textKind, what: "an eviction policy", enum: []string{"IfHealthyBudget", "AlwaysAllow"}}},
	},
}

var namespaceType = &schema{
	kind: objectKind, what: "a namespace", shortKey: "name",
	fields: []field{
		{name: "name", doc: "The namespace's name; APP-ENV unless given.", typ: &schema{kind: textKind, what: "a namespace", check: dnsLabel1123}},
		{name: "create", doc: "true adds the Namespace object, which Argo CD then never prunes.", typ: boolean},
		{name: "labels", doc: "Labels of the Namespace object.", typ: labelMap},
		{name: "annotations", doc: "Annotations of the Namespace object.", typ: annotationMap},
	},
}

var patchType = &schema{
	kind: objectKind, what: "a patch", after: checkPatch,
	fields: []field{
		{name: "patch", doc: "The patch itself, as text: a strategic merge patch or JSON 6902 operations.", typ: anyText},
		{name: "path", doc: "A file in the app's folder that holds the patch.", typ: fileName},
		{name: "target", doc: "The objects that it changes.", typ: &schema{kind: objectKind, what: "a patch target", fields: []field{
			{name: "group", doc: "API group.", typ: anyText}, {name: "version", doc: "API version.", typ: anyText},
			{name: "kind", doc: "Kind.", typ: anyText}, {name: "name", doc: "Name, a regular expression.", typ: anyText},
			{name: "namespace", doc: "Namespace, a regular expression.", typ: anyText},
			{name: "labelSelector", doc: "Label selector.", typ: anyText}, {name: "annotationSelector", doc: "Annotation selector.", typ: anyText},
		}}},
		{name: "options", doc: "kustomize's own: allowNameChange, allowKindChange.", typ: &schema{kind: mapKind, what: "patch options",
			keys: keyRule{"a patch option", patchOption}, elem: boolean}},
	},
}

// appFields are the fields of the top level and, but for headScope, of an
// environment. The order is that of the reference.
var appFields = []field{
	{name: "apiVersion", scope: headScope, doc: "The version of this format: unfold.dev/v1alpha1.", typ: anyText},
	{name: "kind", scope: headScope, doc: "App; or the kind of the app's only workload: Deployment.", typ: anyText},
	{name: "name", scope: headScope, doc: "The app's name, which its objects get.", typ: &schema{kind: textKind, what: "an app's name", check: dnsLabel}},
	{name: "namespace", scope: appScope, doc: "Where the app runs; APP-ENV unless given.", typ: namespaceType},
	{name: "defaults", scope: appScope, doc: "none switches off every default that unfold adds.", typ: &schema{kind: textKind, what: "a set of defaults", enum: []string{"none"}}},
	{name: "manifests", scope: appScope, doc: "Kubernetes objects that are added as they are: files in the app's folder, or objects in place.", typ: &schema{kind: listKind, what: "a list of files and objects", elem: &schema{kind: anyKind, what: "a file or an object", after: checkManifest}}},
	{name: "components", scope: appScope, doc: "Folders in the app's folder that hold kustomize components.", typ: &schema{kind: listKind, what: "a list of folders", elem: fileName}},
	{name: "patches", scope: appScope, doc: "Changes to the objects in kustomize's own syntax, applied last.", typ: &schema{kind: listKind, what: "a list of patches", elem: patchType}},
}

// workloadFields are the fields of a workload, which also stand at the top
// level and in environments.
var workloadFields = []field{
	{name: "image", scope: inheritedScope, doc: "The container image, as REPOSITORY[:TAG][@DIGEST].", typ: imageType},
	{name: "tag", scope: inheritedScope, doc: "The image's tag: short for image.tag.", typ: tagType},
	{name: "command", scope: ownScope, doc: "What is run in place of the image's entry point.", typ: textList},
	{name: "args", scope: ownScope, doc: "The arguments in place of the image's.", typ: textList},
	{name: "port", scope: ownScope, doc: "The only port: short for ports.http.", typ: portNumber},
	{name: "ports", scope: ownScope, doc: "The ports by name.", typ: &schema{kind: mapKind, what: "a map of ports", keys: keyRule{"a port name", portName}, elem: portType}},
	{name: "service", scope: ownScope, doc: "The Service, which a workload with ports has; false for none.", typ: serviceType},
	{name: "replicas", scope: inheritedScope, doc: "How many pods run.", typ: natural},
	{name: "probes", scope: ownScope, doc: "A path for liveness and readiness, or each probe by itself; false for none.", typ: probesType},
	{name: "resources", scope: inheritedScope, doc: "Requests and limits.", typ: resourcesType},
	{name: "env", scope: inheritedScope, doc: "Environment variables.", typ: &schema{kind: mapKind, what: "a map of environment variables", keys: keyRule{"an environment variable", envName}, elem: envType}},
	{name: "config", scope: sharedScope, doc: "Environment variables from a ConfigMap whose name changes with its content, so a change rolls the pods.", typ: &schema{kind: mapKind, what: "a map of texts", keys: keyRule{"an environment variable", configEnvName}, elem: anyText}},
	{name: "files", scope: sharedScope, doc: "Files in the container by their absolute path, from a ConfigMap whose name changes with its content.", typ: &schema{kind: mapKind, what: "a map of files", keys: keyRule{"a file's path", mountPath}, elem: fileType}},
	{name: "security", scope: inheritedScope, doc: "Security contexts: restricted (default), baseline or none.", typ: securityType},
	{name: "disruption", scope: inheritedScope, doc: "The disruption budget; {maxUnavailable: 1} from two replicas on, false for none.", typ: disruptionType},
	{name: "labels", scope: inheritedScope, doc: "Further labels of the objects.", typ: labelMap},
	{name: "annotations", scope: inheritedScope, doc: "Annotations of the objects.", typ: annotationMap},
	{name: "podLabels", scope: inheritedScope, doc: "Further labels of the pods.", typ: labelMap},
	{name: "podAnnotations", scope: inheritedScope, doc: "Annotations of the pods.", typ: annotationMap},
}

// kinds are the kinds that a workload can be.
var kinds = []string{"Deployment"}

var kindField = field{name: "kind", scope: ownScope, doc: "What runs the pods: Deployment.", typ: &schema{kind: textKind, what: "a workload's kind", enum: kinds}}

// documentType is the schema of the whole file, environmentType that of an
// environment and workloadType that of a workload.
func documentType() *schema {
	fields := append(append([]field{}, appFields...), workloadsField())
	fields = append(append(fields, workloadFields...), field{
		name: "environments", scope: headScope, doc: "What differs in an environment: the same fields, by its name.",
		typ: &schema{kind: mapKind, what: "a map of environments", keys: keyRule{"an environment", dnsLabel1123}, elem: environmentType()},
	})
	return &schema{kind: objectKind, what: "an app", fields: fields, after: foldShort}
}

func environmentType() *schema {
	s := &schema{kind: objectKind, what: "an environment", after: foldShort}
	for _, f := range appFields {
		if f.scope != headScope {
			s.fields = append(s.fields, f)
		}
	}
	s.fields = append(append(s.fields, workloadsField()), workloadFields...)
	return s
}

func workloadType() *schema {
	return &schema{kind: objectKind, what: "a workload", fields: append([]field{kindField}, workloadFields...), after: foldShort}
}

func workloadsField() field {
	return field{name: "workloads", scope: appScope, doc: "The workloads by name, of an app with several; the top level then holds what they share.",
		typ: &schema{kind: mapKind, what: "a map of workloads", keys: keyRule{"a workload", dnsLabel}, elem: workloadType()}}
}

// topField gives the row of a field of the top level, or nil.
func topField(name string) *field {
	return documentType().field(name)
}

func probeShort(v *value.Value) *value.Value {
	if !v.Is(value.String) || !strings.HasPrefix(v.Text, "/") {
		return nil
	}
	return value.NewMap(v.Pos).Set("httpGet", value.NewMap(v.Pos).Set("path", v))
}

func probesShort(v *value.Value) *value.Value {
	if probeShort(v) == nil {
		return nil
	}
	return value.NewMap(v.Pos).Set("liveness", v).Set("readiness", v)
}

func refShort(v *value.Value) *value.Value {
	name, key, ok := strings.Cut(v.Text, "/")
	if !v.IsScalar() || !ok {
		return nil
	}
	return value.NewMap(v.Pos).Set("name", value.Str(name, v.Pos)).Set("key", value.Str(key, v.Pos))
}

func configEnvName(s string) string {
	if problem := configKey(s); problem != "" {
		return problem
	}
	return envName(s)
}

func patchOption(s string) string {
	switch s {
	case "allowNameChange", "allowKindChange":
		return ""
	}
	return "is not known: allowNameChange, allowKindChange"
}
