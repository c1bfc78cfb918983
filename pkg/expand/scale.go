package expand

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/object"
)

func (e *expander) disruption(w *descriptor.Workload) {
	if w.Disruption == nil {
		return
	}
	d := w.Disruption
	spec := m(d.Pos, "selector", m(d.Pos, "matchLabels", e.selector(w)))
	for _, entry := range d.Entries {
		spec.SetEntry(entry)
	}
	e.add(object.Object{
		Value:  e.head(d.Pos, "policy/v1", "PodDisruptionBudget", w.Name, w, nil, nil).Set("spec", spec),
		Origin: d.Pos,
	})
}
