package descriptor

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// what names a container in messages; the workload's own is the workload.
func (c *Container) what() string { return c.label }

// container takes a container's fields, completes and checks them.
func (e *effective) container(c *Container, v *value.Value, ports []Port) {
	c.Command, c.Args, c.Resources = v.Get("command"), v.Get("args"), v.Get("resources")
	c.Ports = ports
	e.image(c, v.Get("image"))
	e.probes(c, v.Get("probes"))
	c.EnvFrom, c.Env = v.Get("envFrom"), e.envVars(v.Get("env"))
	c.Lifecycle = e.lifecycle(v.Get("lifecycle"))
}

// containerName is what the workload's own container is called.
func (e *effective) containerName(w *Workload, v *value.Value) string {
	switch name := v.StringAt("container", "name"); {
	case name != "":
		return name
	case w.Key != "" && !e.isMain(w):
		return w.Key
	}
	return e.Name
}

// containers lists the containers beside the workload's own: those that run
// first, then the sidecars, each in the order written.
func (e *effective) containers(w *Workload) {
	names := map[string]bool{w.Container.Name: true}
	for _, group := range []struct {
		field string
		phase Phase
	}{{"initContainers", Initial}, {"sidecars", Beside}} {
		for _, entry := range w.Fields.Get(group.field).AllEntries() {
			if names[entry.Key] {
				e.diags.Errorh(entry.KeyPos, "container-twice", "rename it", "%s has two containers %q", w.what(), entry.Key)
				continue
			}
			names[entry.Key] = true
			w.Containers = append(w.Containers, e.further(w, entry, group.phase))
		}
	}
}

// further takes one more container. One without an image runs the workload's
// own, with its environment and resources under what it says itself.
func (e *effective) further(w *Workload, entry value.Entry, phase Phase) Container {
	v := entry.Value
	c := Container{Name: entry.Key, Pos: entry.KeyPos, Phase: phase, Fields: v, label: "the container " + strconv.Quote(entry.Key)}
	c.Own = v.StringAt("image", "repository") != ""
	restart := v.Entry("restartPolicy")
	always := restart != nil && restart.Value.Text == "Always"
	if native := v.Entry("native"); native != nil && phase == Initial {
		e.diags.Errorh(native.KeyPos, "no-use", "write restartPolicy: Always for an init container that goes on",
			"native is of no use to an init container")
	}
	if restart != nil && phase == Beside {
		e.diags.Errorh(restart.KeyPos, "no-use", "remove it: a sidecar is started again always", "restartPolicy is of no use to a sidecar")
	}
	c.Native = phase == Beside && e.native(w, &c)
	if phase == Initial && always && e.options.Kubernetes.lacksSidecars() {
		e.diags.Errorh(restart.KeyPos, "old-cluster", "make it one of sidecars",
			"the init container %q goes on while others run, which Kubernetes has from 1.29 on, and the cluster has %s", c.Name,
			e.options.Kubernetes)
	}
	if phase == Initial && !always {
		for _, field := range []string{"probes", "lifecycle"} {
			if x := v.Entry(field); x != nil && !isNone(x.Value) {
				e.diags.Errorh(x.KeyPos, "no-use", "remove it, or make it one of sidecars",
					"%s is of no use to an init container, which runs to its end", field)
			}
		}
	}
	if !c.Own {
		merge := schema.NewMerger()
		v = v.Copy()
		for _, field := range []string{"image", "env", "resources"} {
			if inherited := w.Fields.Get(field); inherited != nil {
				v.Set(field, merge.Merge(fields.Workload().Child(field), inherited, orEmpty(v.Get(field))))
			}
		}
		if !v.Has("envFrom") {
			v.Set("envFrom", w.Fields.Get("envFrom"))
		}
	}
	e.container(&c, v, e.furtherPorts(v.Get("ports")))
	return c
}

// native decides whether Kubernetes treats a container as a sidecar: unless the
// descriptor says it, where the cluster has such. A Job would never end beside one
// that it does not know.
func (e *effective) native(w *Workload, c *Container) bool {
	native := c.Fields.Entry("native")
	switch {
	case native != nil && native.Value.Is(value.Bool) && !native.Value.IsTrue():
		return false
	case !e.options.Kubernetes.lacksSidecars():
		return true
	case native != nil && native.Value.IsTrue():
		e.diags.Errorh(native.KeyPos, "old-cluster", "remove native, or run the app on a newer cluster",
			"the sidecar %q can't be native: Kubernetes has that from 1.29 on, and the cluster has %s", c.Name, e.options.Kubernetes)
	case w.Kind.Completes:
		e.diags.Errorh(c.Pos, "old-cluster", "write native: false if it ends by itself",
			"%s would never end beside the sidecar %q: Kubernetes has native ones from 1.29 on, and the cluster has %s", w.what(), c.Name,
			e.options.Kubernetes)
	}
	return false
}

// furtherPorts returns ports that no Service has.
func (e *effective) furtherPorts(v *value.Value) []Port {
	var ports []Port
	for _, entry := range v.AllEntries() {
		full := entry.Value.Copy()
		number := full.Get("containerPort")
		if number == nil {
			e.diags.Errorh(entry.KeyPos, "missing-port", "add containerPort: with a number", "the container's port %q has no number",
				entry.Key)
			continue
		}
		p := Port{Name: entry.Key, Pos: entry.KeyPos, Full: full.Set("port", number)}
		p.Target, _ = number.Int64()
		p.Declared = true
		if !full.Get("unnamed").IsTrue() {
			p.Inside = p.Name
		}
		ports = append(ports, p)
	}
	return ports
}

func (e *effective) image(c *Container, v *value.Value) {
	c.Repository, c.Tag, c.Digest = v.StringAt("repository"), v.StringAt("tag"), v.StringAt("digest")
	c.PullPolicy, c.PullSecrets = v.Get("pullPolicy"), v.Get("pullSecrets")
	if c.Repository == "" {
		if e.env != "" && c.Phase == Main { // whose image others have
			e.diags.Errorh(c.Pos, "missing-image", "add image: with a repository such as ghcr.io/team/app", "%s has no image", c.what())
		}
		return
	}
	e.tagAlone(v)
	pos := v.Get("repository").At()
	if tag := v.Get("tag"); tag != nil {
		pos = tag.Pos
	}
	c.Image = Text{Image{Repository: c.Repository, Tag: c.Tag, Digest: c.Digest}.String(), pos}
}

// probes completes each probe with the port it goes to.
func (e *effective) probes(c *Container, v *value.Value) {
	if !v.Is(value.Map) {
		return
	}
	out := value.NewMap(v.Pos)
	for _, entry := range v.Entries {
		p := entry.Value
		handler := ""
		for _, h := range fields.ProbeHandlers {
			if p.Has(h) {
				handler = h
			}
		}
		if handler == "" {
			e.diags.Errorh(entry.KeyPos, "missing-probe", "give a path such as /health, or one of "+
				strings.Join(fields.ProbeHandlers, ", "),
				"the %s probe of %s says nothing to probe", entry.Key, c.what())
			continue
		}
		if handler != "exec" {
			p = e.probePort(c, entry, handler)
		} else if p.Get("exec", "command").Empty() {
			e.diags.Errorh(p.Get("exec").Pos, "missing-command", "add command: [...]", "the %s probe has no command", entry.Key)
		}
		if n, ok := p.Get("successThreshold").Int64(); ok && n != 1 && entry.Key != "readiness" {
			e.diags.Errorf(p.Get("successThreshold").Pos, "out-of-range", "successThreshold of a %s probe must be 1", entry.Key)
		}
		if entry.Key == "readiness" && p.Has("terminationGracePeriodSeconds") {
			e.diags.Errorh(p.Entry("terminationGracePeriodSeconds").KeyPos, "contradiction", "remove it",
				"a readiness probe has no terminationGracePeriodSeconds: it stops nothing")
		}
		out.SetEntry(value.Entry{Key: entry.Key, KeyPos: entry.KeyPos, Value: p})
	}
	c.Probes = out
}

func (e *effective) probePort(c *Container, entry value.Entry, handler string) *value.Value {
	p := entry.Value
	h := p.Get(handler)
	port := h.Get("port")
	if port == nil {
		if len(c.Ports) == 0 {
			e.diags.Errorh(entry.KeyPos, "missing-port", "add port: with the number that the app listens on",
				"the %s probe of %s has no port to go to", entry.Key, c.what())
			return p
		}
		chosen := c.Ports[0]
		for _, candidate := range c.Ports {
			if candidate.Name == "http" {
				chosen = candidate
			}
		}
		port = chosen.ref(h.Pos)
		if handler == "grpc" { // which takes numbers only
			port = value.NewInt(h.Pos, chosen.Target)
		}
		return p.Copy().Set(handler, h.Copy().Set("port", port))
	}
	if port.Is(value.String) {
		var names []string
		for _, candidate := range c.Ports {
			names = append(names, candidate.Name)
			if candidate.Name == port.Text {
				if candidate.Inside == port.Text {
					return p
				}
				return p.Copy().Set(handler, h.Copy().Set("port", candidate.ref(port.Pos)))
			}
		}
		e.diags.Errorh(port.Pos, "missing-port", diag.Hint(port.Text, "the ports are", names), "%s has no port %q", c.what(), port.Text)
	}
	return p
}

// PodFields returns the fields of a workload that its pods have unchanged.
func PodFields() []schema.Passed { return fields.OfPod() }

// Passed returns the fields of a container that it has unchanged.
func (c *Container) Passed() []schema.Passed {
	if c.Phase == Main {
		return fields.OfOwnContainer()
	}
	return fields.OfContainer()
}

// ContainerMount is where a further container mounts a volume of the workload;
// Options are Kubernetes' own.
type ContainerMount struct {
	Volume  string
	Pos     diag.Pos
	Options *value.Value
}

// Mounts returns where a further container mounts the workload's volumes.
func (c *Container) Mounts() []ContainerMount {
	var out []ContainerMount
	for _, entry := range c.Fields.Get("mounts").AllEntries() {
		out = append(out, ContainerMount{volumeName(entry.Key), entry.KeyPos, entry.Value})
	}
	return out
}
