// Package value is a YAML value that knows the line it came from. A descriptor
// is read into one, layers are merged as such, and the Kubernetes objects that
// come out are built of the same nodes, so that any part of an object leads
// back to the line which is responsible for it.
package value

import (
	"slices"
	"strconv"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// Kind is what a Value is.
type Kind uint8

// The kinds of a value.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
)

// String names the kind as messages do.
func (k Kind) String() string {
	return [...]string{"null", "boolean", "number", "number", "text", "list", "map"}[k]
}

// Value is one node. Values are shared between trees and are not changed after
// they were built: Set and Append are for the code that builds one.
type Value struct {
	Kind    Kind
	Plain   bool     // a scalar that was written without quotes
	Text    string   // a scalar's text, for numbers and booleans as written
	Items   []*Value // of a List
	Entries []Entry  // of a Map, in the order written
	Pos     diag.Pos
}

// Entry is a key of a Map with its value.
type Entry struct {
	Key    string
	Plain  bool // the key was written without quotes
	KeyPos diag.Pos
	Value  *Value
}

// NewString returns a text.
func NewString(pos diag.Pos, s string) *Value { return &Value{Kind: String, Text: s, Pos: pos} }

// NewInt returns a whole number.
func NewInt(pos diag.Pos, n int64) *Value {
	return &Value{Kind: Int, Plain: true, Text: strconv.FormatInt(n, 10), Pos: pos}
}

// NewBool returns a boolean.
func NewBool(pos diag.Pos, b bool) *Value {
	return &Value{Kind: Bool, Plain: true, Text: strconv.FormatBool(b), Pos: pos}
}

// NewMap returns an empty map.
func NewMap(pos diag.Pos) *Value { return &Value{Kind: Map, Pos: pos} }

// NewList returns a list of items.
func NewList(pos diag.Pos, items ...*Value) *Value {
	return &Value{Kind: List, Items: items, Pos: pos}
}

// Is reports whether v is there and of kind k.
func (v *Value) Is(k Kind) bool { return v != nil && v.Kind == k }

// IsScalar reports whether v is there and neither null, a list nor a map.
func (v *Value) IsScalar() bool {
	return v != nil && (v.Kind == Bool || v.Kind == Int || v.Kind == Float || v.Kind == String)
}

// At returns v's position; the zero position for nil.
func (v *Value) At() diag.Pos {
	if v == nil {
		return diag.Pos{}
	}
	return v.Pos
}

// Get returns the value under the keys, or nil where v or a step is no map or
// lacks the key.
func (v *Value) Get(keys ...string) *Value {
	for _, key := range keys {
		e := v.Entry(key)
		if e == nil {
			return nil
		}
		v = e.Value
	}
	return v
}

// Entry returns the entry for a key, or nil.
func (v *Value) Entry(key string) *Entry {
	if v == nil {
		return nil
	}
	for i := range v.Entries {
		if v.Entries[i].Key == key {
			return &v.Entries[i]
		}
	}
	return nil
}

// Has reports whether v is a map with the key.
func (v *Value) Has(key string) bool { return v.Entry(key) != nil }

// StringAt returns the text of the scalar under the keys (of v itself without
// keys), or "".
func (v *Value) StringAt(keys ...string) string {
	if s := v.Get(keys...); s.IsScalar() {
		return s.Text
	}
	return ""
}

// Int64 returns a whole number's value; ok is false for anything else. The
// notations are YAML's: decimal, 0x, 0o, 0b.
func (v *Value) Int64() (n int64, ok bool) {
	if !v.Is(Int) {
		return 0, false
	}
	n, err := strconv.ParseInt(v.Text, 0, 64)
	return n, err == nil
}

// IsTrue reports whether v is the boolean true.
func (v *Value) IsTrue() bool {
	return v.Is(Bool) && (v.Text == "true" || v.Text == "True" || v.Text == "TRUE")
}

// Keys returns a map's keys in order.
func (v *Value) Keys() []string {
	if v == nil {
		return nil
	}
	keys := make([]string, len(v.Entries))
	for i, e := range v.Entries {
		keys[i] = e.Key
	}
	return keys
}

// AllEntries returns a map's entries, none for anything else and for nil.
func (v *Value) AllEntries() []Entry {
	if v == nil {
		return nil
	}
	return v.Entries
}

// AllItems returns a list's items, none for anything else and for nil.
func (v *Value) AllItems() []*Value {
	if v == nil {
		return nil
	}
	return v.Items
}

// Set puts a value under a key, at the end where the key is new. A nil value
// is not put. It returns v.
func (v *Value) Set(key string, x *Value) *Value {
	if x == nil {
		return v
	}
	return v.SetEntry(Entry{Key: key, KeyPos: x.Pos, Value: x})
}

// SetEntry is Set with the key's own position.
func (v *Value) SetEntry(e Entry) *Value {
	if old := v.Entry(e.Key); old != nil {
		*old = e
		return v
	}
	v.Entries = append(v.Entries, e)
	return v
}

// Delete removes a key.
func (v *Value) Delete(key string) {
	v.Entries = slices.DeleteFunc(v.Entries, func(e Entry) bool { return e.Key == key })
}

// Copy returns a map or list whose own entries can be changed; what they hold is
// shared.
func (v *Value) Copy() *Value {
	if v == nil {
		return nil
	}
	c := *v
	c.Entries, c.Items = slices.Clone(v.Entries), slices.Clone(v.Items)
	return &c
}

// Empty reports whether v is nil, or a map or list without content.
func (v *Value) Empty() bool {
	return v == nil || v.Kind == Map && len(v.Entries) == 0 || v.Kind == List && len(v.Items) == 0
}

// Equal reports whether two values would be written alike: positions, the
// order of keys and quotes do not count.
func Equal(a, b *Value) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case Null:
		return true
	case Map:
		if len(a.Entries) != len(b.Entries) {
			return false
		}
		for _, e := range a.Entries {
			if other := b.Entry(e.Key); other == nil || !Equal(e.Value, other.Value) {
				return false
			}
		}
		return true
	case List:
		return slices.EqualFunc(a.Items, b.Items, Equal)
	}
	return a.Text == b.Text
}
