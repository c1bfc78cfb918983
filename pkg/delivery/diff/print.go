package diff

import (
	"fmt"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Lines returns what differs in objects, for people. The first character of each
// line says what it is: + added, - removed, ! a warning, anything else
// neither. What comes from others is printable in them.
func Lines(objects []Object) []string {
	var out []string
	for _, o := range objects {
		switch {
		case o.Added:
			out = append(out, "+ "+diag.Line(o.String()))
		case o.Removed:
			out = append(out, "- "+diag.Line(o.String()))
		default:
			out = append(out, "  "+diag.Line(o.String()))
		}
		for _, w := range o.Warnings {
			out = append(out, "! "+diag.Line(w))
		}
		for _, f := range o.Fields {
			out = append(out, f.lines()...)
		}
	}
	return out
}

func (f Field) lines() []string {
	path := diag.Line(f.Path)
	if inline(f.Old) && inline(f.New) {
		switch {
		case f.Old == nil:
			return []string{"+     " + path + ": " + text(f.New)}
		case f.New == nil:
			return []string{"-     " + path + ": " + text(f.Old)}
		}
		return []string{"-     " + path + ": " + text(f.Old), "+     " + path + ": " + text(f.New)}
	}
	out := []string{"      " + path + ":"}
	old, fresh := lines(whole(f.Old)), lines(whole(f.New))
	for _, o := range script(old, fresh) {
		out = append(out, string(o.kind)+"       "+diag.Printable(strings.TrimSuffix(o.line, "\n")))
	}
	return out
}

// inline reports whether a value fits on the line of its path.
func inline(v *value.Value) bool {
	if v == nil || v.Is(value.Null) || v.Empty() {
		return true
	}
	return v.IsScalar() && !strings.Contains(v.Text, "\n")
}

func text(v *value.Value) string {
	switch {
	case v.Is(value.Map):
		return "{}"
	case v.Is(value.List):
		return "[]"
	case v.Is(value.Null):
		return "null"
	case v.Text == "":
		return `""`
	}
	return diag.Line(v.Text)
}

// whole returns a value on lines of its own: a text as it is, anything else as
// YAML.
func whole(v *value.Value) string {
	switch {
	case v == nil:
		return ""
	case v.IsScalar():
		return strings.TrimSuffix(v.Text, "\n") + "\n"
	}
	out, err := value.AppendEncoded(nil, v)
	if err != nil {
		return fmt.Sprintf("(%v)\n", err)
	}
	return string(out)
}
