package descriptor

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Hook says when Argo CD runs a Job.
type Hook struct {
	Phase        string
	Wave         *value.Value // nil for Argo CD's own, 0
	DeletePolicy *value.Value
	Of           string // the key of the workload that it belongs to, "" for the app
}

// hooks adds the Jobs that run with a sync: those of all workloads by what these
// inherit, those of one by what it has.
func (e *effective) hooks(app *App, merged *value.Value, m *schema.Merger) {
	over := m.Next()
	for _, entry := range merged.Get("hooks").AllEntries() {
		app.Hooks = append(app.Hooks, e.hook(e.Name, nil, entry, merged, over))
	}
	if !e.multi {
		return
	}
	for i := range app.Workloads {
		w := &app.Workloads[i]
		for _, entry := range w.Fields.Get("hooks").AllEntries() {
			app.Hooks = append(app.Hooks, e.hook(w.Name, w, entry, w.Fields, over))
		}
	}
	m.Unused = append(m.Unused, over.Unused...)
}

// hook returns one hook. Of is the workload that it belongs to, if any; lower holds
// the fields that it goes by.
func (e *effective) hook(owner string, of *Workload, entry value.Entry, lower *value.Value, over *schema.Merger) Workload {
	inherited := value.NewMap(lower.Pos)
	for _, x := range lower.Entries {
		if fields.InheritedByHooks(x.Key) && !isNone(x.Value) {
			inherited.SetEntry(x)
		}
	}
	if pod := inherited.Get("pod"); pod.StringAt("restartPolicy") == "Always" { // as pods that never end have it
		pod = pod.Copy()
		pod.Delete("restartPolicy")
		inherited.Set("pod", pod)
	}
	if e.multi && of == nil {
		inherited = schema.NewMerger().Merge(fields.Hook(), inherited, e.overrideShared())
	}
	path := []string{"hooks", entry.Key}
	if of != nil && of.Key != "" {
		path = []string{"workloads", of.Key, "hooks", entry.Key}
	}
	own := orEmpty(entry.Value)
	v := over.MergeAt(path, fields.Hook(), inherited, own)
	job, _ := kinds.Find(kinds.Job)
	w := Workload{Key: entry.Key, Name: owner + "-" + entry.Key, Own: owner, Pos: entry.KeyPos, Kind: job, Fields: v, Hook: &Hook{
		Phase: v.StringAt("phase"), Wave: v.Get("wave"), DeletePolicy: v.Get("deletePolicy"),
	}}
	if of != nil {
		w.Hook.Of = of.Key
	}
	if w.Hook.Phase == "" {
		w.Hook.Phase = "Sync"
	}
	if w.Hook.Wave == nil && w.Hook.Phase == "Sync" {
		w.Hook.Wave = value.NewInt(w.Pos, -1)
	}
	if problem := schema.Label1035.Problem(w.Name); problem != "" && e.Name != "" {
		e.diags.Errorf(w.Pos, "bad-name", "the hook's Job is named %q, which %s", w.Name, problem)
	} else {
		e.longName(w.Name, "a hook's Job", 63, w.Pos, "its pods carry the name in a label")
	}
	w.Container = Container{Name: e.containerName(&w, v), Pos: w.Pos, Fields: v, label: w.what()}
	e.container(&w.Container, v, nil)
	w.Labels, w.Annotations = v.Get("labels"), v.Get("annotations")
	w.PodLabels, w.PodAnnotations = v.Get("podLabels"), v.Get("podAnnotations")
	w.NoConfig = isNone(v.Get("config")) && v.Has("config")
	if of != nil {
		w.Config, w.Files = of.Config, of.Files
	}
	if w.Command == nil && w.Args == nil && !own.Has("image") {
		e.diags.Errorh(w.Pos, "missing-command", "add command: [...]", "%s has no command, so it would run the app", w.what())
	}
	e.ownSpec(&w, v.Get("spec"))
	w.Security = security(v.Get("security"))
	e.containers(&w)
	e.volumes(&w, v.Get("volumes"))
	return w
}

// overrideShared returns the overrides that are meant for all workloads, and so
// for the hooks of the app.
func (e *effective) overrideShared() *value.Value {
	layer := value.NewMap(e.root.Pos)
	e.eachOverride(true, func(row Overridable, all Override) {
		for _, p := range all.parts() {
			if row.hooks && !p.named && p.Text != "" {
				e.setOverride(row, layer, nil, p.Override)
			}
		}
	})
	return layer
}
