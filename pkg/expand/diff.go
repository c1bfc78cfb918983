package expand

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// operations returns the JSON 6902 patch (RFC 6902) that turns from into to, as a
// list for a kustomization, or nil where they are equal.
func operations(from, to *value.Value) *value.Value {
	d := differ{}
	d.diff(nil, from, to)
	if len(d.ops) == 0 {
		return nil
	}
	return value.NewList(to.At(), d.ops...)
}

type differ struct{ ops []*value.Value }

func (d *differ) op(name string, path []string, v *value.Value) {
	var b strings.Builder
	for _, p := range path {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(p))
	}
	o := newMap(diag.Pos{}, "op", name, "path", b.String())
	if v != nil {
		o.Set("value", v)
	}
	d.ops = append(d.ops, o)
}

func (d *differ) diff(path []string, from, to *value.Value) {
	switch {
	case value.Equal(from, to):
	case from.Is(value.Map) && to.Is(value.Map):
		for _, e := range from.Entries {
			if !to.Has(e.Key) {
				d.op("remove", step(path, e.Key), nil)
			}
		}
		for _, e := range to.Entries {
			if below := from.Get(e.Key); below != nil {
				d.diff(step(path, e.Key), below, e.Value)
			} else {
				d.op("add", step(path, e.Key), e.Value)
			}
		}
	case sameNames(from, to):
		for i := range from.Items {
			d.diff(step(path, strconv.Itoa(i)), from.Items[i], to.Items[i])
		}
	default:
		d.op("replace", path, to)
	}
}

func step(path []string, key string) []string { return append(slices.Clone(path), key) }

// sameNames reports whether two lists hold maps with the same names in the same
// order, so that an index means the same in both.
func sameNames(a, b *value.Value) bool {
	if !a.Is(value.List) || !b.Is(value.List) || len(a.Items) != len(b.Items) {
		return false
	}
	for i := range a.Items {
		name := a.Items[i].StringAt("name")
		if name == "" || name != b.Items[i].StringAt("name") {
			return false
		}
	}
	return true
}
