package descriptor

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// idle is a null that deleted nothing: usually a forgotten value.
type idle struct {
	path []string
	pos  diag.Pos
}

// merger lays layers over one another.
type merger struct {
	path []string
	idle []idle
	// keep leaves nulls under workloads in the result, since they still have to
	// delete what the workload inherits from the top level.
	keep bool
	// hook says that hooks are being laid over what they go by.
	hook bool
	// done holds the places of the nulls that were kept and deleted something.
	done map[diag.Pos]bool
}

// merge gives lower with upper on top: maps merge key by key, scalars and lists
// replace, null deletes. Of the fields in oneOf, those that upper chooses put
// the others aside. The order is lower's, then that of upper's new keys.
// Neither argument is changed.
func (m *merger) merge(s *schema, lower, upper *value.Value) *value.Value {
	if !lower.Is(value.Map) || !upper.Is(value.Map) {
		if upper.Is(value.Map) {
			return m.fresh(s, upper)
		}
		return upper
	}
	out := lower.Copy()
	if !upper.Pos.IsZero() { // an empty layer has no place
		out.Pos = upper.Pos
	}
	if len(lower.Entries) == 0 && s != nil && s.kind == kubeKind {
		s = nil // nothing that it could tell apart
	}
	for _, union := range s.unions() {
		putAside(union, out, upper)
	}
	index := make(map[string]int, len(out.Entries))
	for i, e := range out.Entries {
		index[e.Key] = i
	}
	var deleted map[string]bool
	for _, e := range upper.Entries {
		m.path = append(m.path, e.Key)
		i, there := index[e.Key]
		switch {
		case e.Value.Is(value.Null) && m.tombstone():
			if !there {
				out.Entries = append(out.Entries, e)
			} else {
				m.delete(out.Entries[i].Value, e)
				out.Entries[i] = e
			}
		case e.Value.Is(value.Null):
			if !there || out.Entries[i].Value.Is(value.Null) {
				m.note(e)
			} else {
				if deleted == nil {
					deleted = map[string]bool{}
				}
				deleted[e.Key] = true
			}
		case there:
			out.Entries[i] = value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: m.merge(s.child(e.Key), out.Entries[i].Value, e.Value)}
		default:
			out.Entries = append(out.Entries, value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: m.merge(s.child(e.Key), nil, e.Value)})
		}
		m.path = m.path[:len(m.path)-1]
	}
	if len(deleted) > 0 {
		out.Entries = slices.DeleteFunc(out.Entries, func(e value.Entry) bool { return deleted[e.Key] })
	}
	return out
}

// fresh gives a map that nothing lies below: its nulls delete nothing.
func (m *merger) fresh(s *schema, v *value.Value) *value.Value {
	return m.merge(s, value.NewMap(v.Pos), v)
}

func (m *merger) delete(old *value.Value, e value.Entry) {
	if old.Kind == value.Null && !m.done[old.Pos] {
		return
	}
	if m.done == nil {
		m.done = map[diag.Pos]bool{}
	}
	m.done[e.Value.Pos] = true
}

func (m *merger) note(e value.Entry) {
	if m.done[e.Value.Pos] {
		return
	}
	m.idle = append(m.idle, idle{path: slices.Clone(m.path), pos: e.KeyPos})
}

// tombstone reports whether the null at the current path is to be kept:
// anything below workloads.NAME, and below a hook until it is laid over what it
// goes by.
func (m *merger) tombstone() bool {
	if at := hookDepth(m.path); at > 0 && len(m.path) > at {
		return !m.hook
	}
	return m.keep && len(m.path) > 2 && m.path[0] == "workloads"
}

// hookDepth gives how many keys lead to a hook, 0 where none does.
func hookDepth(path []string) int {
	switch {
	case len(path) > 1 && path[0] == "hooks":
		return 2
	case len(path) > 3 && path[0] == "workloads" && path[2] == "hooks":
		return 4
	}
	return 0
}

// putAside removes from out the fields of a union that upper's choice excludes.
func putAside(union []string, out, upper *value.Value) {
	chosen := false
	for _, e := range upper.Entries {
		chosen = chosen || e.Value.Kind != value.Null && slices.Contains(union, e.Key)
	}
	if !chosen {
		return
	}
	out.Entries = slices.DeleteFunc(out.Entries, func(e value.Entry) bool {
		return slices.Contains(union, e.Key) && !upper.Has(e.Key)
	})
}
