package schema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// UnusedNull is a null that deleted nothing: usually a forgotten value.
type UnusedNull struct {
	Path []string
	Pos  diag.Pos
}

// Merger merges layers. Nulls in a value of a deferred type stay in the result,
// since that value is merged over another one later, by a merger that follows.
type Merger struct {
	path   []string
	Unused []UnusedNull
	// deferred counts the values of deferred types around the current one.
	deferred int
	// used holds the places of the nulls that were kept and deleted something.
	used map[diag.Pos]bool
}

// NewMerger returns a merger of whole documents.
func NewMerger() *Merger { return &Merger{used: map[diag.Pos]bool{}} }

// Next returns a merger for the values that m deferred.
func (m *Merger) Next() *Merger { return &Merger{used: m.used} }

// MergeAt is merge for values at a path of the document.
func (m *Merger) MergeAt(path []string, s *Type, lower, upper *value.Value) *value.Value {
	m.path = path
	out := m.Merge(s, lower, upper)
	m.path = nil
	return out
}

// Merge returns lower with upper on top: maps merge key by key, scalars and lists
// replace, null deletes. Of the fields in OneOf and Supersede, those that upper
// chooses put the others aside. The order is lower's, then that of upper's new keys.
// Neither argument is changed.
func (m *Merger) Merge(s *Type, lower, upper *value.Value) *value.Value {
	if s.isNamed() && lower != nil && lower.Kind != upper.Kind && !upper.Empty() { // an empty list is none
		lower, upper = unnamed(lower), unnamed(upper)
	}
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
	if len(lower.Entries) == 0 && s != nil && s.Kind == KubeKind {
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
		case e.Value.Is(value.Null) && m.deferred > 0:
			if !there {
				out.Entries = append(out.Entries, e)
			} else {
				m.delete(out.Entries[i].Value, e)
				out.Entries[i] = e
			}
		case e.Value.Is(value.Null):
			if !there || out.Entries[i].Value.Is(value.Null) {
				m.noteUnused(e)
			} else {
				if deleted == nil {
					deleted = map[string]bool{}
				}
				deleted[e.Key] = true
			}
		case there && s.isNamed(): // which is another one of the same name: nulls in it are its own
			out.Entries[i] = value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: e.Value}
		case s.isNamed():
			out.Entries = append(out.Entries, value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: e.Value})
		case there:
			out.Entries[i] = value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: m.below(s.Child(e.Key), out.Entries[i].Value, e.Value)}
		default:
			out.Entries = append(out.Entries, value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: m.below(s.Child(e.Key), nil, e.Value)})
		}
		m.path = m.path[:len(m.path)-1]
	}
	if len(deleted) > 0 {
		out.Entries = slices.DeleteFunc(out.Entries, func(e value.Entry) bool { return deleted[e.Key] })
	}
	return out
}

// isNamed reports whether the type is a list whose entries can have names.
func (s *Type) isNamed() bool { return s != nil && s.Named }

// unnamed returns a list as a map with its entries under one key, so that it can be merged with a map of named ones.
func unnamed(v *value.Value) *value.Value {
	if !v.Is(value.List) {
		return v
	}
	return value.NewMap(v.Pos).SetEntry(value.Entry{Key: Unnamed, KeyPos: v.Pos, Value: v})
}

// below is merge for a value in another one.
func (m *Merger) below(s *Type, lower, upper *value.Value) *value.Value {
	if s == nil || !s.Deferred {
		return m.Merge(s, lower, upper)
	}
	m.deferred++
	out := m.Merge(s, lower, upper)
	m.deferred--
	return out
}

// fresh returns a map below which there is no other: its nulls delete nothing.
func (m *Merger) fresh(s *Type, v *value.Value) *value.Value {
	return m.Merge(s, value.NewMap(v.Pos), v)
}

func (m *Merger) delete(old *value.Value, e value.Entry) {
	if old.Kind != value.Null || m.used[old.Pos] {
		m.used[e.Value.Pos] = true
	}
}

func (m *Merger) noteUnused(e value.Entry) {
	if !m.used[e.Value.Pos] {
		m.Unused = append(m.Unused, UnusedNull{Path: slices.Clone(m.path), Pos: e.KeyPos})
	}
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

// Overlay returns lower with upper on top, by their type. What upper's nulls do not
// delete is reported.
func Overlay(t *Type, lower, upper *value.Value) (*value.Value, diag.List) {
	if upper == nil {
		return lower, nil
	}
	m := NewMerger()
	out := m.Merge(t, lower, upper)
	var diags diag.List
	for _, n := range m.Unused {
		n.Report(&diags, "")
	}
	return out, diags
}

// Report reports the null. Meant is the name that its own is most likely a slip of, "" for
// none.
func (n UnusedNull) Report(diags *diag.List, meant string) {
	hint := "give a value, or remove the line; text that is empty is written \"\""
	if meant != "" {
		hint = "did you mean " + strconv.Quote(meant) + "? Else " + hint
	}
	diags.Errorh(n.Pos, "null-deletes-nothing", hint,
		"%s has no value, and there is nothing below that null could delete", strings.Join(n.Path, "."))
}
