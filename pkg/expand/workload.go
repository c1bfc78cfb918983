package expand

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/object"
)

// workload adds a workload's objects.
func (e *expander) workload(w *descriptor.Workload) {
	if e.app.Multi {
		e.configMap(w.Name+"-config", w, w.Config)
		e.fileMap(w.Name+"-files", w, w.Files)
	}
	e.service(w)
	e.deployment(w)
	e.disruption(w)
}

func (e *expander) deployment(w *descriptor.Workload) {
	spec := m(w.Pos,
		"replicas", w.Replicas,
		"selector", m(w.Pos, "matchLabels", e.selector(w)),
		"template", e.podTemplate(w),
	)
	e.add(object.Object{
		Value:  e.head(w.Pos, "apps/v1", "Deployment", w.Name, w, nil, nil).Set("spec", spec),
		Origin: w.Pos,
	})
}
