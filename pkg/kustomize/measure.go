package kustomize

import (
	"bytes"
	"path"
	"regexp/syntax"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
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
	// Longest is the longest text that a replacement or a variable can repeat, Doubled
	// how often one can be put together with itself, and Repeated how often it can be
	// put into something else.
	Longest, Doubled, Repeated int
}

// most keeps counts from overflowing: far above every limit.
const most = 1 << 40

func plus(a, b int) int { return min(a+b, most) }

// Add adds the work of something else in the same build.
func (w *Work) Add(x Work) {
	w.Objects, w.Bytes = plus(w.Objects, x.Objects), plus(w.Bytes, x.Bytes)
	w.Lookups, w.Pairs = plus(w.Lookups, x.Lookups), plus(w.Pairs, x.Pairs)
	w.Changes, w.Added = plus(w.Changes, x.Changes), plus(w.Added, x.Added)
	w.Longest, w.Doubled, w.Repeated = max(w.Longest, x.Longest), plus(w.Doubled, x.Doubled), plus(w.Repeated, x.Repeated)
}

// Object returns the work that an object makes.
func Object(v *value.Value) Work {
	w := Work{Objects: 1}
	v.Walk(func(x *value.Value) {
		const node = 8 // bytes around a value in YAML
		w.Bytes += node + len(x.Text)
		for _, e := range x.Entries {
			w.Bytes += len(e.Key)
		}
		n := len(x.Entries) + len(x.Items)
		w.Lookups = plus(w.Lookups, n*n)
		w.Longest = max(w.Longest, len(x.Text))
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
		for _, op := range doc.Elements() {
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

// Work returns the work that a component makes, each kustomization in it as often as
// it is included.
func (c Component) Work() Work {
	m := measurer{Component: c, known: map[string]Work{}}
	return m.folder(".")
}

type measurer struct {
	Component
	known map[string]Work
}

// folder measures a kustomization. A circle counts once: kustomize itself reports it.
func (m *measurer) folder(dir string) Work {
	if w, ok := m.known[dir]; ok {
		return w
	}
	m.known[dir] = Work{}
	var w Work
	for _, doc := range m.documents[path.Join(dir, kustomizationFile)] {
		for _, e := range doc.Fields() {
			w.Add(m.field(dir, e))
		}
	}
	m.known[dir] = w
	return w
}

func (m *measurer) field(dir string, e value.Entry) (w Work) {
	switch e.Key {
	case "resources", "components":
		for _, x := range e.Value.Elements() {
			w.Add(m.included(path.Join(dir, x.Text)))
		}
	case "patches":
		for _, x := range e.Value.Elements() {
			if len(get(x, "target")) == 0 {
				w.Pairs++ // the object that it names
			} else {
				w.Changes++
			}
			for _, key := range []string{"path", "patch"} {
				for _, text := range get(x, key) {
					w.Add(m.patch(dir, text))
				}
			}
		}
	case "replacements":
		for _, x := range e.Value.Elements() {
			for _, file := range get(x, "path") {
				for _, doc := range m.documents[path.Join(dir, file.Text)] {
					for _, item := range append(doc.Elements(), doc) {
						w.Add(replacement(item))
					}
				}
			}
			w.Add(replacement(x))
		}
	case "configMapGenerator", "secretGenerator":
		for _, x := range e.Value.Elements() {
			w.Add(m.generator(dir, x))
		}
	case "images", "replicas", "labels":
		w.Changes = len(e.Value.Elements())
		w.Added = Object(e.Value).Bytes
	case "commonAnnotations":
		w.Changes = 1
		w.Added = Object(e.Value).Bytes
	}
	return w
}

// included measures a file of objects, or a folder.
func (m *measurer) included(name string) (w Work) {
	docs, ok := m.documents[name]
	if !ok {
		return m.folder(name)
	}
	for _, doc := range docs {
		w.Add(objects(doc))
	}
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
	docs, ok := m.documents[path.Join(dir, x.Text)]
	if !ok {
		docs, _ = value.ReadAll("", []byte(x.Text))
	}
	w := Patch(docs)
	if w.Copies > 0 { // of objects that nobody knows yet
		w.Added = plus(w.Added, MaxCopied)
	}
	return w
}

// replacement measures how often a replacement puts a text, or a whole field, to
// another. With a delimiter, and where the source is not the object's name, that
// can make it as long again as it was.
func replacement(x *value.Value) (w Work) {
	field := ""
	for _, source := range get(x, "source") {
		for _, path := range get(source, "fieldPath") {
			field = path.Text
		}
	}
	named := field == "" || field == "metadata.name" || field == "metadata.namespace"
	for _, list := range get(x, "targets") {
		for _, target := range list.Elements() {
			n := 0
			for _, paths := range get(target, "fieldPaths") {
				n += len(paths.Elements())
			}
			w.Changes, w.Repeated = plus(w.Changes, n), plus(w.Repeated, n)
			if !named || len(get(target, "options")) > 0 {
				w.Doubled = plus(w.Doubled, n)
			}
		}
	}
	return w
}

func (m *measurer) generator(dir string, x *value.Value) Work {
	w := Object(x)
	for _, key := range []string{"files", "envs", "env"} {
		for _, list := range get(x, key) {
			for _, file := range append(list.Elements(), list) {
				_, name, ok := strings.Cut(file.Text, "=")
				if !ok {
					name = file.Text
				}
				content := m.Files[path.Join(dir, name)]
				w.Bytes, w.Longest = plus(w.Bytes, len(content)), max(w.Longest, len(content))
				if key != "files" { // each line is an entry
					n := bytes.Count(content, []byte("\n"))
					w.Lookups = plus(w.Lookups, n*n)
				}
			}
		}
	}
	return w
}

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

// CheckPatterns is CheckPatterns for all targets in a component. It reports them in the
// order of its files.
func (c Component) CheckPatterns() diag.List {
	var diags diag.List
	for _, name := range c.Files.Paths() {
		if path.Base(name) != kustomizationFile {
			continue
		}
		for _, doc := range c.documents[name] {
			for _, x := range doc.Get("patches").Elements() {
				for _, target := range get(x, "target") {
					CheckPatterns(target, &diags)
				}
			}
		}
	}
	return diags
}
