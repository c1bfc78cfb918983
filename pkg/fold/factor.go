package fold

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// factor splits maps into what goes to a layer below all of them, and what is left
// for each: merging what is left over the common part gives each map again, by the
// rules of layers (maps merge key by key, null removes, all else replaces). The
// order of keys is that of the first map.
func factor(layers []*value.Value) (common *value.Value, rest []*value.Value) {
	common, rest = newMap(), make([]*value.Value, len(layers))
	for i := range rest {
		rest[i] = newMap()
	}
	var keys []string
	for _, layer := range layers {
		for _, key := range layer.Keys() {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	for _, key := range keys {
		values := make([]*value.Value, len(layers))
		everywhere, maps := true, true
		for i, layer := range layers {
			values[i] = layer.Get(key)
			everywhere = everywhere && values[i] != nil
			maps = maps && values[i].Is(value.Map)
		}
		first := values[0]
		switch {
		case everywhere && !slices.ContainsFunc(values, func(v *value.Value) bool { return !value.Equal(v, first) }):
			common.Set(key, first)
		case maps && !ordered[key]:
			split := factor
			if key == "manifests" { // an environment replaces an object as a whole
				split = factorWhole
			}
			below, parts := split(values)
			if len(below.Entries) == 0 {
				spread(rest, key, values)
				continue
			}
			common.Set(key, below)
			for i, part := range parts {
				if len(part.Entries) > 0 {
					rest[i].Set(key, part)
				}
			}
		case maps && sameKeys(values): // whose order counts: all keys are below, with the first map's values
			common.Set(key, first)
			for i, v := range values[1:] {
				if part := difference(first, v); len(part.Entries) > 0 {
					rest[i+1].Set(key, part)
				}
			}
		default:
			spread(rest, key, values)
		}
	}
	return common, rest
}

// factorWhole is factor for maps whose values are not merged.
func factorWhole(layers []*value.Value) (common *value.Value, rest []*value.Value) {
	common, rest = newMap(), make([]*value.Value, len(layers))
	for i, layer := range layers {
		rest[i] = newMap()
		for _, e := range layer.Entries {
			if slices.ContainsFunc(layers, func(x *value.Value) bool { return !value.Equal(x.Get(e.Key), e.Value) }) {
				rest[i].SetEntry(e)
			} else {
				common.SetEntry(e)
			}
		}
	}
	return common, rest
}

// ordered are the fields whose keys become a list, so that their order counts.
var ordered = map[string]bool{"env": true, "ports": true, "volumes": true, "initContainers": true, "sidecars": true,
	"mounts": true, "spread": true, "paths": true, "hosts": true, "secrets": true}

func spread(rest []*value.Value, key string, values []*value.Value) {
	for i, v := range values {
		rest[i].Set(key, v)
	}
}

func sameKeys(values []*value.Value) bool {
	return !slices.ContainsFunc(values, func(v *value.Value) bool { return !slices.Equal(v.Keys(), values[0].Keys()) })
}

// difference returns what turns a map into another that has the same keys.
func difference(from, to *value.Value) *value.Value {
	out := newMap()
	for _, e := range to.Entries {
		if old := from.Get(e.Key); !value.Equal(old, e.Value) {
			if old.Is(value.Map) && e.Value.Is(value.Map) && slices.Equal(old.Keys(), e.Value.Keys()) {
				out.Set(e.Key, difference(old, e.Value))
				continue
			}
			if old.Is(value.Map) && e.Value.Is(value.Map) {
				x := e.Value.Copy()
				for _, key := range old.Keys() {
					if !x.Has(key) {
						x.Set(key, &value.Value{Kind: value.Null, Plain: true, Text: "null"})
					}
				}
				out.Set(e.Key, x)
				continue
			}
			out.SetEntry(e)
		}
	}
	return out
}
