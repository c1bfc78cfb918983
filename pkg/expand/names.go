package expand

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Names returns what stands around the names of the environment's objects, which
// do not have it yet.
func (e Environment) Names() object.Names {
	return object.Names{Prefix: e.App.Prefix.Text, Suffix: e.App.Suffix.Text}
}

// Finished returns the objects that the app makes as they are printed.
func (e Environment) Finished() []object.Object {
	return object.Finish(e.Names().Rename(e.Objects), e.App.Namespace.Name)
}

// names lets kustomize rename all objects, after patches and components, which
// know them by the names without prefix and suffix. Its directives namePrefix and
// nameSuffix would rename sealed Secrets too.
func (f *folder) names(env Environment) {
	n := env.Names()
	if n.None() || f.dir != Overlay(env.App.Env) { // or the folder around it does it
		return
	}
	specs := newList(diag.Pos{})
	for _, kind := range env.kinds() {
		if !object.KeepsName(kind) {
			specs.Items = append(specs.Items, newMap(diag.Pos{}, "kind", kind, "path", "metadata/name"))
		}
	}
	add := func(kind, field, text string) {
		if text == "" {
			return
		}
		file := f.unique("name-" + field + ".yaml")
		f.put(path.Join(f.dir, file), newMap(diag.Pos{}, "apiVersion", "builtin", "kind", kind,
			"metadata", newMap(diag.Pos{}, "name", "name-"+field), field, text, "fieldSpecs", specs))
		f.transformers = append(f.transformers, value.NewString(diag.Pos{}, file))
	}
	add("PrefixTransformer", "prefix", n.Prefix)
	add("SuffixTransformer", "suffix", n.Suffix)
	f.configuration("names.yaml", object.FurtherReferences())
}

// configuration tells kustomize of references that it does not know.
func (f *folder) configuration(name string, references []object.Reference) {
	kinds, out := []string(nil), newList(diag.Pos{})
	for _, r := range references {
		if !slices.Contains(kinds, r.To) {
			kinds = append(kinds, r.To)
		}
	}
	for _, kind := range kinds {
		fields := newList(diag.Pos{})
		for _, r := range references {
			if r.To == kind {
				fields.Items = append(fields.Items, value.From(diag.Pos{},
					newMap(diag.Pos{}, "kind", r.From, "path", strings.Join(r.Path, "/"))))
			}
		}
		out.Items = append(out.Items, newMap(diag.Pos{}, "kind", kind, "fieldSpecs", fields))
	}
	name = f.unique(name)
	f.put(path.Join(f.dir, name), newMap(diag.Pos{}, "nameReference", out))
	f.configurations = append(f.configurations, value.NewString(diag.Pos{}, name))
}

// kinds returns the kinds of all objects that there may be, in order: those of the
// app, of what it brings along, and every one that its components speak of.
func (e Environment) kinds() []string {
	var kinds []string
	for _, o := range e.Objects {
		kinds = append(kinds, o.ID().Kind)
	}
	for _, v := range e.Manifests {
		kinds = append(kinds, v.StringAt("kind"))
	}
	named := regexp.MustCompile(`(?m)["']?kind["']?:\s*["']?([A-Z][A-Za-z0-9]*)`)
	for _, x := range e.App.Components {
		kinds = append(kinds, "ConfigMap", "Secret") // of generators
		for _, content := range e.Components[path.Clean(x.Text)] {
			for _, found := range named.FindAllSubmatch(content, -1) {
				kinds = append(kinds, string(found[1]))
			}
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// nameLabel holds the app's name, and what stands around it.
const nameLabel = "app.kubernetes.io/name"

// Relabelled returns the objects that the app brings along as they come out but for
// their names: where they have or select the label with the app's name, they mean
// the app under its full name.
func (e Environment) Relabelled() []*value.Value {
	if e.Names().None() || !e.App.Opinions {
		return e.Manifests
	}
	out := make([]*value.Value, len(e.Manifests))
	for i, v := range e.Manifests {
		out[i] = relabel(v, e.App.Name, e.App.Named(e.App.Name))
	}
	return out
}

// relabel replaces the app's name wherever it is a label's value, but in what looks
// into other namespaces.
func relabel(v *value.Value, from, to string) *value.Value {
	if !v.Get("namespaceSelector").Empty() {
		return v
	}
	out := v
	change := func(x *value.Value, set func(*value.Value)) {
		if y := relabel(x, from, to); y != x {
			if out == v {
				out = v.Copy()
			}
			set(y)
		}
	}
	for i, item := range v.Items {
		change(item, func(y *value.Value) { out.Items[i] = y })
	}
	for i, entry := range v.Entries {
		if entry.Key == nameLabel && entry.Value.Is(value.String) && entry.Value.Text == from {
			if out == v {
				out = v.Copy()
			}
			out.Entries[i].Value = value.NewString(entry.Value.Pos, to)
			continue
		}
		change(entry.Value, func(y *value.Value) { out.Entries[i].Value = y })
	}
	return out
}

// relabelManifests patches those among the chosen that speak of the app by its
// label.
func (f *folder) relabelManifests(env Environment) {
	relabelled := env.Relabelled()
	for i, v := range env.Manifests {
		f.patch(object.Object{Value: v}, operations(v, relabelled[i]), nil)
	}
}
