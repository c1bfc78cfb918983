package render

import (
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/expand"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/kube/validation"
	"github.com/unfold-gitops/unfold/pkg/lint"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// problems returns what is wrong with the objects that kustomize made of an
// environment, without places: what the API server would refuse, and what is not
// what went in.
func (s *Source) problems(e expand.Environment, objects []*value.Value) diag.List {
	var out diag.List
	in := s.input(e)
	for _, v := range objects {
		var diags diag.List
		validation.Check(v, &diags)
		for _, d := range diags {
			id := object.Object{Value: v}.ID()
			if !in.Refuses(lint.InvalidObject, id) {
				break
			}
			out.Errorh(diag.Pos{}, lint.InvalidObject, d.Hint, "%s is not valid: %s", id, d.Message)
			out[len(out)-1].Rule = true
		}
		misplaced(v, e.App.Namespace.Name, &out)
	}
	s.others(e, objects, &out)
	return out
}

// misplaced reports what Argo CD or kustomize would take an object for besides
// itself.
func misplaced(v *value.Value, namespace string, out *diag.List) {
	id := object.Object{Value: v}.ID()
	if v.Has("items") {
		out.Errorh(diag.Pos{}, "items", "put it under spec", "%s comes out with items, which Argo CD would take for objects of their own",
			id)
	}
	if ns := v.Get("metadata", "namespace"); ns != nil && ns.Text != namespace || id.Kind == "Namespace" && id.Group() == "" &&
		id.Name != namespace {
		out.Errorh(diag.Pos{}, "foreign-namespace", "deploy the object with another app",
			"%s comes out for another namespace than %q, in which the app runs", id, namespace)
	}
}

// others reports in what the objects that came out are others than those that
// went in: the app's own and those of its manifests, together with those that its
// components add. Patches with "$patch: delete" may leave some out.
func (s *Source) others(e expand.Environment, objects []*value.Value, out *diag.List) {
	in := s.expected(e)
	seen := map[object.ID]bool{}
	for _, v := range objects {
		id := object.Object{Value: v}.ID()
		key := object.ID{APIVersion: id.Group(), Kind: id.Kind, Name: id.Name}
		if seen[key] {
			out.Errorh(diag.Pos{}, "duplicate-object", "rename one of them", "%s comes out twice", id)
		}
		seen[key] = true
		if !in.find(id) {
			out.Errorh(diag.Pos{}, "unexpected-object", "change what an object is known by where it is added",
				"%s comes out, which nothing adds under this name", id)
		}
	}
	missing := in.missing()
	if len(missing) == 0 {
		return
	}
	deleted := s.deletions(e)
	for _, id := range missing {
		if !slices.ContainsFunc(deleted, func(d deletion) bool { return d.of(id) }) {
			out.Errorh(diag.Pos{}, "lost-object", "to remove an object, use a patch with $patch: delete", "%s does not come out", id)
		}
	}
}

// expectation is a set of objects, by the names that they have before hashes,
// and before prefixes and suffixes of components.
type expectation struct {
	order              []object.ID // as messages have them
	index              map[object.ID]int
	hashed             map[object.ID]bool
	found              []bool
	prefixes, suffixes []string
}

func (s *Source) expected(e expand.Environment) *expectation {
	x := &expectation{index: map[object.ID]int{}, hashed: map[object.ID]bool{}}
	names := e.Names()
	for _, c := range s.componentsOf(e) {
		x.prefixes = append(x.prefixes, c.Prefixes...)
		x.suffixes = append(x.suffixes, c.Suffixes...)
	}
	renamed := len(x.prefixes)+len(x.suffixes) > 0
	if renamed { // inside of the app's own
		x.prefixes, x.suffixes = affixes(x.prefixes, names.Prefix), affixes(x.suffixes, names.Suffix)
	}
	add := func(id object.ID, hashed bool) {
		final := id
		if !object.KeepsName(id.Kind) {
			final.Name = names.Of(id.Name)
		}
		if _, ok := x.index[final]; ok {
			return // kustomize reports two of a name
		}
		keys := []object.ID{final}
		if renamed {
			keys = append(keys, id)
		}
		for _, key := range keys {
			x.index[key], x.hashed[key] = len(x.order), hashed
		}
		x.order = append(x.order, id)
	}
	for _, o := range e.Objects {
		add(o.ID(), o.Generated)
	}
	for _, v := range e.Manifests {
		add(object.Object{Value: v}.ID(), false)
	}
	for _, c := range s.componentsOf(e) {
		for _, v := range c.Objects {
			add(object.Object{Value: v}.ID(), false)
		}
		for _, id := range c.Generated {
			add(id, true)
		}
	}
	x.found = make([]bool, len(x.order))
	return x
}

// affixes returns the different ones that are not empty.
func affixes(all []string, more string) []string {
	all = slices.Compact(slices.Sorted(slices.Values(append(all, more))))
	return slices.DeleteFunc(all, func(text string) bool { return text == "" })
}

// find reports whether an object that came out is expected.
func (x *expectation) find(id object.ID) bool {
	if i, ok := x.index[id]; ok {
		x.found[i] = true
		return true
	}
	plain := object.ID{APIVersion: id.APIVersion, Kind: id.Kind, Name: object.WithoutHash(id.Name)}
	if i, ok := x.index[plain]; ok && x.hashed[plain] {
		x.found[i] = true
		return true
	}
	if len(x.prefixes)+len(x.suffixes) == 0 {
		return false
	}
	for _, whole := range []object.ID{id, plain} {
		starts := pieces(whole.Name, x.prefixes, strings.CutPrefix)
		ends := pieces(whole.Name, x.suffixes, strings.CutSuffix)
		for _, from := range starts {
			for _, end := range ends {
				to := len(whole.Name) - end
				if from >= to {
					continue
				}
				part := object.ID{APIVersion: id.APIVersion, Kind: id.Kind, Name: whole.Name[from:to]}
				if i, ok := x.index[part]; ok && (whole == id || x.hashed[part]) {
					x.found[i] = true
					return true
				}
			}
		}
	}
	return false
}

// pieces returns how many bytes can be cut off a text by cutting parts: none,
// those of a part, those of one behind another and so on.
func pieces(text string, parts []string, cut func(s, part string) (string, bool)) []int {
	rests, out := []string{text}, []int{0}
	for i := 0; i < len(rests); i++ {
		for _, p := range parts {
			rest, ok := cut(rests[i], p)
			if n := len(text) - len(rest); ok && !slices.Contains(out, n) {
				rests, out = append(rests, rest), append(out, n)
			}
		}
	}
	return out
}

func (x *expectation) missing() []object.ID {
	var out []object.ID
	for i, found := range x.found {
		if !found {
			out = append(out, x.order[i])
		}
	}
	return out
}

// deletion is what a patch removes on purpose.
type deletion struct {
	selector *object.Selector // of its target
	id       object.ID        // of the object that it names, where it has none
}

// deletions returns those of an environment's patches, and of its components'.
func (s *Source) deletions(e expand.Environment) []deletion {
	var out []deletion
	for _, p := range s.patchesOf(e) {
		for _, doc := range p.Documents {
			if doc.StringAt("$patch") != "delete" {
				continue
			}
			if p.Target != nil { // for whatever object the document names
				selector := object.NewSelector(withoutName(p.Target, s.componentsOf(e)))
				out = append(out, deletion{selector: &selector})
				break
			}
			out = append(out, deletion{id: object.Object{Value: doc}.ID()})
		}
	}
	return out
}

func (d deletion) of(id object.ID) bool {
	if d.selector != nil {
		return d.selector.Selects(id)
	}
	return d.id.Kind == id.Kind && strings.Contains(d.id.Name, id.Name)
}

// withoutName returns a target that names no object, where components change
// names.
func withoutName(target *value.Value, components []component) *value.Value {
	if !slices.ContainsFunc(components, func(c component) bool { return len(c.Prefixes)+len(c.Suffixes) > 0 }) {
		return target
	}
	target = target.Copy()
	target.Delete("name")
	return target
}

func (s *Source) componentsOf(e expand.Environment) []component {
	out := make([]component, len(e.App.Components))
	for i, x := range e.App.Components {
		out[i] = s.components[path.Clean(x.Text)]
	}
	return out
}

// patchesOf returns the patches of an environment and of its components.
func (s *Source) patchesOf(e expand.Environment) []object.Patch {
	var out []object.Patch
	for i, p := range e.App.Patches {
		out = append(out, object.Patch{Pos: p.Pos, Target: p.Value.Get("target"), Documents: e.Patches[i]})
	}
	for _, c := range s.componentsOf(e) {
		out = append(out, c.Patches...)
	}
	return out
}

// brought returns what the rules look at besides manifests.
func (s *Source) brought(e expand.Environment) lint.Brought {
	b := lint.Brought{Patches: s.patchesOf(e)}
	for _, c := range s.componentsOf(e) {
		b.Objects = append(b.Objects, c.Objects...)
		b.Documents = append(b.Documents, c.Documents...)
		b.Namespaces = append(b.Namespaces, c.Namespaces...)
		b.Generated = append(b.Generated, c.Generated...)
		b.Renames = b.Renames || len(c.Prefixes)+len(c.Suffixes) > 0
	}
	return b
}
