package expand

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// workload adds a workload's objects.
func (e *expander) workload(w *descriptor.Workload) {
	if e.app.Multi {
		e.configMap(w, w.Config)
		e.fileMap(w, w.Files)
	}
	e.claims(w)
	e.serviceAccount(w.ServiceAccount, w)
	e.secrets(w.Secrets, w)
	e.service(w)
	e.governing(w)
	e.rolloutServices(w)
	e.workloadObject(w)
	e.autoscaler(w)
	e.disruption(w)
	e.reach(w)
	e.policy(w)
	e.observe(w)
}

// runs returns the kind of the object that runs a workload's pods.
func runs(w *descriptor.Workload) kinds.Kind {
	if by, ok := w.Kind.Replacement(); ok && w.Rollout != nil {
		return by
	}
	return w.Kind
}

// workloadObject adds the object that runs the pods.
func (e *expander) workloadObject(w *descriptor.Workload) {
	kind := runs(w)
	annotations, spec := (*value.Value)(nil), newMap(w.Pos, "replicas", w.Replicas)
	if kind.FixedTemplate() {
		annotations = e.syncOption(w.Pos, "Force=true,Replace=true")
	}
	if kind.Selector {
		spec.Set("selector", newMap(w.Pos, "matchLabels", e.selector(w)))
	}
	spec.Set("serviceName", newValue(w.Pos, w.Governing))
	switch r := w.Rollout; {
	case r != nil:
		spec.Set(kind.Strategy, value.NewMap(r.Pos).Set(r.Strategy, r.Fields))
	default:
		spec.Set(kind.Strategy, w.Strategy)
	}
	spec.Set("template", e.podTemplate(w))
	spec.Set("volumeClaimTemplates", claimTemplates(w))
	if w.Single && e.app.Opinions && kind.Strategy != "" && !spec.Has(kind.Strategy) { // or the new pod waits for the claim
		spec.Set(kind.Strategy, newMap(w.Pos, "type", "Recreate"))
	}
	spec = mergeMaps(spec, w.Spec)
	if kind.Scheduled {
		spec = e.schedule(w, spec)
	}
	e.add(object.Object{
		Value:  e.newObject(w.Pos, kind.APIVersion, kind.Name, w.Name, w, nil, annotations).Set("spec", spec),
		Origin: w.Pos,
	})
}

// schedule returns a CronJob's spec around that of its Jobs.
func (e *expander) schedule(w *descriptor.Workload, job *value.Value) *value.Value {
	s := w.Schedule
	spec := newMap(s.At(), "schedule", s.Get("cron"))
	if e.app.Opinions {
		spec.Set("concurrencyPolicy", value.NewString(s.At(), descriptor.ConcurrencyPolicy))
	}
	for _, entry := range s.AllEntries() {
		if entry.Key != "cron" {
			spec.SetEntry(entry)
		}
	}
	return spec.Set("jobTemplate", newMap(w.Pos, "metadata", newMap(w.Pos,
		"labels", e.given(w, "JobTemplate", "labels", e.labels(w)),
		"annotations", e.given(w, "JobTemplate", "annotations", nil)), "spec", job))
}

// governing adds the headless Service by which a StatefulSet's pods have names,
// before they are ready too: that is when they look for one another.
func (e *expander) governing(w *descriptor.Workload) {
	if w.Governing == "" || w.Governing == w.ServiceName() {
		return
	}
	spec := newMap(w.Pos, "clusterIP", "None")
	if e.app.Opinions {
		spec.Set("publishNotReadyAddresses", value.NewBool(w.Pos, true))
	}
	spec.Set("selector", e.selector(w)).Set("ports", newValue(w.Pos, e.innerPorts(w)))
	e.add(object.Object{
		Value:  e.newObject(w.Pos, "v1", "Service", w.Governing, w, nil, nil).Set("spec", spec),
		Origin: w.Pos,
	})
}

// rolloutServices adds the Services that lead to the old or the new pods alone:
// Argo Rollouts adds to their selectors which.
func (e *expander) rolloutServices(w *descriptor.Workload) {
	if w.Rollout == nil {
		return
	}
	for _, s := range w.Rollout.Services {
		e.add(object.Object{
			Value: e.newObject(s.Pos, "v1", "Service", s.Text, w, nil, nil).
				Set("spec", newMap(s.Pos, "selector", e.selector(w), "ports", e.innerPorts(w))),
			Origin: s.Pos,
		})
	}
}

// innerPorts returns the ports of a Service beside the workload's own: no two can
// have the same port of the nodes.
func (e *expander) innerPorts(w *descriptor.Workload) *value.Value {
	ports := e.servicePorts(w)
	for _, p := range ports.Items {
		p.Delete("nodePort")
	}
	return ports
}
