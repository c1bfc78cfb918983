package object

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Names are what stands before and behind the names of all objects.
type Names struct{ Prefix, Suffix string }

// None reports whether objects keep their names.
func (n Names) None() bool { return n == Names{} }

// Of returns a name with prefix and suffix.
func (n Names) Of(name string) string { return n.Prefix + name + n.Suffix }

// Undo returns the identity that an object had before it was renamed.
func (n Names) Undo(id ID) ID {
	name, before := strings.CutPrefix(id.Name, n.Prefix)
	name, behind := strings.CutSuffix(name, n.Suffix)
	if before && behind && !KeepsName(id.Kind) {
		id.Name = name
	}
	return id
}

// KeepsName reports whether objects of a kind keep their names: those of which
// kustomize thinks so (api/internal/builtins, PrefixTransformer), and sealed
// Secrets, since what is sealed strictly can be opened under one name only.
func KeepsName(kind string) bool {
	switch kind {
	case "Namespace", "CustomResourceDefinition", "APIService", "SealedSecret":
		return true
	}
	return false
}

// Rename returns the objects with prefix and suffix in their names and in the
// references among them. The objects passed in are not changed.
func (n Names) Rename(objects []Object) []Object {
	if n.None() {
		return objects
	}
	renamed := map[ID]bool{}
	for _, o := range objects {
		if id := o.ID(); !KeepsName(id.Kind) {
			renamed[ID{Kind: id.Kind, Name: id.Name}] = true
		}
	}
	references := append(references(), FurtherReferences()...)
	out := make([]Object, len(objects))
	for i, o := range objects {
		id := o.ID()
		v := o.Value
		if !KeepsName(id.Kind) {
			v = setMetadata(v, "name", n.Of(id.Name))
		}
		done := map[*value.Value]bool{} // by an earlier row
		for _, r := range references {
			if r.From != "" && r.From != id.Kind {
				continue
			}
			v = v.Replace(r.Path, func(x *value.Value) *value.Value {
				if !x.IsScalar() || done[x] || !renamed[ID{Kind: r.To, Name: x.Text}] || r.Path[0] == "roleRef" &&
					o.Value.StringAt("roleRef", "kind") != r.To {
					return x
				}
				x = value.NewString(x.Pos, n.Of(x.Text))
				done[x] = true
				return x
			})
		}
		o.Value = v
		out[i] = o
	}
	return out
}

// Reference is a field by which one object names another.
type Reference struct {
	To   string // the kind that is named
	From string // the kind that has the field, "" for any
	Path []string
}

// references are those that kustomize knows (api/internal/konfig/builtinpluginconsts,
// namereference.go), as far as unfold writes them.
func references() []Reference {
	var out []Reference
	for _, pod := range kinds.PodSpecs() {
		for _, path := range ConfigMapReferences() {
			out = append(out, Reference{"ConfigMap", "", slices.Concat(pod, path)})
		}
		out = append(out,
			Reference{"ServiceAccount", "", append(slices.Clone(pod), "serviceAccountName")},
			Reference{"PersistentVolumeClaim", "", append(slices.Clone(pod), "volumes", "persistentVolumeClaim", "claimName")},
		)
	}
	out = append(out, Reference{"ConfigMap", "Ingress", []string{"metadata", "annotations", fastCGI}})
	out = append(out, scaledBy("HorizontalPodAutoscaler", func(k kinds.Kind) bool { return !k.Custom })...)
	return append(out, rows(
		"Service StatefulSet spec/serviceName",
		"Service Ingress spec/rules/http/paths/backend/service/name",
		"Service Ingress spec/defaultBackend/service/name",
		"Role RoleBinding roleRef/name",
		"ClusterRole RoleBinding roleRef/name",
		"ClusterRole ClusterRoleBinding roleRef/name",
		"ServiceAccount RoleBinding subjects/name",
		"ServiceAccount ClusterRoleBinding subjects/name",
		"ConfigMap Role rules/resourceNames",
		"ConfigMap ClusterRole rules/resourceNames",
	)...)
}

// FurtherReferences are those that kustomize has to be told: of kinds that it
// does not know or see all of, and of the Secrets that an ExternalSecret makes.
func FurtherReferences() []Reference {
	out := scaledBy("HorizontalPodAutoscaler", func(k kinds.Kind) bool { return k.Custom })
	out = append(out, rows(
		"Service HorizontalPodAutoscaler spec/metrics/object/describedObject/name",
		"Ingress HorizontalPodAutoscaler spec/metrics/object/describedObject/name",
	)...)
	out = append(out, scaledBy("ScaledObject", func(kinds.Kind) bool { return true })...)
	out = append(out, rows(
		"TriggerAuthentication ScaledObject spec/triggers/authenticationRef/name",
		"Service HTTPRoute spec/rules/backendRefs/name",
		"Service HTTPRoute spec/rules/filters/requestMirror/backendRef/name",
		"Gateway HTTPRoute spec/parentRefs/name",
		"ExternalSecret ExternalSecret spec/target/name",
		"ExternalSecret Ingress spec/tls/secretName",
		"ExternalSecret ServiceAccount imagePullSecrets/name",
		"SecretStore ExternalSecret spec/secretStoreRef/name",
		"Service Rollout spec/strategy/blueGreen/activeService",
		"Service Rollout spec/strategy/blueGreen/previewService",
		"Service Rollout spec/strategy/canary/stableService",
		"Service Rollout spec/strategy/canary/canaryService",
		"Service Rollout spec/strategy/canary/pingPong/pingService",
		"Service Rollout spec/strategy/canary/pingPong/pongService",
		"Service Rollout spec/strategy/canary/trafficRouting/alb/rootService",
		"Ingress Rollout spec/strategy/canary/trafficRouting/alb/ingress",
		"Ingress Rollout spec/strategy/canary/trafficRouting/nginx/stableIngress",
		"Ingress Rollout spec/strategy/canary/trafficRouting/nginx/stableIngresses",
		"VirtualService Rollout spec/strategy/canary/trafficRouting/istio/virtualService/name",
		"VirtualService Rollout spec/strategy/canary/trafficRouting/istio/virtualServices/name",
		"DestinationRule Rollout spec/strategy/canary/trafficRouting/istio/destinationRule/name",
		"AnalysisTemplate Rollout spec/strategy/canary/analysis/templates/templateName",
		"AnalysisTemplate Rollout spec/strategy/canary/steps/analysis/templates/templateName",
		"AnalysisTemplate Rollout spec/strategy/blueGreen/prePromotionAnalysis/templates/templateName",
		"AnalysisTemplate Rollout spec/strategy/blueGreen/postPromotionAnalysis/templates/templateName",
	)...)
	for _, pod := range kinds.PodSpecs() {
		for _, path := range secretReferences() {
			out = append(out, Reference{"ExternalSecret", "", slices.Concat(pod, path)})
		}
	}
	for _, k := range kinds.All() {
		add := func(to string, paths ...[]string) {
			if k.Sees(to) {
				return
			}
			for _, path := range paths {
				out = append(out, Reference{to, k.Name, slices.Concat(k.Below("spec"), path)})
			}
		}
		add("ConfigMap", ConfigMapReferences()...)
		add("Secret", secretReferences()...)
		add("ServiceAccount", []string{"serviceAccountName"})
		add("PersistentVolumeClaim", []string{"volumes", "persistentVolumeClaim", "claimName"})
	}
	return out
}

// scaledBy are the references of a kind of autoscaler to those of the kinds that unfold writes and can scale.
func scaledBy(autoscaler string, of func(kinds.Kind) bool) []Reference {
	var out []Reference
	for _, k := range kinds.All() {
		if k.Written && k.Replicas && of(k) {
			out = append(out, Reference{k.Name, autoscaler, []string{"spec", "scaleTargetRef", "name"}})
		}
	}
	return out
}

// secretReferences are the fields of a pod's specification that name a Secret.
func secretReferences() [][]string {
	return [][]string{
		{"volumes", "secret", "secretName"},
		{"volumes", "projected", "sources", "secret", "name"},
		{"containers", "env", "valueFrom", "secretKeyRef", "name"},
		{"containers", "envFrom", "secretRef", "name"},
		{"initContainers", "env", "valueFrom", "secretKeyRef", "name"},
		{"initContainers", "envFrom", "secretRef", "name"},
		{"imagePullSecrets", "name"},
	}
}

// rows reads lines of TO FROM PATH.
func rows(lines ...string) []Reference {
	out := make([]Reference, len(lines))
	for i, line := range lines {
		words := strings.Fields(line)
		out[i] = Reference{words[0], words[1], strings.Split(words[2], "/")}
	}
	return out
}
