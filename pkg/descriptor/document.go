// Package descriptor is app.yaml: its types, a strict parse that reports every
// mistake with its line, the layers, and what they come to in an environment.
package descriptor

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

const (
	// FileName is the name of a descriptor.
	FileName = "app.yaml"
	// APIVersion is the only version of the format that this program knows.
	APIVersion = fields.APIVersion
	// Kind is the kind of a descriptor; the kind of the app's only workload may
	// stand in its place.
	Kind = fields.KindApp
	// AcceptAll stands for all that a rule finds, among the names of what it finds something in.
	AcceptAll = fields.AcceptAll

	// NotADescriptor is the rule that reports a file of another tool.
	NotADescriptor = "not-a-descriptor"

	// platformKind is the kind of the operator's file, of the same group.
	platformKind = "Platform"

	group = "unfold.dev"
)

// Document is a descriptor as it stands in the file, each layer in its full
// form.
type Document struct {
	File string
	Name string

	root *value.Value // without environments
	// head holds apiVersion, kind, name and main, and source the file as it is written.
	head, source *value.Value
	envs         []value.Entry
	places       map[string]int // of the environments in envs
	// multi says that the top level has workloads, on which names and selectors
	// depend for ever.
	multi bool
	// main is the key of the workload that has the app's own name, "" for none.
	main string
	kind kinds.Kind
	// broken says that parts were left out because they are wrong, so what is
	// missing may have been there.
	broken bool
}

// Parse reads a descriptor. The document is nil where the file is none; where
// only parts are wrong, it is what remains, so that further mistakes can be
// found, and the list holds errors.
func Parse(file string, src []byte) (*Document, diag.List) {
	top, diags := value.Read(file, src)
	if other := pasted(file, src, diags); other != nil {
		top, diags = other, nil
	}
	if diags.HasErrors() {
		return nil, diags
	}
	if !isDescriptor(file, top, &diags) {
		return nil, diags
	}
	n := fields.NewNormaliser()
	full := n.Full(fields.Document(), top)
	d := &Document{File: file, head: value.NewMap(top.Pos), source: top, places: map[string]int{}}
	d.kind, _ = kinds.Find(kinds.Deployment)
	d.root = full.Copy()
	d.Name = full.StringAt("name")
	if full.Get("name").Is(value.Null) || !top.Has("name") {
		n.Diags.Errorh(top.Pos, "missing-name", "add name: with the app's name", "the descriptor has no name")
	}
	d.readKind(n, top)
	workloads := full.Get("workloads")
	d.multi = workloads.Is(value.Map)
	d.readMain(n)
	if e := top.Entry("environments"); e != nil && e.Value.Is(value.Null) {
		n.Diags.Errorh(e.KeyPos, "missing-environments",
			"list them below, such as prod: {}; without the line there are those of the defaults",
			"environments is empty")
	}
	d.readEnvironments(full)
	d.checkScopes(n)
	for _, key := range []string{"apiVersion", "kind", "name", "main"} {
		if e := d.root.Entry(key); e != nil {
			d.head.SetEntry(*e)
		}
		d.root.Delete(key)
	}
	d.root.Delete("environments")
	d.broken = n.Diags.HasErrors()
	return d, n.Diags
}

// IsDescriptor reports whether src is meant to be a descriptor of any version.
func IsDescriptor(src []byte) bool {
	top, _ := value.Read(FileName, src)
	return strings.HasPrefix(top.StringAt("apiVersion"), group+"/") && top.StringAt("kind") != platformKind
}

// isDescriptor looks whether the file is one of ours, before its fields are
// looked at: other tools use the name app.yaml too.
func isDescriptor(file string, top *value.Value, diags *diag.List) bool {
	at := diag.Pos{File: file, Line: 1, Col: 1}
	switch {
	case top == nil:
		diags.Errorh(at, "empty", start, "the file is empty")
		return false
	case !top.Is(value.Map):
		diags.Errorh(top.Pos, NotADescriptor, start, "the file is not a descriptor: it holds %s", top.Describe())
		return false
	}
	api := top.Get("apiVersion")
	if api.Is(value.Null) {
		api = nil
	}
	got, _, _ := strings.Cut(api.StringAt(), "/")
	ours := got != group && isMeantForUnfold(top)
	switch {
	case api == nil && ours && top.StringAt("kind") != Kind:
		diags.Errorh(top.Pos, "missing-version", addVersion, "the descriptor has no apiVersion")
	case api == nil && ours:
		diags.Errorh(top.Pos, "missing-version", start, "the descriptor has no apiVersion")
	case ours && !api.IsScalar():
		diags.Errorh(api.Pos, "missing-version", start, "the apiVersion of the descriptor is %s", api.Describe())
	case ours:
		diags.Errorh(api.Pos, "unknown-version", "write apiVersion: "+APIVersion, "the apiVersion %q is not one of unfold's", api.Text)
	case api == nil:
		diags.Errorh(top.Pos, NotADescriptor, foreignHint(top), "the file is not a descriptor: it has no apiVersion")
	case !api.IsScalar():
		diags.Errorh(api.Pos, NotADescriptor, start, "the file is not a descriptor: its apiVersion is %s", api.Describe())
	case got != group:
		diags.Errorh(api.Pos, NotADescriptor, foreignHint(top), "the file is not a descriptor: its apiVersion is %q", api.Text)
	case top.StringAt("kind") == platformKind:
		// No file of another tool: under this name nobody reads it.
		diags.Errorh(top.Get("kind").Pos, "platform-file", "call it platform.yaml, or write kind: "+Kind+" if it describes an app",
			"the file is not a descriptor: it is an operator's platform file")
	case api.Text != APIVersion:
		diags.Errorh(api.Pos, "unknown-version", unknownVersionHint(api.Text), "this version of unfold does not know the apiVersion %q",
			api.Text)
	default:
		return true
	}
	return false
}

// isMeantForUnfold reports whether a map without our apiVersion is most likely a
// descriptor all the same, and not another tool's file: by an apiVersion like ours, or by
// its fields. Google App Engine's has a runtime, kapp-controller's App an apiVersion with
// another group.
func isMeantForUnfold(top *value.Value) bool {
	api := top.Get("apiVersion")
	got, _, grouped := strings.Cut(api.StringAt(), "/")
	switch {
	case strings.Contains(strings.ToLower(got), "unfold"), diag.Suggest(got, []string{group}) != "":
		return true
	case api.IsScalar() && (grouped || top.StringAt("kind") != Kind), top.Has("runtime"):
		return false
	case top.StringAt("kind") == Kind:
		return true
	}
	return foreignHint(top) == addVersion && top.Has("name") && (top.Has("image") || top.Has("workloads"))
}

// unknownVersionHint says which program reads a version of the format: see
// docs/versions.md for the promise behind it.
func unknownVersionHint(api string) string {
	_, v, _ := strings.Cut(api, "/")
	if number, ok := strings.CutPrefix(v, "v"); ok && number != "" && schema.Only(number[:1], schema.Digits) {
		major, rest := number, ""
		if i := strings.IndexFunc(number, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
			major, rest = number[:i], number[i:]
		}
		if rest == "" || strings.HasPrefix(rest, "alpha") || strings.HasPrefix(rest, "beta") {
			if release := releaseOf(major, rest); release != "0" {
				return fmt.Sprintf("install the release of unfold that brought %s, v%s.0.0 or newer, or write apiVersion: %s", v, release,
					APIVersion)
			}
			return fmt.Sprintf("install the newest release v0 of unfold, or write apiVersion: %s", APIVersion)
		}
	}
	return "write apiVersion: " + APIVersion
}

// releaseOf returns the major version of the releases that read a version of the
// format: v1alpha1 and v1beta1 came with 0, v1 with 1.
func releaseOf(major, rest string) string {
	if rest != "" && major == "1" {
		return "0"
	}
	return major
}

func (d *Document) readKind(n *schema.Normaliser, top *value.Value) {
	kind := d.root.Get("kind")
	switch {
	case kind == nil && top.Has("kind"): // reported as of the wrong type
	case kind == nil || kind.Is(value.Null):
		n.Diags.Errorh(d.root.Pos, "missing-kind", "add kind: "+Kind, "the descriptor has no kind")
	case kind.Text == Kind:
	case !slices.Contains(kinds.Chosen(), kind.Text):
		n.Diags.Errorh(kind.Pos, "bad-value", diag.Hint(kind.Text, "allowed are", append([]string{Kind}, kinds.Chosen()...)),
			"the kind of a descriptor is not %q", kind.Text)
	default:
		d.kind, _ = kinds.Find(kind.Text)
		if d.root.Get("workloads").Is(value.Map) {
			n.Diags.Errorh(kind.Pos, "belongs-to-workload", "write kind: "+Kind+" here and kind: "+kind.Text+" under a workload",
				"the top level can't have the kind %q beside workloads: each workload has its own", kind.Text)
		}
	}
}

// readMain takes which workload has the app's own name.
func (d *Document) readMain(n *schema.Normaliser) {
	main := d.root.Entry("main")
	if main == nil || main.Value.Is(value.Null) {
		return
	}
	d.main = main.Value.Text
	switch {
	case !d.multi:
		n.Diags.Errorh(main.KeyPos, "no-use", "remove it: the only workload of an app has the app's name",
			"main is of no use without workloads")
	case !slices.Contains(d.Workloads(), d.main):
		n.Diags.Errorh(main.Value.Pos, "unknown-workload", diag.Hint(d.main, "the workloads are", d.Workloads()),
			"there is no workload %q at the top level", d.main)
	}
}

func (d *Document) readEnvironments(full *value.Value) {
	environments := full.Get("environments")
	if environments == nil {
		return
	}
	for _, e := range environments.Entries {
		if e.Value.Is(value.Null) {
			e.Value = value.NewMap(e.Value.Pos)
		}
		d.places[e.Key] = len(d.envs)
		d.envs = append(d.envs, e)
	}
}

// checkScopes reports fields that stand where they can't: those of a workload
// beside workloads, and workloads that only an environment has.
func (d *Document) checkScopes(n *schema.Normaliser) {
	layers := append([]value.Entry{{Value: d.root}}, d.envs...)
	if ws := d.root.Get("workloads"); d.multi && len(ws.Entries) == 0 && !n.Diags.HasErrors() && !d.besideWorkloads() {
		n.Diags.Errorh(ws.Pos, "missing-workload", "add a workload, or remove workloads and describe the only one at the top level",
			"workloads is empty")
	}
	for _, l := range layers {
		in := ""
		if l.Key != "" {
			in = " in environments." + l.Key
		}
		if e := l.Value.Entry("workloads"); !d.multi && e != nil && l.Key != "" {
			n.Diags.Errorh(e.KeyPos, "workloads-in-environment",
				"add workloads at the top level, where it decides the names of all objects",
				"workloads%s, but the top level has none", in)
		}
		if !d.multi {
			continue
		}
		if l.Key != "" {
			d.checkWorkloads(n, l)
		}
		d.checkOwn(n, l, in)
	}
}

// besideWorkloads reports whether an app without a workload at the top level makes objects.
func (d *Document) besideWorkloads() bool {
	layers := append([]value.Entry{{Value: d.root}}, d.envs...)
	return slices.ContainsFunc(layers, func(l value.Entry) bool {
		return slices.ContainsFunc([]string{"manifests", "components", "configMaps", "claims", "workloads"},
			func(key string) bool { return !l.Value.Get(key).Empty() }) || l.Value.Get("namespace", "create").IsTrue()
	})
}

// checkOwn reports fields of a workload that stand beside workloads, by the names that they
// have in the file.
func (d *Document) checkOwn(n *schema.Normaliser, l value.Entry, in string) {
	var found []value.Entry
	written := d.source
	if l.Key != "" {
		written = d.source.Get("environments", l.Key)
	}
	for _, f := range fields.WorkloadFields() {
		e := l.Value.Entry(f.Name)
		if e == nil || f.Scope != fields.Own {
			continue
		}
		field := *e
		for _, x := range written.AllEntries() { // port of ports
			if x.KeyPos == e.KeyPos {
				field.Key = x.Key
			}
		}
		found = append(found, field)
		l.Value.Delete(f.Name)
	}
	slices.SortFunc(found, func(a, b value.Entry) int { return cmp.Or(a.KeyPos.Line-b.KeyPos.Line, a.KeyPos.Col-b.KeyPos.Col) })
	hint := d.toWorkload(l.Key, keysOf(found))
	for _, e := range found {
		n.Diags.Errorh(e.KeyPos, "belongs-to-workload", hint, "%s%s belongs to a workload, and the app lists its workloads", e.Key, in)
		hint = "" // once is enough
	}
}

// toWorkload is the hint for fields that belong to a workload. An app that had one and got
// another has to list the first one too.
func (d *Document) toWorkload(env string, names []string) string {
	workloads := d.root.Get("workloads")
	serves := slices.ContainsFunc(workloads.AllEntries(), func(w value.Entry) bool { return !w.Value.Get("ports").Empty() })
	const first = "web"
	under := "workloads."
	if env != "" {
		under = "environments." + env + ".workloads."
	}
	switch alone := d.main == "" && !serves && !workloads.Has(first); {
	case alone && env != "":
		return "move it under " + under + first + ", if it is for the present app: list that at the top level too, with main: " + first
	case alone:
		return fmt.Sprintf("list the present app too: main: %s, and workloads: {%s: {%s: …}, %s: …}; main keeps the names of its objects",
			first,
			first, strings.Join(names, ": …, "), strings.Join(workloads.Keys(), ": …, "))
	}
	if keys := workloads.Keys(); len(keys) == 1 {
		return "move it under " + under + keys[0]
	}
	return "move it under " + under + "NAME; the workloads are " + strings.Join(workloads.Keys(), ", ")
}

// checkWorkloads reports a workload that an environment alone has, whose name is
// nearly that of another, and of which nothing says what it runs: a slip, which
// would come out as a workload more.
func (d *Document) checkWorkloads(n *schema.Normaliser, env value.Entry) {
	for _, w := range env.Value.Get("workloads").AllEntries() {
		meant := diag.Suggest(w.Key, d.Workloads())
		if meant == "" || meant == w.Key || saysWhatItRuns(w.Value) || onlyOff(w.Value) || d.root.Get("workloads").Has(w.Key) {
			continue
		}
		n.Diags.Errorh(w.KeyPos, "unknown-workload", "did you mean "+strconv.Quote(meant)+
			"? A workload that only this environment has needs what it runs, such as command",
			"the workload %q is only in environments.%s, which does not say what it runs", w.Key, env.Key)
	}
}

func saysWhatItRuns(workload *value.Value) bool {
	return slices.ContainsFunc([]string{"kind", "image", "command", "args", "port", "ports", "schedule"}, workload.Has)
}

// Pos returns the place of the descriptor as a whole.
func (d *Document) Pos() diag.Pos { return d.root.Pos }

// Head returns apiVersion, kind or name as written, nil where the descriptor has none.
func (d *Document) Head(key string) *value.Value { return d.head.Get(key) }

// Environments returns the names of the environments in the order written; where
// the descriptor lists none, those of the defaults.
func (d *Document) Environments(defaults Defaults) []string {
	names := make([]string, 0, len(d.envs))
	for _, e := range d.envs {
		names = append(names, e.Key)
	}
	if len(names) == 0 {
		names = append(names, defaults.names()...)
	}
	return names
}

// Workloads returns the names of the workloads at the top level, none for an app
// of one.
func (d *Document) Workloads() []string { return d.root.Get("workloads").Keys() }

// Main returns the key of the workload that has the app's own name, "" for none.
func (d *Document) Main() string { return d.main }
