package descriptor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// workload takes a workload's fields out of its layered form, completes and
// checks them.
func (e *effective) workload(app *App, entry value.Entry, own *value.Value) Workload {
	w := Workload{Key: entry.Key, Name: e.Name, Own: e.Name, Pos: entry.KeyPos, Kind: e.kind, Fields: entry.Value}
	if e.multi {
		w.Name += "-" + w.Key
		w.Own = w.Name
		if e.isMain(&w) {
			w.Name = e.Name
		}
		if kind := entry.Value.StringAt("kind"); kind != "" {
			w.Kind, _ = kinds.Find(kind)
		}
	}
	if problem := schema.Label1035.Problem(w.Name); !e.naming(&w) && problem != "" && e.Name != "" {
		e.diags.Errorf(w.Pos, "bad-name", "the workload's objects are named %q, which %s", w.Name, problem)
	}
	// Pods that are there keep theirs, but those of the app once more are new, and
	// must not be taken for them.
	if selector := entry.Value.Get("selector"); !selector.Empty() && !e.again() {
		w.Selector = selector
	}
	e.nameFits(&w)
	e.fit(&w, own)
	v := w.Fields
	w.Container = Container{Name: e.containerName(&w, v), Pos: w.Pos, Fields: v, label: w.what()}
	e.container(&w.Container, v, e.ports(v.Get("ports")))
	e.scale(&w, v.Get("autoscaling"))
	w.Labels, w.Annotations = v.Get("labels"), v.Get("annotations")
	w.PodLabels, w.PodAnnotations, w.Metadata = v.Get("podLabels"), v.Get("podAnnotations"), v.Get("metadata")
	w.SyncWave, w.SyncOptions = v.Get("syncWave"), v.Get("syncOptions")
	if e.multi {
		w.Config, w.Files = v.Get("config"), e.files(v.Get("files"))
	}
	e.schedule(&w, v.Get("schedule"))
	e.ownSpec(&w, v.Get("spec"))
	e.service(&w, v)
	e.strategy(&w, v.Get("strategy"))
	e.governing(&w, v)
	e.metrics(&w, v.Get("metrics"))
	w.Security = security(v.Get("security"))
	e.containers(&w)
	e.requested(&w)
	e.volumes(&w, v.Get("volumes"), e.reserved(e.shared, v))
	e.disruption(&w, v.Get("disruption"))
	e.spread(&w, v.Get("spread"))
	return w
}

// isMain reports whether a workload of several has the app's own name.
func (e *effective) isMain(w *Workload) bool {
	return w.Owner == nil && e.main != "" && w.Key == e.main
}

// what names a workload in messages.
func (w *Workload) what() string {
	switch {
	case w.Hook != nil:
		return "the hook " + strconv.Quote(w.Key)
	case w.Owner != nil:
		return "the job " + strconv.Quote(w.Key)
	case w.Key == "":
		return "the app"
	}
	return "the workload " + strconv.Quote(w.Key)
}

func (e *effective) ports(v *value.Value) []Port {
	if v == nil {
		return nil
	}
	ports := make([]Port, 0, len(v.Entries))
	listening, exposed := map[portKey]string{}, map[portKey]string{}
	for _, entry := range v.Entries {
		full := entry.Value
		p := Port{Name: entry.Key, Pos: entry.KeyPos, Full: full, Expose: !full.Get("expose").Is(value.Bool) || full.Get("expose").IsTrue()}
		p.Port, _ = full.Get("port").Int64()
		p.Target = p.Port
		to := full.Get("target")
		if target, ok := to.Int64(); ok {
			p.Target = target
		}
		if to.Is(value.String) && !e.shares(&p, v, to) {
			continue
		}
		if p.Port == 0 {
			p.Port = p.Target
		}
		if p.Port == 0 {
			e.diags.Errorh(p.Pos, "missing-port", "add port: with a number", "the port %q has no number", p.Name)
			continue
		}
		protocol := full.StringAt("protocol")
		if protocol == "" {
			protocol = "TCP"
		}
		p.named()
		if p.Declared {
			e.oncePort(listening, portKey{p.Target, protocol}, p, "the container listens on port")
		}
		if p.Expose {
			e.oncePort(exposed, portKey{p.Port, protocol}, p, "the Service has port")
		}
		ports = append(ports, p)
	}
	return ports
}

// shares makes a port one more of the Service to a port of the container that another one describes, and reports whether
// there is that one.
func (e *effective) shares(p *Port, all, to *value.Value) bool {
	other := all.Get(to.Text)
	if other == nil || to.Text == p.Name || other.Get("target").Is(value.String) {
		others := slices.DeleteFunc(all.Keys(),
			func(name string) bool { return name == p.Name || all.Get(name, "target").Is(value.String) })
		e.diags.Errorh(to.Pos, "missing-port", diag.Hint(to.Text, "the ports are", others),
			"the port %q leads to %q, which is no other port with a number", p.Name, to.Text)
		return false
	}
	p.Target, _ = other.Get("port").Int64()
	if number, ok := other.Get("target").Int64(); ok {
		p.Target = number
	}
	full := value.NewMap(p.Full.Pos)
	for _, entry := range p.Full.Entries {
		switch entry.Key {
		case "target":
			entry.Value = value.NewInt(to.Pos, p.Target)
		case "containerName", "declared", "hostPort", "hostIP":
			e.diags.Errorh(entry.KeyPos, "no-use", "write it for the port "+strconv.Quote(to.Text),
				"%s of the port %q is of no use, since %q describes the container's port", entry.Key, p.Name, to.Text)
			continue
		}
		full.SetEntry(entry)
	}
	full.Set("declared", value.NewBool(to.Pos, false))
	if inside := inside(other, to.Text); inside != "" && !other.Get("declared").Is(value.Bool) {
		p.Inside = inside
	}
	p.Full = full
	return true
}

// inside returns the name that a port has in the container, "" for none.
func inside(full *value.Value, name string) string {
	if unnamed := full.StringAt("unnamed"); unnamed == "true" || unnamed == "container" {
		return ""
	}
	if other := full.StringAt("containerName"); other != "" {
		return other
	}
	return name
}

// named sets what a port is called in the container and in the Service, and how the Service leads to it.
func (p *Port) named() {
	declared := p.Full.Get("declared")
	p.Declared = !declared.Is(value.Bool) || declared.IsTrue()
	if p.Declared {
		p.Inside = inside(p.Full, p.Name)
	} else if name := p.Full.StringAt("containerName"); name != "" { // of a sidecar's port
		p.Inside = name
	}
	if unnamed := p.Full.StringAt("unnamed"); unnamed != "true" && unnamed != "service" {
		p.Outside = p.Name
	}
	p.Leads = p.ref(p.Pos)
	if p.Full.StringAt("targetBy") == "number" {
		p.Leads = value.NewInt(p.Pos, p.Target)
	}
}

// ref returns the container's port by its name, or by its number where it has none.
func (p *Port) ref(at diag.Pos) *value.Value {
	if p.Inside == "" {
		return value.NewInt(at, p.Target)
	}
	return value.NewString(at, p.Inside)
}

// portKey is what may stand only once.
type portKey struct {
	number   int64
	protocol string
}

func (e *effective) oncePort(seen map[portKey]string, key portKey, p Port, what string) {
	if other, ok := seen[key]; ok {
		e.diags.Errorh(p.Pos, "port-twice", "give each port a number of its own", "%s %d for %q and %q", what, key.number, other, p.Name)
		return
	}
	seen[key] = p.Name
}

// service returns a workload with exposed ports a Service unless it says no.
func (e *effective) service(w *Workload, v *value.Value) {
	s := v.Entry("service")
	exposed := false
	for _, p := range w.Ports {
		exposed = exposed || p.Expose
	}
	headless := s != nil && s.Value.Get("headless").IsTrue()
	switch {
	case s == nil && (w.Kind.Completes || !exposed):
	case s == nil:
		w.Service = value.NewMap(w.Ports[0].Pos)
	case s.Value.Is(value.Bool):
	case !exposed && (!w.Kind.Ordinal || !headless): // which names pods without ports too
		e.diags.Errorh(s.KeyPos, "missing-port", "add port: with the number that the app listens on, or service: false",
			"%s has a Service, but no port for it", w.what())
	default:
		w.Service = s.Value
		if headless && (s.Value.StringAt("type") != "" && s.Value.StringAt("type") != "ClusterIP" || s.Value.Has("clusterIP")) {
			e.diags.Errorh(s.Value.Entry("headless").KeyPos, "contradiction", "remove one of them",
				"a headless Service can't have a clusterIP, nor a type other than ClusterIP")
		}
	}
}

func security(v *value.Value) Security {
	s := Security{Level: v.StringAt("level"), Pos: v.At(), Pod: v.Get("pod"), Container: v.Get("container")}
	if s.Level == "" {
		s.Level = "none"
	}
	return s
}

// disruption leaves a budget that nobody asked for away where it would block
// every drain: below two pods.
func (e *effective) disruption(w *Workload, v *value.Value) {
	if !v.Is(value.Map) {
		return
	}
	if e.options.Defaults.nobodyAsked(v.Pos) && w.AtLeast < 2 {
		return
	}
	if !v.Has("minAvailable") && !v.Has("maxUnavailable") {
		v = v.Copy().Set("maxUnavailable", value.NewInt(v.Pos, 1))
	}
	w.Disruption = v
}

// files lists mounted files. Its key in the ConfigMap is the path with all that
// a key can't hold replaced.
func (e *effective) files(v *value.Value) []File {
	if v == nil {
		return nil
	}
	files := make([]File, 0, len(v.Entries))
	keys := map[string]string{}
	for _, entry := range v.Entries {
		x := entry.Value
		f := File{Path: entry.Key, Key: fileKey(entry.Key), Pos: entry.KeyPos, Content: x.Get("content"), Mode: x.Get("mode")}
		if from := x.Get("from"); from != nil {
			f.From = Text{from.Text, from.Pos}
		}
		if f.Content == nil && f.From.Text == "" {
			e.diags.Errorh(f.Pos, "missing-content", "add content: with the text, or from: with a file in the app's folder",
				"the file %q has no content", f.Path)
		}
		if other, ok := keys[f.Key]; ok {
			e.diags.Errorh(f.Pos, "file-collision", "rename one of them",
				"the files %q and %q would have the same key %q in their ConfigMap", other, f.Path, f.Key)
			continue
		}
		if problem := schema.ConfigKey.Problem(f.Key); problem != "" {
			e.diags.Errorf(f.Pos, "bad-name", "the file's path %q can't be a key: it %s", f.Path, problem)
			continue
		}
		keys[f.Key] = f.Path
		files = append(files, f)
	}
	return files
}

func fileKey(path string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(schema.Letters+schema.Digits+"._-", r) {
			return r
		}
		return '-'
	}, strings.TrimPrefix(path, "/"))
}

// checkApp looks at the app as a whole.
func (e *effective) checkApp(app *App) {
	for i := range app.Workloads {
		e.mountedOnce(app, &app.Workloads[i])
	}
	for _, w := range app.Beside() {
		e.mountedOnce(app, w)
	}
}

// mountedOnce reports what would be mounted over something else.
func (e *effective) mountedOnce(app *App, w *Workload) {
	mounted := map[string]bool{}
	for _, files := range [][]File{app.Files, w.Files} {
		if w.NoConfig {
			break
		}
		for _, f := range files {
			if mounted[f.Path] {
				e.diags.Errorh(f.Pos, "file-collision", "remove one of them", "the file %q exists twice: for all workloads and for %s",
					f.Path, w.what())
			}
			mounted[f.Path] = true
		}
	}
	for _, x := range w.Volumes {
		for _, m := range x.Mounts {
			if mounted[m.Path] {
				e.diags.Errorh(m.Pos, "mount-collision", "remove one of them", "something else is mounted at %q already", m.Path)
			}
			mounted[m.Path] = true
		}
	}
}
