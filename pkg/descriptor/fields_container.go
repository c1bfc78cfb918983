package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/image"
	"github.com/unfold-gitops/unfold/pkg/value"
)

const containerProse = "What runs in the workload's own container. A variable of `env` that another refers to by `$(NAME)` comes before it;\n" +
	"otherwise the order is that of the file. An `image` that names a tag or digest replaces both; one that names neither\n" +
	"keeps them. A `tag` drops the digest of a lower layer."

// containerFields describe the workload's own container.
var containerFields = []field{
	{name: "image", scope: inheritedScope, doc: "The container image, as REPOSITORY[:TAG][@DIGEST].", typ: imageType,
		example: "image: ghcr.io/example/app:v1.4.2\nenvironments:\n  prod: {image: {pullPolicy: IfNotPresent, pullSecrets: [registry]}}"},
	{name: "tag", scope: inheritedScope, doc: "The image's tag: short for image.tag.", typ: tagType,
		example: "image: ghcr.io/example/app\nenvironments:\n  dev: {tag: main}\n  prod: {tag: v1.4.2}"},
	{name: "pullSecrets", scope: inheritedScope, doc: "The Secrets with the registry's credentials: short for image.pullSecrets.", typ: pullSecretsType,
		example: "pullSecrets: [registry]"},
	{name: "command", scope: ownScope, doc: "What is run in place of the image's entry point.", typ: textList,
		example: "command: [/bin/app, serve]"},
	{name: "args", scope: ownScope, doc: "The arguments in place of the image's.", typ: textList,
		example: "args: [--verbose]"},
	{name: "port", scope: ownScope, doc: "The only port: short for ports.http.", typ: portNumber,
		example: "port: 5000"},
	{name: "ports", scope: ownScope, doc: "The ports by name.", typ: &schema{kind: mapKind, what: "a map of ports", keys: keyRule{"a port name", portName}, elem: portType},
		example: "ports:\n  http: {port: 80, target: 8080}\n  grpc: {port: 9000, appProtocol: grpc}\n  metrics: {port: 9090, expose: false}"},
	{name: "probes", scope: ownScope, doc: "A path for liveness and readiness, or each probe by itself; false for none.", typ: probesType,
		example: "ports: {http: 8080, grpc: 9000}\nprobes:\n  liveness: /live\n  readiness: {grpc: {port: 9000}, periodSeconds: 5}\n  startup: {exec: {command: [app, check]}, failureThreshold: 30}"},
	{name: "resources", scope: inheritedScope, doc: "Requests and limits.", typ: resourcesType,
		example: "resources:\n  requests: {cpu: 250m, memory: 128Mi}\n  limits: {memory: 256Mi}"},
	{name: "env", scope: inheritedScope, doc: "Environment variables.", typ: envMap,
		example: "env:\n  MODE: batch\n  PASSWORD: {secret: app-db/password}\n  REGION: {configMap: {name: cluster, key: region, optional: true}}\n  NODE: {field: spec.nodeName}\n  MEMORY: {resource: limits.memory}\n  URL: http://$(NODE):8080"},
	{name: "envFrom", scope: inheritedScope, doc: "Environment variables from ConfigMaps and Secrets that are there; config and env win over them.", typ: envFromType,
		example: "envFrom:\n  - secret: shop-db\n  - {configMap: cluster, prefix: CLUSTER_, optional: true}"},
	{name: "security", scope: inheritedScope, doc: "Security contexts: restricted (default), baseline or none.", typ: securityType,
		example: "security:\n  level: restricted\n  pod: {runAsUser: 10001, fsGroup: 10001}\n  container: {readOnlyRootFilesystem: true}"},
}

var imageType = &schema{
	kind: objectKind, what: "an image", short: imageShort, line: &schema{kind: textKind, what: "REPOSITORY[:TAG][@DIGEST]", check: imageText}, supersede: [][]string{{"tag", "digest"}}, // of which Kubernetes takes both
	fields: []field{
		{name: "repository", doc: "The image without tag and digest.", typ: &schema{kind: textKind, what: "an image repository", check: repositoryText}},
		{name: "tag", doc: "The tag.", typ: tagType},
		{name: "digest", doc: "The digest, such as sha256:…; with a tag beside it the digest decides.", typ: &schema{kind: textKind, what: "an image digest", check: digestText}},
		{name: "pullPolicy", doc: "When the image is pulled: Always, IfNotPresent or Never.", typ: &schema{kind: textKind, what: "a pull policy", enum: []string{"Always", "IfNotPresent", "Never"}}},
		{name: "pullSecrets", doc: "Names of Secrets that hold the registry's credentials.", typ: pullSecretsType},
	},
}

// The parts of a reference to an image, and a whole one.
var (
	imageText      = &check{problem: imageReference, pattern: `^` + imagePattern + `(:` + tagPattern + `)?(@` + digestPattern + `)?$`}
	repositoryText = &check{problem: image.CheckRepository, pattern: `^` + imagePattern + `$`, maxLength: 255}
	tagText        = &check{problem: image.CheckTag, pattern: `^` + tagPattern + `$`}
	digestText     = &check{problem: image.CheckDigest, pattern: `^` + digestPattern + `$`}
)

const (
	hostPart      = `[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?`
	imageHost     = `(` + hostPart + `(\.` + hostPart + `)*|\[[0-9A-Fa-f:]+\])(:[0-9]+)?`
	pathPart      = `[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*`
	imagePattern  = `(` + imageHost + `/)?` + pathPart + `(/` + pathPart + `)*`
	tagPattern    = `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`
	digestPattern = `(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})`
)

var pullSecretsType = &schema{kind: listKind, what: "a list of Secrets", elem: &schema{kind: textKind, what: "a Secret's name", check: dnsSubdomain}}

var tagType = &schema{kind: textKind, what: "an image tag", check: tagText}

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

// probeHandlers are the ways a probe can be made, of which one counts.
var probeHandlers = []string{"httpGet", "tcpSocket", "grpc", "exec"}

// probePath is the one-line form of a probe.
var probePath = &schema{kind: textKind, what: "a path such as /health", check: urlPath}

var probeType = &schema{
	kind: objectKind, what: "a probe", short: probeShort, line: probePath, oneOf: [][]string{probeHandlers},
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
	kind: objectKind, what: "probes", short: probesShort, line: probePath, orFalse: true,
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
		{name: "claims", doc: "Resource claims, Kubernetes' own.", typ: &schema{kind: kubeKind, what: "a list of resource claims", of: "[]core/v1.ResourceClaim"}},
	},
}

var (
	refType = &schema{kind: objectKind, what: "NAME/KEY", short: refShort, line: &schema{kind: textKind, what: "NAME/KEY", check: nameAndKey}, fields: []field{
		{name: "name", doc: "The object's name.", typ: &schema{kind: textKind, what: "a name", check: dnsSubdomain}},
		{name: "key", doc: "The key in it.", typ: &schema{kind: textKind, what: "a key", check: configKey}},
		{name: "optional", doc: "true lets the pod start without it.", typ: boolean},
	}}
	envType = &schema{
		kind: objectKind, what: "an environment variable", shortKey: "value",
		oneOf: [][]string{{"value", "secret", "configMap", "field", "resource"}},
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

var securityType = &schema{
	kind: objectKind, what: "a security level", shortKey: "level",
	fields: []field{
		{name: "level", doc: "restricted (default), baseline or none.", typ: &schema{kind: textKind, what: "a security level", enum: []string{"restricted", "baseline", "none"}}},
		{name: "pod", doc: "The pod's securityContext, over what the level sets.", typ: &schema{kind: kubeKind, what: "a pod's securityContext", of: "core/v1.PodSecurityContext"}},
		{name: "container", doc: "The container's securityContext, over what the level sets.", typ: &schema{kind: kubeKind, what: "a container's securityContext", of: "core/v1.SecurityContext"}},
	},
}

func probeShort(v *value.Value) *value.Value {
	if !v.Is(value.String) || urlPath.problem(v.Text) != "" {
		return nil
	}
	return value.NewMap(v.Pos).Set("httpGet", value.NewMap(v.Pos).Set("path", v))
}

// urlPath is the path of a URL.
var urlPath = &check{problem: urlPathProblem, pattern: `^/`}

func urlPathProblem(s string) string {
	if !strings.HasPrefix(s, "/") {
		return `does not start with "/"`
	}
	return ""
}

// nameAndKey is a key of an object, as NAME/KEY.
var nameAndKey = &check{problem: nameAndKeyProblem, pattern: `/`}

func nameAndKeyProblem(s string) string {
	if !strings.Contains(s, "/") {
		return `has no "/" between the object's name and the key`
	}
	return ""
}

func probesShort(v *value.Value) *value.Value {
	if probeShort(v) == nil {
		return nil
	}
	return value.NewMap(v.Pos).Set("liveness", v).Set("readiness", v)
}

func refShort(v *value.Value) *value.Value {
	if !v.IsScalar() || nameAndKey.problem(v.Text) != "" {
		return nil
	}
	name, key, _ := strings.Cut(v.Text, "/")
	return value.NewMap(v.Pos).Set("name", value.Str(name, v.Pos)).Set("key", value.Str(key, v.Pos))
}
