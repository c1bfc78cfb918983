package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Document is a kind of file that has a JSON Schema.
type Document struct {
	Title, Description string
	Type               *Type
	// Definitions are the types with definitions of a given name, in the order that
	// they have in the schema.
	Definitions []*Type
	// Rules hold for the file as a whole.
	Rules JSON
	// DefaultOf returns the default of a field of the file, "" for none; nil for a
	// file without.
	DefaultOf func(name string) string
}

// JSONSchema returns the document as JSON Schema, draft 2020-12.
func (x Document) JSONSchema() ([]byte, error) {
	d := jsonBuilder{names: map[*Type]string{}, taken: map[string]bool{}, defaultOf: x.DefaultOf}
	d.count(x.Type, map[*Type]int{})
	for _, t := range append([]*Type{x.Type}, x.Definitions...) {
		for _, f := range t.Fields {
			if f.Definition != "" {
				d.fieldDefinition(f)
			}
		}
	}
	for _, t := range x.Definitions {
		d.define(t.Definition, d.object(t, d.row))
	}
	root := JSON{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", x.Title}, {"description", x.Description}}
	root = append(root, d.object(x.Type, d.documented)...)
	var required []any
	for _, f := range x.Type.Fields {
		if f.Required {
			required = append(required, f.Name)
		}
	}
	root = append(append(root, Member{"required", required}), x.Rules...)
	out, err := appendJSON(nil, append(root, Member{"$defs", d.defs}), 0)
	return append(out, '\n'), err
}

// jsonBuilder builds a JSON Schema.
type jsonBuilder struct {
	names     map[*Type]string // of the types that several fields have
	taken     map[string]bool
	defs      JSON
	defaultOf func(name string) string
}

func (d *jsonBuilder) define(name string, x JSON) {
	d.defs = append(d.defs, Member{name, x})
}

// count names the types of objects and maps that several fields have.
func (d *jsonBuilder) count(s *Type, uses map[*Type]int) {
	if s == nil || s.Definition != "" {
		return
	}
	uses[s]++
	if uses[s] > 1 {
		if (s.Kind == ObjectKind || s.Kind == MapKind) && d.names[s] == "" {
			d.names[s] = d.name(s.What)
		}
		return
	}
	d.count(s.Elem, uses)
	for _, f := range s.Fields {
		d.count(f.Type, uses)
	}
	if s.More != nil {
		d.count(s.More.Type, uses)
	}
}

// name makes a definition's name of what messages call a type.
func (d *jsonBuilder) name(what string) string {
	what = strings.TrimPrefix(strings.TrimPrefix(what, "a "), "an ")
	base := "type." + strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(Letters+Digits, r) {
			return r
		}
		return '-'
	}, strings.ToLower(what)), "-")
	name := base
	for i := 2; d.taken[name]; i++ {
		name = fmt.Sprintf("%s-%d", base, i)
	}
	d.taken[name] = true
	return name
}

func reference(name string) JSON { return JSON{{"$ref", "#/$defs/" + name}} }

// row returns a field's type with its documentation.
func (d *jsonBuilder) row(f Field) JSON {
	return append(JSON{{"description", f.Doc}}, orNull(d.anyForm(f.Type))...)
}

// documented is row for a field of the whole file, with its default and example.
func (d *jsonBuilder) documented(f Field) JSON {
	text := f.Doc
	if d.defaultOf != nil {
		if x := d.defaultOf(f.Name); x != "" {
			text += " Default: " + x + "."
		}
	}
	out := JSON{{"description", text}}
	if x := exampleOf(f); x != nil {
		out = append(out, Member{"examples", []any{x}})
	}
	return append(out, orNull(d.anyForm(f.Type))...)
}

// fieldDefinition refers to the definition of a field, which it makes at first.
func (d *jsonBuilder) fieldDefinition(f Field) JSON {
	if !d.taken[f.Definition] {
		d.taken[f.Definition] = true
		d.define(f.Definition, d.documented(f))
	}
	return reference(f.Definition)
}

// exampleOf returns the field's own value in its example, or nil where the example
// shows it below another field.
func exampleOf(f Field) any {
	top, _ := value.Read("example", []byte(f.Example))
	if v := top.Get(f.Name); v != nil {
		return plain(v)
	}
	return nil
}

// anyForm returns a type in all its forms.
func (d *jsonBuilder) anyForm(s *Type) JSON {
	var forms []any
	add := func(title string, x JSON) {
		forms = append(forms, append(JSON{{"title", title}}, x...))
	}
	if s.ShorthandKey != "" {
		add("one line", d.anyForm(s.Field(s.ShorthandKey).Type))
	}
	switch {
	case s.Shorthand != nil:
		add("one line", d.anyForm(s.Shorthand))
	case s.Expand != nil:
		add("one line", scalars())
	}
	if s.AllowBool {
		add("none, or the defaults", JSON{{"type", "boolean"}})
	}
	full := d.fullOrReference(s)
	if len(forms) == 0 {
		return full
	}
	add("full form", full)
	return JSON{{"anyOf", forms}}
}

// fullOrReference refers to the definition of a type that has one.
func (d *jsonBuilder) fullOrReference(s *Type) JSON {
	if s.Definition != "" {
		return reference(s.Definition)
	}
	full := d.full(s)
	name := d.names[s]
	if name == "" {
		return full
	}
	if !slices.ContainsFunc(d.defs, func(m Member) bool { return m.Key == name }) {
		d.define(name, full)
	}
	return reference(name)
}

// scalars are what counts as a text.
func scalars() JSON { return JSON{{"type", []any{"string", "number", "boolean"}}} }

// full returns the full form of a type.
func (d *jsonBuilder) full(s *Type) JSON {
	switch s.Kind {
	case ObjectKind:
		return append(d.object(s, d.row), s.JSON...)
	case MapKind:
		out := JSON{{"type", "object"}}
		if rule := s.Keys.Check.JSONSchema(); rule != nil {
			out = append(out, Member{"propertyNames", orMergeKey(rule)})
		}
		return append(out, Member{"additionalProperties", orNull(d.anyForm(s.Elem))})
	case ListKind:
		list := JSON{{"type", "array"}, {"items", d.anyForm(s.Elem)}}
		if s.Named {
			return JSON{{"anyOf", []any{list, JSON{{"type", "object"}, {"propertyNames", orMergeKey(s.Keys.Check.JSONSchema())},
				{"additionalProperties", orNull(d.anyForm(s.Elem))}}}}}
		}
		return list
	case KubeKind:
		return d.kubernetes(s.Of)
	case IntegerKind:
		out := JSON{{"type", "integer"}, {"minimum", s.Min}}
		if s.Max != 0 {
			out = append(out, Member{"maximum", s.Max})
		}
		return out
	case BooleanKind:
		return JSON{{"type", "boolean"}}
	case QuantityKind:
		return append(JSON{{"type", []any{"string", "number"}}}, Quantity.JSONSchema()...)
	case IntOrPercentKind:
		return JSON{{"anyOf", []any{
			JSON{{"type", "integer"}, {"minimum", 0}},
			JSON{{"type", "string"}, {"pattern", Percent.Pattern}},
		}}}
	case IntOrNameKind:
		return JSON{{"anyOf", []any{d.full(&PortNumber), append(JSON{{"type", "string"}}, PortName.JSONSchema()...)}}}
	case TextKind:
		if len(s.Enum) > 0 {
			return JSON{{"enum", append(texts(s.Enum), booleans(s.Enum)...)}}
		}
		return append(scalars(), s.Check.JSONSchema()...)
	}
	return append(JSON{}, s.JSON...)
}

// orMergeKey lets a rule for keys take YAML's merge key too, which editors take for
// a key.
func orMergeKey(rule JSON) JSON {
	out := slices.Clone(rule)
	for i, m := range out {
		if text, ok := m.Value.(string); ok && m.Key == "pattern" {
			out[i].Value = "^<<$|" + text
		}
	}
	return out
}

// object returns the full form of an object, the fields without a definition by row.
func (d *jsonBuilder) object(s *Type, row func(Field) JSON) JSON {
	properties := JSON{}
	for _, f := range s.Fields {
		var x JSON
		switch {
		case f.JSON != nil:
			x = append(JSON{{"description", f.Doc}}, f.JSON...)
		case f.Required:
			x = append(JSON{{"description", f.Doc}}, d.anyForm(f.Type)...)
		case f.Definition != "":
			x = d.fieldDefinition(f)
		default:
			x = row(f)
		}
		properties = append(properties, Member{f.Name, x})
	}
	var others any = false
	if s.More != nil {
		others = append(JSON{{"description", s.More.Doc}}, orNull(d.anyForm(s.More.Type))...)
	}
	out := JSON{{"type", "object"}, {"properties", properties}, {"additionalProperties", others}}
	if words := s.noNames(); s.More != nil && len(words) > 0 {
		out = append(out, Member{"propertyNames", JSON{{"not", JSON{{"enum", texts(words)}}}}})
	}
	var excluded []any
	for _, union := range s.OneOf {
		for i, a := range union[:len(union)-1] {
			others := JSON{}
			for _, b := range union[i+1:] {
				others = append(others, Member{b, JSON{{"type", "null"},
					{"errorMessage", fmt.Sprintf("%s and %s exclude one another", a, b)}}})
			}
			excluded = append(excluded, JSON{
				{"if", JSON{{"required", []any{a}}, {"properties", JSON{{a, notNull()}}}}},
				{"then", JSON{{"properties", others}}},
			})
		}
	}
	if excluded != nil {
		out = append(out, Member{"allOf", excluded})
	}
	return out
}

func notNull() JSON { return JSON{{"not", JSON{{"type", "null"}}}} }

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// booleans returns those of some texts that YAML reads as booleans where they are not in quotes.
func booleans(list []string) []any {
	var out []any
	for _, b := range []bool{true, false} {
		if slices.Contains(list, strconv.FormatBool(b)) {
			out = append(out, b)
		}
	}
	return out
}

// orNull lets a value be null too, which deletes what a lower layer set.
func orNull(x JSON) JSON {
	null := JSON{{"title", "delete"}, {"type", "null"}}
	out := slices.Clone(x)
	for i, m := range out {
		switch m.Key {
		case "anyOf":
			out[i].Value = append(slices.Clone(m.Value.([]any)), null)
			return out
		case "enum":
			out[i].Value = append(slices.Clone(m.Value.([]any)), nil)
			return out
		case "$ref", "not": // which a null would break
			return JSON{{"anyOf", []any{x, null}}}
		}
	}
	for i, m := range out {
		if types, ok := m.Value.([]any); ok && m.Key == "type" {
			out[i].Value = append(slices.Clone(types), "null")
		} else if m.Key == "type" {
			out[i].Value = []any{m.Value, "null"}
		}
	}
	return out
}
