package expand

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Environment is what an app comes to in one environment.
type Environment struct {
	App     *descriptor.App
	Objects []object.Object
	// Manifests are the objects in the app's manifests, and Entries those of each
	// entry.
	Manifests []*value.Value
	Entries   [][]*value.Value
	// Patches are the documents of each of the app's patches.
	Patches [][]*value.Value
	// Components holds the files of components as kustomize gets them, by the clean
	// paths of their folders.
	Components map[string]tree.Tree
}

// Overlay returns the path of an environment's overlay in the tree of Tree.
func Overlay(env string) string { return "overlays/" + env }

// Tree returns a kustomize base, from the objects that all environments share,
// and one overlay for each environment: the difference between the two.
func Tree(base []object.Object, envs []Environment) (tree.Tree, error) {
	w := &writer{out: tree.Tree{}}
	shared := sharedManifests(envs)
	b := w.folder("base")
	b.objects(base)
	if len(envs) > 0 {
		b.manifests(envs[0], shared)
	}
	b.nameReferences(unseenKinds(base))
	b.write()
	for _, env := range envs {
		f := w.overlay(env)
		f.difference(base, env, shared)
		f.names(env)
		f.write()
	}
	return w.out, w.err
}

// Alone returns the overlay of one environment without a base. It builds to the
// same objects as that of Tree, and sooner.
func Alone(env Environment) (tree.Tree, error) {
	w := &writer{out: tree.Tree{}}
	f := w.overlay(env)
	f.objects(env.Objects)
	f.manifests(env, manifestsOf(env))
	f.relabelManifests(env)
	f.nameReferences(unseenKinds(env.Objects, env.Manifests...))
	f.names(env)
	f.write()
	return w.out, w.err
}

// writer collects the files, and the first fault.
type writer struct {
	out tree.Tree
	err error
}

// put writes documents to a file, in the one form that every reader takes for
// the same: no text of the app's own gets into the tree.
func (w *writer) put(name string, docs ...*value.Value) {
	w.out[name] = w.encode(docs...)
}

func (w *writer) encode(docs ...*value.Value) []byte {
	content, err := value.EncodeCanonical(docs...)
	if err != nil && w.err == nil {
		w.err = err
	}
	return content
}

// folder is one kustomization being written.
type folder struct {
	*writer
	dir       string
	namespace string

	resources, components, generators, patches, replicas, images, configurations, transformers []*value.Value
	used                                                                                       map[string]bool

	labels *value.Value
}

func (w *writer) folder(dir string) *folder {
	return &folder{writer: w, dir: dir, used: map[string]bool{"kustomization.yaml": true}}
}

// overlay returns the folder for an environment's objects. User patches, components
// and common labels would lose against, or come before, what is generated beside them,
// so they get a kustomization of their own over it.
func (w *writer) overlay(env Environment) *folder {
	dir := Overlay(env.App.Env)
	if env.App.Changed() {
		outer := w.folder(dir)
		outer.namespace = env.App.Namespace.Name
		outer.resource("generated")
		outer.userComponents(env)
		outer.userPatches(env)
		outer.labels = commonLabels(env.App.CommonLabels)
		outer.names(env)
		outer.write()
		dir += "/generated"
	}
	f := w.folder(dir)
	f.namespace = env.App.Namespace.Name
	return f
}

func (f *folder) write() {
	k := newMap(diag.Pos{},
		"apiVersion", "kustomize.config.k8s.io/v1beta1", "kind", "Kustomization",
		"namespace", f.namespace,
		"labels", f.labels,
		"resources", newList(diag.Pos{}, f.resources...),
		"components", newList(diag.Pos{}, f.components...),
		"configurations", newList(diag.Pos{}, f.configurations...),
		"configMapGenerator", newList(diag.Pos{}, f.generators...),
		"patches", newList(diag.Pos{}, f.patches...),
		"replicas", newList(diag.Pos{}, f.replicas...),
		"images", newList(diag.Pos{}, f.images...),
		"transformers", newList(diag.Pos{}, f.transformers...),
	)
	f.put(f.dir+"/kustomization.yaml", k)
}

func (f *folder) resource(name string) {
	f.resources = append(f.resources, value.NewString(diag.Pos{}, name))
}

// unique returns a file name that nothing in the folder has yet.
func (f *folder) unique(name string) string {
	stem, ext := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	for i := 2; f.used[name]; i++ {
		name = stem + "-" + strconv.Itoa(i) + ext
	}
	f.used[name] = true
	return name
}

// objects adds whole objects.
func (f *folder) objects(objects []object.Object) {
	for _, o := range objects {
		if o.Generated {
			f.generator(o, o.Value, "")
			continue
		}
		name := f.unique(fileName(o.ID(), objects))
		f.put(path.Join(f.dir, name), o.Value)
		f.resource(name)
	}
}

// fileName names an object's file as a person would: by its kind, and by its
// name too where there are several of the kind.
func fileName(id object.ID, among []object.Object) string {
	for _, o := range among {
		if other := o.ID(); other.Kind == id.Kind && other != id {
			return id.Name + "-" + strings.ToLower(id.Kind) + ".yaml"
		}
	}
	return strings.ToLower(id.Kind) + ".yaml"
}

// generator adds an entry to configMapGenerator for the keys of data.
func (f *folder) generator(o object.Object, configMap *value.Value, behavior string) {
	var literals, files []*value.Value
	for _, field := range []string{"data", "binaryData"} {
		for _, e := range configMap.Get(field).AllEntries() {
			source, isFile := o.Sources[e.Key]
			if !isFile {
				// Quoted always: kustomize takes a pair of quotes off the value.
				literals = append(literals, value.NewString(e.Value.Pos, e.Key+`="`+e.Value.Text+`"`))
				continue
			}
			f.out[path.Join(f.dir, source)] = content(e.Value, field == "binaryData")
			files = append(files, value.NewString(e.Value.Pos, e.Key+"="+source))
		}
	}
	entry := newMap(diag.Pos{}, "name", o.ID().Name, "behavior", behavior,
		"literals", newList(diag.Pos{}, literals...), "files", newList(diag.Pos{}, files...))
	options := newMap(diag.Pos{}, "immutable", o.Value.Get("immutable"))
	if behavior == "" {
		options.Set("labels", newValue(diag.Pos{}, o.Value.Get("metadata", "labels"))).
			Set("annotations", newValue(diag.Pos{}, o.Value.Get("metadata", "annotations")))
	}
	entry.Set("options", newValue(diag.Pos{}, options))
	f.generators = append(f.generators, entry)
}

func content(v *value.Value, binary bool) []byte {
	if binary {
		return unwrap(v.Text)
	}
	return []byte(v.Text)
}

// manifests adds those of the environment's manifests that are in chosen.
func (f *folder) manifests(env Environment, chosen []descriptor.Manifest) {
	for i, x := range env.App.Manifests {
		if !slices.ContainsFunc(chosen, func(c descriptor.Manifest) bool { return sameManifest(c, x) }) {
			continue
		}
		file := strings.TrimPrefix(path.Clean(x.File), "manifests/")
		if x.File == "" {
			id := object.Object{Value: x.Object}.ID()
			file = id.Name + "-" + strings.ToLower(id.Kind) + ".yaml"
		}
		name := f.unique("manifests/" + tree.PlainYAML(file))
		f.put(path.Join(f.dir, name), env.Entries[i]...)
		f.resource(name)
	}
}

func manifestsOf(env Environment) []descriptor.Manifest { return env.App.Manifests }

func sameManifest(a, b descriptor.Manifest) bool {
	return a.File == b.File && value.Equal(a.Object, b.Object) && a.Pos == b.Pos
}

// sharedManifests returns the manifests that every environment has, which go into
// the base.
func sharedManifests(envs []Environment) []descriptor.Manifest {
	if len(envs) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(envs[0].App.Manifests), func(x descriptor.Manifest) bool {
		for _, env := range envs[1:] {
			if !slices.ContainsFunc(env.App.Manifests, func(y descriptor.Manifest) bool { return sameManifest(x, y) }) {
				return true
			}
		}
		return false
	})
}

// pair is an object in the base and the same one in an environment.
type pair struct{ base, env object.Object }

// difference adds what makes the base into the environment.
func (f *folder) difference(base []object.Object, env Environment, shared []descriptor.Manifest) {
	f.resource(strings.Repeat("../", strings.Count(f.dir, "/")+1) + "base")
	var pairs []pair
	var added []object.Object
	for _, o := range env.Objects {
		if i := index(base, o.ID()); i >= 0 {
			pairs = append(pairs, pair{base[i], o})
		} else {
			added = append(added, o)
		}
	}
	f.objects(added)
	f.manifests(env, slices.DeleteFunc(slices.Clone(env.App.Manifests), func(x descriptor.Manifest) bool {
		return slices.ContainsFunc(shared, func(y descriptor.Manifest) bool { return sameManifest(x, y) })
	}))
	all := slices.Clone(env.Manifests)
	for _, o := range env.Objects {
		all = append(all, o.Value)
	}
	known := unseenKinds(base)
	f.nameReferences(slices.DeleteFunc(unseenKinds(env.Objects, env.Manifests...), func(k kinds.Kind) bool {
		return slices.ContainsFunc(known, func(x kinds.Kind) bool { return x.Name == k.Name })
	}))
	images, replicas := chooseImages(pairs, all), chooseReplicas(pairs, all)
	for _, o := range base {
		if index(env.Objects, o.ID()) < 0 {
			f.remove(o)
		}
	}
	for _, p := range pairs {
		from := p.base.Value
		if p.env.Generated {
			from = f.mergeGenerator(p)
		} else {
			p.base.Value = applyImages(from, images)
			from = applyReplicas(p.base, replicas)
		}
		f.patch(p.env, operations(from, p.env.Value), env.Objects)
	}
	f.relabelManifests(env)
	for _, r := range replicas {
		f.replicas = append(f.replicas, newMap(diag.Pos{}, "name", r.name, "count", r.count))
	}
	for _, x := range images {
		f.images = append(f.images, x.value())
	}
}

func index(objects []object.Object, id object.ID) int {
	return slices.IndexFunc(objects, func(o object.Object) bool { return o.ID() == id })
}

// mergeGenerator adds a generator that merges changed keys into the base's, and
// returns what comes of it.
func (f *folder) mergeGenerator(p pair) *value.Value {
	changed, merged := value.NewMap(diag.Pos{}), p.base.Value
	for _, field := range []string{"data", "binaryData"} {
		lower := p.base.Value.Get(field)
		var keys *value.Value
		for _, e := range p.env.Value.Get(field).AllEntries() {
			if !value.Equal(lower.Get(e.Key), e.Value) {
				if keys == nil {
					keys = value.NewMap(diag.Pos{})
				}
				keys.SetEntry(e)
			}
		}
		if keys != nil {
			changed.Set(field, keys)
			merged = merged.Copy().Set(field, mergeMaps(lower, keys))
		}
	}
	if !changed.Empty() {
		f.generator(p.env, changed, "merge")
		merged = merged.Copy() // which takes over what is immutable from the entry alone
		merged.Delete("immutable")
		merged.Set("immutable", p.env.Value.Get("immutable"))
	}
	return merged
}

// patch adds a JSON 6902 patch for one object, in a file of its own.
func (f *folder) patch(o object.Object, ops *value.Value, among []object.Object) {
	if ops == nil {
		return
	}
	id := o.ID()
	name := f.unique("patches/" + fileName(id, among))
	f.put(path.Join(f.dir, name), ops)
	f.patches = append(f.patches, newMap(diag.Pos{}, "path", name, "target", target6902(id)))
}

// target6902 names exactly one object: the fields are regular expressions.
func target6902(id object.ID) *value.Value {
	return newMap(diag.Pos{}, "group", id.Group(), "version", id.Version(), "kind", id.Kind, "name", regexp.QuoteMeta(id.Name))
}

// remove deletes an object that the environment lacks.
func (f *folder) remove(o object.Object) {
	id := o.ID()
	patch := newMap(diag.Pos{}, "apiVersion", id.APIVersion, "kind", id.Kind, "metadata", newMap(diag.Pos{}, "name", id.Name), "$patch",
		"delete")
	f.patches = append(f.patches, newMap(diag.Pos{}, "patch", string(f.encode(patch))))
}

// userPatches adds the user's patches, each where the user has it: in a file or in
// place.
func (f *folder) userPatches(env Environment) {
	for i, x := range env.App.Patches {
		entry := x.Value.Copy()
		if x.File != "" {
			name := f.unique("patches/" + tree.PlainYAML(strings.TrimPrefix(path.Clean(x.File), "patches/")))
			f.put(path.Join(f.dir, name), env.Patches[i]...)
			entry.Set("path", value.NewString(x.Pos, name))
		} else {
			entry.Set("patch", value.NewString(x.Pos, string(f.encode(env.Patches[i]...))))
		}
		if target := entry.Get("target"); target.Is(value.Map) {
			entry.Set("target", texts(target))
		}
		f.patches = append(f.patches, entry)
	}
}

// texts returns a map with all scalars as texts, which they are to kustomize.
func texts(v *value.Value) *value.Value {
	out := v.Copy()
	for i, e := range out.Entries {
		if e.Value.IsScalar() {
			out.Entries[i].Value = value.NewString(e.Value.Pos, e.Value.Text)
		}
	}
	return out
}

// userComponents adds the user's components.
func (f *folder) userComponents(env Environment) {
	for _, x := range env.App.Components {
		name := f.unique(path.Join("components", strings.TrimPrefix(path.Clean(x.Text), "components/")))
		f.out.Merge(path.Join(f.dir, name), env.Components[path.Clean(x.Text)])
		f.components = append(f.components, value.NewString(x.Pos, name))
	}
}
