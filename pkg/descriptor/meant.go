package descriptor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube"
)

// meant gives the hint for a key that is no field of an object, but what Kubernetes,
// other tools or a field of the object call something that it has; "" for none.
func (s *schema) meant(key string) string {
	var owners, inner []string
	for _, f := range s.fields {
		if f.typ.owner != nil {
			if owner := f.typ.owner(key); owner != "" && owner != key && !slices.Contains(owners, owner) {
				owners = append(owners, owner)
			}
			if t, ok := kube.Named(f.typ.of); ok && t.Below(key) != (kube.Type{}) {
				inner = append(inner, f.name+"."+key)
			}
		} else if f.typ.field(key) != nil {
			inner = append(inner, f.name+"."+key)
		}
	}
	if word := foreignWord(key); len(owners) == 0 && word != "" {
		if field, _, _ := strings.Cut(word, ":"); s.field(field) != nil {
			owners = []string{word}
		}
	}
	switch {
	case len(owners) > 0:
		return "use " + strings.Join(owners, " or ")
	case len(inner) == 1:
		return "did you mean " + strconv.Quote(inner[0]) + "?"
	}
	return ""
}

// foreignWord gives what stands for a word of Kubernetes' own or of Helm charts'
// values, "" where none does.
func foreignWord(key string) string {
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
