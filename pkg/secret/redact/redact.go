// Package redact returns descriptors and Kubernetes objects without the credentials in
// them, for whatever is printed for people: differences, explanations. What
// Secrets and sealed values hold is redacted too, whatever it looks like.
package redact

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Replacement returns what is shown in place of a text that nobody is to read. Other is
// what another tree has in its place, or nil.
type Replacement func(x, other *value.Value) string

// Fixed returns the same for every text.
func Fixed(shown string) Replacement { return func(_, _ *value.Value) string { return shown } }

// Tree returns v with the credentials in it replaced: parts of texts where they are
// parts. Other is a tree to compare with, or nil. V itself is not changed.
func Tree(v, other *value.Value, replacement Replacement) *value.Value {
	return redactor{replacement}.tree("", v, other)
}

// All returns v with each text in it replaced.
func All(v, other *value.Value, replacement Replacement) *value.Value {
	if v == nil {
		return nil
	}
	if v.IsScalar() {
		return value.NewString(v.Pos, replacement(v, other))
	}
	out := v.Copy()
	for i, item := range out.Items {
		out.Items[i] = All(item, element(other, i, item), replacement)
	}
	for i, e := range out.Entries {
		out.Entries[i].Value = All(e.Value, other.Get(e.Key), replacement)
	}
	return out
}

// Keys returns v with the credentials in the keys of its maps replaced.
func Keys(v *value.Value) *value.Value {
	if v == nil || v.IsScalar() {
		return v
	}
	out := v
	change := func(set func()) {
		if out == v {
			out = v.Copy()
		}
		set()
	}
	for i, item := range v.Items {
		if x := Keys(item); x != item {
			change(func() { out.Items[i] = x })
		}
	}
	for i, e := range v.Entries {
		if key := credential.Redact(e.Key); key != e.Key {
			change(func() { out.Entries[i].Key = key })
		}
		if x := Keys(e.Value); x != e.Value {
			change(func() { out.Entries[i].Value = x })
		}
	}
	return out
}

type redactor struct{ replacement Replacement }

// tree redacts what stands under a key.
func (r redactor) tree(key string, v, other *value.Value) *value.Value {
	switch {
	case v == nil:
		return nil
	case v.IsScalar():
		return r.text(v, other, field(key, v.Text))
	case v.Is(value.List):
		return r.list(v, other)
	}
	out := v.Copy()
	name := v.StringAt("name")
	for i, e := range out.Entries {
		x, was := e.Value, other.Get(e.Key)
		switch {
		case v.StringAt("kind") == "Secret" && (e.Key == "data" || e.Key == "stringData"):
			x = All(x, was, r.replacement)
		case name != "" && e.Key == "value" && x.IsScalar(): // a variable, a header
			x = r.text(x, was, credential.InValue(name, x.Text))
		case values(key) && x.IsScalar():
			x = r.text(x, was, credential.InValue(e.Key, x.Text))
		case values(key) && x.Is(value.Map):
			x = r.fullForm(e.Key, x, was)
		default:
			x = r.tree(e.Key, x, was)
		}
		out.Entries[i].Value = x
	}
	return out
}

// values reports whether what stands under a key is a map of names to values.
func values(key string) bool {
	return slices.Contains([]string{"env", "config", "files", "data", "stringData"}, key)
}

// fullForm redacts a variable or file of a descriptor.
func (r redactor) fullForm(name string, v, other *value.Value) *value.Value {
	out := v.Copy()
	for i, e := range out.Entries {
		if e.Value.IsScalar() && (e.Key == "value" || e.Key == "content") {
			out.Entries[i].Value = r.text(e.Value, other.Get(e.Key), credential.InValue(name, e.Value.Text))
		}
	}
	return out
}

func field(key, text string) []credential.Match {
	if matches := credential.InField(key, text); len(matches) > 0 {
		return matches
	}
	return credential.InText(text)
}

// list redacts a list, which may be a command with its arguments.
func (r redactor) list(v, other *value.Value) *value.Value {
	out := v.Copy()
	texts := make([]string, len(out.Items))
	for i, item := range out.Items {
		texts[i] = item.StringAt()
		out.Items[i] = r.tree("", item, element(other, i, item))
	}
	for _, x := range credential.InArgs(texts) {
		i := x.Line - 1
		if item := v.Items[i]; item.IsScalar() {
			out.Items[i] = r.text(item, element(other, i, item), slices.DeleteFunc(credential.InArgs(texts),
				func(s credential.Match) bool { return s.Line != x.Line }))
		}
	}
	return out
}

// element returns what stands in a list in the place of an item: of the same name
// where they have names.
func element(list *value.Value, i int, item *value.Value) *value.Value {
	if name := item.StringAt("name"); name != "" {
		for _, x := range list.AllItems() {
			if x.StringAt("name") == name {
				return x
			}
		}
		return nil
	}
	if items := list.AllItems(); i < len(items) {
		return items[i]
	}
	return nil
}

func (r redactor) text(v, other *value.Value, matches []credential.Match) *value.Value {
	if len(matches) == 0 {
		return v
	}
	shown := r.replacement(v, other)
	return value.NewString(v.Pos, credential.Replace(v.Text, matches, func(string) string { return shown }))
}
