package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// Type says what a value in a file may be. The table of app.yaml is made of
// these, and so are those of other files that hold app fields.
type Type = schema

// Row is a field of a type that another package makes.
type Row struct {
	Name, Doc string
	Type      *Type
	// Const is the only value of a field that a file has to have.
	Const string
}

// Object gives the type of a map with these fields.
func Object(what string, rows ...Row) *Type {
	s := &schema{kind: objectKind, what: what}
	for _, r := range rows {
		f := field{name: r.Name, doc: r.Doc, typ: r.Type}
		if r.Const != "" {
			f.required, f.json = true, jsonObject{{"const", r.Const}}
		}
		s.fields = append(s.fields, f)
	}
	return s
}

// OneOf gives the type of a map of which a layer chooses one field. A text in its
// place, which line describes, goes to the field that short names.
func OneOf(what, line string, short func(text string) (field string), rows ...Row) *Type {
	s := Object(what, rows...)
	s.oneOf, s.line = [][]string{s.fieldNames()}, TextOf(line, nil)
	s.short = func(v *value.Value) *value.Value {
		if !v.IsScalar() {
			return nil
		}
		return value.NewMap(v.Pos).Set(short(v.Text), v)
	}
	return s
}

// WithShort gives a type that takes a text for one of its fields in its place.
func (s *schema) WithShort(field string) *Type {
	s.shortKey = field
	return s
}

// Boolean gives the type of true and false.
func Boolean() *Type { return boolean }

// MapOf gives the type of a map whose keys the user chooses.
func MapOf(what, key string, rule *check, elem *Type) *Type {
	return &schema{kind: mapKind, what: what, keys: keyRule{key, rule}, elem: elem}
}

// ListOf gives the type of a list.
func ListOf(what string, elem *Type) *Type { return &schema{kind: listKind, what: what, elem: elem} }

// TextOf returns the type of a text; rule may be nil.
func TextOf(what string, rule *check) *Type {
	return &schema{kind: textKind, what: what, check: rule}
}

// Choice gives the type of one of several texts.
func Choice(what string, texts ...string) *Type {
	return &schema{kind: textKind, what: what, enum: texts}
}

// Flag gives the type of true or false.
func Flag() *Type { return boolean }

// Count gives the type of a whole number.
func Count() *Type { return natural }

// Labels gives the type of an object's labels.
func Labels() *Type { return labelMap }

// Annotations gives the type of an object's annotations.
func Annotations() *Type { return annotationMap }

// DefaultsType is the type of app fields that make sense for every app: not
// those that belong to one workload, nor those that name files in its folder.
func DefaultsType() *Type {
	s := &schema{kind: objectKind, what: "app fields", ownSections: true, after: foldShort, foreign: func(key string) string {
		if topField(key) == nil && key != "kind" {
			return ""
		}
		return key + " is for an app.yaml: it makes no sense for all apps"
	}}
	for _, f := range environmentType().fields {
		switch f.name {
		case "workloads", "defaults", "accept", "manifests", "components", "patches":
			continue
		}
		if f.scope != ownScope {
			s.fields = append(s.fields, f)
		}
	}
	return s
}

// Complete gives the full form of a file's content by its type. What is wrong is
// reported and left out.
func Complete(t *Type, v *value.Value) (*value.Value, diag.List) {
	n := newNormaliser()
	return orEmpty(n.full(t, v)), n.diags
}

// UnderDefaults says that a field of app.yaml belongs under defaults, "" for any
// other key.
func UnderDefaults(key string) (hint string) {
	if topField(key) == nil {
		return ""
	}
	return key + " is an app's field: put it under defaults"
}

// WithHints gives a type that says by foreign where a key belongs that it lacks.
func (s *schema) WithHints(foreign func(key string) (hint string)) *Type {
	s.foreign = foreign
	return s
}

// Lay gives lower with upper on top, by their type: see the layers of app.yaml.
func Lay(t *Type, lower, upper *value.Value) (*value.Value, diag.List) {
	m := newMerger()
	out := m.merge(t, orEmpty(lower), orEmpty(upper))
	var diags diag.List
	for _, i := range m.unused {
		diags.Errorh(i.pos, "null-deletes-nothing", forgottenValue,
			"%s has no value, and there is nothing below that null could delete", strings.Join(i.path, "."))
	}
	return out, diags
}

// forgottenValue is the cure for a null that deletes nothing.
const forgottenValue = "give a value, or remove the line; text that is empty is written \"\""

// RuleOf returns a rule for texts by what says what is wrong with one.
func RuleOf(problem func(text string) string) *check { return &check{problem: problem} }

// NamespaceName is the rule for names of namespaces and environments, ObjectName
// that for names of most kinds of objects.
var NamespaceName, ObjectName = dnsLabel1123, dnsSubdomain

// Reference gives a type's fields in Markdown.
func (s *schema) Reference() string {
	var b strings.Builder
	b.WriteString("| field | takes | meaning |\n| --- | --- | --- |\n")
	listed := map[*schema]string{}
	for _, f := range s.fields {
		b.WriteString("| `" + f.name + "` | " + f.typ.takes() + " | " + f.doc + " |\n")
		below(&b, f.name, f.typ, listed)
	}
	return b.String()
}
