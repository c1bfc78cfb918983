// Package redact returns descriptors and Kubernetes objects without the credentials in
// them, for whatever is printed for people: differences, explanations. What
// Secrets and sealed values hold is masked too, whatever it looks like.
package redact

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Instead says what is shown in place of a text that nobody is to read, where other
// is what stands in its place in another tree, or nil.
type Instead func(x, other *value.Value) string

// Always shows the same.
func Always(shown string) Instead { return func(_, _ *value.Value) string { return shown } }

// Tree returns v with the credentials in it replaced: parts of texts where they are
// parts. Other is a tree to compare with, or nil. V itself is not changed.
func Tree(v, other *value.Value, instead Instead) *value.Value {
	return masker{instead}.tree("", v, other)
}

// All returns v with each text in it replaced.
func All(v, other *value.Value, instead Instead) *value.Value {
	if v == nil {
		return nil
	}
	if v.IsScalar() {
		return value.Str(instead(v, other), v.Pos)
	}
	out := v.Copy()
	for i, item := range out.Items {
		out.Items[i] = All(item, element(other, i, item), instead)
	}
	for i, e := range out.Entries {
		out.Entries[i].Value = All(e.Value, other.Get(e.Key), instead)
	}
	return out
}

type masker struct{ instead Instead }

// tree masks what stands under a key.
func (m masker) tree(key string, v, other *value.Value) *value.Value {
	switch {
	case v == nil:
		return nil
	case v.IsScalar():
		return m.text(v, other, field(key, v.Text))
	case v.Is(value.List):
		return m.list(v, other)
	}
	out := v.Copy()
	name := v.StringAt("name")
	for i, e := range out.Entries {
		x, was := e.Value, other.Get(e.Key)
		switch {
		case v.StringAt("kind") == "Secret" && (e.Key == "data" || e.Key == "stringData"):
			x = All(x, was, m.instead)
		case name != "" && e.Key == "value" && x.IsScalar(): // a variable, a header
			x = m.text(x, was, credential.InValue(name, x.Text))
		case values(key) && x.IsScalar():
			x = m.text(x, was, credential.InValue(e.Key, x.Text))
		case values(key) && x.Is(value.Map):
			x = m.fullForm(e.Key, x, was)
		default:
			x = m.tree(e.Key, x, was)
		}
		out.Entries[i].Value = x
	}
	return out
}

// values reports whether what stands under a key is a map of names to values.
func values(key string) bool {
	return slices.Contains([]string{"env", "config", "files", "data", "stringData"}, key)
}

// fullForm masks a variable or file of a descriptor.
func (m masker) fullForm(name string, v, other *value.Value) *value.Value {
	out := v.Copy()
	for i, e := range out.Entries {
		if e.Value.IsScalar() && (e.Key == "value" || e.Key == "content") {
			out.Entries[i].Value = m.text(e.Value, other.Get(e.Key), credential.InValue(name, e.Value.Text))
		}
	}
	return out
}

func field(key, text string) []credential.Sign {
	if signs := credential.InField(key, text); len(signs) > 0 {
		return signs
	}
	return credential.InText(text)
}

// list masks a list, which may be a command with its arguments.
func (m masker) list(v, other *value.Value) *value.Value {
	out := v.Copy()
	texts := make([]string, len(out.Items))
	for i, item := range out.Items {
		texts[i] = item.StringAt()
		out.Items[i] = m.tree("", item, element(other, i, item))
	}
	for _, x := range credential.InArgs(texts) {
		i := x.Line - 1
		if item := v.Items[i]; item.IsScalar() {
			out.Items[i] = m.text(item, element(other, i, item), slices.DeleteFunc(credential.InArgs(texts),
				func(s credential.Sign) bool { return s.Line != x.Line }))
		}
	}
	return out
}

// element returns what stands in a list in the place of an item: of the same name
// where they have names.
func element(list *value.Value, i int, item *value.Value) *value.Value {
	if name := item.StringAt("name"); name != "" {
		for _, x := range list.Elements() {
			if x.StringAt("name") == name {
				return x
			}
		}
		return nil
	}
	if items := list.Elements(); i < len(items) {
		return items[i]
	}
	return nil
}

func (m masker) text(v, other *value.Value, signs []credential.Sign) *value.Value {
	if len(signs) == 0 {
		return v
	}
	shown := m.instead(v, other)
	return value.Str(credential.Conceal(signs, v.Text, func(string) string { return shown }), v.Pos)
}
