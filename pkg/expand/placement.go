package expand

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// placement adds to a pod where it runs and how long it may take to stop.
func (e *expander) placement(pod *value.Value, w *descriptor.Workload) {
	for _, f := range descriptor.PodFields() {
		pod.Set(f.Key, newValue(w.Pos, w.Fields.Get(f.Field)))
	}
	pod.Set("topologySpreadConstraints", e.spread(w))
}

// spread returns the constraints, which count the workload's own pods unless they
// say others.
func (e *expander) spread(w *descriptor.Workload) *value.Value {
	var constraints []*value.Value
	for _, x := range w.Spread {
		pos := x.Value.Pos
		constraint := newMap(pos, "maxSkew", int64(1), "topologyKey", x.Key, "whenUnsatisfiable", "ScheduleAnyway", "labelSelector",
			newMap(pos, "matchLabels", e.selector(w)))
		constraints = append(constraints, mergeMaps(constraint, x.Value))
	}
	if constraints == nil {
		return nil
	}
	return newList(w.Spread[0].Value.Pos, constraints...)
}
