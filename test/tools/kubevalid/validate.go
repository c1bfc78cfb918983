package main

import (
	"encoding/json"
	"fmt"
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/api/pod"
	apiservice "k8s.io/kubernetes/pkg/api/service"
	"k8s.io/kubernetes/pkg/apis/apps"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	autoscalingvalidation "k8s.io/kubernetes/pkg/apis/autoscaling/validation"
	"k8s.io/kubernetes/pkg/apis/batch"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	batchvalidation "k8s.io/kubernetes/pkg/apis/batch/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/networking"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	networkingvalidation "k8s.io/kubernetes/pkg/apis/networking/validation"
	"k8s.io/kubernetes/pkg/apis/policy"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	policyvalidation "k8s.io/kubernetes/pkg/apis/policy/validation"
	"k8s.io/kubernetes/pkg/apis/rbac"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	rbacvalidation "k8s.io/kubernetes/pkg/apis/rbac/validation"
)

// verdict is the answer about one object.
type verdict struct {
	Refusals []string        `json:"refusals"`
	Stored   json.RawMessage `json:"stored,omitempty"`
}

// judge returns what the API server says about an object.
func judge(text []byte) verdict {
	decoder := serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict).UniversalDecoder()
	object, kind, err := decoder.Decode(text, nil, nil)
	switch {
	case runtime.IsNotRegisteredError(err):
		return verdict{}
	case err != nil:
		return verdict{Refusals: []string{err.Error()}}
	}
	stored, err := runtime.Encode(legacyscheme.Codecs.LegacyCodec(kind.GroupVersion()), object)
	if err != nil {
		return verdict{Refusals: []string{err.Error()}}
	}
	return verdict{Refusals: refusals(object), Stored: stored}
}

// refusals returns why the API server would refuse an object.
func refusals(object runtime.Object) []string {
	if m, ok := object.(metav1.Object); ok {
		m.SetUID(types.UID("5d1d6cd0-7b0e-4b5c-9d5e-3a3b1a1c0001"))
		m.SetCreationTimestamp(metav1.Now())
		if m.GetNamespace() == "" && !clusterWide(object) {
			m.SetNamespace("default")
		}
	}
	errs, known := validate(object)
	if !known {
		return []string{fmt.Sprintf("kubevalid does not know how to validate %T", object)}
	}
	out := []string{}
	for _, e := range errs {
		out = append(out, e.Error())
	}
	return out
}

func clusterWide(object runtime.Object) bool {
	switch object.(type) {
	case *core.Namespace, *core.PersistentVolume, *rbac.ClusterRole, *rbac.ClusterRoleBinding:
		return true
	}
	return false
}

// validate does what the strategies in pkg/registry do with an object that is created. Those are not called, since they
// import the API server's storage.
func validate(object runtime.Object) (errs field.ErrorList, known bool) {
	switch x := object.(type) {
	case *core.Namespace:
		return validation.ValidateNamespace(x), true
	case *core.ConfigMap:
		return validation.ValidateConfigMap(x), true
	case *core.Secret:
		return validation.ValidateSecret(x), true
	case *core.ServiceAccount:
		return validation.ValidateServiceAccount(x), true
	case *core.PersistentVolumeClaim:
		return validation.ValidatePersistentVolumeClaim(x, validation.ValidationOptionsForPersistentVolumeClaim(x, nil)), true
	case *core.Service:
		return service(x), true
	case *core.Pod:
		return validation.ValidatePodCreate(x, pod.GetValidationOptionsFromPodSpecAndMeta(&x.Spec, nil, &x.ObjectMeta, nil)), true
	case *apps.Deployment:
		return append(appsvalidation.ValidateDeployment(x, pod.GetValidationOptionsFromPodTemplate(&x.Spec.Template, nil)),
			podOf(x, x.Spec.Template, nil)...), true
	case *apps.StatefulSet:
		return append(appsvalidation.ValidateStatefulSet(x, pod.GetValidationOptionsFromPodTemplate(&x.Spec.Template, nil)),
			podOf(x, x.Spec.Template, x.Spec.VolumeClaimTemplates)...), true
	case *apps.DaemonSet:
		return append(appsvalidation.ValidateDaemonSet(x, pod.GetValidationOptionsFromPodTemplate(&x.Spec.Template, nil)),
			podOf(x, x.Spec.Template, nil)...), true
	case *apps.ReplicaSet:
		return append(appsvalidation.ValidateReplicaSet(x, pod.GetValidationOptionsFromPodTemplate(&x.Spec.Template, nil)),
			podOf(x, x.Spec.Template, nil)...), true
	case *batch.Job:
		return append(job(x), podOf(x, x.Spec.Template, nil)...), true
	case *batch.CronJob:
		template := x.Spec.JobTemplate.Spec.Template
		return append(batchvalidation.ValidateCronJobCreate(x, pod.GetValidationOptionsFromPodTemplate(&template, nil)),
			podOf(x, template, nil)...), true
	case *autoscaling.HorizontalPodAutoscaler:
		// pkg/registry/autoscaling/horizontalpodautoscaler, with the feature gates that are on unless somebody says otherwise.
		return autoscalingvalidation.ValidateHorizontalPodAutoscaler(x, autoscalingvalidation.HorizontalPodAutoscalerSpecValidationOptions{
			MinReplicasLowerBound:          1,
			ObjectMetricsValidationOptions: autoscalingvalidation.CrossVersionObjectReferenceValidationOptions{AllowEmptyAPIGroup: true},
		}), true
	case *networking.Ingress:
		return networkingvalidation.ValidateIngressCreate(x), true
	case *networking.NetworkPolicy:
		return networkingvalidation.ValidateNetworkPolicy(x, networkingvalidation.ValidationOptionsForNetworking(x, nil)), true
	case *policy.PodDisruptionBudget:
		return policyvalidation.ValidatePodDisruptionBudget(x, policyvalidation.PodDisruptionBudgetValidationOptions{}), true
	case *rbac.Role:
		return rbacvalidation.ValidateRole(x), true
	case *rbac.RoleBinding:
		return rbacvalidation.ValidateRoleBinding(x), true
	case *rbac.ClusterRole:
		return rbacvalidation.ValidateClusterRole(x, rbacvalidation.ClusterRoleValidationOptions{}), true
	case *rbac.ClusterRoleBinding:
		return rbacvalidation.ValidateClusterRoleBinding(x), true
	}
	return nil, false
}

// podOf validates a pod as a controller makes it of its template.
func podOf(owner metav1.Object, template core.PodTemplateSpec, claims []core.PersistentVolumeClaim) field.ErrorList {
	p := &core.Pod{ObjectMeta: *template.ObjectMeta.DeepCopy(), Spec: *template.Spec.DeepCopy()}
	p.GenerateName = ""
	p.Name, p.Namespace, p.UID = "pod", owner.GetNamespace(), owner.GetUID()
	if p.Spec.ServiceAccountName == "" { // which admission does before validation
		p.Spec.ServiceAccountName = "default"
	}
	for _, c := range claims {
		source := core.VolumeSource{PersistentVolumeClaim: &core.PersistentVolumeClaimVolumeSource{ClaimName: c.Name + "-pod"}}
		p.Spec.Volumes = append(p.Spec.Volumes, core.Volume{Name: c.Name, VolumeSource: source})
	}
	errs := validation.ValidatePodCreate(p, pod.GetValidationOptionsFromPodSpecAndMeta(&p.Spec, nil, &p.ObjectMeta, nil))
	for _, e := range errs {
		e.Field = "(pod) " + e.Field
	}
	return errs
}

// job validates a Job with the selector that the API server gives it (pkg/registry/batch/job).
func job(x *batch.Job) field.ErrorList {
	if x.Spec.ManualSelector == nil || !*x.Spec.ManualSelector {
		labels := map[string]string{
			batch.LegacyJobNameLabel: x.Name, batch.JobNameLabel: x.Name,
			batch.LegacyControllerUidLabel: string(x.UID), batch.ControllerUidLabel: string(x.UID),
		}
		maps.Copy(labels, x.Spec.Template.Labels)
		x.Spec.Template.Labels = labels
		if x.Spec.Selector == nil {
			x.Spec.Selector = &metav1.LabelSelector{}
		}
		if x.Spec.Selector.MatchLabels == nil {
			x.Spec.Selector.MatchLabels = map[string]string{}
		}
		if _, found := x.Spec.Selector.MatchLabels[batch.ControllerUidLabel]; !found {
			x.Spec.Selector.MatchLabels[batch.ControllerUidLabel] = string(x.UID)
		}
	}
	return batchvalidation.ValidateJob(x, batchvalidation.JobValidationOptions{
		PodValidationOptions:  pod.GetValidationOptionsFromPodTemplate(&x.Spec.Template, nil),
		RequirePrefixedLabels: true,
	})
}

// service validates a Service as pkg/registry/core/service does before it takes an address: ports of the nodes are of the
// range that a cluster has unless its operator says otherwise.
func service(x *core.Service) field.ErrorList {
	const first, last = 30000, 32767
	if x.Spec.ClusterIP != "" && len(x.Spec.ClusterIPs) == 0 {
		x.Spec.ClusterIPs = []string{x.Spec.ClusterIP}
	}
	if apiservice.NeedsHealthCheck(x) && x.Spec.HealthCheckNodePort == 0 {
		x.Spec.HealthCheckNodePort = first
	}
	errs := validation.ValidateServiceCreate(x)
	if p := x.Spec.IPFamilyPolicy; p != nil && *p == core.IPFamilyPolicySingleStack &&
		max(len(x.Spec.IPFamilies), len(x.Spec.ClusterIPs)) > 1 {
		errs = append(errs, field.Invalid(field.NewPath("spec", "ipFamilyPolicy"), *p,
			"must be 'RequireDualStack' or 'PreferDualStack' when several families are specified"))
	}
	taken := map[string]bool{}
	for i, p := range x.Spec.Ports {
		at := field.NewPath("spec", "ports").Index(i).Child("nodePort")
		switch key := fmt.Sprint(p.NodePort, "/", p.Protocol); {
		case p.NodePort == 0:
		case p.NodePort < first || p.NodePort > last:
			errs = append(errs, field.Invalid(at, p.NodePort, "provided port is not in the valid range"))
		case taken[key]:
			errs = append(errs, field.Invalid(at, p.NodePort, "provided port is already allocated"))
		default:
			taken[key] = true
		}
	}
	return errs
}
