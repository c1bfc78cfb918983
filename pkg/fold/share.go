package fold

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// share moves fields that workloads have in common to the top level, and those of one
// environment to its own: both are defaults for all workloads there. Layers are the
// environments as they have to come out.
func (f factoring) share(common *value.Value, rest, layers []*value.Value) {
	base := common.Get("workloads")
	members := slices.Clone(valuesOf(base))
	for i := range rest {
		for _, e := range rest[i].Get("workloads").AllEntries() {
			if !base.Has(e.Key) && e.Value.Is(value.Map) {
				members = append(members, e.Value)
			}
		}
	}
	for _, field := range inherited() {
		late := slices.ContainsFunc(base.AllEntries(), func(w value.Entry) bool { // which an environment adds
			return !w.Value.Has(field) && slices.ContainsFunc(rest,
				func(r *value.Value) bool { return r.Get("workloads", w.Key, field) != nil })
		})
		if !late && len(members) > 1 {
			f.shareField(common, field, members)
		}
	}
	for i := range rest {
		own := rest[i].Get("workloads")
		members := valuesOf(own)
		if len(members) < 2 || len(members) != len(layers[i].Get("workloads").AllEntries()) {
			continue
		}
		for _, field := range inherited() {
			if !slices.ContainsFunc(own.Entries, func(e value.Entry) bool {
				v := e.Value.Get(field)
				return v == nil || v.Is(value.Null) || ordered[field] || !apart(v, base.Get(e.Key, field))
			}) {
				f.shareField(rest[i], field, members)
			}
		}
		left := newMap()
		for _, e := range own.Entries {
			if len(e.Value.Entries) > 0 || e.Value.Is(value.Null) || !base.Has(e.Key) {
				left.SetEntry(e)
			}
		}
		rest[i].Delete("workloads")
		if len(left.Entries) > 0 {
			rest[i].Set("workloads", left)
		}
	}
}

// inherited returns the fields that are defaults for all workloads at the top level. Labels
// and annotations are those of other objects there too.
func inherited() []string {
	var out []string
	for _, row := range fields.WorkloadFields() {
		if row.Scope == fields.Inherited && !slices.Contains([]string{"labels", "annotations", "names"}, row.Name) {
			out = append(out, row.Name)
		}
	}
	return out
}

// shareField moves what members have in common in a field to where it is their default.
func (f factoring) shareField(top *value.Value, field string, members []*value.Value) {
	values := make([]*value.Value, len(members))
	for i, m := range members {
		values[i] = m.Get(field)
	}
	if top.Has(field) || !slices.ContainsFunc(values, func(v *value.Value) bool { return v != nil }) {
		return
	}
	f.sharing = true
	x := f.value(field, values, members, false)
	if x.below == nil {
		return
	}
	top.Set(field, x.below)
	for i, m := range members {
		m.Delete(field)
		m.Set(field, x.rest[i])
	}
}

// apart reports whether values have nothing at the same place.
func apart(a, b *value.Value) bool {
	if a == nil || b == nil {
		return true
	}
	return a.Is(value.Map) && b.Is(value.Map) &&
		!slices.ContainsFunc(a.Entries, func(e value.Entry) bool { return !apart(e.Value, b.Get(e.Key)) })
}

func valuesOf(m *value.Value) []*value.Value {
	var out []*value.Value
	for _, e := range m.AllEntries() {
		out = append(out, e.Value)
	}
	return out
}
