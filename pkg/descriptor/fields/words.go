package fields

import "github.com/unfold-gitops/unfold/pkg/schema"

// NewNormaliser returns what completes values of app.yaml, at a path.
func NewNormaliser(path ...string) *schema.Normaliser {
	return &schema.Normaliser{Path: path, Words: OtherWord}
}

// OtherWord returns what stands for a word of Kubernetes' own or of Helm charts'
// values, "" where none does.
func OtherWord(key string) string {
	switch key {
	case "healthcheck", "healthCheck":
		return "probes"
	case "securityContext", "podSecurityContext":
		return "security"
	case "cpu", "memory":
		return "resources: {requests: {" + key + ": …}, limits: {" + key + ": …}}"
	case "host", "hosts", "domain":
		return "ingress"
	case "configMap", "data":
		return "config"
	case "containerPort":
		return "port"
	case "targetPort":
		return "target"
	case "template", "podTemplate":
		return "pod"
	case "minReplicas", "maxReplicas", "hpa":
		return "autoscaling: {min: …, max: …}"
	case "pdb", "podDisruptionBudget":
		return "disruption"
	case "serviceMonitor":
		return "metrics"
	case "valueFrom":
		return "secret: NAME/KEY, configMap: NAME/KEY, field: PATH or resource: NAME"
	case "secretKeyRef":
		return "secret: NAME/KEY"
	case "configMapKeyRef":
		return "configMap: NAME/KEY"
	case "fieldRef":
		return "field: PATH"
	case "resourceFieldRef":
		return "resource: NAME"
	}
	return containerOwner(key)
}
