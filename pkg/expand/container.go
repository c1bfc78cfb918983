package expand

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// container returns the workload's own container or a further one.
func (e *expander) container(w *descriptor.Workload, c *descriptor.Container, mounts []*value.Value) *value.Value {
	out := newMap(c.Pos, "name", c.Name, "image", newValue(c.Image.Pos, c.Image.Text),
		"imagePullPolicy", c.PullPolicy,
		"command", c.Command, "args", c.Args,
		"ports", containerPorts(c),
		"envFrom", e.envFrom(w, c), "env", e.env(w, c),
		"resources", c.Resources,
		"securityContext", containerSecurity(w, c),
		"volumeMounts", newList(c.Pos, mounts...),
	)
	out.Set("lifecycle", newValue(c.Pos, c.Lifecycle)).
		Set("livenessProbe", c.Probes.Get("liveness")).
		Set("readinessProbe", c.Probes.Get("readiness")).
		Set("startupProbe", c.Probes.Get("startup"))
	if c.Native {
		out.Set("restartPolicy", value.NewString(c.Pos, "Always"))
	}
	for _, f := range c.Passed() {
		out.Set(f.Key, newValue(c.Pos, c.Fields.Get(f.Field)))
	}
	return out
}

// further returns one of the containers beside the workload's own, with where that
// one mounts what.
func (e *expander) further(w *descriptor.Workload, c *descriptor.Container, mounts []*value.Value) *value.Value {
	if c.Own {
		mounts = nil
	}
	mounts = slices.Clone(mounts)
	for _, x := range c.Mounts() {
		mounts = append(mounts, mergeMaps(newMap(x.Pos, "name", x.Volume), x.Options))
	}
	mounts = append(mounts, c.Fields.Get("volumeMounts").AllItems()...)
	return e.container(w, c, mounts)
}

// containers adds to a pod its containers: first those that Kubernetes starts one
// after the other, which native sidecars are among, then the others.
func (e *expander) containers(pod *value.Value, w *descriptor.Workload, mounts []*value.Value) {
	own := mergeMaps(e.container(w, &w.Container, mounts), w.Fields.Get("container"))
	first, others := newList(w.Pos), newList(w.Pos, own)
	for i := range w.Containers {
		c := &w.Containers[i]
		into := others
		if c.Phase == descriptor.Initial || c.Native {
			into = first
		}
		into.Items = append(into.Items, e.further(w, c, mounts))
	}
	pod.Set("initContainers", newValue(w.Pos, first)).Set("containers", others)
}

func containerPorts(c *descriptor.Container) *value.Value {
	out := newList(c.Pos)
	for _, p := range c.Ports {
		if !p.Declared {
			continue
		}
		out.Items = append(out.Items, newMap(p.Pos,
			"name", p.Inside, "containerPort", target(p), "protocol", protocol(p),
			"hostPort", p.Full.Get("hostPort"), "hostIP", p.Full.Get("hostIP"),
		))
	}
	return out
}

// target returns the container's port with the position of what set it.
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
	return value.NewString(p.Pos, "TCP")
}

// envFrom lists where a container's variables come from besides env; later ones
// win. One with an image of its own has nothing of the app's config.
func (e *expander) envFrom(w *descriptor.Workload, c *descriptor.Container) *value.Value {
	out := newList(c.Pos)
	for _, x := range c.EnvFrom.AllItems() {
		ref := func(kind string) *value.Value {
			if name := x.Get(kind); name != nil {
				return newMap(x.Pos, "name", name, "optional", x.Get("optional"))
			}
			return nil
		}
		out.Items = append(out.Items, newMap(x.Pos, "prefix", x.Get("prefix"), "secretRef", ref("secret"), "configMapRef",
			ref("configMap")))
	}
	if c.Own {
		return out
	}
	add := func(name string, config *value.Value) {
		if !config.Empty() {
			out.Items = append(out.Items, newMap(config.Pos, "configMapRef", newMap(config.Pos, "name", name)))
		}
	}
	if w.NoConfig {
		return out
	}
	add(e.configName(nil), e.app.Config)
	if e.app.Multi { // the workload's own last, so that it wins
		add(e.configName(w), w.Config)
	}
	out.Items = append(out.Items, e.secretsEnvFrom(w)...)
	return out
}

// env returns a container's variables. Those of secrets are for what runs the app's
// image.
func (e *expander) env(w *descriptor.Workload, c *descriptor.Container) *value.Value {
	out := newList(c.Pos)
	if !c.Own {
		out.Items = e.secretsEnv(w, c.Env)
	}
	for _, x := range c.Env {
		v := newMap(x.Pos, "name", x.Name)
		if text := x.Source.Get("value"); text != nil {
			v.Set("value", text)
		}
		v.Set("valueFrom", newValue(x.Pos, newMap(x.Pos,
			"secretKeyRef", x.Source.Get("secret"),
			"configMapKeyRef", x.Source.Get("configMap"),
			"fieldRef", x.Source.Get("field"),
			"resourceFieldRef", x.Source.Get("resource"),
		)))
		out.Items = append(out.Items, v)
	}
	return out
}
