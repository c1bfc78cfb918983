package check

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube"
	"github.com/unfold-gitops/unfold/pkg/object"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// types holds every object to Kubernetes' type for its kind. Kinds of groups
// that are not known may well be there in the cluster.
func types(in *Input, r *report) {
	for _, o := range in.Objects {
		if !in.Incomplete {
			r.types(o.Value)
		}
	}
	for _, v := range in.Manifests {
		r.types(v)
	}
}

// types reports what is wrong with the type of an object.
func (r *report) types(v *value.Value) {
	var diags diag.List
	checkType(v, &diags)
	about := r.about(item{ID: object.Object{Value: v}.ID()})
	for _, d := range diags {
		about.add(d)
	}
}

func checkType(v *value.Value, diags *diag.List) {
	apiVersion, kind := v.StringAt("apiVersion"), v.StringAt("kind")
	t, ok := kube.Lookup(apiVersion, kind)
	if ok {
		t.Check(v, nil, diags)
		return
	}
	if to, ok := removed()[apiVersion+" "+kind]; ok {
		diags.Errorh(v.Get("apiVersion").Pos, "removed-api", "use "+to, "Kubernetes %s has no %s %s any more", kube.Version, apiVersion, kind)
		return
	}
	// Custom resources share a group with kinds that are not in the table.
	if group, _, _ := strings.Cut(apiVersion, "/"); (!strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io") && group != "gateway.networking.k8s.io") && kube.Known(apiVersion) {
		diags.Errorh(v.Get("kind").Pos, "unknown-kind", diag.Hint(kind, "the kinds are", kube.Kinds(apiVersion)), "%s has no kind %q", apiVersion, kind)
	}
}

// removed are the kinds of API versions that Kubernetes served once, with the
// version that took their place.
func removed() map[string]string {
	out := map[string]string{}
	for _, x := range []struct{ versions, kinds, to string }{
		{"extensions/v1beta1 apps/v1beta1 apps/v1beta2", "Deployment DaemonSet ReplicaSet StatefulSet ControllerRevision", "apps/v1"},
		{"extensions/v1beta1 networking.k8s.io/v1beta1", "Ingress IngressClass NetworkPolicy", "networking.k8s.io/v1"},
		{"batch/v1beta1 batch/v2alpha1", "CronJob", "batch/v1"},
		{"policy/v1beta1", "PodDisruptionBudget", "policy/v1"},
		{"autoscaling/v2beta1 autoscaling/v2beta2", "HorizontalPodAutoscaler", "autoscaling/v2"},
		{"rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1", "Role RoleBinding ClusterRole ClusterRoleBinding", "rbac.authorization.k8s.io/v1"},
		{"scheduling.k8s.io/v1beta1", "PriorityClass", "scheduling.k8s.io/v1"},
		{"storage.k8s.io/v1beta1", "StorageClass CSIDriver CSINode CSIStorageCapacity VolumeAttachment", "storage.k8s.io/v1"},
		{"coordination.k8s.io/v1beta1", "Lease", "coordination.k8s.io/v1"},
		{"discovery.k8s.io/v1beta1", "EndpointSlice", "discovery.k8s.io/v1"},
		{"events.k8s.io/v1beta1", "Event", "events.k8s.io/v1"},
		{"node.k8s.io/v1beta1", "RuntimeClass", "node.k8s.io/v1"},
		{"certificates.k8s.io/v1beta1", "CertificateSigningRequest", "certificates.k8s.io/v1"},
		{"apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "apiextensions.k8s.io/v1"},
		{"apiregistration.k8s.io/v1beta1", "APIService", "apiregistration.k8s.io/v1"},
		{"admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1"},
		{"flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2 flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1"},
	} {
		for version := range strings.FieldsSeq(x.versions) {
			for kind := range strings.FieldsSeq(x.kinds) {
				out[version+" "+kind] = x.to
			}
		}
	}
	return out
}
