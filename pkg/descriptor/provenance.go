package descriptor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/secret/redact"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Provenance is a descriptor in an environment, with what each layer says of each
// value.
type Provenance struct {
	// Fields is what all layers come to, in full form, with what the app makes of it:
	// complete hosts, the namespace, what is chosen where nothing is said. What
	// workloads inherit stands in each of them.
	Fields *value.Value

	// App is the app that they make.
	App *App

	layers  []layer
	made    map[string]Remark // by path
	useless map[string]string // why a value has no effect, by path
	renamed map[string]string // hosts that are keys, by their path as written
	doc     *Document
	env     string
}

// layer is one of those that make a descriptor.
type layer struct {
	name   string
	fields *value.Value
}

// Origin is what one layer says of a value.
type Origin struct {
	Layer string
	Pos   diag.Pos
	Value *value.Value // null deletes
}

// Hidden stands for the values of secrets, which are never printed.
const Hidden = "(hidden)"

// Provenance returns where the values of an environment come from. Where the list
// holds errors it is what remains without the mistakes, nil for an environment that
// the app does not have.
func (d *Document) Provenance(env string, o Options) (*Provenance, diag.List) {
	app, diags := d.Effective(env, o)
	if app == nil {
		return nil, diags
	}
	e := effective{Document: d, options: o, env: env, prefix: app.Prefix, suffix: app.Suffix}
	l, _ := e.layers(env)
	p := &Provenance{Fields: l.merged.Copy(), App: app, made: map[string]Remark{}, useless: map[string]string{},
		renamed: map[string]string{},
		doc:     d, env: env}
	if d.multi {
		workloads := value.NewMap(p.Fields.Get("workloads").At())
		workloads.Entries = l.workloads
		p.Fields.Set("workloads", workloads)
		p.Fields.Entries = slices.DeleteFunc(p.Fields.Entries, func(x value.Entry) bool { return isInherited(x.Key) && !ofObjects(x.Key) })
	}
	p.complete(&e, app)
	p.short(d)
	p.Fields = conceal(p.Fields)
	for _, x := range l.layers {
		if x.fields == d.root {
			x.fields = putAll(d.head, x.fields)
		}
		p.layers = append(p.layers, layer{x.name, conceal(x.fields)})
	}
	return p, diags
}

func isInherited(field string) bool {
	f := fields.OfWorkload(field)
	return f != nil && f.Scope == fields.Inherited
}

// ofObjects reports whether a field that workloads inherit is also that of the objects
// that they share.
func ofObjects(field string) bool {
	return slices.Contains([]string{"labels", "annotations", "syncWave", "syncOptions"}, field)
}

// putAll returns a map with the entries of both.
func putAll(a, b *value.Value) *value.Value {
	out := a.Copy()
	out.Entries = append(out.Entries, b.AllEntries()...)
	return out
}

// Origins returns what the layers say of the value at a path, the highest first.
// None says anything of what is made of other values. Of what is in a list only the
// layer says something whose list holds.
func (p *Provenance) Origins(path []string) []Origin {
	for i := range path {
		if !p.At(path[:i]).Is(value.List) {
			continue
		}
		if lists := p.Origins(path[:i]); len(lists) > 0 {
			if v := at(lists[0].Value, path[i:]); v != nil {
				return []Origin{{lists[0].Layer, v.Pos, v}}
			}
		}
		return nil
	}
	var out []Origin
	lookup := func(path []string) {
		for _, l := range p.layers {
			if v := decides(l.fields, path); v != nil {
				out = append(out, Origin{l.name, v.Pos, v})
			}
		}
	}
	// All that the top level says lies below all that workloads say, and both below what hooks and jobs say.
	workload := len(path) > 2 && path[0] == "workloads"
	if typ, depth := besideAt(path); typ != nil && len(path) > depth && fields.InheritedBy(typ, path[depth]) {
		lookup(path[depth:])
		if workload {
			lookup(slices.Concat(path[:2], path[depth:]))
		}
	} else if workload && isInherited(path[2]) {
		lookup(path[2:])
	}
	lookup(path)
	slices.Reverse(out)
	return out
}

// Find returns the keys of the value at a path such as env.MODE.value. Keys can hold
// dots; tag, pullSecrets and port stand for what they are short for.
func (p *Provenance) Find(path string) (keys []string, ok bool) {
	if path == "" {
		return nil, true
	}
	if keys, ok := find(p.Fields, path); ok {
		return keys, true
	}
	for written, host := range p.renamed {
		keys := strings.Split(written, "\x00")
		if rest, ok := strings.CutPrefix(path, strings.Join(keys, ".")); ok && (rest == "" || rest[0] == '.') {
			return find(p.Fields, strings.Join(append(keys[:len(keys)-1], host), ".")+rest)
		}
	}
	for short, long := range shorthands() {
		if above, ok := strings.CutSuffix(path, short); ok && (above == "" || strings.HasSuffix(above, ".")) {
			if keys, ok := find(p.Fields, above+long); ok {
				return keys, true
			}
		}
	}
	return nil, false
}

// shorthands returns the fields that are short for others.
func shorthands() map[string]string {
	return map[string]string{"tag": "image.tag", "pullSecrets": "image.pullSecrets", "port": "ports.http.port"}
}

func find(v *value.Value, path string) ([]string, bool) {
	step := func(key string, below *value.Value) ([]string, bool) {
		rest, ok := strings.CutPrefix(path, key)
		if !ok || rest != "" && rest[0] != '.' {
			return nil, false
		}
		if rest == "" {
			return []string{key}, true
		}
		keys, ok := find(below, rest[1:])
		return append([]string{key}, keys...), ok
	}
	for i, item := range v.AllItems() {
		if keys, ok := step(strconv.Itoa(i), item); ok {
			return keys, true
		}
	}
	for _, e := range v.AllEntries() {
		if keys, ok := step(e.Key, e.Value); ok {
			return keys, true
		}
	}
	return nil, false
}

// At returns the value under the keys, of a list the item with that number.
func (p *Provenance) At(keys []string) *value.Value { return at(p.Fields, keys) }

// decides returns what a layer says of the value at a path: the value itself, or
// null or false for all that is around it. Nil says nothing.
func decides(v *value.Value, path []string) *value.Value {
	for i := range path {
		if x := at(v, path[:i]); i > 0 && (x.Is(value.Null) || x.IsScalar()) {
			return x
		}
	}
	return at(v, path)
}

func at(v *value.Value, keys []string) *value.Value {
	for _, key := range keys {
		if v.Is(value.List) {
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v.Items) {
				return nil
			}
			v = v.Items[i]
			continue
		}
		v = v.Get(key)
	}
	return v
}

// conceal hides the values of secrets, of the app and of its workloads, and what
// looks like one elsewhere.
func conceal(fields *value.Value) *value.Value {
	all := func(v *value.Value) *value.Value { return redact.All(v, nil, redact.Fixed(Hidden)) }
	out := fields.Replace([]string{"secrets"}, all)
	for _, w := range fields.Get("workloads").AllEntries() {
		out = out.Replace([]string{"workloads", w.Key, "secrets"}, all)
	}
	return redact.Tree(out, nil, redact.Fixed(Hidden))
}
