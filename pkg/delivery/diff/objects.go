package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Object is an object that differs: it is only in the new list (Added), only in the
// old one (Removed), or in both.
type Object struct {
	object.ID
	Added, Removed bool
	Fields         []Field
	// Successor is what comes in the place of an object that goes, nil for nothing.
	Successor *object.ID
	// Recreated says that the object is deleted and made anew, under this name or another.
	Recreated bool
	// Warnings say what the API server will refuse, what is deleted and made anew, and what is lost, each with the way to
	// avoid it.
	Warnings []string
}

// Field is a part of an object with what it was and what it is; nil is nothing.
// The content of secrets is masked.
type Field struct {
	Path     string
	Old, New *value.Value
	// Fixed says that the API server refuses the change.
	Fixed bool
}

// Comparison says how objects are compared.
type Comparison struct {
	// Places compares two places of the same app, whose objects live beside one
	// another: that the namespace is another is no matter, and nothing has to turn
	// into something else, so there is nothing that can't be changed.
	Places bool
	// Exact compares names as a whole: an object whose name ends in another hash is the same one, and its name differs.
	Exact bool
	// Grown are the workloads of an app that had one, any of which could be the main one; nil where none can.
	Grown []string
}

// Objects compares two lists of objects.
func (c Comparison) Objects(a, b []*value.Value) []Object {
	x, y := maskAll(a, b, maskedBefore), maskAll(b, a, maskedAfter)
	pairs := pair(x, y)
	successors := successors(pairs)
	renamed := map[string]string{}
	for _, p := range pairs {
		if p.old != nil && p.new != nil {
			renamed[idOf(p.old).Name] = idOf(p.new).Name
		}
	}
	var out []Object
	for _, p := range pairs {
		d := Object{ID: idOf(cmp.Or(p.new, p.old)), Added: p.old == nil, Removed: p.new == nil}
		if p.old != nil && p.new != nil {
			if !c.Exact {
				d.ID = d.Unhashed()
			}
			d.Fields = c.fields(p.old, p.new, renamed)
			if len(d.Fields) == 0 {
				continue
			}
			if !c.Places {
				d.Warnings, d.Recreated = immutable(p.old, p.new, d.Fields)
			}
		}
		if p.new == nil && !c.Places {
			d.Warnings, d.Recreated = c.lost(p.old, successors[p.old])
			if successors[p.old] != nil {
				id := idOf(successors[p.old])
				d.Successor = &id
			}
		}
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(p, q Object) int {
		return cmp.Or(strings.Compare(p.Kind, q.Kind), strings.Compare(p.Name, q.Name))
	})
	return out
}

func idOf(v *value.Value) object.ID { return object.Object{Value: v}.ID() }

type both struct{ old, new *value.Value }

// pair finds which objects are the same: those of one kind and name, if possible in one namespace, and those
// generated for one purpose, whose names end in a hash of their content.
func pair(x, y []*value.Value) []both {
	type key struct{ group, kind, name, namespace string }
	const (
		inNamespace = iota
		anywhere
		hashed
	)
	keyOf := func(v *value.Value, by int) key {
		id, namespace := idOf(v), ""
		switch by {
		case inNamespace:
			namespace = v.StringAt("metadata", "namespace")
		case hashed:
			id = id.Unhashed()
		}
		return key{id.Group(), id.Kind, id.Name, namespace}
	}
	var out []both
	left := slices.Clone(y)
	for _, by := range []int{inNamespace, anywhere, hashed} {
		var alone []*value.Value
		for _, old := range x {
			i := slices.IndexFunc(left, func(v *value.Value) bool { return keyOf(v, by) == keyOf(old, by) })
			if i < 0 {
				alone = append(alone, old)
				continue
			}
			out = append(out, both{old, left[i]})
			left = slices.Delete(left, i, i+1)
		}
		x = alone
	}
	for _, old := range x {
		out = append(out, both{old: old})
	}
	for _, fresh := range left {
		out = append(out, both{new: fresh})
	}
	return out
}

// fields compares two objects. A name that changes with the content says nothing
// more than the content does, but where pods refer to it, it is why they are
// replaced.
func (c Comparison) fields(a, b *value.Value, renamed map[string]string) []Field {
	w := walker{}
	w.compare("", a, b)
	return slices.DeleteFunc(w.found, func(f Field) bool {
		follows := f.Old.IsScalar() && f.New.IsScalar() && renamed[f.Old.Text] == f.New.Text
		return f.Path == "metadata.name" && !c.Exact || c.Places && (f.Path == "metadata.namespace" || follows)
	})
}

type walker struct{ found []Field }

func (w *walker) compare(path string, a, b *value.Value) {
	switch {
	case value.Equal(a, b):
	case a.Is(value.Map) && b.Is(value.Map):
		keys := append(a.Keys(), b.Keys()...)
		slices.Sort(keys)
		for _, key := range slices.Compact(keys) {
			w.compare(join(path, key), a.Get(key), b.Get(key))
		}
	case a.Is(value.List) && b.Is(value.List) && w.items(path, a, b):
	default:
		w.found = append(w.found, Field{Path: path, Old: a, New: b})
	}
}

// join returns the path of a key; one that holds dots is put in brackets.
func join(path, key string) string {
	switch {
	case strings.ContainsAny(key, ".[]"):
		return path + "[" + key + "]"
	case path == "":
		return key
	}
	return path + "." + key
}

// items compares lists whose items have names, name by name. It reports false
// where they have none, or where nothing but the order differs.
func (w *walker) items(path string, a, b *value.Value) bool {
	for _, key := range []string{"name", "mountPath", "containerPort", "port", "host", "key"} {
		x, y := byName(a, key), byName(b, key)
		if x == nil || y == nil {
			continue
		}
		before := len(w.found)
		var names []string
		for _, item := range append(slices.Clone(a.Items), b.Items...) {
			if name := item.StringAt(key); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		for _, name := range names {
			w.compare(path+"["+name+"]", x[name], y[name])
		}
		return len(w.found) > before
	}
	if len(a.Items) != len(b.Items) {
		return false
	}
	for i := range a.Items {
		if !a.Items[i].Is(value.Map) || !b.Items[i].Is(value.Map) {
			return false
		}
	}
	for i := range a.Items {
		w.compare(fmt.Sprintf("%s[%d]", path, i), a.Items[i], b.Items[i])
	}
	return true
}

// byName returns a list's items by a field that tells them apart, or nil.
func byName(list *value.Value, key string) map[string]*value.Value {
	out := map[string]*value.Value{}
	for _, item := range list.Items {
		name := item.StringAt(key)
		if !item.Is(value.Map) || name == "" || out[name] != nil {
			return nil
		}
		out[name] = item
	}
	return out
}
