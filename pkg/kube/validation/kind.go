package validation

import (
	"fmt"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// unknown reports a kind that Kubernetes had once, or that one of its own groups
// does not have.
func unknown(v *value.Value, apiVersion, kind string, diags *diag.List) {
	if to := replacement(apiVersion, kind); to != "" {
		diags.Errorh(v.Get("apiVersion").At(), "removed-api", "use "+to, "Kubernetes %s has no %s %s any more", types.Version, apiVersion,
			kind)
		return
	}
	// Custom resources share their groups with kinds that are not in the table.
	if !types.Custom(apiVersion) && types.Known(apiVersion) {
		diags.Errorh(v.Get("kind").At(), "unknown-kind", diag.Hint(kind, "the kinds are", types.Kinds(apiVersion)), "%s has no kind %q",
			apiVersion, kind)
	}
}

// replacement returns the API version that took the place of one that Kubernetes
// served once, or "".
func replacement(apiVersion, kind string) string {
	for _, x := range [...]struct{ versions, kinds, to string }{
		{"extensions/v1beta1 apps/v1beta1 apps/v1beta2", "Deployment DaemonSet ReplicaSet StatefulSet ControllerRevision", "apps/v1"},
		{"extensions/v1beta1 networking.k8s.io/v1beta1", "Ingress IngressClass NetworkPolicy", "networking.k8s.io/v1"},
		{"batch/v1beta1 batch/v2alpha1", "CronJob", "batch/v1"},
		{"policy/v1beta1", "PodDisruptionBudget", "policy/v1"},
		{"autoscaling/v2beta1 autoscaling/v2beta2", "HorizontalPodAutoscaler", "autoscaling/v2"},
		{"rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1", "Role RoleBinding ClusterRole ClusterRoleBinding",
			"rbac.authorization.k8s.io/v1"},
		{"scheduling.k8s.io/v1beta1", "PriorityClass", "scheduling.k8s.io/v1"},
		{"storage.k8s.io/v1beta1", "StorageClass CSIDriver CSINode CSIStorageCapacity VolumeAttachment", "storage.k8s.io/v1"},
		{"coordination.k8s.io/v1beta1", "Lease", "coordination.k8s.io/v1"},
		{"discovery.k8s.io/v1beta1", "EndpointSlice", "discovery.k8s.io/v1"},
		{"events.k8s.io/v1beta1", "Event", "events.k8s.io/v1"},
		{"node.k8s.io/v1beta1", "RuntimeClass", "node.k8s.io/v1"},
		{"certificates.k8s.io/v1beta1", "CertificateSigningRequest", "certificates.k8s.io/v1"},
		{"apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "apiextensions.k8s.io/v1"},
		{"apiregistration.k8s.io/v1beta1", "APIService", "apiregistration.k8s.io/v1"},
		{"admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
			"admissionregistration.k8s.io/v1"},
		{"flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2 flowcontrol.apiserver.k8s.io/v1beta3",
			"FlowSchema PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1"},
	} {
		if has(x.versions, apiVersion) && has(x.kinds, kind) {
			return x.to
		}
	}
	return ""
}

// has reports whether a list of words holds one.
func has(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}

// name checks an object's own name, and the beginning of one that the API server
// completes.
func (c *checker) name(apiVersion, kind string, metadata *value.Value) {
	v, beginning := metadata.Get("name"), metadata.Get("generateName")
	if v.Is(value.String) {
		c.nameOf(apiVersion, kind, v, v.Text)
	}
	if text := beginning.StringAt(); text != "" {
		c.nameOf(apiVersion, kind, beginning, strings.TrimSuffix(text, "-"))
	}
}

func (c *checker) nameOf(apiVersion, kind string, v *value.Value, text string) {
	rule := types.Subdomain
	k, known := kinds.Find(kind)
	switch {
	case kind == "Service" && apiVersion == "v1":
		rule = types.Label1035
	case kind == "Namespace" && apiVersion == "v1":
		rule = types.Label
	case known && k.Ordinal && k.Is(apiVersion, kind):
		rule = types.Label
	case strings.HasPrefix(apiVersion, "rbac."):
		rule = types.Segment
	}
	problem := rule(text)
	if known && k.Refused && problem == "" && len(text) > k.NameLimit {
		problem = fmt.Sprintf("is longer than %d characters, and %s", k.NameLimit, k.NameUse)
	}
	if problem != "" {
		c.reportAt(v.Pos, "", "a %s can't be named %q: it %s", kind, v.Text, problem)
	}
}
