package fields

import (
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// FoldShorthands takes the short fields of a layer into those that they stand for:
// tag into image, port into ports.
func FoldShorthands(n *schema.Normaliser, v *value.Value) *value.Value {
	v = fold(n, v, "tag", "image", "tag", func(image *value.Value, e *value.Entry) bool {
		if other := image.Entry("tag"); other != nil && other.Value.Kind != value.Null {
			n.Diags.Errorh(e.KeyPos, "tag-twice", "keep one of them", "the tag is set twice%s: by image on line %d and by tag", n.In(),
				other.Value.Pos.Line)
			return false
		}
		return true
	})
	v = fold(n, v, "pullSecrets", "image", "pullSecrets", func(image *value.Value, e *value.Entry) bool {
		if other := image.Entry("pullSecrets"); other != nil {
			n.Diags.Errorh(e.KeyPos, "one-of", "keep one of them", "pullSecrets is short for image.pullSecrets, which is set%s too", n.In())
			return false
		}
		return true
	})
	return fold(n, v, "port", "ports", "http", func(ports *value.Value, e *value.Entry) bool {
		if other := ports.Entry("http"); other != nil {
			n.Diags.Errorh(e.KeyPos, "port-twice", "keep one of them: port is short for ports.http",
				"the port %q is set twice%s: by ports on line %d and by port", "http", n.In(), other.KeyPos.Line)
			return false
		}
		return true
	})
}

func fold(n *schema.Normaliser, v *value.Value, short, long, key string, fits func(long *value.Value, e *value.Entry) bool) *value.Value {
	e := v.Entry(short)
	if e == nil {
		return v
	}
	entry := *e
	out := v.Copy()
	at := out.Entry(long)
	switch {
	case at == nil:
		out.SetEntry(value.Entry{Key: long, KeyPos: entry.KeyPos, Value: value.NewMap(entry.Value.Pos)})
		at = out.Entry(long)
	case at.Value.Is(value.Null):
		n.Diags.Errorh(at.KeyPos, "contradiction", "keep one of them", "%s is deleted%s, but %s on line %d sets it", long, n.In(), short,
			entry.KeyPos.Line)
		out.Delete(short)
		out.Delete(long)
		return out
	}
	if fits(at.Value, &entry) {
		x := entry.Value
		if short == "port" && !x.Is(value.Null) {
			x = value.NewMap(x.Pos).Set("port", x)
		}
		target := at.Value.Copy()
		target.SetEntry(value.Entry{Key: key, KeyPos: entry.KeyPos, Value: x})
		at.Value = target
	}
	out.Delete(short)
	return out
}
