package expand

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func (e *expander) service(w *descriptor.Workload) {
	if w.Service == nil {
		return
	}
	s := w.Service
	spec := newMap(s.Pos, "selector", e.chosen(w, s), "ports", e.servicePorts(w))
	for _, entry := range s.Entries {
		switch entry.Key {
		case "headless":
			if entry.Value.IsTrue() {
				spec.Set("clusterIP", value.NewString(entry.Value.Pos, "None"))
			}
		case "labels", "annotations", "selector":
		default:
			spec.SetEntry(entry)
		}
	}
	e.add(object.Object{
		Value:  e.newObject(s.Pos, "v1", "Service", w.ServiceName(), w, s.Get("labels"), s.Get("annotations")).Set("spec", spec),
		Origin: s.Pos,
	})
}

// chosen returns the labels of the pods that an object of a workload is for: those that its fields name, else the workload's
// selector. The app once more beside itself must not take the pods of the first for its own.
func (e *expander) chosen(w *descriptor.Workload, fields *value.Value) *value.Value {
	if selector := fields.Get("selector"); selector != nil && !e.app.Again {
		return selector
	}
	return e.selector(w)
}

func (e *expander) servicePorts(w *descriptor.Workload) *value.Value {
	out := newList(w.Pos)
	for _, p := range w.Ports {
		if !p.Expose {
			continue
		}
		port := p.Full.Get("port")
		if port == nil {
			port = target(p)
		}
		out.Items = append(out.Items, newMap(p.Pos,
			"name", p.Outside, "port", port, "targetPort", p.Leads, "protocol", protocol(p),
			"appProtocol", p.Full.Get("appProtocol"), "nodePort", p.Full.Get("nodePort"),
		))
	}
	return out
}
