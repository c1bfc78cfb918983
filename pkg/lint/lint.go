// Package lint holds rules over what an app is made of, one file for each
// rule. A rule finds what would be wrong or surprising in the cluster although
// the descriptor is valid.
package lint

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Input is what the rules look at.
type Input struct {
	Env, Namespace string
	NamespacePos   diag.Pos
	// Meant is the environment with defaults that Env is most likely another name for. EnvPos
	// is where Env is named.
	Meant  descriptor.Meant
	EnvPos diag.Pos
	// Objects are those that unfold makes.
	Objects []object.Object
	// Incomplete says that something wrong was left out of them.
	Incomplete bool
	// APIs are what the cluster serves, as GROUP/VERSION and GROUP/VERSION/KIND;
	// everything where there are none.
	APIs []string
	// Names stand around the names of objects that come out. NamesPos is where they
	// are said.
	Names    object.Names
	NamesPos diag.Pos
	// Manifests are those that the app brings along.
	Manifests []*value.Value
	// Open says that there are components, which may change the labels of objects.
	Open bool
	// Hidden are lists of the environment in place of others, OtherSelectors its selectors that differ.
	Hidden, OtherSelectors []descriptor.Difference
	NearImages             []descriptor.NearImage
	NearNames              []descriptor.NearName
	// Emptied are the fields whose empty value removes what a layer below has.
	Emptied []descriptor.Difference
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

	// built says that the objects are as they come out.
	built bool
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

// plain returns an object's identity by the name that the descriptor has for it: after
// the build it has a prefix, a suffix and, if it was generated, a hash beside it.
func (in *Input) plain(id object.ID) object.ID {
	if !in.built {
		return id
	}
	if id.Kind == "ConfigMap" || id.Kind == "Secret" {
		id.Name = object.WithoutHash(id.Name)
	}
	return in.Names.Undo(id)
}

// All applies every rule.
func All(in Input) []Finding { return in.apply(slices.Concat(fixed(), Rules())) }

// Built applies the rules for objects as they come out, after patches and
// components. What was found before them keeps its place; anything else is the
// doing of what stands at pos.
func Built(in Input, before []Finding, pos diag.Pos) []Finding {
	in.built = true
	var rules []Rule
	for _, r := range slices.Concat(fixed(), Rules()) {
		if !r.source {
			rules = append(rules, r)
		}
	}
	found := in.apply(rules)
	places := map[findingKey]diag.Pos{}
	for _, f := range before {
		places[f.key] = f.Pos
	}
	sources := in.sourceIndex(found)
	for i, f := range found {
		found[i].Pos = pos
		if at, ok := sources.source(f); ok {
			found[i].Pos = at
		}
		if at, ok := places[f.key]; ok {
			found[i].Pos = at
		}
	}
	for _, f := range before {
		if f.rule.source || f.rule.fixed {
			found = append(found, f)
		}
	}
	return found
}

func (in Input) apply(rules []Rule) []Finding {
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
		r.find(&in, &reporter{in: &in, out: &out, rule: r, severity: s.Severity.severity(), acceptable: s.Accept})
		kept := slices.DeleteFunc(out[from:], func(f Finding) bool {
			return accepted.Has(f.Object.String()) || f.name != "" && accepted.Has(f.name)
		})
		out = out[:from+len(kept)]
	}
	return out
}

// Added returns the findings of after that were not found before.
func Added(before, after []Finding) []Finding {
	known := map[findingKey]bool{}
	for _, f := range before {
		known[f.key] = true
	}
	return slices.DeleteFunc(slices.Clone(after), func(f Finding) bool { return known[f.key] })
}

// Final returns those findings that a patch can't mend, as diagnostics: those of
// what the app brings along, and those that no policy changes.
func Final(findings []Finding) diag.List {
	return Diags(slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return !f.rule.source && !f.rule.fixed }))
}

// Diags returns the findings as diagnostics.
func Diags(findings []Finding) diag.List {
	out := make(diag.List, len(findings))
	for i, f := range findings {
		out[i] = f.Diagnostic
	}
	return out
}
