package expand

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// autoscaler adds what scales a workload. Argo CD leaves the count alone, since
// the workload has none.
func (e *expander) autoscaler(w *descriptor.Workload) {
	a := w.Autoscaling
	if a == nil {
		return
	}
	kind := runs(w)
	target := newMap(a.Pos, "apiVersion", kind.APIVersion, "kind", kind.Name, "name", w.Name)
	if a.KEDA {
		e.add(object.Object{
			Value: e.newObject(a.Pos, "keda.sh/v1alpha1", "ScaledObject", autoscalerName(w), w, nil, nil).Set("spec",
				scaledObject(a, target)),
			Origin: a.Pos,
		})
		return
	}
	metrics := newList(a.Pos)
	for _, resource := range []string{"cpu", "memory"} {
		if percent := a.Fields.Get(resource); percent != nil {
			metrics.Items = append(metrics.Items, newMap(percent.Pos, "type", "Resource", "resource", newMap(percent.Pos,
				"name", resource, "target", newMap(percent.Pos, "type", "Utilization", "averageUtilization", percent))))
		}
	}
	metrics.Items = append(metrics.Items, a.Fields.Get("metrics").AllItems()...)
	spec := newMap(a.Pos, "scaleTargetRef", target, "minReplicas", a.Min, "maxReplicas", a.Fields.Get("max"),
		"metrics", metrics, "behavior", a.Fields.Get("behavior"))
	e.add(object.Object{
		Value:  e.newObject(a.Pos, "autoscaling/v2", "HorizontalPodAutoscaler", autoscalerName(w), w, nil, nil).Set("spec", spec),
		Origin: a.Pos,
	})
}

// autoscalerName returns the name of what scales a workload.
func autoscalerName(w *descriptor.Workload) string {
	kind := "HorizontalPodAutoscaler"
	if w.Autoscaling.KEDA {
		kind = "ScaledObject"
	}
	return w.Names.Of(kind, "", w.Name)
}

// scaledObject returns the spec of KEDA's (keda.sh/docs, "ScaledObject
// specification"). Percentages are triggers there.
func scaledObject(a *descriptor.Autoscaling, target *value.Value) *value.Value {
	spec := newMap(a.Pos, "scaleTargetRef", target, "minReplicaCount", a.Min, "maxReplicaCount", a.Fields.Get("max"))
	for _, field := range []string{"pollingInterval", "cooldownPeriod", "initialCooldownPeriod", "idleReplicaCount", "fallback"} {
		spec.Set(field, a.Fields.Get(field))
	}
	spec.Set("advanced", newValue(a.Pos, newMap(a.Pos, "horizontalPodAutoscalerConfig",
		newMap(a.Pos, "behavior", a.Fields.Get("behavior")))))
	triggers := newList(a.Pos)
	for _, resource := range []string{"cpu", "memory"} {
		if percent := a.Fields.Get(resource); percent != nil {
			triggers.Items = append(triggers.Items, newMap(percent.Pos, "type", resource, "metricType", "Utilization",
				"metadata", newMap(percent.Pos, "value", percent.Text)))
		}
	}
	triggers.Items = append(triggers.Items, a.Fields.Get("triggers").AllItems()...)
	return spec.Set("triggers", triggers)
}

func (e *expander) disruption(w *descriptor.Workload) {
	if w.Disruption == nil {
		return
	}
	d := w.Disruption
	spec := newMap(d.Pos, "selector", newMap(d.Pos, "matchLabels", e.chosen(w, d)))
	for _, entry := range d.Entries {
		if entry.Key != "selector" {
			spec.SetEntry(entry)
		}
	}
	e.add(object.Object{
		Value: e.newObject(d.Pos, "policy/v1", "PodDisruptionBudget", w.Names.Of("PodDisruptionBudget", "", w.Name), w, nil,
			nil).Set("spec", spec),
		Origin: d.Pos,
	})
}
