package expand

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/value"
)

func (e *expander) containerName(w *descriptor.Workload) string {
	if w.Key == "" {
		return e.app.Name
	}
	return w.Key
}

func (e *expander) container(w *descriptor.Workload, mounts []*value.Value) *value.Value {
	c := m(w.Pos, "name", e.containerName(w), "image", node(w.Image.Pos, w.Image.Text),
		"imagePullPolicy", w.PullPolicy,
		"command", w.Command, "args", w.Args,
		"ports", e.containerPorts(w),
		"envFrom", e.envFrom(w), "env", e.env(w),
		"resources", w.Resources,
		"securityContext", containerSecurity(w.Security),
		"volumeMounts", list(w.Pos, mounts...),
	)
	return c.Set("lifecycle", node(w.Pos, w.Lifecycle)).
		Set("livenessProbe", w.Probes.Get("liveness")).
		Set("readinessProbe", w.Probes.Get("readiness")).
		Set("startupProbe", w.Probes.Get("startup"))
}

func (e *expander) containerPorts(w *descriptor.Workload) *value.Value {
	out := list(w.Pos)
	for _, p := range w.Ports {
		out.Items = append(out.Items, m(p.Pos,
			"name", p.Name, "containerPort", target(p), "protocol", protocol(p),
			"hostPort", p.Full.Get("hostPort"), "hostIP", p.Full.Get("hostIP"),
		))
	}
	return out
}

// target gives the container's port with the position of what set it.
func target(p descriptor.Port) *value.Value {
	for _, field := range []string{"target", "port"} {
		if v := p.Full.Get(field); v != nil {
			return v
		}
	}
	return nil
}

// protocol is always written: Kubernetes merges ports by number and protocol.
func protocol(p descriptor.Port) *value.Value {
	if v := p.Full.Get("protocol"); v != nil {
		return v
	}
	return value.Str("TCP", p.Pos)
}

func (e *expander) envFrom(w *descriptor.Workload) *value.Value {
	out := list(w.Pos)
	add := func(name string, config *value.Value) {
		if !config.Empty() {
			out.Items = append(out.Items, m(config.Pos, "configMapRef", m(config.Pos, "name", name)))
		}
	}
	if w.NoConfig {
		return out
	}
	add(e.app.Name+"-config", e.app.Config)
	if e.app.Multi { // the workload's own last, so that it wins
		add(w.Own+"-config", w.Config)
	}
	return out
}

func (e *expander) env(w *descriptor.Workload) *value.Value {
	out := list(w.Pos)
	for _, x := range w.Env {
		v := m(x.Pos, "name", x.Name)
		if text := x.Source.Get("value"); text != nil {
			v.Set("value", text)
		}
		v.Set("valueFrom", node(x.Pos, m(x.Pos,
			"secretKeyRef", x.Source.Get("secret"),
			"configMapKeyRef", x.Source.Get("configMap"),
			"fieldRef", x.Source.Get("field"),
			"resourceFieldRef", x.Source.Get("resource"),
		)))
		out.Items = append(out.Items, v)
	}
	return out
}
