package fields

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/image"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// containerFields describe the workload's own container.
var containerFields = []schema.Field{
	{Name: "image", Scope: Inherited, Traits: hookInherits, Doc: "The container image, as REPOSITORY[:TAG][@DIGEST].", Type: imageType,
		Example: "image: ghcr.io/example/app:v1.4.2\nenvironments:\n  prod: {image: {pullPolicy: IfNotPresent, pullSecrets: [registry]}}"},
	{Name: "tag", Scope: Inherited, Traits: hookTakes, Doc: "The image's tag: short for image.tag.", Type: tagType,
		Example: "image: ghcr.io/example/app\nenvironments:\n  dev: {tag: main}\n  prod: {tag: v1.4.2}"},
	{Name: "pullSecrets", Scope: Inherited, Traits: hookTakes,
		Doc:     "The Secrets with the registry's credentials: short for image.pullSecrets.",
		Type:    pullSecretsType,
		Example: "pullSecrets: [registry]"},
	{Name: "command", Scope: Own, Traits: hookTakes, Doc: "What is run in place of the image's entry point.", Type: &schema.TextList,
		Example: "command: [/bin/app, serve]"},
	{Name: "args", Scope: Own, Traits: hookTakes, Doc: "The arguments in place of the image's.", Type: &schema.TextList,
		Example: "args: [--verbose]"},
	{Name: "port", Scope: Own, Doc: "The only port: short for ports.http.", Type: portNumber,
		Example: "port: 5000"},
	{Name: "ports", Scope: Own, Doc: "The ports by name.", Type: &schema.Type{Kind: schema.MapKind, What: "a map of ports",
		Otherwise: portsOtherwise, Keys: schema.KeyRule{What: "a port name", Check: &schema.PortName}, Elem: portType},
		Example: "ports:\n  http: {port: 80, target: 8080}\n  grpc: {port: 9000, appProtocol: grpc}\n" +
			"  metrics: {port: 9090, expose: false}"},
	{Name: "probes", Scope: Own, Doc: "A path for liveness and readiness, or each probe by itself; false for none.", Type: probesType,
		Example: "ports: {http: 8080, grpc: 9000}\nprobes:\n  liveness: /live\n  readiness: {grpc: {port: 9000}, periodSeconds: 5}\n" +
			"  startup: {exec: {command: [app, check]}, failureThreshold: 30}"},
	{Name: "resources", Scope: Inherited, Traits: hookInherits, Doc: "Requests and limits.", Type: resourcesType,
		Example: "resources:\n  requests: {cpu: 250m, memory: 128Mi}\n  limits: {memory: 256Mi}"},
	{Name: "env", Scope: Inherited, Traits: hookInherits, Doc: "Environment variables.", Type: envMap,
		Example: "env:\n  MODE: batch\n  PASSWORD: {secret: app-db/password}\n" +
			"  REGION: {configMap: {name: cluster, key: region, optional: true}}\n  NODE: {field: spec.nodeName}\n" +
			"  MEMORY: {resource: limits.memory}\n  URL: http://$(NODE):8080"},
	{Name: "envFrom", Scope: Inherited, Traits: hookInherits,
		Doc: "Environment variables from existing ConfigMaps and Secrets; config and env win " +
			"over them.", Type: envFromType,
		Example: "envFrom:\n  - secret: shop-db\n  - {configMap: cluster, prefix: CLUSTER_, optional: true}"},
	{Name: "security", Scope: Inherited, Traits: hookInherits, Doc: "Security contexts: restricted (default), baseline or none.",
		Type:    securityType,
		Example: "security:\n  level: restricted\n  pod: {runAsUser: 10001, fsGroup: 10001}\n  container: {readOnlyRootFilesystem: true}"},
}

var imageType = &schema.Type{
	// of which Kubernetes takes both
	Kind: schema.ObjectKind, What: "an image", Foreign: imageWords, Expand: expandImage, Shorthand: &schema.Type{Kind: schema.TextKind,
		What: "REPOSITORY[:TAG][@DIGEST]", Check: imageText.OrPlaceholder()}, Supersede: [][]string{{"tag", "digest"}},
	Fields: []schema.Field{
		{Name: "repository", Doc: "The image without tag and digest.",
			Type: &schema.Type{Kind: schema.TextKind, What: "an image repository", Check: repositoryText.OrPlaceholder()}},
		{Name: "tag", Doc: "The tag.", Type: tagType},
		{Name: "digest", Doc: "The digest, such as sha256:…; with a tag beside it the digest decides.",
			Type: &schema.Type{Kind: schema.TextKind, What: "an image digest", Check: digestText}},
		{Name: "pullPolicy", Doc: "When the image is pulled: Always, IfNotPresent or Never.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a pull policy", Enum: []string{"Always", "IfNotPresent", "Never"}}},
		{Name: "pullSecrets", Doc: "Names of Secrets that hold the registry's credentials.", Type: pullSecretsType},
	},
}

// The parts of a reference to an image, and a whole one.
var (
	imageText = &schema.Check{Problem: imageReference, Pattern: `^` + imagePattern + `(:` + tagPattern + `)?(@` + digestPattern +
		`)?$`}
	repositoryText = &schema.Check{Problem: image.CheckRepository, Pattern: `^` + imagePattern + `$`, MaxLength: 255}
	tagText        = &schema.Check{Problem: image.CheckTag, Pattern: `^` + tagPattern + `$`}
	digestText     = &schema.Check{Problem: image.CheckDigest, Pattern: `^` + digestPattern + `$`}
)

const (
	hostPart      = `[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?`
	imageHost     = `(` + hostPart + `(\.` + hostPart + `)*|\[[0-9A-Fa-f:]+\])(:[0-9]+)?`
	pathPart      = `[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*`
	imagePattern  = `(` + imageHost + `/)?` + pathPart + `(/` + pathPart + `)*`
	tagPattern    = `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`
	digestPattern = `(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})`
)

var pullSecretsType = &schema.Type{Kind: schema.ListKind, What: "a list of Secrets",
	Elem: &schema.Type{Kind: schema.TextKind, What: "a Secret's name", Check: &schema.Subdomain}}

var tagType = &schema.Type{Kind: schema.TextKind, What: "an image tag", Check: tagText}

var portType = &schema.Type{
	Kind: schema.ObjectKind, What: "a port", ShorthandKey: "port",
	Fields: []schema.Field{
		{Name: "port", Doc: "The number that the Service listens on.", Type: portNumber},
		{Name: "target", Doc: "The number that the container listens on (default: the same as port); or the name of another port, for a " +
			"second port of the Service to it.", Type: &schema.PortRef},
		{Name: "targetBy", Doc: "Whether the Service leads to the container's port by its name (default) or number.",
			Type: &schema.Type{Kind: schema.TextKind, What: "name or number", Enum: []string{"name", "number"}}},
		{Name: "containerName", Doc: "Its name in the container (default: the same); with declared: false, the name of a sidecar's " +
			"port, to which the " +
			"Service leads.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a port name", Check: &schema.PortName}},
		{Name: "unnamed", Doc: "true if the port has no name; container or service if it has none there.",
			Type: &schema.Type{Kind: schema.TextKind, What: "true, container or service", Enum: []string{"true", "container", "service"}}},
		{Name: "declared", Doc: "false if the container does not list the port.", Type: &schema.Boolean},
		{Name: "protocol", Doc: "TCP (default), UDP or SCTP.", Type: &schema.Type{Kind: schema.TextKind, What: "a protocol",
			Enum: []string{"TCP", "UDP", "SCTP"}}},
		{Name: "appProtocol", Doc: "The application's protocol, as a hint for load balancers and meshes.", Type: &schema.AnyText},
		{Name: "expose", Doc: "false keeps the port out of the Service.", Type: &schema.Boolean},
		{Name: "nodePort", Doc: "The Service's port on every node.", Type: &schema.PortNumber},
		{Name: "hostPort", Doc: "The container's port on its node.", Type: &schema.PortNumber},
		{Name: "hostIP", Doc: "The node's address that hostPort binds to.", Type: &schema.AnyText},
	},
}

// ProbeHandlers are the ways a probe can be made, of which one counts.
var ProbeHandlers = []string{"httpGet", "tcpSocket", "grpc", "exec"}

// probePath is the shorthand of a probe.
var probePath = &schema.Type{Kind: schema.TextKind, What: "a path such as /health", Check: &schema.URLPath}

var probeType = &schema.Type{
	Kind: schema.ObjectKind, What: "a probe", Otherwise: probeOtherwise, Expand: expandProbe, Shorthand: probePath,
	OneOf: [][]string{ProbeHandlers},
	Fields: []schema.Field{
		{Name: "httpGet", Doc: "An HTTP request that has to succeed (default port: the workload's first).",
			Type: &schema.Type{Kind: schema.ObjectKind, What: "an HTTP request", Fields: []schema.Field{
				{Name: "path", Doc: "The path asked for.", Type: &schema.AnyText},
				{Name: "port", Doc: "The port's number or name.", Type: &schema.PortRef},
				{Name: "host", Doc: "The host (default: the pod's address).", Type: &schema.AnyText},
				{Name: "scheme", Doc: "HTTP (default) or HTTPS.", Type: &schema.Type{Kind: schema.TextKind, What: "a scheme",
					Enum: []string{"HTTP", "HTTPS"}}},
				{Name: "httpHeaders", Doc: "Headers to send.", Type: &schema.Type{Kind: schema.ListKind, What: "a list of headers",
					Elem: &schema.Type{Kind: schema.ObjectKind, What: "a header", Fields: []schema.Field{
						{Name: "name", Doc: "Its name.", Type: &schema.AnyText},
						{Name: "value", Doc: "Its value.", Type: &schema.AnyText}}}}},
			}}},
		{Name: "tcpSocket", Doc: "A TCP connection that has to open.",
			Type: &schema.Type{Kind: schema.ObjectKind, What: "a TCP connection", Fields: []schema.Field{
				{Name: "port", Doc: "The port's number or name.", Type: &schema.PortRef},
				{Name: "host", Doc: "The host (default: the pod's address).", Type: &schema.AnyText},
			}}},
		{Name: "grpc", Doc: "A gRPC health check.", Type: &schema.Type{Kind: schema.ObjectKind, What: "a gRPC check",
			Fields: []schema.Field{
				{Name: "port", Doc: "The port's number.", Type: &schema.PortNumber},
				{Name: "service", Doc: "The service asked about.", Type: &schema.AnyText},
			}}},
		{Name: "exec", Doc: "A command that has to exit with 0.", Type: &schema.Type{Kind: schema.ObjectKind, What: "a command",
			Fields: []schema.Field{
				{Name: "command", Doc: "The command and its arguments.", Type: &schema.TextList}}}},
		{Name: "initialDelaySeconds", Doc: "Seconds to wait first.", Type: &schema.Natural},
		{Name: "periodSeconds", Doc: "Seconds between two probes.", Type: &schema.Positive},
		{Name: "timeoutSeconds", Doc: "Seconds until a probe counts as failed.", Type: &schema.Positive},
		{Name: "successThreshold", Doc: "Successes in a row until it counts as good.", Type: &schema.Positive},
		{Name: "failureThreshold", Doc: "Failures in a row until it counts as bad.", Type: &schema.Positive},
		{Name: "terminationGracePeriodSeconds", Doc: "Seconds to stop in after a failed probe.", Type: &schema.Positive},
	},
}

var probesType = &schema.Type{
	Kind: schema.ObjectKind, What: "probes", Otherwise: probeOtherwise, Foreign: probesWords, Expand: expandProbes, Shorthand: probePath,
	AllowBool: true,
	Fields: []schema.Field{
		{Name: "liveness", Doc: "Restarts the container when it fails.", Type: probeType},
		{Name: "readiness", Doc: "Takes the pod out of its Service when it fails.", Type: probeType},
		{Name: "startup", Doc: "Holds the other two back until it succeeds once.", Type: probeType},
	},
}

var amounts = &schema.Type{Kind: schema.MapKind, What: "a map of quantities", Otherwise: amountsOtherwise,
	Keys: schema.KeyRule{What: "a resource", Check: &schema.QualifiedName}, Elem: &schema.Amount}

var resourcesType = &schema.Type{
	Kind: schema.ObjectKind, What: "resources", Foreign: resourcesWords,
	Fields: []schema.Field{
		{Name: "requests", Doc: "What is set aside for the container.", Type: amounts},
		{Name: "limits", Doc: "What it can't go beyond.", Type: amounts},
		{Name: "claims", Doc: "Resource claims, Kubernetes' own.", Type: &schema.Type{Kind: schema.KubeKind,
			What: "a list of resource claims", Of: "[]core/v1.ResourceClaim"}},
	},
}

var (
	refType = &schema.Type{Kind: schema.ObjectKind, What: "NAME/KEY", Expand: expandRef,
		Shorthand: &schema.Type{Kind: schema.TextKind, What: "NAME/KEY", Check: &schema.NameAndKey}, Fields: []schema.Field{
			{Name: "name", Doc: "The object's name.", Type: &schema.Type{Kind: schema.TextKind, What: "a name", Check: &schema.Subdomain}},
			{Name: "key", Doc: "The key in it.", Type: &schema.Type{Kind: schema.TextKind, What: "a key", Check: &schema.ConfigKey}},
			{Name: "optional", Doc: "true lets the pod start without it.", Type: &schema.Boolean},
		}}
	envType = &schema.Type{
		Kind: schema.ObjectKind, What: "an environment variable", ShorthandKey: "value",
		OneOf: [][]string{{"value", "secret", "configMap", "field", "resource"}},
		Fields: []schema.Field{
			{Name: "value", Doc: "The value itself.", Type: &schema.AnyText},
			{Name: "secret", Doc: "A key of a Secret, as NAME/KEY.", Type: refType},
			{Name: "configMap", Doc: "A key of a ConfigMap, as NAME/KEY.", Type: refType},
			{Name: "field", Doc: "A field of the pod, such as status.podIP.",
				Type: &schema.Type{Kind: schema.ObjectKind, What: "a field of the pod", ShorthandKey: "fieldPath", Fields: []schema.Field{
					{Name: "fieldPath", Doc: "The field's path.", Type: &schema.AnyText},
					{Name: "apiVersion", Doc: "The version that the path is written in.", Type: &schema.AnyText}}}},
			{Name: "resource", Doc: "A resource of the container, such as limits.memory.",
				Type: &schema.Type{Kind: schema.ObjectKind, What: "a resource of the container", ShorthandKey: "resource",
					Fields: []schema.Field{
						{Name: "resource", Doc: "The resource.", Type: &schema.AnyText},
						{Name: "containerName", Doc: "Of which container.", Type: &schema.AnyText},
						{Name: "divisor", Doc: "The unit it is given in.", Type: &schema.Amount}}}},
		},
	}
)

var securityType = &schema.Type{
	Kind: schema.ObjectKind, What: "a security level", ShorthandKey: "level",
	Fields: []schema.Field{
		{Name: "level", Doc: "restricted (default), baseline or none.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a security level", Enum: []string{"restricted", "baseline", "none"}}},
		{Name: "pod", Doc: "The pod's securityContext, over what the level sets.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a pod's securityContext", Of: "core/v1.PodSecurityContext"}},
		{Name: "container", Doc: "The container's securityContext, over what the level sets.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a container's securityContext", Of: "core/v1.SecurityContext"}},
	},
}

func expandProbe(v *value.Value) *value.Value {
	if !v.Is(value.String) || schema.URLPath.Problem(v.Text) != "" {
		return nil
	}
	return value.NewMap(v.Pos).Set("httpGet", value.NewMap(v.Pos).Set("path", v))
}

func expandProbes(v *value.Value) *value.Value {
	if expandProbe(v) == nil {
		return nil
	}
	return value.NewMap(v.Pos).Set("liveness", v).Set("readiness", v)
}

func expandRef(v *value.Value) *value.Value {
	if !v.IsScalar() || schema.NameAndKey.Problem(v.Text) != "" {
		return nil
	}
	name, key, _ := strings.Cut(v.Text, "/")
	return value.NewMap(v.Pos).Set("name", value.NewString(v.Pos, name)).Set("key", value.NewString(v.Pos, key))
}

// imageReference is REPOSITORY[:TAG][@DIGEST].
func imageReference(s string) string {
	_, problem := image.Parse(s)
	return problem
}

// expandImage expands the shorthand of image.
func expandImage(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	ref := image.Split(v.Text)
	full := value.NewMap(v.Pos).Set("repository", value.NewString(v.Pos, ref.Repository))
	// "app:" and "app@" are kept as an empty tag or digest, which is refused.
	rest := v.Text[len(ref.Repository):]
	if strings.HasPrefix(rest, ":") {
		full.Set("tag", value.NewString(v.Pos, ref.Tag))
	}
	if strings.Contains(rest, "@") {
		full.Set("digest", value.NewString(v.Pos, ref.Digest))
	}
	return full
}
