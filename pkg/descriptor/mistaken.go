package descriptor

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Mistake returns the place of the first mistake in what the descriptor says at a path, the zero place for none: the
// value there is not what is meant.
func (p *Provenance) Mistake(path string, diags diag.List) diag.Pos {
	for _, d := range diags.Errors().Sorted() {
		for _, start := range []*value.Value{p.doc.source, p.doc.source.Get("environments", p.env)} {
			for _, spelt := range spellings(path) {
				if e := reached(start, spelt); e != nil && (e.KeyPos == d.Pos || holdsKey(e.Value, d.Pos)) {
					return d.Pos
				}
			}
		}
	}
	return diag.Pos{}
}

// holdsKey reports whether a value, or one or a key in it, is at a place.
func holdsKey(v *value.Value, pos diag.Pos) bool {
	found := false
	v.Walk(func(x *value.Value) {
		found = found || x.Pos == pos || slices.ContainsFunc(x.Entries, func(e value.Entry) bool { return e.KeyPos == pos })
	})
	return found
}

// spellings returns the paths by which a file can say what is at a path: tag for image.tag, and without the workload
// what workloads inherit.
func spellings(path string) []string {
	out := []string{path}
	if keys := strings.Split(path, "."); len(keys) > 2 && keys[0] == "workloads" {
		out = append(out, strings.Join(keys[2:], "."))
	}
	for short, long := range shorthands() {
		for _, spelt := range slices.Clone(out) {
			if above, ok := strings.CutSuffix(spelt, long); ok && (above == "" || above[len(above)-1] == '.') {
				out = append(out, above+short)
			}
		}
	}
	return out
}

// reached returns the entry that a path leads to, or the last on its way that is written out; nil for none.
func reached(v *value.Value, path string) *value.Entry {
	for i := range v.AllEntries() {
		e := &v.Entries[i]
		rest, ok := strings.CutPrefix(path, e.Key)
		if !ok || rest != "" && rest[0] != '.' {
			continue
		}
		if rest == "" || !e.Value.Is(value.Map) {
			return e
		}
		return reached(e.Value, rest[1:])
	}
	return nil
}
