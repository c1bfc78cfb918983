package kustomize

import (
	"bytes"
	"path"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Work is what kustomize has to do, as far as that can be told before: nothing can
// stop it once it runs.
type Work struct {
	// Objects counts the objects, and Bytes their texts. Lookups counts the entries that
	// kustomize goes through to find each entry of each map and list: it has no index.
	Objects, Bytes, Lookups int
	// Pairs counts objects that are changed, each as often as it is; Changes counts
	// what changes any object, as far as nobody knows which: patches, images, labels
	// and the like. Added is what the largest of them put into one object together.
	Pairs, Changes, Added int
	// Copies counts the copy operations of one patch: each can put an object into itself
	// once more, up to MaxCopied. Add leaves it to the caller, who knows the objects.
	Copies int
	// Moved counts the bytes that replacements write, MovedOne those in one object, and
	// Doubled how often what they write can be as large again.
	Moved, MovedOne, Doubled int
	// Steps counts those of regular expressions, at each letter that one is tried on.
	Steps int
	// Specs counts the fields that configurations list, in each object.
	Specs int
	Names Names
}

// Names counts the letters of what objects are known by, on which the regular
// expressions of targets are tried.
type Names struct{ Group, Version, Kind, Name, Namespace int }

func (n *Names) add(x Names) {
	n.Group, n.Version, n.Kind = plus(n.Group, x.Group), plus(n.Version, x.Version), plus(n.Kind, x.Kind)
	n.Name, n.Namespace = plus(n.Name, x.Name), plus(n.Namespace, x.Namespace)
}

func namesOf(v *value.Value) Names {
	id := object.Object{Value: v}.ID()
	return Names{1 + len(id.Group()), 1 + len(id.Version()), 1 + len(id.Kind), 1 + len(id.Name),
		1 + len(v.StringAt("metadata", "namespace"))}
}

// Steps returns how many steps it can take to hold a target to all these objects.
func (n Names) Steps(target *value.Value) (all int) {
	for key, letters := range map[string]int{
		"group": n.Group, "version": n.Version, "kind": n.Kind, "name": n.Name, "namespace": n.Namespace,
	} {
		if pattern := target.StringAt(key); pattern != "" {
			all = plus(all, times(letters, stepsAt(pattern)))
		}
	}
	return all
}

// most keeps counts from overflowing: far above every limit.
const most = 1 << 40

func plus(a, b int) int { return min(a+b, most) }

// Add adds the work of something else in the same build.
func (w *Work) Add(x Work) {
	w.Objects, w.Bytes = plus(w.Objects, x.Objects), plus(w.Bytes, x.Bytes)
	w.Lookups, w.Pairs = plus(w.Lookups, x.Lookups), plus(w.Pairs, x.Pairs)
	w.Changes, w.Added = plus(w.Changes, x.Changes), plus(w.Added, x.Added)
	w.Moved, w.MovedOne, w.Doubled = plus(w.Moved, x.Moved), plus(w.MovedOne, x.MovedOne), plus(w.Doubled, x.Doubled)
	w.Steps, w.Specs = plus(w.Steps, x.Steps), plus(w.Specs, x.Specs)
	w.Names.add(x.Names)
}

// Object returns the work that an object makes.
func Object(v *value.Value) Work {
	w := Work{Objects: 1, Names: namesOf(v)}
	v.Walk(func(x *value.Value) {
		w.Bytes += node + len(x.Text)
		for _, e := range x.Entries {
			w.Bytes += len(e.Key)
		}
		n := len(x.Entries) + len(x.Items)
		w.Lookups = plus(w.Lookups, n*n)
	})
	return w
}

// Patch returns what a patch adds to an object: what it holds, and how many copies of
// the object's own parts it makes.
func Patch(docs []*value.Value) Work {
	var w Work
	for _, doc := range docs {
		x := Object(doc)
		w.Added, w.Lookups = plus(w.Added, x.Bytes), plus(w.Lookups, x.Lookups)
		for _, op := range doc.AllItems() {
			if op.StringAt("op") == "copy" {
				w.Copies++
			}
		}
	}
	return w
}

// Copied returns how many bytes a patch with so many copies may add to objects.
func Copied(copies int, objects Work) int {
	const doublings = 20 // that make anything too large
	if copies == 0 {
		return 0
	}
	return min(plus(0, MaxCopied*objects.Objects), plus(0, objects.Bytes<<min(copies, doublings)))
}

// Components returns the work that an app's components make beside its own objects,
// each kustomization in them as often as it is included. The trees are those of
// Component.Files.
func Components(trees []tree.Tree, own []*value.Value) Work {
	if len(trees) == 0 {
		return Work{}
	}
	f := &flow{objects: slices.Clone(own), repeats: 1, marked: map[string]int{}, texts: map[*value.Value]text{}}
	var all []*measurer
	for _, t := range trees {
		m := &measurer{tree: t, flow: f, files: map[string][]*value.Value{}, known: map[string]Work{}}
		m.survey()
		all = append(all, m)
	}
	var w Work
	for _, m := range all {
		w.Add(m.folder("."))
	}
	return w
}

type measurer struct {
	tree  tree.Tree
	flow  *flow
	files map[string][]*value.Value // that were read
	known map[string]Work           // of folders and files
}

// read returns the documents of a file.
func (m *measurer) read(name string) []*value.Value {
	docs, ok := m.files[name]
	if !ok {
		docs, _ = value.ReadAll("", m.tree[name])
		m.files[name] = docs
	}
	return docs
}

// folder measures a kustomization. A circle counts once: kustomize itself reports it.
func (m *measurer) folder(dir string) Work {
	if w, ok := m.known[dir]; ok {
		return w
	}
	m.known[dir] = Work{}
	var w Work
	for _, base := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		for _, doc := range m.read(path.Join(dir, base)) {
			for _, e := range doc.AllEntries() {
				w.Add(m.field(dir, e))
			}
		}
	}
	m.known[dir] = w
	return w
}

func (m *measurer) field(dir string, e value.Entry) (w Work) {
	switch e.Key {
	case "resources", "components":
		for _, x := range itemsOf(e.Value) {
			w.Add(m.included(path.Join(dir, x.Text)))
		}
	case "patches":
		for _, x := range itemsOf(e.Value) {
			if len(get(x, "target")) == 0 {
				w.Pairs++ // the object that it names
			} else {
				w.Changes++
				w.Steps = plus(w.Steps, m.flow.trying(x.Get("target")))
			}
			for _, key := range []string{"path", "patch"} {
				for _, text := range get(x, key) {
					w.Add(m.patch(dir, text))
				}
			}
		}
	case "replacements":
		for _, x := range itemsOf(e.Value) {
			for _, r := range m.replacements(dir, x) {
				if w.Changes <= mostFields { // which is too much in any case
					w.Add(m.flow.work(r))
				}
			}
		}
	case "configMapGenerator", "secretGenerator":
		for _, x := range itemsOf(e.Value) {
			w.Add(m.generator(dir, x))
		}
	case "images", "replicas", "labels":
		w.Changes = len(itemsOf(e.Value))
		w.Added = Object(e.Value).Bytes
		for _, x := range itemsOf(e.Value) {
			w.Add(m.flow.specs(x.Get("fields"), 1, Object(x.Get("pairs")).Bytes))
		}
	case "namePrefix", "nameSuffix", "namespace", "generatorOptions":
		w.Added = Object(e.Value).Bytes
	case "configurations":
		for _, x := range itemsOf(e.Value) {
			for _, doc := range m.read(path.Join(dir, x.Text)) {
				if w.Specs <= mostVisits { // else it is refused in any case
					w.Add(m.flow.configuration(doc))
				}
			}
		}
	case "commonAnnotations":
		w.Changes = 1
		w.Added = Object(e.Value).Bytes
	}
	return w
}

// included measures a file of objects, or a folder.
func (m *measurer) included(name string) (w Work) {
	if _, ok := m.tree[name]; !ok {
		return m.folder(name)
	}
	if w, ok := m.known[name]; ok {
		return w
	}
	for _, doc := range m.read(name) {
		w.Add(objects(doc))
	}
	m.known[name] = w
	return w
}

// objects measures an object, or those of a List.
func objects(v *value.Value) (w Work) {
	items := v.Get("items")
	if !items.Is(value.List) {
		return Object(v)
	}
	for _, x := range items.Items {
		w.Add(objects(x))
	}
	return w
}

// patch measures one that is a path or stands in place.
func (m *measurer) patch(dir string, x *value.Value) Work {
	file := "patch " + path.Join(dir, x.Text)
	if w, ok := m.known[file]; ok {
		return w
	}
	w := Patch(m.patchDocuments(dir, x))
	if w.Copies > 0 { // of objects that nobody knows yet
		w.Added = plus(w.Added, MaxCopied)
	}
	m.known[file] = w
	return w
}

// patchDocuments returns those of a patch that is a path or stands in place.
func (m *measurer) patchDocuments(dir string, x *value.Value) []*value.Value {
	name := path.Join(dir, x.Text)
	if _, ok := m.tree[name]; ok {
		return m.read(name)
	}
	docs, _ := value.ReadAll("", []byte(x.Text))
	return docs
}

func (m *measurer) generator(dir string, x *value.Value) Work {
	w := Object(x)
	for _, key := range []string{"files", "envs", "env"} {
		for _, list := range get(x, key) {
			for _, file := range append(itemsOf(list), list) {
				_, name, ok := strings.Cut(file.Text, "=")
				if !ok {
					name = file.Text
				}
				content := m.tree[path.Join(dir, name)]
				w.Bytes = plus(w.Bytes, len(content))
				if key != "files" { // each line is an entry
					n := bytes.Count(content, []byte("\n"))
					w.Lookups = plus(w.Lookups, n*n)
				}
			}
		}
	}
	return w
}

// generated returns a ConfigMap or Secret as a generator makes it.
func (m *measurer) generated(dir, field string, x *value.Value) *value.Value {
	kind := "ConfigMap"
	if field == "secretGenerator" {
		kind = "Secret"
	}
	data := value.NewMap(x.At())
	put := func(key, text string) {
		data.Entries = append(data.Entries, value.Entry{Key: key, Value: value.NewString(x.At(), text)})
	}
	for _, file := range x.Get("files").AllItems() {
		key, name, ok := strings.Cut(file.Text, "=")
		if !ok {
			key, name = path.Base(file.Text), file.Text
		}
		put(key, string(m.tree[path.Join(dir, name)]))
	}
	lines := x.Get("literals").AllItems()
	for _, file := range append(itemsOf(x.Get("envs")), get(x, "env")...) {
		for line := range strings.SplitSeq(string(m.tree[path.Join(dir, file.Text)]), "\n") {
			lines = append(lines, value.NewString(x.At(), line))
		}
	}
	for _, line := range lines {
		key, text, _ := strings.Cut(line.Text, "=")
		put(key, text)
	}
	metadata := value.NewMap(x.At()).Set("name", value.NewString(x.At(), x.StringAt("name")))
	return value.NewMap(x.At()).Set("apiVersion", value.NewString(x.At(), "v1")).Set("kind", value.NewString(x.At(), kind)).
		Set("metadata", metadata).Set("data", data)
}

func itemsOf(v *value.Value) []*value.Value { return v.AllItems() }

// get returns the value under a key, or none.
func get(v *value.Value, key string) []*value.Value {
	if x := v.Get(key); x != nil && x.Kind != value.Null {
		return []*value.Value{x}
	}
	return nil
}

const (
	// MaxPattern bounds a regular expression in the target of a patch, in bytes: the
	// longest name there is, with a backslash before each dot, has room.
	MaxPattern = 512
	// MaxSteps bounds the steps that one is compiled to, each of which can be tried at
	// each letter of each object's name: (a{100}){100} is short and has ten thousand.
	MaxSteps = 520
)

// CheckPattern reports a regular expression that would be tried for ever. What is
// none at all is left to kustomize.
func CheckPattern(v *value.Value, diags *diag.List) {
	text := v.StringAt()
	if len(text) <= MaxPattern && steps(text) <= MaxSteps {
		return
	}
	diags.Errorh(v.At(), "too-large", "write a shorter one, with fewer counted repetitions", "the regular expression is too heavy")
}

// stepsAt returns how many of them can be tried at each letter: one of a pattern that
// stands for itself alone.
func stepsAt(pattern string) int {
	if regexp.QuoteMeta(pattern) == pattern {
		return 1
	}
	return max(steps(pattern), 1)
}

func steps(pattern string) int {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0
	}
	return len(program.Inst)
}

// CheckPatterns is CheckPattern for the fields of a target that are regular
// expressions (kustomize, api/types, SelectorRegex).
func CheckPatterns(target *value.Value, diags *diag.List) {
	for _, field := range []string{"group", "version", "kind", "name", "namespace"} {
		for _, v := range get(target, field) {
			CheckPattern(v, diags)
		}
	}
}

// CheckComponentPatterns is CheckPatterns for all targets in a component.
func CheckComponentPatterns(t tree.Tree) diag.List {
	var diags diag.List
	for _, name := range t.Paths() {
		if !isKustomization(path.Base(name)) {
			continue
		}
		docs, _ := value.ReadAll(name, t[name])
		for _, doc := range docs {
			for _, x := range itemsOf(doc.Get("patches")) {
				for _, target := range get(x, "target") {
					CheckPatterns(target, &diags)
				}
			}
			m := &measurer{tree: t, files: map[string][]*value.Value{}}
			seen := map[string]bool{}
			for _, x := range itemsOf(doc.Get("replacements")) {
				if file := x.StringAt("path"); file != "" {
					if seen[file] {
						continue
					}
					seen[file] = true
				}
				for _, r := range m.replacements(path.Dir(name), x) {
					checkReplacement(r, &diags)
				}
			}
		}
	}
	return diags
}

// checkReplacement is CheckPatterns for the targets of a replacement, and for the
// elements of lists in the paths of its fields.
func checkReplacement(r *value.Value, diags *diag.List) {
	for _, target := range r.Get("targets").AllItems() {
		for _, x := range append(itemsOf(target.Get("reject")), get(target, "select")...) {
			CheckPatterns(x, diags)
		}
		for _, field := range target.Get("fieldPaths").AllItems() {
			for _, part := range pathOf(field.StringAt()) {
				if _, pattern := element(part); kyaml.IsListIndex(part) {
					CheckPattern(value.NewString(field.At(), pattern), diags)
				}
			}
		}
	}
}
