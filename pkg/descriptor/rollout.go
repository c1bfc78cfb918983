package descriptor

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Rollout says how Argo Rollouts replaces a workload's pods.
type Rollout struct {
	Strategy string       // canary or blueGreen
	Fields   *value.Value // as Argo Rollouts has them, complete
	Pos      diag.Pos
	// Services are those that unfold makes for it, beside the workload's own.
	Services []Text
}

// rollout sets how Argo Rollouts replaces the pods, if the strategy is one of
// its own.
func (e *effective) rollout(w *Workload, v *value.Value) bool {
	entry := v.Entry(fields.Canary)
	if entry == nil {
		entry = v.Entry(fields.BlueGreen)
	}
	if entry == nil {
		return false
	}
	pos := entry.Value.Pos
	if _, ok := w.Kind.Replacement(); !ok {
		if e.asked(entry.Value) { // else it is not meant for this kind
			e.diags.Errorh(pos, "bad-value", "allowed are: "+strings.Join(w.Kind.Strategies, ", "),
				"the strategy of a %s can't be %q: Argo Rollouts replaces Deployments only", w.Kind.Name, entry.Key)
		}
		return true
	}
	r := &Rollout{Strategy: entry.Key, Fields: entry.Value.Copy(), Pos: pos}
	if r.Strategy == fields.Canary && !r.Fields.Has("steps") {
		r.Fields.Set("steps", defaultSteps(pos))
	}
	e.rolloutServices(w, r)
	if w.Fields.Get("ingress").Is(value.Map) {
		nameIngress(w, r)
	}
	w.Rollout = r
	return true
}

// front names the Service by which a workload has its traffic from outside. Where
// Argo Rollouts divides or switches the traffic, it is that of the old pods.
func (w *Workload) front() string {
	if r := w.Rollout; r != nil && (r.Strategy == fields.BlueGreen || dividesTraffic(r.Fields)) {
		for _, field := range []string{"activeService", "stableService"} {
			if name := r.Fields.StringAt(field); name != "" {
				return name
			}
		}
	}
	return w.ServiceName()
}

// defaultSteps let problems show on few pods before many have them, and need
// nobody to go on.
func defaultSteps(pos diag.Pos) *value.Value {
	weight := func(percent int64) *value.Value { return value.MapOf(pos, "setWeight", percent) }
	pause := value.MapOf(pos, "pause", value.MapOf(pos, "duration", "5m"))
	return value.NewList(pos, weight(20), pause, weight(50), pause)
}

// rolloutServices names the Services between which the traffic is divided or
// switched. The workload's own is the one that has the traffic, so that what
// leads to it need not change.
func (e *effective) rolloutServices(w *Workload, r *Rollout) {
	missing := false
	further := func(key string) string { return w.Names.Of("Service", key, w.Name+"-"+key) }
	use := func(in *value.Value, field, name string, needed bool) {
		named := in.Get(field)
		if named == nil && needed {
			named = value.NewString(r.Pos, name)
			in.Set(field, named)
			missing = missing || w.Service == nil
		}
		made := slices.ContainsFunc(r.Services, func(x Text) bool { return x.Text == named.StringAt() })
		if named.StringAt() != "" && named.Text != w.ServiceName() && w.Service != nil && !made {
			r.Services = append(r.Services, Text{named.Text, named.Pos})
		}
	}
	if r.Strategy == fields.BlueGreen {
		use(r.Fields, "activeService", w.ServiceName(), true)
		use(r.Fields, "previewService", further("preview"), true)
	} else {
		divided := dividesTraffic(r.Fields)
		use(r.Fields, "stableService", w.ServiceName(), divided)
		use(r.Fields, "canaryService", further("canary"), divided)
		if pair := r.Fields.Get("pingPong"); pair.Is(value.Map) {
			pair = pair.Copy()
			r.Fields.Set("pingPong", pair)
			use(pair, "pingService", further("ping"), true)
			use(pair, "pongService", further("pong"), true)
		}
	}
	if missing {
		e.diags.Errorh(r.Pos, "missing-service", "add port: with the number that the app listens on, or name Services of your own in "+
			r.Strategy,
			"%s has no Service, which %s sends to the new pods", w.what(), r.Strategy)
	}
}

// nameIngress lets a router that goes by an Ingress, which nothing names, go by the
// workload's own.
func nameIngress(w *Workload, r *Rollout) {
	for _, router := range []struct{ name, field, several string }{{"nginx", "stableIngress", "stableIngresses"},
		{"alb", "ingress", "ingresses"}} {
		v := r.Fields.Get("trafficRouting", router.name)
		if !v.Is(value.Map) || v.Has(router.field) || v.Has(router.several) {
			continue
		}
		r.Fields = r.Fields.Replace([]string{"trafficRouting", router.name}, func(v *value.Value) *value.Value {
			return v.Copy().Set(router.field, value.NewString(v.Pos, w.Names.Of("Ingress", "", w.Name)))
		})
	}
}

// dividesTraffic reports whether a canary needs a Service for the old and one
// for the new pods: where a router divides the traffic by Service, and not by
// subset or by turns (pkg/apis/rollouts/validation of Argo Rollouts).
func dividesTraffic(canary *value.Value) bool {
	routing := canary.Get("trafficRouting")
	return routing.Is(value.Map) && !canary.Get("pingPong").Is(value.Map) && !routing.Get("istio", "destinationRule").Is(value.Map)
}
