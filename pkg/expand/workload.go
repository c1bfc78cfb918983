package expand

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/object"
	"github.com/unfold-gitops/unfold/pkg/value"
)

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

func (e *expander) podTemplate(w *descriptor.Workload) *value.Value {
	return m(w.Pos,
		"metadata", m(w.Pos, "labels", e.labels(w, w.PodLabels), "annotations", w.PodAnnotations),
		"spec", e.podSpec(w),
	)
}

func (e *expander) podSpec(w *descriptor.Workload) *value.Value {
	volumes, mounts := e.fileVolumes(w)
	pod := m(w.Pos,
		"imagePullSecrets", names(w.PullSecrets),
		"securityContext", podSecurity(w.Security),
		"volumes", list(w.Pos, volumes...),
	)
	return pod.Set("containers", list(w.Pos, e.container(w, mounts)))
}

func names(texts *value.Value) *value.Value {
	if texts.Empty() {
		return nil
	}
	out := list(texts.Pos)
	for _, t := range texts.Items {
		out.Items = append(out.Items, m(t.Pos, "name", t))
	}
	return out
}

func (e *expander) container(w *descriptor.Workload, mounts []*value.Value) *value.Value {
	name := w.Key
	if name == "" {
		name = e.app.Name
	}
	c := m(w.Pos, "name", name, "image", node(w.Image.Pos, w.Image.Text),
		"imagePullPolicy", w.PullPolicy,
		"command", w.Command, "args", w.Args,
		"ports", e.containerPorts(w),
		"envFrom", e.envFrom(w), "env", e.env(w),
		"resources", w.Resources,
		"securityContext", containerSecurity(w.Security),
		"volumeMounts", list(w.Pos, mounts...),
	)
	return c.Set("livenessProbe", w.Probes.Get("liveness")).
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
	add(e.app.Name+"-config", e.app.Config)
	if e.app.Multi { // the workload's own last, so that it wins
		add(w.Name+"-config", w.Config)
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

// fileVolumes mounts each file by itself, so that what the image has beside it
// stays.
func (e *expander) fileVolumes(w *descriptor.Workload) (volumes, mounts []*value.Value) {
	add := func(volume, configMap string, files []descriptor.File) {
		if len(files) == 0 {
			return
		}
		source := m(files[0].Pos, "name", configMap, "items", modes(files))
		volumes = append(volumes, m(files[0].Pos, "name", volume, "configMap", source))
		for _, f := range files {
			mounts = append(mounts, m(f.Pos, "name", volume, "mountPath", f.Path, "subPath", f.Key, "readOnly", true))
		}
	}
	add("files", e.app.Name+"-files", e.app.Files)
	if e.app.Multi {
		add("workload-files", w.Name+"-files", w.Files)
	}
	return volumes, mounts
}

// modes gives the volume's items where a file has a mode of its own; Kubernetes
// then wants all of them listed.
func modes(files []descriptor.File) *value.Value {
	out, any := list(files[0].Pos), false
	for _, f := range files {
		item := m(f.Pos, "key", f.Key, "path", f.Key)
		if f.Mode != nil {
			any = true
			// The mode is octal whatever YAML makes of it, and checked.
			bits, _ := strconv.ParseInt(strings.TrimPrefix(f.Mode.Text, "0o"), 8, 32)
			item.Set("mode", value.Num(bits, f.Mode.Pos))
		}
		out.Items = append(out.Items, item)
	}
	if !any {
		return nil
	}
	return out
}

// podSecurity and containerSecurity give what the Pod Security Standard of the
// level asks for (kubernetes.io/docs/concepts/security/pod-security-standards),
// under what the descriptor sets itself.
func podSecurity(s descriptor.Security) *value.Value {
	var level *value.Value
	switch s.Level {
	case "restricted":
		level = m(s.Pos, "runAsNonRoot", true, "seccompProfile", m(s.Pos, "type", "RuntimeDefault"))
	case "baseline":
		level = m(s.Pos, "seccompProfile", m(s.Pos, "type", "RuntimeDefault"))
	}
	return over(level, s.Pod)
}

func containerSecurity(s descriptor.Security) *value.Value {
	var level *value.Value
	switch s.Level {
	case "restricted":
		level = m(s.Pos, "allowPrivilegeEscalation", false,
			"capabilities", m(s.Pos, "drop", list(s.Pos, value.Str("ALL", s.Pos))))
	case "baseline":
		level = m(s.Pos, "allowPrivilegeEscalation", false)
	}
	return deepOver(level, s.Container)
}

// deepOver lays a map over another, key by key on every level, as layers do.
func deepOver(lower, upper *value.Value) *value.Value {
	if !lower.Is(value.Map) || !upper.Is(value.Map) {
		if upper == nil {
			return lower
		}
		return upper
	}
	out := lower.Copy()
	for _, entry := range upper.Entries {
		entry.Value = deepOver(out.Get(entry.Key), entry.Value)
		out.SetEntry(entry)
	}
	return out
}

func (e *expander) service(w *descriptor.Workload) {
	if w.Service == nil {
		return
	}
	s := w.Service
	spec := m(s.Pos, "selector", e.selector(w), "ports", e.servicePorts(w))
	for _, entry := range s.Entries {
		switch entry.Key {
		case "headless":
			if entry.Value.IsTrue() {
				spec.Set("clusterIP", value.Str("None", entry.Value.Pos))
			}
		case "labels", "annotations":
		default:
			spec.SetEntry(entry)
		}
	}
	e.add(object.Object{
		Value:  e.head(s.Pos, "v1", "Service", w.Name, w, s.Get("labels"), s.Get("annotations")).Set("spec", spec),
		Origin: s.Pos,
	})
}

func (e *expander) servicePorts(w *descriptor.Workload) *value.Value {
	out := list(w.Pos)
	for _, p := range w.Ports {
		if !p.Expose {
			continue
		}
		port := p.Full.Get("port")
		if port == nil {
			port = target(p)
		}
		out.Items = append(out.Items, m(p.Pos,
			"name", p.Name, "port", port, "targetPort", p.Name, "protocol", protocol(p),
			"appProtocol", p.Full.Get("appProtocol"), "nodePort", p.Full.Get("nodePort"),
		))
	}
	return out
}

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
