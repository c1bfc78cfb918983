package descriptor

import (
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Autoscaling says between which counts an autoscaler chooses, and by what. Its
// fields are those of the descriptor in their full form.
type Autoscaling struct {
	Min    *value.Value
	Fields *value.Value
	Pos    diag.Pos
	// KEDA says that it scales, and not a HorizontalPodAutoscaler.
	KEDA bool
}

// kedaFields mean something to KEDA alone.
var kedaFields = []string{"pollingInterval", "cooldownPeriod", "initialCooldownPeriod", "idleReplicaCount", "fallback"}

// scale sets how many pods there are: a fixed count, or what an autoscaler
// chooses. It owns the count then, so that Argo CD and it don't fight over it.
func (e *effective) scale(w *Workload, v *value.Value) {
	replicas := w.Fields.Get("replicas")
	w.Replicas = replicas
	w.AtLeast, _ = replicas.Int64()
	if !v.Is(value.Map) {
		return
	}
	a := &Autoscaling{Min: v.Get("min"), Fields: v, Pos: v.Pos, KEDA: !v.Get("triggers").Empty()}
	w.Autoscaling = a
	if e.opinions {
		w.Replicas = nil
	}
	switch {
	case !e.opinions:
	case a.Min == nil && replicas != nil:
		a.Min = replicas
	case a.Min != nil && replicas != nil && e.asked(replicas) && e.rank(w, replicas.Pos) >= e.rank(w, a.Min.Pos):
		e.diags.Errorh(replicas.Pos, "contradiction", "remove one of them, or write autoscaling: false where the count is fixed",
			"replicas has no effect: autoscaling.min on line %d says how many pods there are at least", a.Min.Pos.Line)
	case a.Min == nil:
		a.Min = value.NewInt(v.Pos, 1)
	}
	least, said := a.Min.Int64()
	if !said && !a.KEDA { // Kubernetes' own
		least = 1
	}
	w.AtLeast = least
	most, ok := v.Get("max").Int64()
	if !ok {
		e.diags.Errorh(v.Pos, "missing-max", "add max: with the most pods there may be", "autoscaling of %s has no max", w.what())
		return
	}
	if least > most {
		e.diags.Errorf(v.Get("max").Pos, "contradiction", "autoscaling.max is %d, but there are at least %d pods", most, least)
	}
	if a.KEDA {
		if metrics := v.Entry("metrics"); metrics != nil {
			e.diags.Errorh(metrics.KeyPos, "one-of", "make a trigger of each metric",
				"autoscaling has \"metrics\" and \"triggers\", which exclude one another")
		}
	} else {
		if least == 0 {
			e.diags.Errorh(a.Min.At(), "contradiction", "add triggers, by which KEDA can scale to none",
				"autoscaling.min must be at least 1 without triggers")
		}
		for _, field := range kedaFields {
			if x := v.Entry(field); x != nil {
				e.diags.Errorh(x.KeyPos, "no-use", "add triggers, by which KEDA scales, or remove it",
					"autoscaling.%s is of no use without triggers", field)
			}
		}
		if v.Get("cpu") == nil && v.Get("memory") == nil && v.Get("metrics").Empty() {
			a.Fields = v.Copy().Set("cpu", value.NewInt(v.Pos, 80))
		}
	}
	if idle, ok := v.Get("idleReplicaCount").Int64(); ok && a.KEDA && idle >= least {
		e.diags.Errorh(v.Get("idleReplicaCount").Pos, "contradiction", "make it less than min, or remove it",
			"autoscaling.idleReplicaCount is %d, but there are at least %d pods", idle, least)
	}
}

// requested wants requests where an autoscaler goes by a percentage of them: of
// all containers, since Kubernetes adds them up
// (kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale).
func (e *effective) requested(w *Workload) {
	if w.Autoscaling == nil {
		return
	}
	asks := func(c *Container, resource string) bool {
		return c.Resources.Get("requests", resource) != nil || c.Resources.Get("limits", resource) != nil
	}
	for _, resource := range []string{"cpu", "memory"} {
		x := w.Autoscaling.Fields.Entry(resource)
		if x == nil {
			continue
		}
		pos := x.KeyPos
		if pos.IsZero() {
			pos = w.Autoscaling.Pos
		}
		if !asks(&w.Container, resource) {
			e.diags.Errorh(pos, "missing-request", "add resources: {requests: {"+resource+": ...}}",
				"autoscaling goes by a percentage of the requested %s, and %s requests none", resource, w.what())
		}
		for i := range w.Containers {
			if c := &w.Containers[i]; c.Phase == Beside && !asks(c, resource) {
				e.diags.Errorh(c.Pos, "missing-request", "add resources: {requests: {"+resource+": ...}} to it",
					"autoscaling goes by a percentage of the requested %s, and the sidecar %q requests none", resource, c.Name)
			}
		}
	}
}

// rank orders the layers that can say a workload's field, lowest first: see the
// layers of a workload in layers.
func (e *effective) rank(w *Workload, pos diag.Pos) int {
	own := e.environment(e.env)
	switch {
	case pos.File != e.File:
		return 4
	case w.Key != "" && holds(own.Get("workloads", w.Key), pos):
		return 3
	case w.Key != "" && holds(e.root.Get("workloads", w.Key), pos):
		return 2
	case holds(own, pos):
		return 1
	}
	return 0
}

// holds reports whether a value, or one in it, is at a place.
func holds(v *value.Value, pos diag.Pos) bool {
	found := false
	if v != nil {
		v.Walk(func(x *value.Value) { found = found || x.Pos == pos })
	}
	return found
}
