// Package fold is the inverse of pkg/expand: it returns a descriptor for objects
// that exist. It is pure: values in, values out. Whether the descriptor comes to the
// same objects is for the caller to see, by expanding it again.
package fold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Environment is what runs in one environment, each object in its shortest form:
// see defaults.Minimal.
type Environment struct {
	Name    string
	Objects []*value.Value
}

// Options are what an app's objects don't tell.
type Options struct {
	// Name is the app's.
	Name string
	// Plain says that environments say only more than the top level, and remove nothing.
	Plain bool
	// Raw reports whether an object has to be kept as it is, under manifests.
	Raw func(env string, id object.ID) bool
}

// Result is what was made of the objects.
type Result struct {
	// Descriptor is the content of app.yaml.
	Descriptor *value.Value
	// Fields are the objects of each environment that fields of the descriptor make.
	Fields map[string]map[object.ID]bool
	// Workloads are the keys of the workloads that the objects belong to.
	Workloads map[string]map[object.ID]string
	// Secrets are the Secrets in plain text, which are only referred to, by environment.
	Secrets map[string][]object.ID
}

// App returns the descriptor of one app. What all environments have in common is at
// its top level. An object that no field can make is under manifests, but a Secret
// in plain text is nowhere.
func App(o Options, envs []Environment) Result {
	out := Result{Fields: map[string]map[object.ID]bool{}, Workloads: map[string]map[object.ID]string{},
		Secrets: map[string][]object.ID{}}
	keys := workloadKeys(o, envs)
	single := count(keys) == 1 && !slices.ContainsFunc(keys, func(of map[string]string) bool { return len(of) == 0 })
	layers := make([]*value.Value, len(envs))
	for i, e := range envs {
		e = withoutHashes(o, e)
		f := folder{options: o, env: e, keys: keys[i], single: single, made: map[object.ID]bool{},
			of: map[object.ID]string{}, secrets: secretNames(e)}
		layers[i] = f.layer()
		out.Fields[e.Name], out.Secrets[e.Name] = f.made, f.plain
		out.Workloads[e.Name] = f.of
	}
	shape := factoring{plain: o.Plain}
	common, rest := shape.split(layers)
	if len(common.Get("workloads").AllEntries()) > 0 {
		shape.share(common, rest, layers)
		common = inOrder(common)
	}
	d := newMap("apiVersion", fields.APIVersion, "kind", "App", "name", o.Name, "defaults", "none")
	if kind := common.Get("kind"); kind != nil {
		d.Set("kind", kind)
	}
	for _, entry := range common.AllEntries() {
		if entry.Key != "kind" {
			d.SetEntry(entry)
		}
	}
	environments := newMap()
	for i, e := range envs {
		environments.Set(e.Name, rest[i])
	}
	if !single && !common.Has("workloads") {
		d.Set("workloads", newMap())
	}
	out.Descriptor = shorten(d.Set("environments", environments))
	return out
}

// workloadKeys returns the key of each workload under workloads, by environment and by
// the kind and name of the object that runs its pods. Workloads of different
// environments are the same if their names are, but for what the environments put
// around them.
func workloadKeys(o Options, envs []Environment) []map[string]string {
	out := make([]map[string]string, len(envs))
	of, taken := map[string]string{}, map[string]bool{}
	around := affixes(envs)
	for i, e := range envs {
		out[i] = map[string]string{}
		for _, v := range e.Objects {
			id := idOf(v)
			if !runsPods(v) || o.Raw != nil && o.Raw(e.Name, id) {
				continue
			}
			base := around[i].strip(id.Name)
			key, known := of[id.Kind+"/"+base]
			if !known {
				key = plainKey(strings.TrimPrefix(base, o.Name+"-"))
				for start := key; taken[key]; key = start + "-" + strings.ToLower(id.Kind) {
					start = key
				}
				of[id.Kind+"/"+base], taken[key] = key, true
			}
			out[i][id.String()] = key
		}
	}
	return out
}

// plainKey returns a name as workloads can have it for a key.
func plainKey(name string) string {
	key := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(name)), "-")
	if key == "" || key[0] >= '0' && key[0] <= '9' {
		key = "w" + key
	}
	return key
}

// count returns how many different keys there are.
func count(keys []map[string]string) int {
	all := map[string]bool{}
	for _, of := range keys {
		for _, key := range of {
			all[key] = true
		}
	}
	return len(all)
}

// folder folds one environment.
type folder struct {
	options Options
	env     Environment
	keys    map[string]string // of its workloads
	single  bool              // the app has one workload
	made    map[object.ID]bool
	of      map[object.ID]string // the workloads that objects belong to
	plain   []object.ID
	// kindsMade are the kinds of the objects of the only workload.
	kindsMade []string
	secrets   map[string]bool
}

func (f *folder) raw(v *value.Value) bool {
	return f.options.Raw != nil && f.options.Raw(f.env.Name, idOf(v))
}

// layer returns all fields of the environment, in their full forms.
func (f *folder) layer() *value.Value {
	out := newMap()
	var apps, rest []*value.Value
	for _, v := range f.env.Objects {
		switch {
		case isPlainSecret(v): // which nothing writes, whatever the descriptor lacks
			f.plain = append(f.plain, idOf(v))
		case f.raw(v):
			rest = append(rest, v)
		case runsPods(v):
			apps = append(apps, v)
		default:
			rest = append(rest, v)
		}
	}
	rest = f.namespace(out, rest)
	workloads := newMap()
	for _, v := range apps {
		w := workload{folder: f, object: v, fields: newMap(), portNamed: map[string]string{}}
		rest = w.fold(rest)
		workloads.Set(f.keys[idOf(v).String()], w.fields)
	}
	for _, list := range []struct {
		field, kind string
		fold        func(*value.Value) *value.Value
	}{{"configMaps", "ConfigMap", configMap}, {"claims", "PersistentVolumeClaim", claimFields}} {
		all := newMap()
		rest = slices.DeleteFunc(rest, func(v *value.Value) bool {
			if idOf(v).Kind != list.kind || f.raw(v) {
				return false
			}
			x := list.fold(v)
			if x == nil {
				return false
			}
			name := idOf(v).Name
			if list.kind == "ConfigMap" {
				name = unhashed(v)
			}
			all.Set(name, x)
			f.made[idOf(v)] = true
			return true
		})
		if len(all.Entries) > 0 {
			out.Set(list.field, all)
		}
	}
	f.shareMetadata(out, workloads)
	if f.single && len(workloads.Entries) == 1 {
		only := workloads.Entries[0].Value
		for _, entry := range only.Entries {
			out.SetEntry(entry)
		}
	} else if len(workloads.Entries) > 0 {
		f.shareNames(out, workloads)
		for i, e := range workloads.Entries {
			workloads.Entries[i].Value = inOrder(e.Value)
		}
		out.Set("workloads", workloads)
	}
	out = inOrder(out)
	manifests := newMap()
	for _, v := range rest {
		key := manifestKey(v)
		for n := 2; manifests.Has(key); n++ {
			key = fmt.Sprintf("%s-%d", manifestKey(v), n)
		}
		manifests.Set(key, inNamespace(v, out.StringAt("namespace", "name")))
	}
	if len(manifests.Entries) > 0 {
		out.Set("manifests", manifests)
	}
	return out
}

// inNamespace returns an object without its namespace where it is the app's, which all
// objects get.
func inNamespace(v *value.Value, name string) *value.Value {
	if m := v.Get("metadata"); name != "" && m.StringAt("namespace") == name {
		return v.Copy().Set("metadata", without(m, "namespace"))
	}
	return v
}

// namespace sets the namespace that all objects have, and returns the objects without
// the Namespace itself where that is among them.
func (f *folder) namespace(out *value.Value, rest []*value.Value) []*value.Value {
	names := map[string]bool{}
	for _, v := range f.env.Objects {
		if name := v.StringAt("metadata", "namespace"); name != "" {
			names[name] = true
		}
	}
	isNamespace := func(v *value.Value) bool {
		return v.StringAt("kind") == "Namespace" && v.StringAt("apiVersion") == "v1" && !f.raw(v)
	}
	if len(names) == 0 {
		for _, v := range rest {
			if isNamespace(v) {
				names[idOf(v).Name] = true
			}
		}
	}
	if len(names) != 1 {
		return rest
	}
	for name := range names {
		ns := newMap("name", name)
		rest = slices.DeleteFunc(rest, func(v *value.Value) bool {
			if !isNamespace(v) || idOf(v).Name != name || len(without(v, "apiVersion", "kind", "metadata").AllEntries()) > 0 {
				return false
			}
			ns.Set("create", value.NewBool(v.At(), true))
			ns.Set("labels", v.Get("metadata", "labels")).Set("annotations", v.Get("metadata", "annotations"))
			f.made[idOf(v)] = true
			return true
		})
		out.Set("namespace", ns)
	}
	return rest
}

// shareMetadata moves the labels and annotations that all objects have in common to
// the top level, where they are those of all. Others of a workload stay with it, or
// with its kinds of objects where the workload's fields are at the top level too.
func (f *folder) shareMetadata(top, workloads *value.Value) {
	for _, key := range []string{"labels", "annotations"} {
		var holders []*value.Value
		for _, e := range workloads.Entries {
			holders = append(holders, e.Value)
		}
		for _, field := range []string{"configMaps", "claims"} {
			for _, e := range top.Get(field).AllEntries() {
				holders = append(holders, e.Value)
			}
		}
		if ns := top.Get("namespace"); ns.Get("create").IsTrue() {
			holders = append(holders, ns)
		}
		if len(holders) < 2 {
			continue
		}
		common := holders[0].Get(key)
		for _, h := range holders[1:] {
			common = intersect(common, h.Get(key))
		}
		for _, h := range holders {
			rest := less(h.Get(key), common)
			h.Delete(key)
			h.Set(key, rest)
		}
		if f.single && len(workloads.Entries) == 1 {
			w := workloads.Entries[0].Value
			f.toKinds(w, key, w.Get(key))
			w.Delete(key)
		}
		if !common.Empty() {
			top.Set(key, common)
		}
	}
}

// toKinds moves labels or annotations of a workload to the kinds of its objects.
func (f *folder) toKinds(w *value.Value, key string, entries *value.Value) {
	if entries.Empty() {
		return
	}
	all := w.Get("metadata").Copy()
	if all == nil {
		all = newMap()
	}
	for _, kind := range f.kindsMade {
		of := all.Get(kind).Copy()
		if of == nil {
			of = newMap()
		}
		merged := entries.Copy()
		for _, e := range of.Get(key).AllEntries() {
			merged.SetEntry(e)
		}
		all.Set(kind, of.Set(key, merged))
	}
	w.Set("metadata", all)
}

// shareNames moves how objects that run pods are called to the top level, by kind,
// where all workloads of a kind agree.
func (f *folder) shareNames(top, workloads *value.Value) {
	of := map[string][]*value.Value{}
	var order []string
	for _, e := range workloads.Entries {
		kind := e.Value.StringAt("kind")
		if kind == "" {
			kind = kinds.Deployment
		}
		if of[kind] == nil {
			order = append(order, kind)
		}
		of[kind] = append(of[kind], e.Value)
	}
	shared := newMap()
	for _, kind := range order {
		pattern := of[kind][0].Get("names", kind)
		if pattern == nil || slices.ContainsFunc(of[kind],
			func(w *value.Value) bool { return !value.Equal(w.Get("names", kind), pattern) }) {
			continue
		}
		shared.Set(kind, pattern)
		for _, w := range of[kind] {
			rest := without(w.Get("names"), kind)
			w.Delete("names")
			w.Set("names", rest)
		}
	}
	if len(shared.Entries) > 0 {
		top.Set("names", shared)
	}
}

// inOrder returns a layer's fields in the order in which a person would write them.
func inOrder(fields *value.Value) *value.Value {
	out := newMap()
	for _, key := range []string{"kind", "schedule", "namespace", "names", "selector", "labels", "annotations", "podLabels",
		"podAnnotations",
		"metadata", "image", "command", "args", "ports", "probes", "env", "envFrom", "replicas", "autoscaling", "disruption", "resources"} {
		out.Set(key, fields.Get(key))
	}
	last := []string{"configMaps", "claims", "workloads", "manifests"}
	for _, e := range fields.Entries {
		if !out.Has(e.Key) && !slices.Contains(last, e.Key) {
			out.SetEntry(e)
		}
	}
	for _, key := range last {
		out.Set(key, fields.Get(key))
	}
	return out
}

// unhashed returns the name of a ConfigMap without the hash of its content behind it,
// which kustomize adds; a name without it as it is.
func unhashed(v *value.Value) string {
	name := idOf(v).Name
	if plain, ok := strings.CutSuffix(name, "-"+object.Hash(v)); ok {
		return plain
	}
	return name
}

// withoutHashes returns the objects with the plain names of hashed ConfigMaps where
// pods refer to them. One that is kept as it is keeps its name too.
func withoutHashes(o Options, e Environment) Environment {
	names := map[string]string{}
	for _, v := range e.Objects {
		if id := idOf(v); id.Kind == "ConfigMap" && id.APIVersion == "v1" && (o.Raw == nil || !o.Raw(e.Name, id)) {
			if plain := unhashed(v); plain != id.Name {
				names[id.Name] = plain
			}
		}
	}
	if len(names) == 0 {
		return e
	}
	out := Environment{Name: e.Name}
	for _, v := range e.Objects {
		if runsPods(v) {
			v = renamed(v, names)
		}
		out.Objects = append(out.Objects, v)
	}
	return out
}

// renamed returns a value with other names of ConfigMaps.
func renamed(v *value.Value, names map[string]string) *value.Value {
	out := v.Copy()
	for i, item := range v.AllItems() {
		out.Items[i] = renamed(item, names)
	}
	for i, entry := range v.AllEntries() {
		x := renamed(entry.Value, names)
		if name := names[x.StringAt("name")]; name != "" && strings.HasPrefix(entry.Key, "configMap") && x.Is(value.Map) {
			x = x.Copy().Set("name", text(name))
		}
		out.Entries[i].Value = x
	}
	return out
}

func manifestKey(v *value.Value) string {
	id := idOf(v)
	return plainKey(id.Kind + "-" + id.Name)
}

func idOf(v *value.Value) object.ID { return object.Object{Value: v}.ID() }

func runsPods(v *value.Value) bool {
	k, ok := kinds.Find(v.StringAt("kind"))
	return ok && k.Chosen && k.APIVersion == v.StringAt("apiVersion")
}

func isPlainSecret(v *value.Value) bool {
	return v.StringAt("kind") == "Secret" && v.StringAt("apiVersion") == "v1"
}

func secretNames(e Environment) map[string]bool {
	out := map[string]bool{}
	for _, v := range e.Objects {
		if isPlainSecret(v) {
			out[idOf(v).Name] = true
		}
	}
	return out
}

func newMap(pairs ...any) *value.Value { return value.MapOf(diag.Pos{}, pairs...) }

func text(s string) *value.Value { return value.NewString(diag.Pos{}, s) }

// without returns the entries of a map that have none of the keys, nil where there
// are none.
func without(m *value.Value, keys ...string) *value.Value {
	out := newMap()
	for _, e := range m.AllEntries() {
		if !slices.Contains(keys, e.Key) {
			out.SetEntry(e)
		}
	}
	if len(out.Entries) == 0 {
		return nil
	}
	return out
}

// has reports whether a map has each entry of another.
func has(m, part *value.Value) bool {
	return !slices.ContainsFunc(part.AllEntries(), func(e value.Entry) bool { return !value.Equal(m.Get(e.Key), e.Value) })
}
