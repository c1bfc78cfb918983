// Package kinds is the table of the kinds that run pods. All else that depends on the kind of a workload asks for
// an attribute of its row.
package kinds

import (
	"slices"
	"strings"
)

// The kinds that others name: the default of a descriptor and of what an autoscaler scales, what a hook is, and what
// Argo Rollouts has in place of a Deployment.
const (
	Deployment = "Deployment"
	CronJob    = "CronJob"
	Job        = "Job"
	Rollout    = "Rollout"
)

// Kind is a row of the table.
type Kind struct {
	Name, APIVersion string
	// Template is the path of the pods' template, empty for what is a pod itself.
	Template []string
	// Chosen says that kind: of a descriptor can name it, Written that unfold writes objects of it.
	Chosen, Written bool
	// Replaces is the kind whose place it takes where a strategy asks for that, "" for none.
	Replaces string

	// Replicas says that spec.replicas counts the pods, which autoscalers then can scale; PerNode that there is one on
	// each node.
	Replicas, PerNode bool
	// Completes says that the pods run to an end, Scheduled that Jobs are made by a schedule.
	Completes, Scheduled bool
	// Ordinal says that each pod has a name, claims and a place in the order of its own.
	Ordinal bool
	// Alike says that the pods are behind one Service, and each can take the place of any other.
	Alike bool
	// Selector says that spec.selector finds the pods; Kubernetes makes that of a Job itself.
	Selector bool
	// Strategy is the field of the spec that says how pods are replaced, "" for none; Strategies are its types.
	Strategy   string
	Strategies []string

	// Custom says that kustomize does not know the kind, nor what it refers to; Unseen are the kinds that a kind's pods
	// refer to without its seeing that, although it knows the kind (api/internal/konfig/builtinpluginconsts, namereference.go).
	// Counted says that its directive replicas looks at it (replicas.go).
	Custom, Counted bool
	Unseen          []string
	// Fixed are the fields that the API server lets nobody change, but for those below Free
	// (pkg/apis/apps and batch, Validate…Update).
	Fixed, Free []string

	// Name is at most NameLimit long, since NameUse; Refused says that the API server says so too.
	NameLimit int
	NameUse   string
	Refused   bool
	// PodSuffix is a regular expression of what is behind the name in that of a pod, JobSuffix in that of a Job.
	// ReplicaSets says that it starts with a ReplicaSet's hash, for which a long name is cut off.
	PodSuffix, JobSuffix string
	ReplicaSets          bool
	// Ready and Wanted are the metrics of kube-state-metrics that count its pods, "" for none.
	Ready, Wanted string
}

const inLabel = "its pods carry the name in a label"

// What Kubernetes puts behind names: letters and digits that form no words
// (k8s.io/apimachinery/pkg/util/rand), the hash of a ReplicaSet, and the time of a
// CronJob's Job in minutes.
const (
	safe          = "[bcdfghjklmnpqrstvwxz2456789]"
	random        = "-" + safe + "{5}"
	TemplateHash  = safe + "{6,10}"
	index         = "(-[0-9]+)?" // of a Job's pod, where it has one
	scheduledTime = "-[0-9]+"
)

// table is never changed. Its order is that of messages and of the reference.
var table = []Kind{
	{
		Name: Deployment, APIVersion: "apps/v1", Template: []string{"spec", "template"}, Chosen: true, Written: true,
		Replicas: true, Alike: true, Selector: true, Strategy: "strategy", Strategies: []string{"RollingUpdate", "Recreate"},
		Counted: true, Fixed: []string{"spec.selector"}, NameLimit: 63, NameUse: inLabel,
		PodSuffix: "-" + TemplateHash + random, ReplicaSets: true,
		Ready: "kube_deployment_status_replicas_ready", Wanted: "kube_deployment_spec_replicas",
	},
	{
		Name: "StatefulSet", APIVersion: "apps/v1", Template: []string{"spec", "template"}, Chosen: true, Written: true,
		Replicas: true, Ordinal: true, Selector: true, Strategy: "updateStrategy", Strategies: []string{"RollingUpdate", "OnDelete"},
		Counted: true, Fixed: []string{"spec"}, Free: []string{"spec.replicas", "spec.ordinals", "spec.template", "spec.updateStrategy",
			"spec.revisionHistoryLimit", "spec.persistentVolumeClaimRetentionPolicy", "spec.minReadySeconds"},
		NameLimit: 52, NameUse: "its pods carry the name with a revision in a label", PodSuffix: "-[0-9]+",
		Ready: "kube_statefulset_status_replicas_ready", Wanted: "kube_statefulset_replicas",
	},
	{
		Name: "DaemonSet", APIVersion: "apps/v1", Template: []string{"spec", "template"}, Chosen: true, Written: true,
		PerNode: true, Selector: true, Strategy: "updateStrategy", Strategies: []string{"RollingUpdate", "OnDelete"},
		Fixed: []string{"spec.selector"}, NameLimit: 63, NameUse: inLabel, PodSuffix: random,
		Ready: "kube_daemonset_status_number_ready", Wanted: "kube_daemonset_status_desired_number_scheduled",
	},
	{
		Name: Job, APIVersion: "batch/v1", Template: []string{"spec", "template"}, Chosen: true, Written: true, Completes: true,
		Fixed: []string{"spec.template", "spec.selector", "spec.completions", "spec.completionMode", "spec.podFailurePolicy",
			"spec.backoffLimitPerIndex", "spec.managedBy", "spec.successPolicy"},
		NameLimit: 63, NameUse: inLabel, PodSuffix: index + random,
	},
	{
		Name: CronJob, APIVersion: "batch/v1", Template: []string{"spec", "jobTemplate", "spec", "template"}, Chosen: true, Written: true,
		Completes: true, Scheduled: true, NameLimit: 52, NameUse: "its Jobs carry the name with a number", Refused: true,
		PodSuffix: scheduledTime + index + random, JobSuffix: scheduledTime,
	},
	{
		Name: Rollout, APIVersion: "argoproj.io/v1alpha1", Template: []string{"spec", "template"}, Written: true, Replaces: Deployment,
		Replicas: true, Alike: true, Selector: true, Strategy: "strategy", Strategies: []string{"canary", "blueGreen"}, Custom: true,
		NameLimit: 63, NameUse: inLabel, PodSuffix: "-" + TemplateHash + random, ReplicaSets: true,
		// kube-state-metrics sees its ReplicaSets alone
		Ready: "kube_replicaset_status_ready_replicas", Wanted: "kube_replicaset_spec_replicas",
	},
	{Name: "ReplicaSet", APIVersion: "apps/v1", Template: []string{"spec", "template"}, Replicas: true, Alike: true, Selector: true,
		Counted: true, Unseen: []string{"ServiceAccount", "PersistentVolumeClaim"}, Fixed: []string{"spec.selector"}},
	{Name: "ReplicationController", APIVersion: "v1", Template: []string{"spec", "template"}, Replicas: true, Alike: true, Counted: true,
		Unseen: []string{"ConfigMap", "Secret"}},
	{Name: "Pod", APIVersion: "v1"},
}

// All returns the table.
func All() []Kind { return slices.Clone(table) }

// Find returns the row of a kind, by its name alone: whatever the version of its group.
func Find(name string) (k Kind, ok bool) {
	i := slices.IndexFunc(table, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return table[i], true
}

// Is reports whether an object is of the kind, in any version of its group.
func (k Kind) Is(apiVersion, kind string) bool {
	return k.Name == kind && k.Name != "" && group(apiVersion) == k.Group()
}

// Group returns the kind's API group, "" for Kubernetes' first one.
func (k Kind) Group() string { return group(k.APIVersion) }

func group(apiVersion string) string {
	group, _, ok := strings.Cut(apiVersion, "/")
	if !ok {
		return ""
	}
	return group
}

// Chosen returns the names of the kinds that a descriptor can have.
func Chosen() []string {
	var names []string
	for _, k := range table {
		if k.Chosen {
			names = append(names, k.Name)
		}
	}
	return names
}

// Replacement returns the kind that takes the place of this one where a strategy asks for it.
func (k Kind) Replacement() (by Kind, ok bool) {
	i := slices.IndexFunc(table, func(x Kind) bool { return x.Replaces == k.Name })
	if i < 0 || k.Name == "" {
		return Kind{}, false
	}
	return table[i], true
}

// Sees reports whether kustomize sees that pods of the kind refer to objects of another one.
func (k Kind) Sees(to string) bool { return !k.Custom && !slices.Contains(k.Unseen, to) }

// FixedTemplate reports whether nobody can change the pods of an object that is there.
func (k Kind) FixedTemplate() bool { return slices.Contains(k.Fixed, "spec.template") }

// Below returns the path of a field below the kind's template.
func (k Kind) Below(path ...string) []string { return slices.Concat(k.Template, path) }

// PodSpecs returns the paths of a pod's specification in the kinds that make pods by a template, each once.
func PodSpecs() [][]string {
	var out [][]string
	for _, k := range table {
		if path := k.Below("spec"); len(k.Template) > 0 && !slices.ContainsFunc(out,
			func(p []string) bool { return slices.Equal(p, path) }) {
			out = append(out, path)
		}
	}
	return out
}
