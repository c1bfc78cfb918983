package render

import (
	"errors"
	"slices"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/expand"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/lint"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// evaluation is an environment with everything that was found out about it. The
// environment is of no use where diags holds errors.
type evaluation struct {
	source  *Source
	options Options
	// Environment has the warnings on its workloads, expanded has not.
	expand.Environment
	expanded expand.Environment
	// declared are the warnings about the descriptor, findings those of the rules.
	declared diag.List
	findings []lint.Finding
	// serves reports whether the cluster has a kind, as far as anybody knows.
	serves func(apiVersion, kind string) bool
	// built holds the objects where kustomize makes them.
	built []*value.Value
	diags diag.List
}

// evaluate expands an environment, lints it, and, where the descriptor uses
// kustomize, builds it and lints what was built.
func (s *Source) evaluate(env string, o Options) (*evaluation, error) {
	e, diags, err := s.expand(env, o)
	x := &evaluation{source: s, options: o, Environment: e, expanded: e, declared: diags.Warnings(), diags: diags}
	if err != nil || e.App == nil {
		return x, err
	}
	x.lint()
	if x.diags.HasErrors() || !e.App.UsesKustomize() {
		return x, nil
	}
	if err := x.build(); err != nil || x.diags.HasErrors() {
		return x, err
	}
	return x, x.lintBuilt()
}

// lint applies the rules to what was expanded, and writes their warnings on the
// workloads. Where patches or components follow, only those findings are reported
// that these can't change.
func (x *evaluation) lint() { // 6. Lint.
	x.options.begin("checking the rules for %s", x.App.Env)
	in := x.source.input(x.expanded)
	in.APIs = x.options.APIs
	in.Incomplete = x.diags.HasErrors()
	x.findings, x.serves = lint.All(in), in.Serves
	switch final := lint.Final(x.findings); {
	case x.diags.HasErrors(), x.App.Changed() && final.HasErrors(): // what is missing may have been left out
		x.diags = append(x.diags, final...)
	case !x.App.Changed():
		x.diags = append(x.diags, lint.Diags(x.findings)...)
	}
	if x.diags.HasErrors() {
		return
	}
	x.Objects = x.noticed(x.findings)
	if !x.App.UsesKustomize() {
		x.Objects = slices.DeleteFunc(x.Objects, func(o object.Object) bool {
			id := o.ID()
			return !x.serves(id.APIVersion, id.Kind)
		})
	}
}

// build has kustomize make the objects. Mistakes are added to the list.
func (x *evaluation) build() (err error) { // 7. Build.
	x.options.begin("building %s with kustomize", x.App.Env)
	if x.built, err = x.source.kustomize(x.Environment, x.options); err != nil {
		return x.addMistakes(err)
	}
	return nil
}

// lintBuilt applies the rules to what kustomize made: a warning about what patches and
// components have fixed is dropped, one about what they add is reported. Where that
// changes the warnings on the workloads, it builds again.
func (x *evaluation) lintBuilt() error { // 8. Lint what was built.
	x.options.begin("checking what kustomize built for %s", x.App.Env)
	in := x.source.builtInput(x.expanded, x.built)
	in.APIs = x.options.APIs
	after := lint.Built(in, x.findings, firstEntry(x.expanded))
	if !x.App.Changed() { // the rest was reported before
		after = lint.Added(x.findings, after)
	} else if objects := x.noticed(after); !sameNotices(objects, x.Objects) {
		x.Objects = objects
		if err := x.buildAgain(); err != nil || x.diags.HasErrors() {
			return err
		}
	}
	x.built = slices.DeleteFunc(x.built, func(v *value.Value) bool { return !x.serves(v.StringAt("apiVersion"), v.StringAt("kind")) })
	x.diags = append(x.diags, lint.Diags(after)...)
	return nil
}

// buildAgain builds with other warnings on the workloads, which must not change anything
// else.
func (x *evaluation) buildAgain() error {
	before := x.built
	if err := x.build(); err != nil || x.diags.HasErrors() {
		return err
	}
	if id, same := sameButNotices(before, x.built); !same {
		x.diags.Errorh(firstEntry(x.expanded), "depends-on-warnings", "don't select or copy by that annotation in patches and components",
			"%s depends on the annotation %s, which changes after the rules have seen the object", id, expand.WarningsAnnotation)
	}
	return nil
}

// objects returns the objects as they are printed, in order, each with its origin: what
// has none in the app's files, as what kustomize built, has that of the app.
func (x *evaluation) objects() []object.Object {
	var out []object.Object
	if x.App.UsesKustomize() {
		for _, v := range x.built {
			out = append(out, object.Object{Value: v, Origin: v.Pos})
		}
	} else {
		out = slices.Clone(x.Finished())
	}
	for i := range out {
		if at := out[i].Origin; at.Line == 0 || at.File == "" || at.File == descriptor.BuiltinFile {
			out[i].Origin = x.App.Pos
		}
	}
	return out
}

// addMistakes adds the user's mistakes to the list and returns any other error.
func (x *evaluation) addMistakes(err error) error {
	var mistakes diag.List
	if errors.As(err, &mistakes) {
		x.diags = append(x.diags, mistakes...)
		return nil
	}
	return err
}

// input returns the input for the rules over what was expanded.
func (s *Source) input(e expand.Environment) lint.Input {
	in := lint.Input{
		Env: e.App.Env, Namespace: e.App.Namespace.Name, NamespacePos: e.App.Namespace.Pos, Pos: e.App.Pos,
		Meant: e.App.Meant, EnvPos: e.App.EnvPos,
		Objects: e.Objects, Manifests: e.Relabelled(), Open: len(e.App.Components) > 0,
		Names: e.Names(), NamesPos: e.App.Prefix.Pos,
		Hidden: e.App.Hidden, OtherSelectors: e.App.OtherSelectors, NearImages: e.App.NearImages,
		NearNames: e.App.NearNames, Emptied: e.App.Emptied,
		Brought: s.brought(e), Policy: s.platform.Settings(e.App.Env).Policy, Accept: e.App.Accept,
	}
	if e.App.Prefix.Text == "" {
		in.NamesPos = e.App.Suffix.Pos
	}
	return in
}

// builtInput returns the input for the rules over what kustomize made.
func (s *Source) builtInput(e expand.Environment, objects []*value.Value) lint.Input {
	in := s.input(e)
	in.Before = lint.IDs(in.Objects, in.Manifests)
	in.Objects, in.Manifests, in.Brought = nil, nil, lint.Brought{}
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

// firstEntry returns the place of the first entry that kustomize changes objects by.
func firstEntry(e expand.Environment) diag.Pos {
	for _, p := range e.App.Patches {
		return p.Pos
	}
	for _, c := range e.App.Components {
		return c.Pos
	}
	if labels := e.App.CommonLabels; !labels.Empty() {
		return labels.Pos
	}
	return e.App.Manifests[0].Pos
}

// noticed returns the environment's objects with all warnings on their workloads,
// unless the app switched off what unfold adds.
func (x *evaluation) noticed(findings []lint.Finding) []object.Object {
	if !x.App.Opinions {
		return x.expanded.Objects
	}
	var notices []expand.Notice
	for _, d := range x.declared {
		notices = append(notices, expand.Notice{Text: d.Code + ": " + d.Message})
	}
	for _, f := range findings {
		if f.Severity == diag.Warning {
			notices = append(notices, expand.Notice{Object: f.Object, Text: f.Code + ": " + f.Message})
		}
	}
	return expand.WithNotices(x.expanded.Objects, notices)
}

func sameNotices(a, b []object.Object) bool {
	for i := range a {
		if a[i].Value != b[i].Value && !value.Equal(a[i].Value.Get("metadata"), b[i].Value.Get("metadata")) {
			return false
		}
	}
	return true
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
