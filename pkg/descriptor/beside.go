package descriptor

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Owner says what a hook or job goes by: the workload with this key, "" for the app. Name is what its pods are known by: another
// name of its object must not give them the labels of the app's own.
type Owner struct{ Workload, Name string }

// besides is a sort of what runs beside the workloads: the field that lists it, the word for one, the kind that it is, its
// type, and the function that completes what is different about it.
type besides struct {
	field, noun, kind string
	typ               *schema.Type
	complete          func(*effective, *Workload)
}

// sorts returns the sorts of what runs beside the workloads.
func sorts() []besides {
	return []besides{
		{"hooks", "hook", kinds.Job, fields.Hook(), (*effective).hook},
		{"jobs", "job", kinds.CronJob, fields.Job(), (*effective).job},
	}
}

// NotAWorkload is what an app has under a name that is given for a workload's: a job, say.
type NotAWorkload struct {
	Noun string   // with its article, "" for a name that the app does not have
	Path []string // in the fields of an environment
}

// NotAWorkload looks for a name in the environment, at the top level and in the workloads of both.
func (d *Document) NotAWorkload(env, name string) NotAWorkload {
	of := []struct{ noun, field string }{
		{"a job", "jobs"}, {"a hook", "hooks"}, {"a sidecar", "sidecars"}, {"an init container", "initContainers"},
	}
	for _, x := range of {
		for _, layer := range []*value.Value{d.environment(env), d.root} {
			if layer.Get(x.field).Has(name) {
				return NotAWorkload{x.noun, []string{x.field, name}}
			}
			for _, w := range layer.Get("workloads").AllEntries() {
				if w.Value.Get(x.field).Has(name) {
					return NotAWorkload{x.noun, []string{"workloads", w.Key, x.field, name}}
				}
			}
		}
	}
	return NotAWorkload{}
}

// switchedOff reports jobs and workloads that the environment leaves out although no
// layer below has them: most likely a slip, by which the one that is meant goes on.
func (e *effective) switchedOff(layers []layer) {
	own := orEmpty(e.environment(e.env))
	report := func(noun string, path ...string) {
		var names []string
		for _, l := range layers {
			if l.fields != own {
				names = append(names, l.fields.Get(path...).Keys()...)
			}
		}
		slices.Sort(names)
		names = slices.Compact(names)
		for _, x := range own.Get(path...).AllEntries() {
			slip := onlyOff(x.Value) || isOff(x.Value) && diag.Suggest(x.Key, names) != ""
			if slip && !slices.Contains(names, x.Key) {
				hint := diag.Hint(x.Key, "the "+noun+"s are", names)
				if diag.Suggest(x.Key, names) == "" {
					hint = strings.TrimPrefix(hint+"; if it is gone, remove it from the environment first", "; ")
				}
				e.diags.Errorh(x.KeyPos, "switches-off-nothing", hint,
					"there is no %s %q to leave out of the environment %q", noun, x.Key, e.env)
			}
		}
	}
	report("workload", "workloads")
	for _, x := range sorts() {
		report(x.noun, x.field)
		for _, workload := range own.Get("workloads").Keys() {
			report(x.noun, "workloads", workload, x.field)
		}
	}
}

// isOff reports whether a job or workload has enabled: false, onlyOff whether it has nothing else.
func isOff(v *value.Value) bool {
	on := v.Get("enabled")
	return on.Is(value.Bool) && !on.IsTrue()
}

func onlyOff(v *value.Value) bool { return isOff(v) && len(v.Entries) == 1 }

// beside adds the hooks and jobs: those of all workloads by what these inherit, those of one by what it has.
func (e *effective) beside(app *App, merged *value.Value, m *schema.Merger) {
	over := m.Next()
	for i, into := range []*[]Workload{&app.Hooks, &app.Jobs} {
		x := sorts()[i]
		add := func(of *Workload, lower *value.Value) {
			for _, entry := range lower.Get(x.field).AllEntries() {
				if on := entry.Value.Get("enabled"); !on.Is(value.Bool) || on.IsTrue() {
					*into = append(*into, e.ofOwner(app, x, of, entry, lower, over))
				}
			}
		}
		add(nil, merged)
		if !e.multi {
			continue
		}
		for i := range app.Workloads {
			add(&app.Workloads[i], app.Workloads[i].Fields)
		}
	}
	m.Unused = append(m.Unused, over.Unused...)
}

// ofOwner returns one hook or job. Of is the workload that it belongs to, nil for the app; lower holds the fields that it
// goes by.
func (e *effective) ofOwner(app *App, x besides, of *Workload, entry value.Entry, lower *value.Value, over *schema.Merger) Workload {
	inherited := value.NewMap(lower.Pos)
	for _, entry := range lower.Entries {
		if fields.InheritedBy(x.typ, entry.Key) && !isNone(entry.Value) {
			inherited.SetEntry(entry)
		}
	}
	if pod := inherited.Get("pod"); pod.StringAt("restartPolicy") == "Always" { // as pods that never end have it
		pod = pod.Copy()
		pod.Delete("restartPolicy")
		inherited.Set("pod", pod)
	}
	if container := inherited.Get("container"); container.Has("volumeMounts") { // of volumes that it does not have
		container = container.Copy()
		container.Delete("volumeMounts")
		inherited.Set("container", container)
	}
	if e.multi && of == nil {
		inherited = schema.NewMerger().Merge(x.typ, inherited, e.overrideShared())
	}
	w := Workload{Key: entry.Key, Name: e.Name + "-" + entry.Key, Own: e.Name, Pos: entry.KeyPos, Owner: &Owner{}}
	path := []string{x.field, entry.Key}
	if of != nil {
		path = slices.Concat([]string{"workloads", of.Key}, path)
		w.Name, w.Own, w.Owner.Workload, w.Config, w.Files = of.Own+"-"+entry.Key, of.Own, of.Key, of.Config, of.Files
	}
	w.Owner.Name = w.Name
	own := orEmpty(entry.Value)
	v := over.MergeAt(path, x.typ, inherited, own)
	w.Kind, _ = kinds.Find(x.kind)
	w.Fields = v
	w.Names = app.Names
	if of != nil {
		w.Names = of.Names
	}
	usual := w.Name
	w.Name = w.Names.Of(w.Kind.Name, w.Key, usual)
	x.complete(e, &w)
	if problem := schema.Label1035.Problem(w.Name); problem != "" && w.Name == usual && e.Name != "" {
		e.diags.Errorf(w.Pos, "bad-name", "the %s's %s is named %q, which %s", x.noun, w.Kind.Name, w.Name, problem)
	} else {
		e.longName(w.Name, "a "+x.noun+"'s "+w.Kind.Name, w.Kind.NameLimit, w.Pos, w.Kind.NameUse)
	}
	w.Container = Container{Name: e.containerName(&w, v), Pos: w.Pos, Fields: v, label: w.what()}
	e.container(&w.Container, v, nil)
	w.Labels, w.Annotations = v.Get("labels"), v.Get("annotations")
	w.PodLabels, w.PodAnnotations, w.Metadata = v.Get("podLabels"), v.Get("podAnnotations"), lower.Get("metadata")
	w.NoConfig = isNone(v.Get("config")) && v.Has("config")
	if w.Command == nil && w.Args == nil && !own.Has("image") {
		e.diags.Errorh(w.Pos, "missing-command", "add command: [...]", "%s has no command, so it would run the app", w.what())
	}
	e.ownSpec(&w, v.Get("spec"))
	w.Security = security(v.Get("security"))
	e.containers(&w)
	var around *value.Value
	if of != nil {
		around = of.Fields
	}
	e.volumes(&w, v.Get("volumes"), e.reserved(e.shared, around))
	return w
}

// overrideShared returns the overrides that are meant for all workloads, and so
// for the hooks and jobs of the app.
func (e *effective) overrideShared() *value.Value {
	layer := value.NewMap(e.root.Pos)
	e.eachOverride(true, func(row Overridable, all Override) {
		for _, p := range all.parts() {
			if row.beside && !p.named && p.Text != "" {
				e.setOverride(row, layer, nil, p.Override)
			}
		}
	})
	return layer
}
