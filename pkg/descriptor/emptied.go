package descriptor

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// emptied returns the fields whose value is empty, and not a written null, and that remove what a layer below has: most likely
// all lines under the key are comments. Those of the environment are named first.
func (e *effective) emptied(layers []layer) []Difference {
	if e.env == "" {
		return nil
	}
	useless := func(pos diag.Pos) bool { // is reported already
		return slices.ContainsFunc(e.diags, func(d diag.Diagnostic) bool { return d.Pos == pos && d.Code == "null-deletes-nothing" })
	}
	has := func(path []string) bool {
		return slices.ContainsFunc(layers, func(l layer) bool {
			x := l.fields.Get(path...)
			return strings.HasPrefix(l.name, "defaults") && x != nil && !x.Is(value.Null)
		})
	}
	var out []Difference
	eachEmpty(fields.Environment(), e.environment(e.env), nil, func(path []string, pos diag.Pos) {
		if !useless(pos) {
			out = append(out, Difference{inWorkload(path), pos})
		}
	})
	eachEmpty(fields.Environment(), e.root, nil, func(path []string, pos diag.Pos) {
		if has(path) || len(path) > 2 && path[0] == "workloads" && (has(path[2:]) || e.root.Get(path[2:]...) != nil) {
			out = append(out, Difference{inWorkload(path), pos})
		}
	})
	return out
}

// inWorkload returns a path as a text, without the workload that it is in: what is said of a field does not depend on whether
// the app has several.
func inWorkload(path []string) string {
	if len(path) > 2 && path[0] == "workloads" {
		path = path[2:]
	}
	return strings.Join(path, ".")
}

// eachEmpty calls visit with each key without a value, at any depth that layers merge.
func eachEmpty(t *schema.Type, v *value.Value, path []string, visit func(path []string, pos diag.Pos)) {
	for _, x := range v.AllEntries() {
		at := append(slices.Clone(path), x.Key)
		if x.Value.Is(value.Null) && x.Value.Text == "" {
			visit(at, x.KeyPos)
		}
		if below := t.Child(x.Key); below != nil && !t.Named {
			eachEmpty(below, x.Value, at, visit)
		}
	}
}
