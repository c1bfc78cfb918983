package fields

import (
	"math"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Words of other tools below a field.
var (
	imageWords = []schema.Foreign{
		{Words: []string{"name", "image", "registry"}, Field: "repository", Hint: "write repository: REGISTRY/NAME, beside tag"},
		{Words: []string{"version"}, Field: "tag", Hint: "use tag"},
		{Words: []string{"policy", "imagePullPolicy"}, Field: "pullPolicy", Hint: "use pullPolicy"},
		{Words: []string{"imagePullSecrets"}, Field: "pullSecrets", Hint: "use pullSecrets: [NAME]"},
	}
	serviceWords = []schema.Foreign{
		{Words: []string{"port", "internalPort"}, Field: "ports", Hint: "write port: NUMBER beside service, or ports: {http: {port: 80, " +
			"target: 8080}} where the Service has another port than the container"},
		{Words: []string{"ports", "targetPort", "containerPort", "nodePort", "protocol"}, Field: "ports",
			Hint: "write ports beside service, such as ports: {http: {port: 80, target: 8080}}"},
		{Words: []string{"enabled"}, Field: "service", Hint: "write service: false for none; a workload with ports has one"},
		{Words: []string{"name"}, Field: "names", Hint: "write names: {Service: NAME} beside service"},
	}
	ingressWords = []schema.Foreign{
		{Words: []string{"enabled"}, Field: "ingress", NoName: true,
			Hint: "remove it: there is an Ingress where there is a host; ingress: false is none"},
		{Words: []string{"hostname"}, Field: "host", NoName: true, Hint: "use host"},
		{Words: []string{"domain"}, Field: "host", Hint: "use host"},
		{Words: []string{"path", "pathtype", "pathType"}, Field: "paths", Hint: "write paths: {/PATH: PORT}"},
		{Words: []string{"ingressClassName", "class", "ingressClass"}, Field: "className", Hint: "use className"},
		{Words: []string{"rules"}, Field: "hosts", NoName: true, Hint: "write hosts: {HOST: {/PATH: PORT}}"},
		{Words: []string{"service", "port"}, Field: "paths", Hint: "write paths: {/: PORT}"},
	}
	probesWords = []schema.Foreign{
		{Words: []string{"httpGet", "tcpSocket", "exec", "grpc", "initialDelaySeconds", "periodSeconds", "timeoutSeconds",
			"failureThreshold"},
			Field: "liveness", Hint: "write it under liveness, readiness or startup"},
		{Words: []string{"livenessProbe"}, Field: "liveness", Hint: "use liveness"},
		{Words: []string{"readinessProbe"}, Field: "readiness", Hint: "use readiness"},
		{Words: []string{"startupProbe"}, Field: "startup", Hint: "use startup"},
		{Words: []string{"path"}, Field: "liveness", Hint: "write probes: /PATH, or probes: {liveness: /PATH}"},
		{Words: []string{"test"}, Field: "liveness", Hint: "write probes: {liveness: {exec: {command: [PROGRAM]}}}"},
		{Words: []string{"enabled"}, Field: "probes", Hint: "write probes: false for none"},
	}
	resourcesWords = []schema.Foreign{
		{Words: []string{"memory"}, Field: "requests", Hint: "write requests: {memory: 64Mi} and limits: {memory: 64Mi}, with your amount"},
		{Words: []string{"cpu"}, Field: "requests", Hint: "write requests: {cpu: 100m}, with your amount"},
		{Words: []string{"reservations"}, Field: "requests", Hint: "use requests"},
	}
	autoscalingWords = []schema.Foreign{
		{Words: []string{"enabled"}, Field: "autoscaling", Hint: "remove it: autoscaling: false is none"},
		{Words: []string{"minReplicas"}, Field: "min", Hint: "use min"},
		{Words: []string{"maxReplicas"}, Field: "max", Hint: "use max"},
		{Words: []string{"targetCPUUtilizationPercentage", "targetCPU"}, Field: "cpu", Hint: "use cpu"},
		{Words: []string{"targetMemoryUtilizationPercentage", "targetMemory"}, Field: "memory", Hint: "use memory"},
	}
)

// portNumber is a workload's port, which other tools write as two.
var portNumber = &schema.Type{Kind: schema.IntegerKind, What: "a port number", Min: 1, Max: 65535, Otherwise: portOtherwise}

// twoPorts returns the ports of docker-compose's "8080:5000", that of the Service and that of the container.
func twoPorts(v *value.Value) (port, target string, ok bool) {
	if !v.IsScalar() {
		return "", "", false
	}
	text, _, _ := strings.Cut(v.Text, "/")
	port, target, ok = strings.Cut(text, ":")
	if host, rest, address := strings.Cut(target, ":"); address && strings.Contains(port, ".") { // 127.0.0.1:8080:5000
		port, target = host, rest
	}
	number := func(s string) bool { return s != "" && len(s) <= 5 && schema.Only(s, schema.Digits) }
	return port, target, ok && number(port) && number(target)
}

func portOtherwise(v *value.Value) string {
	if port, target, ok := twoPorts(v); ok {
		return "write ports: {http: {port: " + port + ", target: " + target + "}}, or port: " + target + " for one and the same"
	}
	return ""
}

func portsOtherwise(v *value.Value) string {
	if !v.Is(value.List) {
		if hint := portOtherwise(v); hint != "" {
			return hint
		}
		return "write port: NUMBER, or ports: {NAME: NUMBER} for several"
	}
	for _, x := range v.Items {
		port, target, ok := twoPorts(x)
		switch {
		case ok && port == target:
			return "write each with a name: {http: " + port + "}"
		case ok:
			return "write each with a name: {http: {port: " + port + ", target: " + target + "}}"
		}
		if x.IsScalar() && len(x.Text) <= 5 && x.Text != "" && schema.Only(x.Text, schema.Digits) {
			return "write each with a name: {http: " + x.Text + "}"
		}
	}
	return "write each with a name: {http: NUMBER}, or {http: {port: 80, target: 8080}}"
}

func envOtherwise(v *value.Value) string {
	if !v.Is(value.List) {
		return ""
	}
	return "write each as NAME: VALUE, and one with valueFrom as NAME: {secret: NAME/KEY} or NAME: {configMap: NAME/KEY}"
}

func environmentsOtherwise(v *value.Value) string {
	if !v.Is(value.List) {
		return ""
	}
	return "write each as NAME: {}, with what differs there in the braces"
}

func containersOtherwise(v *value.Value) string {
	if !v.Is(value.List) {
		return ""
	}
	return "write each as NAME: {image: …}, not as a list"
}

func volumesOtherwise(v *value.Value) string {
	if !v.Is(value.List) {
		return ""
	}
	return "write each as /PATH: 10Gi for storage of its own, or /PATH: emptyDir, {configMap: NAME}, {secret: NAME}, {claim: NAME}; " +
		"a file of the folder goes under files"
}

// volumeOtherwise returns the size of 10GB.
func volumeOtherwise(v *value.Value) string {
	if !v.IsScalar() {
		return ""
	}
	return schema.Quantity.Cure(v.Text)
}

func hostsOtherwise(v *value.Value) string {
	if !v.Is(value.List) {
		return "write host: HOST, or hosts: {HOST: {/PATH: PORT}}"
	}
	return "write hosts: {HOST: {/PATH: PORT}}, or host: [HOST] where all have the same paths"
}

func amountsOtherwise(v *value.Value) string {
	if !v.IsScalar() || v.Is(value.Null) || schema.Quantity.Problem(v.Text) != "" {
		return ""
	}
	if schema.Only(v.Text, schema.Digits+".m") {
		return "write {cpu: " + v.Text + "}"
	}
	return "write {memory: " + v.Text + "}"
}

// percentageOtherwise returns the number of 80% and of 0.8.
func percentageOtherwise(v *value.Value) string {
	if digits, ok := strings.CutSuffix(v.StringAt(), "%"); ok && digits != "" && schema.Only(digits, schema.Digits) {
		return "write " + digits
	}
	if share, err := strconv.ParseFloat(v.StringAt(), 64); err == nil && v.Is(value.Float) && share > 0 && share <= 1 {
		return "write " + strconv.Itoa(int(math.Round(share*100)))
	}
	return "write a number such as 80"
}

func probeOtherwise(v *value.Value) string {
	if !v.Is(value.String) || strings.Contains(v.Text, "://") {
		return "write the path, such as /health"
	}
	if path := "/" + v.Text; schema.URLPath.Problem(path) == "" {
		return "write " + path
	}
	return "write the path, such as /health"
}
