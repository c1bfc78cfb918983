package render

import (
	"errors"
	"slices"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/expand"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/lint"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// settled is an environment with all that there is to say about it.
type settled struct {
	expand.Environment
	// built holds the objects where kustomize makes them.
	built []*value.Value
}

// settle applies the rules to an environment, lets its workloads say what they
// warn of, and builds it where kustomize has to. The list holds errors where the
// environment is of no use.
func (s *Source) settle(env string, o Options) (settled, diag.List, error) {
	e, diags, err := s.expand(env, o)
	if err != nil || e.App == nil {
		return settled{}, diags, err
	}
	// 6. Check.
	o.begin("checking the rules for", env)
	in := s.input(e)
	in.APIs = o.APIs
	in.Incomplete = diags.HasErrors()
	findings := lint.All(in)
	app, said := e.App, diags.Warnings()
	patched := len(app.Patches)+len(app.Components) > 0
	switch final := lint.Final(findings); {
	case diags.HasErrors(), patched && final.HasErrors(): // what is missing may have been left out
		diags = append(diags, final...)
	case !patched:
		diags = append(diags, lint.Diags(findings)...)
	}
	if diags.HasErrors() {
		return settled{Environment: e}, diags, nil
	}
	out := settled{Environment: e}
	out.Objects = warned(e, said, findings)
	if !app.UsesKustomize() {
		out.Objects = slices.DeleteFunc(out.Objects, func(x object.Object) bool {
			id := x.ID()
			return !in.Serves(id.APIVersion, id.Kind)
		})
		return out, diags, nil
	}
	served := func(objects []*value.Value) []*value.Value {
		return slices.DeleteFunc(objects, func(v *value.Value) bool { return !in.Serves(v.StringAt("apiVersion"), v.StringAt("kind")) })
	}
	// 7. Build.
	o.begin("building by kustomize", env)
	if out.built, err = s.kustomize(out.Environment, o); err != nil {
		err = errorOf(&diags, err)
		return out, diags, err
	}
	o.begin("checking what kustomize built for", env)
	// What kustomize makes is held to the rules too: what patches and components mend
	// is nothing to warn of any more, what they bring in is.
	built := s.built(e, out.built)
	built.APIs = o.APIs
	after := lint.Built(built, findings, passedOn(e))
	if !patched { // which is what was found before
		out.built = served(out.built)
		return out, append(diags, lint.Diags(lint.Added(findings, after))...), nil
	}
	if objects := warned(e, said, after); !sameNotices(objects, out.Objects) {
		out.Objects = objects
		before := out.built
		o.begin("building again, with other warnings, for", env)
		if out.built, err = s.kustomize(out.Environment, o); err != nil {
			err = errorOf(&diags, err)
			return out, diags, err
		}
		if id, same := sameButNotices(before, out.built); !same {
			diags.Errorh(passedOn(e), "depends-on-warnings", "don't select or copy by that annotation in patches and components",
				"%s depends on the annotation %s, which changes after the rules have seen the object", id, expand.WarningsAnnotation)
			return out, diags, nil
		}
	}
	out.built = served(out.built)
	return out, append(diags, lint.Diags(after)...), nil
}

// errorOf adds mistakes to the list and returns faults back.
func errorOf(diags *diag.List, err error) error {
	var mistakes diag.List
	if errors.As(err, &mistakes) {
		*diags = append(*diags, mistakes...)
		return nil
	}
	return err
}

func (s *Source) input(e expand.Environment) lint.Input {
	in := lint.Input{
		Env: e.App.Env, Namespace: e.App.Namespace.Name, Pos: e.App.Pos,
		Objects: e.Objects, Manifests: e.Relabelled(), Open: len(e.App.Components) > 0,
		Names: e.Names(), NamesPos: e.App.Prefix.Pos,
		Brought: s.brought(e), Policy: s.platform.Settings(e.App.Env).Policy, Accept: e.App.Accept,
	}
	if e.App.Prefix.Text == "" {
		in.NamesPos = e.App.Suffix.Pos
	}
	for _, p := range e.App.Patches {
		in.Patches = append(in.Patches, p.Value)
	}
	return in
}

// built returns the input for the rules over what kustomize made.
func (s *Source) built(e expand.Environment, objects []*value.Value) lint.Input {
	in := s.input(e)
	in.Before = lint.IDs(in.Objects, in.Manifests)
	in.Objects, in.Manifests, in.Patches, in.Brought = nil, nil, nil, lint.Brought{}
	in.Sources = sync.OnceValue(func() []*value.Value { return s.sources(e) })
	for _, v := range objects {
		in.Objects = append(in.Objects, object.Object{Value: v})
	}
	return in
}

// sources returns the YAML documents of what the app hands to kustomize. What a patch
// in the descriptor says has the place of the patch.
func (s *Source) sources(e expand.Environment) []*value.Value {
	docs := slices.Clone(e.Manifests)
	brought := s.brought(e)
	for _, p := range brought.Patches {
		docs = append(docs, p.Documents...)
	}
	return slices.Concat(docs, brought.Objects, brought.Documents)
}

// passedOn returns the place of the first entry that kustomize changes objects by.
func passedOn(e expand.Environment) diag.Pos {
	for _, p := range e.App.Patches {
		return p.Pos
	}
	for _, c := range e.App.Components {
		return c.Pos
	}
	return e.App.Manifests[0].Pos
}

// warned returns the environment's objects with all warnings on their workloads,
// unless the app switched off what unfold adds.
func warned(e expand.Environment, said diag.List, findings []lint.Finding) []object.Object {
	if !e.App.Opinions {
		return e.Objects
	}
	var notices []expand.Notice
	for _, d := range said {
		notices = append(notices, expand.Notice{Text: d.Code + ": " + d.Message})
	}
	for _, f := range findings {
		if f.Severity == diag.Warning {
			notices = append(notices, expand.Notice{Object: f.Object, Text: f.Code + ": " + f.Message})
		}
	}
	return expand.WithNotices(e.Objects, notices)
}

// sameButNotices reports whether two builds differ in the annotation of warnings
// alone, and otherwise the first object that differs. The rules saw the first build,
// and the second is printed: a patch that tells them apart would get around the rules.
func sameButNotices(a, b []*value.Value) (object.ID, bool) {
	for i, v := range b {
		if i == len(a) || !value.Equal(withoutNotice(a[i]), withoutNotice(v)) {
			return object.Object{Value: v}.ID(), false
		}
	}
	if len(a) > len(b) {
		return object.Object{Value: a[len(b)]}.ID(), false
	}
	return object.ID{}, true
}

// withoutNotice returns an object without the annotation of warnings.
func withoutNotice(v *value.Value) *value.Value {
	if v.Get("metadata", "annotations") == nil {
		return v
	}
	return v.Replace([]string{"metadata"}, func(metadata *value.Value) *value.Value {
		metadata = metadata.Copy()
		annotations := metadata.Get("annotations").Copy()
		annotations.Delete(expand.WarningsAnnotation)
		metadata.Delete("annotations")
		if len(annotations.Entries) > 0 {
			metadata.Set("annotations", annotations)
		}
		return metadata
	})
}

func sameNotices(a, b []object.Object) bool {
	for i := range a {
		if a[i].Value != b[i].Value && !value.Equal(a[i].Value.Get("metadata"), b[i].Value.Get("metadata")) {
			return false
		}
	}
	return true
}
