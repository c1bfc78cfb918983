package kustomize

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// MaxInclusions bounds how often kustomizations are built for one component: one
// that is included twice by one that is included twice is built four times.
const MaxInclusions = 1000

// Component is a component as kustomize gets it. Files holds its kustomizations
// and what they name, and nothing else. All YAML is written anew from the values
// that were read, under names that can't be taken for addresses; the files that
// generators put into ConfigMaps and Secrets are copied byte by byte.
type Component struct {
	Files tree.Tree
	// Objects are those of its resources, and Patches its patches.
	Objects []*value.Value
	Patches []object.Patch
	// Documents are its kustomizations, and what these name besides.
	Documents []*value.Value
	// Generated are the ConfigMaps and Secrets that its generators add, by the names
	// that they have before a hash.
	Generated []object.ID
	// Prefixes and Suffixes are what it puts around names.
	Prefixes, Suffixes []string
	// Namespaces are those that it names.
	Namespaces []*value.Value
}

// ReadComponent reads the component in a folder of the app, of which t holds all
// files. It reports what kustomize must not be given: fields that run programs,
// change kustomize's global state or are unknown, references to anything but a
// file in the folder, and YAML that is small but grows beyond all bounds. Prefix
// is the path of the app's folder in messages. What is wrong with the folder as a
// whole has no line.
func ReadComponent(prefix, folder string, t tree.Tree) (Component, diag.List) {
	var diags diag.List
	c := reader{
		diags: &diags, name: prefix + folder, in: t, out: Component{Files: tree.Tree{}},
		folders: map[string]bool{}, included: map[string][]string{}, done: map[string]bool{}, written: map[string]string{},
		taken: map[string]bool{},
	}
	if !tree.PlainFolder(folder) {
		diags.Errorh(diag.Pos{File: folder}, "not-local", "name the folder with letters, digits, - and _",
			"kustomize could take the folder for a git URL")
	}
	if !slices.ContainsFunc(t.Paths(), isKustomization) {
		diags.Errorh(diag.Pos{File: folder}, "no-component", "add a kustomization.yaml of kind Component",
			"the folder holds no kustomization")
	}
	for p := range t {
		for dir := path.Dir(p); dir != "." && !c.folders[dir]; dir = path.Dir(dir) {
			c.folders[dir] = true
		}
	}
	c.kustomization(".")
	if c.inclusions(".", map[string]int{}) > MaxInclusions {
		diags.Errorh(diag.Pos{File: folder}, "too-large", "include each folder once",
			"the component includes kustomizations more than %d times in all", MaxInclusions)
	}
	return c.out, diags
}

const kustomizationFile = "kustomization.yaml"

func isKustomization(base string) bool {
	return base == kustomizationFile || base == "kustomization.yml" || base == "Kustomization"
}

type reader struct {
	diags *diag.List
	name  string // of the component's folder
	in    tree.Tree
	out   Component
	dir   string // of the kustomization that is read
	// folders are all in the component's own.
	folders map[string]bool
	// included holds the folders that each folder's kustomization includes.
	included map[string][]string
	done     map[string]bool   // folders whose kustomization is written
	written  map[string]string // names of files in Files, by how they are read and their own
	taken    map[string]bool   // those names
}

// kustomization writes the kustomization of a folder, and those that it includes.
func (c *reader) kustomization(dir string) {
	if c.done[dir] {
		return
	}
	c.done[dir] = true
	var files []string
	for _, base := range []string{kustomizationFile, "kustomization.yml", "Kustomization"} {
		if p := path.Join(dir, base); c.has(p) {
			files = append(files, p)
		}
	}
	if len(files) == 0 {
		return // which kustomize reports
	}
	file := path.Join(c.name, files[0])
	if len(files) > 1 {
		c.diags.Errorh(diag.Pos{File: file, Line: 1, Col: 1}, "kustomize", "keep one of them", "the folder holds %s too",
			path.Base(files[1]))
		return
	}
	docs, found := value.ReadObjects(file, c.in[files[0]])
	*c.diags = append(*c.diags, found...)
	if len(docs) > 1 {
		c.diags.Errorh(docs[1].Pos, "several-documents", `remove the "---" and what follows it`, "a kustomization is one document")
	}
	if len(docs) != 1 || found.HasErrors() {
		c.out.Files[path.Join(dir, kustomizationFile)] = []byte("{}\n")
		return
	}
	c.dir = dir
	k := c.modern(c.known(docs[0], kustomizationType(), ""))
	out := value.NewMap(k.At())
	for _, e := range k.AllEntries() {
		if !allowed(e.Key) {
			c.diags.Errorh(e.KeyPos, "kustomize-field", "ship what it makes as manifests",
				"unfold does not run kustomize's %q: it could run programs, reach the network or change other builds", e.Key)
			continue
		}
		out.SetEntry(value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: c.field(e)})
	}
	c.out.Documents = append(c.out.Documents, out)
	c.put(path.Join(dir, kustomizationFile), out)
	for _, sub := range c.included[dir] {
		c.kustomization(sub)
	}
}

func kustomizationType() typ { return typeOf(types.Kustomization{}) }

// field returns a field as it is written, with each reference to a file replaced.
func (c *reader) field(e value.Entry) *value.Value {
	switch e.Key {
	case "namePrefix":
		c.out.Prefixes = append(c.out.Prefixes, e.Value.Text)
	case "nameSuffix":
		c.out.Suffixes = append(c.out.Suffixes, e.Value.Text)
	case "namespace":
		c.out.Namespaces = append(c.out.Namespaces, e.Value)
	}
	files, ok := fileFields(e.Key)
	if !ok {
		return e.Value
	}
	out := value.NewList(e.Value.Pos)
	for _, item := range e.Value.AllItems() {
		if x := c.item(e.Key, files, item); x != nil {
			out.Items = append(out.Items, x)
		}
	}
	return out
}

// item returns an item of a field as it is written.
func (c *reader) item(field string, files []filesOf, item *value.Value) *value.Value {
	patch := object.Patch{Pos: item.Pos, Target: item.Get("target")}
	for _, f := range files {
		item = f.replace(item, func(f filesOf, v *value.Value) *value.Value {
			switch field {
			case "resources":
				return c.resource(v)
			case "components":
				return c.folder(v)
			case "patches":
				return c.yaml(v, func(docs []*value.Value) []*value.Value {
					patch.Documents = docs
					return docs
				})
			case "configMapGenerator", "secretGenerator":
				if f.keyed {
					return c.source(v)
				}
				return c.raw(v)
			}
			return c.yaml(v, c.document)
		})
	}
	switch field {
	case "patches":
		item = c.inPlace(item, &patch)
		c.out.Patches = append(c.out.Patches, patch)
	case "configMapGenerator":
		c.generated("ConfigMap", item)
	case "secretGenerator":
		c.generated("Secret", item)
	}
	return item
}

// put writes documents to a file.
func (c *reader) put(name string, docs ...*value.Value) {
	content, err := value.EncodeCanonical(docs...)
	if err != nil { // what can't be written was refused as it was read
		c.diags.Errorf(docs[0].At(), "kustomize", "%v", err)
	}
	c.out.Files[name] = content
}

// resource writes a file with objects or a kustomization's folder.
func (c *reader) resource(v *value.Value) *value.Value {
	if p := path.Join(c.dir, v.Text); c.folders[p] {
		return c.folder(v)
	}
	return c.yaml(v, func(docs []*value.Value) []*value.Value {
		objects := object.Collect(docs, c.diags)
		c.out.Objects = append(c.out.Objects, objects...)
		return objects
	})
}

// document takes note of documents that are neither objects nor patches.
func (c *reader) document(docs []*value.Value) []*value.Value {
	c.out.Documents = append(c.out.Documents, docs...)
	return docs
}

// folder takes note of a kustomization that is included.
func (c *reader) folder(v *value.Value) *value.Value {
	p := path.Join(c.dir, v.Text)
	if !c.folders[p] || path.IsAbs(v.Text) || !tree.PlainFolder(v.Text) {
		return c.outside(v)
	}
	c.included[c.dir] = append(c.included[c.dir], p)
	return v
}

func (c *reader) has(p string) bool {
	_, ok := c.in[p]
	return ok
}

func (c *reader) outside(v *value.Value) *value.Value {
	c.diags.Errorh(v.Pos, "not-local", "name a file or folder in the component's folder",
		"%q is not in the component's folder, and nothing else is read", v.Text)
	return nil
}

// local returns the path of a file from the component's folder. Kustomize lets a
// kustomization name those in and below its own folder only.
func (c *reader) local(v *value.Value) (p string, ok bool) {
	p = path.Join(c.dir, v.Text)
	if path.IsAbs(v.Text) || strings.ContainsAny(v.Text, ":\\") || !c.has(p) || c.dir != "." && !strings.HasPrefix(p, c.dir+"/") {
		c.outside(v)
		return "", false
	}
	return p, true
}

// yaml writes a file with what is made of its documents, and returns how the
// kustomization names it.
func (c *reader) yaml(v *value.Value, take func([]*value.Value) []*value.Value) *value.Value {
	p, ok := c.local(v)
	if !ok {
		return nil
	}
	if name := c.written["yaml:"+p]; name != "" {
		return c.named(v, name)
	}
	docs, found := value.ReadObjects(path.Join(c.name, p), c.in[p])
	*c.diags = append(*c.diags, found...)
	name := c.unique("yaml:"+p, tree.PlainYAML(strings.TrimPrefix(p, c.dir+"/")))
	if found.HasErrors() {
		return nil
	}
	c.put(name, take(docs)...)
	return c.named(v, name)
}

// named returns the name of a file as the kustomization in c.dir has it.
func (c *reader) named(v *value.Value, name string) *value.Value {
	return value.NewString(v.Pos, strings.TrimPrefix(name, c.dir+"/"))
}

// unique returns the path for a file that nothing else has yet.
func (c *reader) unique(as, below string) string {
	ext := path.Ext(below)
	stem := strings.TrimSuffix(below, ext)
	name := path.Join(c.dir, below)
	for i := 2; c.taken[name]; i++ {
		name = path.Join(c.dir, stem+"-"+strconv.Itoa(i)+ext)
	}
	c.taken[name] = true
	c.written[as] = name
	return name
}

// inPlace writes the text of a patch that has one.
func (c *reader) inPlace(item *value.Value, patch *object.Patch) *value.Value {
	text := item.Get("patch")
	if text == nil {
		return item
	}
	patch.Documents = c.text(text)
	item = item.Copy()
	if content, err := value.EncodeCanonical(patch.Documents...); err == nil {
		item.Set("patch", value.NewString(text.Pos, string(content)))
	} else { // reported as it was read
		item.Delete("patch")
	}
	return item
}

// text reads YAML in place. All that is in it has the place of the text.
func (c *reader) text(v *value.Value) []*value.Value {
	docs, found := value.ReadObjects("", []byte(v.Text))
	for _, d := range found {
		d.Pos = v.Pos
		*c.diags = append(*c.diags, d)
	}
	for _, doc := range docs {
		doc.Place(v.Pos)
	}
	return docs
}

// generated takes note of the ConfigMap or Secret of a generator.
func (c *reader) generated(kind string, v *value.Value) {
	if behavior := v.StringAt("behavior"); behavior == "" || behavior == "create" {
		c.out.Generated = append(c.out.Generated, object.ID{APIVersion: "v1", Kind: kind, Name: v.StringAt("name")})
	}
	if ns := v.Get("namespace"); ns != nil {
		c.out.Namespaces = append(c.out.Namespaces, ns)
	}
}

// raw copies a file byte by byte.
func (c *reader) raw(v *value.Value) *value.Value {
	p, ok := c.local(v)
	if !ok {
		return nil
	}
	name := c.written["raw:"+p]
	if name == "" {
		name = c.unique("raw:"+p, tree.PlainName(strings.TrimPrefix(p, c.dir+"/")))
		c.out.Files[name] = c.in[p]
	}
	return c.named(v, name)
}

// source copies a generator's file, KEY=PATH or PATH, of which the last part is
// the key then.
func (c *reader) source(v *value.Value) *value.Value {
	key, file, ok := strings.Cut(v.Text, "=")
	if !ok {
		key, file = path.Base(v.Text), v.Text
	}
	out := c.raw(value.NewString(v.Pos, file))
	if out == nil || !ok && path.Base(out.Text) == key {
		return out
	}
	return value.NewString(v.Pos, key+"="+out.Text)
}

// inclusions counts the kustomizations that are built for a folder, each as
// often as it is included, up to just over MaxInclusions. Known holds those that
// were counted. A circle counts once: kustomize itself reports it.
func (c *reader) inclusions(dir string, known map[string]int) int {
	if n, ok := known[dir]; ok {
		return n
	}
	known[dir] = 1
	n := 1
	for _, sub := range c.included[dir] {
		n = min(n+c.inclusions(sub, known), MaxInclusions+1)
	}
	known[dir] = n
	return n
}
