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
// environment.
func (s *Source) Provenance(env string, o Options) (*descriptor.Provenance, error) {
	p, diags := s.doc.Provenance(env, s.options(o))
	return p, append(diags, s.diags...).Err()
}

// appendExplained prints an object with a comment behind each value: the line that is
// responsible for it.
func (s *Source) appendExplained(out []byte, v *value.Value) ([]byte, error) {
	text, err := value.EncodeAnnotated(value.Sorted(v), func(_ []string, x *value.Value) string { return s.Place(x.Pos) })
	return append(out, text...), err
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
