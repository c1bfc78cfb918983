package adopt

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/fold"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Tidied is what the standard form of a descriptor changes in what runs.
type Tidied struct {
	// Changes are sorted by risk, the greatest first.
	Changes []Change
	// Kept are the steps that could not be taken.
	Kept []Kept
}

// Kept is a step to the standard form that the app does not take, since its descriptor would
// have mistakes.
type Kept struct{ Step, Reason string }

// tidy returns an app in its standard form: without names, selectors and labels of its own,
// with ports that are found by name, and with the defaults. A step after which the app has
// mistakes is left out.
func tidy(app App, envs []fold.Environment, p *platform.Platform) (App, error) {
	d, diags := value.Read(descriptor.FileName, app.Source)
	if err := diags.Err(); err != nil {
		return app, err
	}
	dir, err := os.MkdirTemp("", "unfold-import-")
	if err != nil {
		return app, err
	}
	defer os.RemoveAll(dir)
	t := tidying{envs: envs, platform: p, dir: dir, selecting: selecting(envs)}
	var out Tidied
	rendered, err := t.render(d)
	if err != nil {
		return app, err
	}
	for _, step := range t.steps() {
		next := step.edit(d)
		if value.Equal(next, d) {
			continue
		}
		objects, err := t.render(next)
		var mistakes diag.List
		switch {
		case errors.As(err, &mistakes):
			out.Kept = append(out.Kept, Kept{step.name, mistakes.Errors().Sorted()[0].Message})
			continue
		case err != nil:
			return app, err
		}
		d, rendered = next, objects
	}
	if app.Source, err = fold.Write(d); err != nil {
		return app, err
	}
	for i, e := range envs {
		source, renamed := sameContainers(e, rendered[e.Name])
		differences := Compare(source, rendered[e.Name]).Differences
		app.Environments[i].Differences = differences
		out.Changes = append(out.Changes, renamed...)
		out.Changes = append(out.Changes, changes(e.Name, source, differences)...)
		out.Changes = append(out.Changes, dangling(e, rendered[e.Name], differences)...)
	}
	sortChanges(out.Changes)
	app.Tidied = &out
	return app, nil
}

type tidying struct {
	envs     []fold.Environment
	platform *platform.Platform
	dir      string
	// selecting are the labels by which something selects pods.
	selecting map[string]bool
}

// render returns the objects of each environment. Its error is a diag.List for a descriptor with
// mistakes.
func (t *tidying) render(d *value.Value) (map[string][]*value.Value, error) {
	src, err := fold.Write(d)
	if err != nil {
		return nil, err
	}
	source, err := render.OpenAs(t.dir, descriptor.FileName, t.platform, src)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	out := map[string][]*value.Value{}
	for _, e := range t.envs {
		result, err := source.Environment(e.Name, render.Options{})
		if err != nil {
			return nil, err
		}
		out[e.Name] = result.Values()
	}
	return out, nil
}

// step is one change of a descriptor to its standard form.
type step struct {
	name string
	edit func(*value.Value) *value.Value
}

func (t *tidying) steps() []step {
	return []step{
		{"names", t.everywhere(func(layer *value.Value) *value.Value {
			return prune(less(layer, "names"), "spec", "serviceName")
		})},
		{"ConfigMaps", config},
		{"ports by name", t.everywhere(func(layer *value.Value) *value.Value {
			return each(layer, "ports", func(port *value.Value) *value.Value { return less(port, "targetBy", "unnamed", "containerName") })
		})},
		{"names of containers", t.everywhere(func(layer *value.Value) *value.Value { return prune(layer, "container", "name") })},
		{"selectors, labels and defaults", t.everywhere(func(layer *value.Value) *value.Value {
			return t.unlabelled(less(layer, "defaults"))
		})},
	}
}

// config returns a descriptor whose ConfigMap with the standard name is written as config: all
// its variables are in the environment of the app's container then.
func config(d *value.Value) *value.Value {
	name := d.StringAt("name") + "-config"
	used := false
	mount := func(layer *value.Value) *value.Value {
		list := layer.Get("envFrom")
		rest := list.Copy()
		if rest != nil {
			rest.Items = slices.DeleteFunc(slices.Clone(list.Items), func(x *value.Value) bool {
				return x.StringAt("configMap") == name && len(x.Entries) == 1
			})
		}
		switch {
		case len(rest.AllItems()) == len(list.AllItems()):
			return layer
		case len(rest.Items) == 0:
			layer = less(layer, "envFrom")
		default:
			layer = layer.Copy().Set("envFrom", rest)
		}
		used = true
		return layer
	}
	field := func(layer *value.Value) *value.Value {
		of := layer.Get("configMaps", name)
		if of == nil || len(less(of, "data", "labels", "annotations").Entries) > 0 {
			return layer
		}
		return prune(layer, "configMaps", name).Copy().Set("config", of.Get("data"))
	}
	in := func(layer *value.Value) *value.Value { return field(each(mount(layer), "workloads", mount)) }
	if out := each(in(d), "environments", in); used {
		return out
	}
	return d
}

// everywhere returns a function that changes each layer of a descriptor: the top level, its
// environments, and the workloads of both.
func (t *tidying) everywhere(edit func(*value.Value) *value.Value) func(*value.Value) *value.Value {
	layer := func(v *value.Value) *value.Value { return each(edit(v), "workloads", edit) }
	return func(d *value.Value) *value.Value { return each(layer(d), "environments", layer) }
}

// unlabelled returns a layer without its selectors and the labels that tell apps apart: those by
// which something selects pods, and the recommended ones of Kubernetes, which an app has by
// itself.
func (t *tidying) unlabelled(layer *value.Value) *value.Value {
	layer = prune(prune(less(layer, "selector"), "service", "selector"), "disruption", "selector")
	layer = t.labels(t.labels(layer, "labels"), "podLabels")
	of := func(v *value.Value) *value.Value { return t.labels(v, "labels") }
	for _, field := range []string{"metadata", "configMaps", "claims"} {
		layer = each(layer, field, of)
	}
	for _, kind := range layer.Get("metadata").Keys() {
		if layer.Get("metadata", kind).Empty() {
			layer = prune(layer, "metadata", kind)
		}
	}
	if v := layer.Get("namespace"); v.Is(value.Map) {
		layer = layer.Copy().Set("namespace", of(v))
	}
	return layer
}

func (t *tidying) labels(v *value.Value, key string) *value.Value {
	var drop []string
	for _, label := range v.Get(key).AllEntries() {
		if t.selecting[label.Key] || strings.HasPrefix(label.Key, "app.kubernetes.io/") || label.Key == "helm.sh/chart" {
			drop = append(drop, label.Key)
		}
	}
	return prune(v, key, drop...)
}

// selecting returns the labels by which workloads and Services select pods.
func selecting(envs []fold.Environment) map[string]bool {
	out := map[string]bool{}
	for _, e := range envs {
		for _, v := range e.Objects {
			s := v.Get("spec", "selector")
			if v.StringAt("kind") != "Service" {
				s = s.Get("matchLabels")
			}
			for _, label := range s.AllEntries() {
				out[label.Key] = true
			}
		}
	}
	return out
}

// less returns a map without keys.
func less(m *value.Value, keys ...string) *value.Value {
	if !m.Is(value.Map) || !slices.ContainsFunc(keys, m.Has) {
		return m
	}
	out := m.Copy()
	for _, key := range keys {
		out.Delete(key)
	}
	return out
}

// prune removes keys from the map under a key, and that too if nothing is left.
func prune(m *value.Value, key string, keys ...string) *value.Value {
	old := m.Get(key)
	if fresh := less(old, keys...); fresh != old {
		if fresh.Empty() {
			return less(m, key)
		}
		return m.Copy().Set(key, fresh)
	}
	return m
}

// each changes the maps that are in the map under a key.
func each(m *value.Value, key string, edit func(*value.Value) *value.Value) *value.Value {
	old := m.Get(key)
	if !old.Is(value.Map) {
		return m
	}
	fresh := old.Copy()
	for i, e := range old.Entries {
		if e.Value.Is(value.Map) {
			fresh.Entries[i].Value = edit(e.Value)
		}
	}
	return m.Copy().Set(key, fresh)
}

// sameContainers returns objects with their containers called as those that are rendered, so that
// what is in these can be compared, and the containers whose names change.
func sameContainers(e fold.Environment, rendered []*value.Value) (objects []*value.Value, renamed []Change) {
	for _, v := range e.Objects {
		i := slices.IndexFunc(rendered, func(x *value.Value) bool { return idOf(x) == idOf(v) })
		if i < 0 {
			objects = append(objects, v)
			continue
		}
		path := append(templatePath(v), "spec", "containers")
		from, to := v.Get(path...), rendered[i].Get(path...)
		if len(path) == 2 || len(from.AllItems()) != len(to.AllItems()) {
			objects = append(objects, v)
			continue
		}
		list := from.Copy()
		for n, c := range from.AllItems() {
			old, fresh := c.StringAt("name"), to.Items[n].StringAt("name")
			if old != fresh {
				list.Items[n] = c.Copy().Set("name", to.Items[n].Get("name"))
				renamed = append(renamed, Change{Restart, e.Name, idOf(v),
					strings.Join(path, ".") + "[" + old + "] becomes [" + fresh + "]"})
			}
		}
		objects = append(objects, put(v, list, path...))
	}
	return objects, renamed
}

// put returns a map with a value at a path.
func put(m, v *value.Value, path ...string) *value.Value {
	if len(path) == 0 {
		return v
	}
	return m.Copy().Set(path[0], put(m.Get(path[0]), v, path[1:]...))
}

// dangling returns the changes of what others refer to and no longer find: pods by labels, and
// objects by their names.
func dangling(e fold.Environment, rendered []*value.Value, differences []diff.Object) []Change {
	before, after := podLabels(e.Objects), podLabels(rendered)
	gone := map[string]object.ID{}
	for _, d := range differences {
		if d.Removed {
			gone[d.ID.Name] = d.ID
		}
	}
	var out []Change
	for _, v := range rendered {
		id := idOf(v)
		references{
			selector: func(path string, labels *value.Value) {
				if matches(before, labels) && !matches(after, labels) {
					out = append(out, Change{Outage, e.Name, id, path + " selects no pods any more"})
				}
			},
			name: func(path, name string) {
				if target, ok := gone[name]; ok {
					out = append(out, Change{Outage, e.Name, id, path + " leads to " + target.String() + ", which goes"})
				}
			},
		}.walk("", v)
	}
	return out
}

func podLabels(objects []*value.Value) []*value.Value {
	var out []*value.Value
	for _, v := range objects {
		if len(templatePath(v)) == 0 {
			continue
		}
		if labels := v.Get(append(templatePath(v), "metadata", "labels")...); !labels.Empty() {
			out = append(out, labels)
		}
	}
	return out
}

func matches(pods []*value.Value, labels *value.Value) bool {
	return !labels.Empty() && slices.ContainsFunc(pods, func(pod *value.Value) bool {
		return !slices.ContainsFunc(labels.AllEntries(), func(l value.Entry) bool { return !value.Equal(pod.Get(l.Key), l.Value) })
	})
}

// references finds what an object refers to.
type references struct {
	selector func(path string, labels *value.Value)
	name     func(path, name string)
}

// byName reports whether the value under a key is the name of an object.
func byName(key string) bool {
	return slices.Contains([]string{"serviceName", "serviceAccountName", "claimName", "secretName"}, key)
}

// refers reports whether the map under a key refers to an object by its name.
func refers(key string) bool {
	return slices.Contains([]string{"service", "scaleTargetRef", "backendRefs", "configMapRef", "secretRef", "configMapKeyRef",
		"secretKeyRef", "configMap", "roleRef", "subjects"}, key)
}

func (r references) walk(path string, v *value.Value) {
	at := func(key string) string { return strings.TrimPrefix(path+"."+key, ".") }
	for _, e := range v.AllEntries() {
		switch {
		case e.Key == "matchLabels", path == "spec" && e.Key == "selector" && !e.Value.Has("matchLabels"):
			r.selector(at(e.Key), e.Value)
			continue
		case byName(e.Key) && e.Value.Is(value.String):
			r.name(at(e.Key), e.Value.Text)
		case refers(e.Key):
			for _, x := range append(e.Value.AllItems(), e.Value) {
				if name := x.StringAt("name"); name != "" {
					r.name(at(e.Key), name)
				}
			}
		}
		r.walk(at(e.Key), e.Value)
	}
	for _, item := range v.AllItems() {
		r.walk(path, item)
	}
}
