// Package lint holds rules over what an app is made of, one file for each
// rule. A rule finds what would be wrong or surprising in the cluster although
// the descriptor is valid.
package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Input is what the rules look at.
type Input struct {
	Env, Namespace string
	// Objects are those that unfold makes.
	Objects []object.Object
	// Incomplete says that something wrong was left out of them.
	Incomplete bool
	// APIs are what the cluster serves, as GROUP/VERSION and GROUP/VERSION/KIND;
	// everything where there are none.
	APIs []string
	// Generated are the names of ConfigMaps that get a hash behind them.
	Generated []string
	// Names stand around the names of objects that come out. NamesPos is where they
	// are said.
	Names    object.Names
	NamesPos diag.Pos
	// Manifests are those that the app brings along.
	Manifests []*value.Value
	// Patches are the entries of patches; Open says that there are components,
	// which may add objects that nobody knows before the build.
	Patches []*value.Value
	Open    bool
	// Brought is what else the app hands to kustomize.
	Brought Brought
	// Pos is the place of what is missing altogether.
	Pos diag.Pos
	// Sources returns the documents of manifests, patches and components, to tell which
	// of them brought in what is found after the build. Nil where there are none.
	Sources func() []*value.Value
	// Before is what there was before patches and components, for the rules over what came of them.
	Before []object.ID
	// Policy is the operator's. Accept holds the reasons by which the app accepts
	// what rules find, by their names and then by what they find it in.
	Policy Policy
	Accept *value.Value

	items []item
	// found are texts that look like credentials, once looked for.
	found  []suspect
	looked bool
	noted  map[noted]bool
	// workloads are those items that have pods, parts what each item says about any.
	workloads []pods
	parts     []podParts
	index     index
}

// Finding is what a rule found, and the object that it is about.
type Finding struct {
	diag.Diagnostic
	Object object.ID
	// name is what an app accepts it by, besides the object; text is where it stands.
	name string
	text *value.Value
}

// item is an object with what the rules ask for again and again.
type item struct {
	object.ID
	value *value.Value
	// origin is the line that the object is there for.
	origin diag.Pos
}

// at returns the place of something in the object, or that of the object where the
// descriptor does not say it.
func (x item) at(v *value.Value) diag.Pos {
	if v == nil || v.Pos.Line == 0 || v.Pos.File == descriptor.BuiltinFile {
		return x.origin
	}
	return v.Pos
}

// All applies every rule.
func All(in Input) []Finding { return in.apply(Rules(), always()) }

// Built applies the rules for objects as they come out, after patches and
// components. What was found before them keeps its place; anything else is the
// doing of what stands at pos.
func Built(in Input, before []Finding, pos diag.Pos) []Finding {
	rules := slices.DeleteFunc(Rules(), func(r Rule) bool { return r.source })
	found := in.apply(rules, []find{missingAPIs})
	type said struct{ rule, message string }
	places := map[said]diag.Pos{}
	for _, b := range before {
		places[said{b.Rule, b.Message}] = b.Pos
	}
	sources := in.sourceIndex(found)
	for i, f := range found {
		if id := in.Names.Undo(f.Object); id != f.Object {
			f.Message = strings.ReplaceAll(f.Message, f.Object.String(), id.String())
			f.Object = id
			found[i] = f
		}
		found[i].Pos = pos
		if at, ok := sources.source(f); ok {
			found[i].Pos = at
		}
		if at, ok := places[said{f.Rule, f.Message}]; ok {
			found[i].Pos = at
		}
	}
	// What looks at the sources has been found already.
	again := map[string]bool{}
	for _, r := range rules {
		again[r.Name] = true
	}
	for _, b := range before {
		if !again[b.Rule] {
			found = append(found, b)
		}
	}
	return found
}

func (in Input) apply(rules []Rule, fixed []find) []Finding {
	for _, o := range in.Objects {
		in.items = append(in.items, item{o.ID(), o.Value, o.Origin})
	}
	for _, v := range in.Manifests {
		in.items = append(in.items, item{object.Object{Value: v}.ID(), v, v.Pos})
	}
	for _, x := range in.items {
		if p, ok := x.pods(); ok {
			in.workloads = append(in.workloads, p)
		}
		in.parts = append(in.parts, x.parts())
	}
	in.indexed()
	var out []Finding
	for _, f := range fixed {
		f(&in, &report{out: &out})
	}
	in.acceptance(&report{out: &out})
	for _, r := range rules {
		s := in.Policy.of(r, in.Env)
		accepted := in.Accept.Get(r.Name)
		if !s.Accept {
			accepted = nil
		}
		if s.Severity == Off || accepted.Has(descriptor.AcceptAll) {
			continue
		}
		from := len(out)
		r.find(&in, &report{out: &out})
		kept := slices.DeleteFunc(out[from:], func(f Finding) bool {
			return accepted.Has(f.Object.String()) || f.name != "" && accepted.Has(f.name)
		})
		out = out[:from+len(kept)]
		for i := range kept {
			kept[i].Severity = s.Severity.severity()
		}
	}
	return out
}

// report collects findings about one object after the other.
type report struct {
	out  *[]Finding
	of   object.ID
	name string
	text *value.Value
}

// about returns a report for findings about an object.
func (r *report) about(x item) *report { return &report{out: r.out, of: x.ID} }

// named returns a report for findings about a text in the object that an app can
// accept by a name.
func (r *report) named(name string, text *value.Value) *report {
	return &report{r.out, r.of, name, text}
}

// Errorh reports what is an error whatever the policy says.
func (r *report) Errorh(pos diag.Pos, rule, hint, format string, args ...any) {
	r.add(diag.Diagnostic{Pos: pos, Rule: rule, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// Warnh reports what the policy gives its severity.
func (r *report) Warnh(pos diag.Pos, rule, hint, format string, args ...any) {
	r.add(diag.Diagnostic{Pos: pos, Severity: diag.Warning, Rule: rule, Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (r *report) add(d diag.Diagnostic) { *r.out = append(*r.out, Finding{d, r.of, r.name, r.text}) }

// Added returns the findings of after that were not found before.
func Added(before, after []Finding) []Finding {
	type key struct{ rule, message string }
	known := map[key]bool{}
	for _, f := range before {
		known[key{f.Rule, f.Message}] = true
	}
	return slices.DeleteFunc(slices.Clone(after), func(f Finding) bool { return known[key{f.Rule, f.Message}] })
}

// Final returns those findings that a patch can't mend, as diagnostics: those of
// what the app brings along, and those that no policy changes.
func Final(findings []Finding) diag.List {
	mended := map[string]bool{}
	for _, r := range Rules() {
		mended[r.Name] = !r.source
	}
	return Diags(slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return mended[f.Rule] }))
}

// Diags returns the findings as diagnostics.
func Diags(findings []Finding) diag.List {
	out := make(diag.List, len(findings))
	for i, f := range findings {
		out[i] = f.Diagnostic
	}
	return out
}
