package fold

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// factoring splits values into what goes to a layer below all of them, and what is left
// for each: merging what is left over the common part gives each value again, by the
// rules of layers (maps merge key by key, null removes, all else replaces). Of all ways it
// takes that with the fewest lines; of two that are alike, the one that says less below.
type factoring struct {
	// plain puts below only what all agree on, so that nothing has to be removed.
	plain bool
	// sharing is for workloads, which are not the same thing in several places: a map of
	// theirs is shared as a whole, or as far as all have it.
	sharing bool
}

// parted is a value in parts: below is nil where there is nothing in common, and an item
// of rest where nothing is left.
type parted struct {
	below *value.Value
	rest  []*value.Value
	lines int
}

// split splits maps. The order of keys is that of their first places.
func (f factoring) split(layers []*value.Value) (common *value.Value, rest []*value.Value) {
	x := f.maps(layers, "", false)
	common, rest = x.below, x.rest
	if common == nil {
		common = newMap()
	}
	for i := range rest {
		if rest[i] == nil {
			rest[i] = newMap()
		}
	}
	return common, rest
}

// maps parts maps, of which some may be missing, key by key.
func (f factoring) maps(layers []*value.Value, key string, whole bool) parted {
	out := parted{rest: make([]*value.Value, len(layers))}
	var keys []string
	for _, layer := range layers {
		for _, key := range layer.Keys() {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	below := newMap()
	for _, key := range keys {
		values := make([]*value.Value, len(layers))
		for i, layer := range layers {
			values[i] = layer.Get(key)
		}
		x := f.value(key, values, layers, whole)
		below.Set(key, x.below)
		for i, v := range x.rest {
			if v == nil {
				continue
			}
			if out.rest[i] == nil {
				out.rest[i] = newMap()
			}
			out.rest[i].Set(key, v)
		}
	}
	if len(below.Entries) > 0 {
		out.below = below
	}
	return out.counted(key)
}

// value parts the values of a key, nil for maps that don't have it. A layer that is missing
// itself needs nothing removed: its map is.
func (f factoring) value(key string, values, layers []*value.Value, whole bool) parted {
	if key == "names" || key == "labels" || key == "annotations" { // what null removes may come from the top level too
		f.plain = true
	}
	best := parted{rest: values}.counted(key)
	first := values[slices.IndexFunc(values, func(v *value.Value) bool { return v != nil })]
	try := func(x parted, ok bool) {
		if ok && x.counted(key).lines < best.lines {
			best = x.counted(key)
		}
	}
	everywhere := !slices.ContainsFunc(values, func(v *value.Value) bool { return v == nil })
	maps := !slices.ContainsFunc(values, func(v *value.Value) bool { return v != nil && !v.Is(value.Map) })
	if everywhere && !slices.ContainsFunc(values, func(v *value.Value) bool { return !same(key, v, first) }) {
		return parted{below: first, rest: make([]*value.Value, len(values))}.counted(key)
	}
	if key == "image" && maps && !whole && !f.sharing {
		return images(values, layers)
	}
	if maps && !whole && !ordered[key] && !f.sharing && (everywhere || !f.plain) {
		x := f.maps(values, key, key == "manifests") // an environment replaces an object as a whole
		x = x.without(values, layers)
		if x = x.counted(key); x.below != nil && x.lines <= best.lines+1 { // what all have is below
			best = x
		}
	}
	for _, below := range f.candidates(key, values, everywhere, maps && !whole) {
		try(f.over(below, values, layers, key, maps && !whole))
	}
	return best
}

// images parts images: what all have is below, but for a tag and digest that are not the same
// everywhere. Those are of each environment, and replace both of a layer below.
func images(values, layers []*value.Value) parted {
	below, x := newMap(), parted{rest: make([]*value.Value, len(values))}
	all := func(keys ...string) bool {
		return !slices.ContainsFunc(keys, func(key string) bool {
			return slices.ContainsFunc(values, func(v *value.Value) bool { return !value.Equal(v.Get(key), values[0].Get(key)) })
		})
	}
	for _, keys := range [][]string{{"repository"}, {"tag", "digest"}, {"pullPolicy"}} {
		if all(keys...) {
			for _, key := range keys {
				below.Set(key, values[0].Get(key))
			}
		}
	}
	if len(below.Entries) > 0 {
		x.below = below
	}
	for i, v := range values {
		x.rest[i] = without(v, below.Keys()...)
	}
	return x.without(values, layers).counted("image")
}

// candidates returns what could be below values.
func (f factoring) candidates(key string, values []*value.Value, everywhere, maps bool) []*value.Value {
	var out []*value.Value
	if maps && !ordered[key] && !f.sharing {
		return nil // key by key
	}
	if !f.plain {
		for i, v := range values {
			again := slices.ContainsFunc(values[i+1:], func(x *value.Value) bool { return same(key, x, v) })
			if v != nil && again && !slices.ContainsFunc(out, func(x *value.Value) bool { return same(key, x, v) }) {
				out = append(out, v)
			}
		}
	} else if everywhere && maps && ordered[key] && sameKeys(values) {
		out = append(out, values[0])
	}
	if maps && ordered[key] && !f.plain {
		for _, least := range []int{1, (len(values) + 2) / 2, len(values)} {
			if f.sharing && least < len(values) {
				continue
			}
			if m := union(values, least); m != nil {
				out = append(out, m)
			}
		}
	}
	return out
}

// over parts values with a common part. It is not ok where no layer over that makes one of
// them.
func (f factoring) over(below *value.Value, values, layers []*value.Value, key string, maps bool) (x parted, ok bool) {
	x = parted{below: below, rest: make([]*value.Value, len(values))}
	for i, v := range values {
		switch {
		case v == nil || same(key, v, below):
		case maps && below.Is(value.Map):
			if x.rest[i], ok = difference(key, below, v); !ok || f.sharing && ordered[key] && removes(x.rest[i]) {
				return x, false
			}
		default:
			x.rest[i] = v
		}
	}
	return x.without(values, layers), true
}

// without removes the common part where there is no value.
func (x parted) without(values, layers []*value.Value) parted {
	for i, v := range values {
		if v == nil && layers[i] != nil && x.below != nil {
			x.rest[i] = &value.Value{Kind: value.Null, Plain: true, Text: "null"}
		}
	}
	return x
}

// counted returns the parts with how many lines they take.
func (x parted) counted(key string) parted {
	x.lines = lines(key, x.below)
	for _, v := range x.rest {
		x.lines += lines(key, v)
	}
	return x
}

// lines returns how many lines an entry of a map takes about, 0 for nil.
func lines(key string, v *value.Value) int {
	if v == nil {
		return 0
	}
	n, _ := measure(v, len(key)+10)
	return n
}

// measure returns how many lines a value takes, and the width of its only one.
func measure(v *value.Value, indent int) (n, wide int) {
	n, wide = 1, len(v.Text)
	for _, e := range v.AllEntries() {
		m, w := measure(e.Value, indent+2)
		n, wide = n+m, wide+len(e.Key)+4+w
		if m > 1 {
			wide += width
		}
	}
	for _, item := range v.AllItems() {
		m, w := measure(item, indent+2)
		n, wide = n+m, wide+2+w
		if m > 1 {
			wide += width
		}
	}
	switch {
	case v.Is(value.String):
		for _, c := range v.Text {
			if c == '\n' {
				n++
			}
		}
	case indent+wide <= width:
		n = 1
	}
	return n, wide
}

// ordered are the fields whose keys become a list, so that their order counts.
var ordered = map[string]bool{"env": true, "ports": true, "volumes": true, "initContainers": true, "sidecars": true,
	"mounts": true, "spread": true, "paths": true, "hosts": true, "secrets": true}

// union returns a map of the keys that at least so many maps have, each with its most
// frequent value, in an order that all maps have; nil where there is none.
func union(maps []*value.Value, least int) *value.Value {
	var order []string
	count := map[string]int{}
	for _, m := range maps {
		at := 0
		for _, key := range m.Keys() {
			count[key]++
			i := slices.Index(order, key)
			if i < 0 {
				order, i = slices.Insert(order, at, key), at
			}
			at = i + 1
		}
	}
	out := newMap()
	for _, key := range order {
		if count[key] >= least {
			out.Set(key, mostFrequent(maps, key))
		}
	}
	if len(out.Entries) == 0 {
		return nil
	}
	return out
}

func mostFrequent(maps []*value.Value, key string) *value.Value {
	var best *value.Value
	most := 0
	for _, m := range maps {
		v, n := m.Get(key), 0
		if v == nil {
			continue
		}
		for _, other := range maps {
			if value.Equal(other.Get(key), v) {
				n++
			}
		}
		if n > most {
			best, most = v, n
		}
	}
	return best
}

// follows reports whether a map comes out in its order when it is laid over another: the
// keys of that, as far as it has them, and then its own.
func follows(m, below *value.Value) bool {
	var want []string
	for _, key := range below.Keys() {
		if m.Has(key) {
			want = append(want, key)
		}
	}
	for _, key := range m.Keys() {
		if !below.Has(key) {
			want = append(want, key)
		}
	}
	return slices.Equal(want, m.Keys())
}

// unpins reports whether an image does not say what is below it: a tag or digest there stays
// where it has neither.
func unpins(from, to *value.Value) bool {
	if !to.Has("tag") && !to.Has("digest") && (from.Has("tag") || from.Has("digest")) {
		return true
	}
	return from.Has("pullPolicy") && !to.Has("pullPolicy")
}

// removes reports whether a map removes something.
func removes(m *value.Value) bool {
	return slices.ContainsFunc(m.AllEntries(), func(e value.Entry) bool { return e.Value.Is(value.Null) || removes(e.Value) })
}

func sameKeys(values []*value.Value) bool {
	return !slices.ContainsFunc(values, func(v *value.Value) bool { return !slices.Equal(v.Keys(), values[0].Keys()) })
}

// same reports whether values are equal, in their order where that counts.
func same(key string, a, b *value.Value) bool {
	if a == nil || b == nil || a.Kind != b.Kind || a.Kind != value.Map {
		return value.Equal(a, b)
	}
	if len(a.Entries) != len(b.Entries) || ordered[key] && !slices.Equal(a.Keys(), b.Keys()) {
		return false
	}
	return !slices.ContainsFunc(a.Entries, func(e value.Entry) bool { return !same(e.Key, e.Value, b.Get(e.Key)) })
}

// difference returns what turns a map into another. It is not ok where nothing does.
func difference(key string, from, to *value.Value) (out *value.Value, ok bool) {
	if ordered[key] && !follows(to, from) {
		return nil, false
	}
	if key == "image" {
		return to, !unpins(from, to)
	}
	out = newMap()
	for _, e := range to.Entries {
		old := from.Get(e.Key)
		switch {
		case same(e.Key, old, e.Value):
		case old.Is(value.Map) && e.Value.Is(value.Map):
			x, ok := difference(e.Key, old, e.Value)
			if !ok {
				return nil, false
			}
			out.Set(e.Key, x)
		default:
			out.SetEntry(e)
		}
	}
	for _, key := range from.Keys() {
		if !to.Has(key) {
			out.Set(key, &value.Value{Kind: value.Null, Plain: true, Text: "null"})
		}
	}
	return out, true
}
