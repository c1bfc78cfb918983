package kustomize

import (
	"math/bits"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	kyamlutils "sigs.k8s.io/kustomize/kyaml/utils"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

const (
	// mostFields bounds the fields of replacements that are looked at one by one: so
	// many are refused in any case, since each changes an object at least.
	mostFields = 20_000
	// mostVisits bounds the values that are looked at for all of them together.
	mostVisits = 10_000_000
	// node is how many bytes stand around a value in YAML.
	node = 8
	// escaped is how much longer a text gets in JSON in a text, at most: "<" is \u003c.
	escaped = 6
	// compiling is how many steps of a regular expression could be tried while one of
	// its steps is compiled: kustomize compiles one anew for each element of a list.
	compiling = 30
)

// flow is what the replacements of all components of a build read and write, as far as
// that can be told before kustomize runs. As long as no source holds a field that a
// replacement writes, no source grows, and what is written is the size of the sources
// as often as fields match. Where one does, it can grow with each replacement.
type flow struct {
	objects []*value.Value // which the build begins with
	merges  []*value.Value // strategic merge patches, which are parts of objects
	ops     []operation    // of JSON 6902 patches
	sources []fieldPath
	targets []fieldPath
	creates int // targets that add what is missing
	// transformers counts labels, annotations, images and the like, marks their bytes, and
	// marked those of each field.
	transformers, marks int
	marked              map[string]int
	repeats             int // how often one of the objects may be included
	// renames reports whether a patch may change kinds.
	renames bool
	patches int
	affixes int   // bytes that are put around names
	names   Names // of the objects
	visits  int
	texts   map[*value.Value]text // that are YAML themselves
}

// fieldPath is the way to a field, as kustomize takes it apart.
type fieldPath []string

// text is what there is to know of a text that replacements look into.
type text struct {
	docs    []*value.Value
	bytes   int // in YAML, its aliases resolved
	counted bool
}

type operation struct {
	path         fieldPath
	bytes, nodes int
	copies       bool // from elsewhere in the object
}

func pathOf(text string) fieldPath {
	if text == "" {
		text = "metadata.name"
	}
	parts := kyamlutils.SmarterPathSplitter(text, ".")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	return slices.DeleteFunc(parts, func(part string) bool { return part == "" })
}

// selects reports whether a part of a path stands for elements of a list.
func selects(part string) bool {
	return part == "*" || part == "-" || kyaml.IsIdxNumber(part) || kyaml.IsListIndex(part)
}

// several reports whether a part can stand for more than one element.
func several(part string) bool { return part == "*" || kyaml.IsListIndex(part) }

// begins reports whether p may lead to where the first parts of q lead.
func (p fieldPath) begins(q fieldPath) bool {
	if len(p) > len(q) {
		return false
	}
	for i, part := range p {
		if part != q[i] && !selects(part) && !selects(q[i]) {
			return false
		}
	}
	return true
}

func (p fieldPath) overlaps(q fieldPath) bool { return p.begins(q) || q.begins(p) }

// replacements returns those of an entry, which stand in place or in a file.
func (m *measurer) replacements(dir string, x *value.Value) []*value.Value {
	all := []*value.Value{x}
	for _, file := range get(x, "path") {
		for _, doc := range m.read(path.Join(dir, file.Text)) {
			all = append(append(all, itemsOf(doc)...), doc)
		}
	}
	return slices.DeleteFunc(all, func(x *value.Value) bool { return len(get(x, "targets")) == 0 })
}

// fieldsOfTarget returns the paths of a target. Without any it is the name.
func fieldsOfTarget(target *value.Value) []fieldPath {
	var out []fieldPath
	for _, x := range target.Get("fieldPaths").AllItems() {
		out = append(out, pathOf(x.StringAt()))
	}
	if len(out) == 0 {
		out = append(out, pathOf(""))
	}
	return out
}

// survey takes note of all that replacements can read and write in a component.
func (m *measurer) survey() {
	f := m.flow
	inclusions, folders := 0, 0
	for _, name := range m.tree.Paths() {
		if !isKustomization(path.Base(name)) {
			continue
		}
		folders++
		dir := path.Dir(name)
		for _, doc := range m.read(name) {
			for _, e := range doc.AllEntries() {
				inclusions += m.surveyField(dir, e)
			}
		}
	}
	// The component's own folder is included by the app.
	f.repeats = min(f.repeats+max(0, inclusions+1-folders), MaxInclusions)
}

// surveyField does that for a field, and returns how many folders it includes.
func (m *measurer) surveyField(dir string, e value.Entry) (folders int) {
	f := m.flow
	switch e.Key {
	case "resources", "components":
		for _, x := range itemsOf(e.Value) {
			name := path.Join(dir, x.Text)
			if _, ok := m.tree[name]; !ok {
				folders++
			} else {
				for _, doc := range m.read(name) {
					f.objectsOf(doc)
				}
			}
		}
	case "configMapGenerator", "secretGenerator":
		for _, x := range itemsOf(e.Value) {
			f.objectsOf(m.generated(dir, e.Key, x))
		}
	case "patches":
		for _, x := range itemsOf(e.Value) {
			f.patches++
			f.renames = f.renames || !x.Get("options").Empty()
			for _, text := range append(get(x, "path"), get(x, "patch")...) {
				for _, doc := range m.patchDocuments(dir, text) {
					f.patch(doc)
				}
			}
		}
	case "replacements":
		for _, x := range itemsOf(e.Value) {
			if f.tooMany() {
				break
			}
			for _, r := range m.replacements(dir, x) {
				f.replacement(r)
			}
		}
	case "labels", "commonAnnotations", "images", "replicas", "namePrefix", "nameSuffix", "namespace", "generatorOptions":
		n := Object(e.Value).Bytes
		f.transformers += max(1, len(itemsOf(e.Value)))
		f.marks, f.marked[e.Key] = plus(f.marks, n), plus(f.marked[e.Key], n)
		if strings.HasPrefix(e.Key, "name") {
			f.affixes = plus(f.affixes, n)
		}
	}
	return folders
}

// visited takes note of values that were looked at, and reports whether more may be.
func (f *flow) visited(values int) bool {
	f.visits = plus(f.visits, values)
	return f.visits <= mostVisits
}

// objectsOf takes note of an object, or of those of a List.
func (f *flow) objectsOf(doc *value.Value) {
	if items := doc.Get("items"); items.Is(value.List) {
		for _, x := range items.Items {
			f.objectsOf(x)
		}
	} else if w := Object(doc); f.visited(w.Bytes / node) {
		f.objects = append(f.objects, doc)
		f.names.add(w.Names)
	}
}

// patch takes note of what a patch brings.
func (f *flow) patch(doc *value.Value) {
	if !f.visited(Object(doc).Bytes / node) {
		return
	}
	if doc.Is(value.Map) {
		f.merges = append(f.merges, doc)
		return
	}
	for _, op := range doc.AllItems() {
		nodes := 0
		op.Walk(func(*value.Value) { nodes++ })
		var at fieldPath
		for part := range strings.SplitSeq(strings.TrimPrefix(op.StringAt("path"), "/"), "/") {
			at = append(at, strings.NewReplacer("~1", "/", "~0", "~").Replace(part))
		}
		kind := op.StringAt("op")
		f.ops = append(f.ops, operation{path: at, bytes: Object(op).Bytes, nodes: nodes, copies: kind == "copy" || kind == "move"})
	}
}

func (f *flow) replacement(r *value.Value) {
	if source := r.Get("source"); source != nil {
		f.sources = append(f.sources, pathOf(source.StringAt("fieldPath")))
	}
	for _, target := range r.Get("targets").AllItems() {
		fields := fieldsOfTarget(target)
		f.targets = append(f.targets, fields...)
		if !target.Get("options", "create").Empty() {
			f.creates += len(fields)
		}
	}
}

// trying returns how many steps it takes to hold a target to all objects of a build,
// and to what each was called before a patch.
func (f *flow) trying(target *value.Value) int {
	names := f.names
	names.Name = plus(names.Name, times(f.affixes, len(f.objects)))
	return times(names.Steps(target), (1+f.patches)*f.repeats)
}

// tooMany reports whether there are more replacements than are looked at one by one.
func (f *flow) tooMany() bool { return len(f.targets)+len(f.sources) > mostFields }

// work returns the work of one replacement.
func (f *flow) work(r *value.Value) (w Work) {
	source, own := 0, fieldPath(nil)
	tooMany := f.tooMany()
	if !tooMany {
		source = len(r.StringAt("sourceValue"))
		if x := r.Get("source"); x != nil {
			own = pathOf(x.StringAt("fieldPath"))
			source = f.size(own)
		}
	}
	for _, target := range r.Get("targets").AllItems() {
		w.Steps = plus(w.Steps, f.trying(target.Get("select")))
		for _, reject := range target.Get("reject").AllItems() {
			w.Steps = plus(w.Steps, f.trying(reject))
		}
		var objects []*value.Value
		for _, p := range fieldsOfTarget(target) {
			w.Changes = plus(w.Changes, pathWork(len(p)))
			if tooMany {
				continue
			}
			if objects == nil {
				objects = f.selected(target.Get("select"))
			}
			written := source
			if !target.Get("options", "create").Empty() {
				written = plus(written, len(strings.Join(p, ""))+2*node*len(p))
			}
			w.Add(f.write(p, own, written, objects, !target.Get("options", "delimiter").Empty()))
		}
	}
	w.Changes = max(w.Changes, 1) // the source is looked for
	return w
}

// pathWork returns how many changes a path of so many parts counts for: kustomize looks
// up each beginning of it.
func pathWork(parts int) int {
	const usual = 32
	return plus(1, (parts/usual)*(parts/usual))
}

// write returns what it makes to write a source of so many bytes to a field.
func (f *flow) write(p, own fieldPath, source int, objects []*value.Value, joined bool) (w Work) {
	all, most1 := 0, 0
	v := &visit{flow: f, path: p, unstable: f.unstable(p), elements: map[int]elements{}}
	for _, o := range objects {
		n := v.matches(o)
		all, most1 = plus(all, n), max(most1, n)
	}
	one := plus(source, node)
	if v.inside {
		one = times(one, escaped)
	}
	w.Steps = v.steps
	w.Moved = plus(v.rewritten, times(times(all, f.repeats), one))
	w.MovedOne = times(most1, one)
	for _, s := range f.sources {
		switch held := len(s) < len(p) && s.begins(p); {
		case held && slices.Equal(s, own) && slices.ContainsFunc(p[len(s):], several):
			w.Doubled = max(w.Doubled, most1)
		case held && slices.ContainsFunc(p[len(s):], several):
			w.Doubled = max(w.Doubled, bits.Len(uint(most1))+1)
		case held && v.inside:
			w.Doubled = max(w.Doubled, 4) // what is put into a text is escaped
		case (held || joined && s.overlaps(p)) && slices.Equal(s, own):
			w.Doubled = max(w.Doubled, 2) // the source itself, and then the others
		case held || joined && s.overlaps(p):
			w.Doubled = max(w.Doubled, 1)
		}
	}
	return w
}

func times(a, b int) int {
	if a != 0 && b > most/a {
		return most
	}
	return min(a*b, most)
}

// size returns how large the value at a path can be before replacements.
func (f *flow) size(p fieldPath) int {
	largest, more, object := 0, f.marks, 0
	bytes := func(v *value.Value) int {
		n := Object(v).Bytes
		f.visited(n / node)
		return n
	}
	for _, o := range f.objects {
		f.each(o, p, func(v *value.Value) { largest = max(largest, bytes(v)) })
	}
	for _, doc := range f.merges {
		f.each(doc, p, func(v *value.Value) { more = plus(more, bytes(v)) })
	}
	for _, op := range f.ops {
		if !op.path.overlaps(p) {
			continue
		}
		more = plus(more, op.bytes)
		if op.copies {
			if object == 0 {
				object = f.largest()
			}
			more = plus(more, min(object, MaxCopied))
		}
	}
	if !f.visited(len(f.ops)) {
		return most
	}
	return plus(largest, more)
}

func (f *flow) largest() (bytes int) {
	for _, o := range f.objects {
		n := Object(o).Bytes
		f.visited(n / node)
		bytes = max(bytes, n)
	}
	return bytes
}

// each calls do with every value to which a path may lead.
func (f *flow) each(v *value.Value, p fieldPath, do func(*value.Value)) {
	f.visits++
	switch {
	case v == nil || f.visits > mostVisits:
	case len(p) == 0:
		do(v)
	case selects(p[0]):
		for _, x := range v.Items {
			f.each(x, p[1:], do)
		}
	default:
		f.each(v.Get(p[0]), p[1:], do)
	}
}

// selected returns the objects that a target may select. Names are left out, since an
// object has all those that it had before, too.
func (f *flow) selected(target *value.Value) []*value.Value {
	if f.renames || target == nil {
		return f.objects
	}
	kinds := value.NewMap(target.At())
	for _, key := range []string{"group", "kind"} {
		if v := target.Get(key); v.IsScalar() && steps(v.Text) <= MaxSteps && len(v.Text) <= MaxPattern {
			kinds.Set(key, v)
		}
	}
	selector := object.NewSelector(kinds)
	var out []*value.Value
	for _, o := range f.objects {
		if selector.Selects((object.Object{Value: o}).ID()) {
			out = append(out, o)
		}
	}
	return out
}

// unstable reports whether another replacement may put a whole list where a path goes
// through one, so that nobody knows how many elements match.
func (f *flow) unstable(p fieldPath) bool {
	last := -1
	for i, part := range p {
		if several(part) {
			last = i
		}
	}
	return last >= 0 && slices.ContainsFunc(f.targets, func(t fieldPath) bool { return len(t) <= last && t.begins(p) })
}

// visit counts the values that a path with lists in it matches.
type visit struct {
	*flow
	path     fieldPath
	unstable bool
	elements map[int]elements
	// inside reports whether a way led into a text that is YAML itself, and rewritten
	// how large those can get that no other way led into.
	inside    bool
	rewritten int
	steps     int // of regular expressions
}

// matches returns how many fields of an object a path may match.
func (v *visit) matches(o *value.Value) int {
	n := v.at(o, 0)
	if !slices.ContainsFunc(v.path, several) {
		return 1
	}
	if v.unstable || v.visits > mostVisits {
		return most
	}
	for _, doc := range v.merges {
		n = plus(n, v.at(doc, 0))
	}
	for _, op := range v.ops {
		n = plus(n, op.nodes)
		if op.copies {
			n = plus(n, min(Object(o).Bytes, MaxCopied)/node)
		}
	}
	return plus(n, v.creates)
}

func (v *visit) at(x *value.Value, i int) (n int) {
	v.visits++
	if x == nil || v.visits > mostVisits {
		return 0
	}
	if i == len(v.path) {
		return 1
	}
	if x.IsScalar() {
		return v.inText(x, i)
	}
	part := v.path[i]
	switch {
	case part == "*":
		for _, item := range x.Items {
			n = plus(n, v.at(item, i+1))
		}
	case kyaml.IsListIndex(part):
		e := v.element(i)
		v.steps = plus(v.steps, times(2*len(x.Items), compiling*e.steps))
		for _, item := range x.Items {
			if e.expression == nil || e.expression.MatchString(strings.TrimSpace(item.StringAt(e.keys...))) {
				n = plus(n, v.at(item, i+1))
			}
		}
	case kyaml.IsIdxNumber(part):
		if k, _ := strconv.Atoi(part); k < len(x.Items) {
			n = v.at(x.Items[k], i+1)
		}
	default:
		n = v.at(x.Get(part), i+1)
	}
	return n
}

// element returns the field and the regular expression of a part such as [name=a.*].
func element(part string) (field, pattern string) {
	field, pattern, _ = strings.Cut(strings.TrimPrefix(strings.TrimSuffix(part, "]"), "["), "=")
	return field, pattern
}

// elements is how a part of a path selects them in a list.
type elements struct {
	keys       []string // to what it looks at in each
	expression *regexp.Regexp
	steps      int
}

// element returns that of a part. The expression is nil where another replacement may
// change what it looks at.
func (v *visit) element(i int) elements {
	e, ok := v.elements[i]
	if ok {
		return e
	}
	field, pattern := element(v.path[i])
	if field != "" {
		e.keys = []string{field}
	}
	e.steps = steps(pattern)
	looked := append(append(slices.Clone(v.path[:i]), "*"), e.keys...)
	if len(pattern) <= MaxPattern && !slices.ContainsFunc(v.targets, looked.overlaps) {
		e.expression, _ = regexp.Compile(pattern) // what is none is an error in kustomize
	}
	v.elements[i] = e
	return e
}

// inText counts the matches in a text that is YAML or JSON itself: kustomize looks into
// it, and writes all of it anew.
func (v *visit) inText(x *value.Value, i int) (n int) {
	t, ok := v.flow.texts[x]
	if !ok {
		docs, diags := value.ReadAll("", []byte(x.Text))
		t.docs = docs
		for _, doc := range docs {
			t.bytes = plus(t.bytes, Object(doc).Bytes)
		}
		if diags.HasErrors() { // which other readers may take for YAML
			t.docs, t.bytes = nil, times(len(x.Text), 1+strings.Count(x.Text, "*"))
		}
	}
	v.inside = true
	if !t.counted {
		v.rewritten = plus(v.rewritten, times(max(t.bytes, len(x.Text)), escaped*v.repeats))
		t.counted = true
	}
	v.flow.texts[x] = t
	if t.docs == nil {
		return strings.Count(x.Text, "\n") + strings.Count(x.Text, ",") + 1
	}
	for _, doc := range t.docs {
		if !doc.IsScalar() {
			n = plus(n, v.at(doc, i))
		}
	}
	return n
}
