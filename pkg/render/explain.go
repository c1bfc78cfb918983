package render

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/expand"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/secret/redact"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Provenance returns where the values of the descriptor come from in an
// environment, and the mistakes in it. It is nil where it can't be told at all.
func (s *Source) Provenance(env string, o Options) (*descriptor.Provenance, diag.List) {
	p, diags := s.doc.Provenance(env, s.options(o))
	if p != nil {
		addLabels(p)
	}
	return p, append(diags, s.diags...)
}

func addLabels(p *descriptor.Provenance) {
	if p.App.Multi || len(p.App.Workloads) == 0 {
		p.AddLabels(expand.Labels(p.App, nil))
		p.AddCommonLabels()
	}
	for i := range p.App.Workloads {
		w, path := &p.App.Workloads[i], []string(nil)
		if p.App.Multi {
			path = []string{"workloads", w.Key}
		}
		p.AddLabels(expand.Labels(p.App, w), path...)
		p.AddCommonLabels(path...)
	}
}

// explainer returns a function that prints an object with a comment behind each value:
// the line that is responsible for it.
func (s *Source) explainer(app *descriptor.App) func(out []byte, v *value.Value) ([]byte, error) {
	return func(out []byte, v *value.Value) ([]byte, error) {
		text, err := value.EncodeAnnotated(value.Sorted(v), func(path []string, x *value.Value) string {
			if !x.IsScalar() && !x.Empty() {
				return ""
			}
			return s.responsible(app, path, x)
		})
		return append(out, text...), err
	}
}

// responsible says what made a value of an object. What is at the place of the
// descriptor as a whole is there for every app, unless it is one of its names.
func (s *Source) responsible(app *descriptor.App, path []string, v *value.Value) string {
	key := path[len(path)-1]
	ofApp := v.Pos.File == app.Pos.File || v.Pos.File == descriptor.BuiltinFile
	switch {
	case key == "namespace" && v.Text == app.Namespace.Name:
		return s.namespaceMade(app)
	case ofApp && len(path) > 1 && named(app, v) && (v.Pos == app.Pos || key == "name" && len(path) == 2):
		text := s.Place(app.NamePos)
		if x := app.Prefix; x.Text != "" && strings.HasPrefix(v.Text, x.Text) {
			text += ", with the prefix of " + s.Place(x.Pos)
		}
		if x := app.Suffix; x.Text != "" && strings.Contains(v.Text, x.Text) {
			text += ", with the suffix of " + s.Place(x.Pos)
		}
		return text
	case v.Pos == app.Pos && len(path) == 1 && key == "kind" && v.Text == s.doc.Head("kind").StringAt():
		return s.Place(s.doc.Head("kind").At())
	case v.Pos == app.Pos:
		return "made by unfold"
	}
	return s.Place(v.Pos)
}

// named reports whether a value is made of the app's name.
func named(app *descriptor.App, v *value.Value) bool {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(v.StringAt(), app.Prefix.Text), app.Name)
	return ok && app.Name != "" && (rest == "" || rest[0] == '-' || rest == app.Suffix.Text)
}

// namespaceMade says what names the app's namespace.
func (s *Source) namespaceMade(app *descriptor.App) string {
	if app.Namespace.Pos == app.Namespace.From && app.Namespace.From.File != "" {
		return s.Place(app.Namespace.From)
	}
	text := "made of the app's and the environment's name"
	if app.Namespace.From.File != "" {
		text += " by the pattern of " + s.Place(app.Namespace.From)
	}
	return text
}

// remainder returns what mistakes leave of an environment, explained, or the mistakes
// alone if that is nothing.
func (x *evaluation) remainder() (*Result, error) {
	if x.App == nil || len(x.Environment.Objects) == 0 {
		return nil, x.diags
	}
	stream, _, err := object.Stream(concealed(traced(x.Environment, nil)), x.source.explainer(x.App))
	if err != nil {
		return nil, err
	}
	return &Result{Name: x.App.Name, Env: x.App.Env, Namespace: x.App.Namespace.Name, Manifests: stream, Warnings: x.diags}, nil
}

// Place names a position as comments do: the file in the app's folder and the
// line, or what stands for a file.
func (s *Source) Place(pos diag.Pos) string {
	if pos.File == descriptor.BuiltinFile || pos.Line == 0 {
		return pos.File
	}
	return strings.TrimPrefix(pos.File, s.name) + ":" + strconv.Itoa(pos.Line)
}

// changed stands for the place of what patches, components and kustomize itself
// make.
var changed = diag.Pos{File: "kustomize"}

// traced returns the objects of an environment with their positions, which
// kustomize loses.
func traced(e expand.Environment, built []*value.Value) []*value.Value {
	own := object.Values(e.Finished())
	if built == nil {
		return own
	}
	before := map[object.ID]*value.Value{}
	for _, v := range own {
		id := object.Object{Value: v}.ID()
		before[id.Unhashed()], before[id] = v, v
	}
	for _, v := range e.Manifests {
		id := object.Object{Value: v}.ID()
		if !object.KeepsName(id.Kind) {
			id.Name = e.Names().Of(id.Name)
		}
		before[id] = v
	}
	out := make([]*value.Value, len(built))
	for i, v := range built {
		id := object.Object{Value: v}.ID()
		if before[id] == nil {
			id = id.Unhashed()
		}
		out[i] = placed(v, before[id])
	}
	return out
}

// placed returns v with the positions of what it was before.
func placed(v, before *value.Value) *value.Value {
	out := v.Copy()
	out.Pos = changed
	if before != nil && before.Kind == v.Kind && (!v.IsScalar() || value.Equal(v, before)) {
		out.Pos = before.Pos
	}
	for i, e := range out.Entries {
		out.Entries[i].Value = placed(e.Value, before.Get(e.Key))
	}
	for i, item := range out.Items {
		var old *value.Value
		if i < len(before.AllItems()) {
			old = before.Items[i]
		}
		out.Items[i] = placed(item, old)
	}
	return out
}

// concealed returns objects without what Secrets hold, and without what looks like a
// credential elsewhere.
func concealed(objects []*value.Value) []*value.Value {
	out := make([]*value.Value, len(objects))
	for i, v := range objects {
		out[i] = redact.Object(v, nil, redact.Fixed(descriptor.Hidden))
	}
	return out
}
