package descriptor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/value"
)

// jsonDocument is a kind of file that has a JSON Schema.
type jsonDocument struct {
	title, description string
	typ                *schema
	// definitions are the types with definitions of a given name, in the order that
	// they have in the schema.
	definitions []*schema
	// rules hold for the file as a whole.
	rules jsonObject
	// defaultOf returns the default of a field of the file, "" for none; nil for a
	// file without.
	defaultOf func(name string) string
}

// jsonSchema returns the document as JSON Schema, draft 2020-12.
func (x jsonDocument) jsonSchema() ([]byte, error) {
	d := drawing{names: map[*schema]string{}, taken: map[string]bool{}, defaultOf: x.defaultOf}
	d.count(x.typ, map[*schema]int{})
	for _, t := range append([]*schema{x.typ}, x.definitions...) {
		for _, f := range t.fields {
			if f.definition != "" {
				d.fieldDefinition(f)
			}
		}
	}
	for _, t := range x.definitions {
		d.define(t.definition, d.object(t, d.row))
	}
	root := jsonObject{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", x.title}, {"description", x.description}}
	root = append(root, d.object(x.typ, d.documented)...)
	var required []any
	for _, f := range x.typ.fields {
		if f.required {
			required = append(required, f.name)
		}
	}
	root = append(append(root, jsonMember{"required", required}), x.rules...)
	out, err := appendJSON(nil, append(root, jsonMember{"$defs", d.defs}), 0)
	return append(out, '\n'), err
}

// JSONSchema returns the JSON Schema of another file of ours.
func (s *schema) JSONSchema(title, description string, defaultOf func(name string) string) ([]byte, error) {
	return jsonDocument{title: title, description: description, typ: s, defaultOf: defaultOf}.jsonSchema()
}

// drawing is a JSON Schema in the making.
type drawing struct {
	names     map[*schema]string // of the types that several fields have
	taken     map[string]bool
	defs      jsonObject
	defaultOf func(name string) string
}

func (d *drawing) define(name string, x jsonObject) {
	d.defs = append(d.defs, jsonMember{name, x})
}

// count names the types of objects and maps that several fields have.
func (d *drawing) count(s *schema, uses map[*schema]int) {
	if s == nil || s.definition != "" {
		return
	}
	uses[s]++
	if uses[s] > 1 {
		if (s.kind == objectKind || s.kind == mapKind) && d.names[s] == "" {
			d.names[s] = d.name(s.what)
		}
		return
	}
	d.count(s.elem, uses)
	for _, f := range s.fields {
		d.count(f.typ, uses)
	}
	if s.more != nil {
		d.count(s.more.typ, uses)
	}
}

// name makes a definition's name of what messages call a type.
func (d *drawing) name(what string) string {
	what = strings.TrimPrefix(strings.TrimPrefix(what, "a "), "an ")
	base := "type." + strings.Trim(strings.Map(func(r rune) rune {
		if r < 0x80 && letterOrDigit(byte(r)) {
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

func reference(name string) jsonObject { return jsonObject{{"$ref", "#/$defs/" + name}} }

// row returns a field's type with its documentation.
func (d *drawing) row(f field) jsonObject {
	return append(jsonObject{{"description", f.doc}}, orNull(d.anyForm(f.typ))...)
}

// documented is row for a field of the whole file, with its default and example.
func (d *drawing) documented(f field) jsonObject {
	text := f.doc
	if d.defaultOf != nil {
		if x := d.defaultOf(f.name); x != "" {
			text += " Unless given: " + x + "."
		}
	}
	out := jsonObject{{"description", text}}
	if x := exampleOf(f); x != nil {
		out = append(out, jsonMember{"examples", []any{x}})
	}
	return append(out, orNull(d.anyForm(f.typ))...)
}

// fieldDefinition refers to the definition of a field, which it makes at first.
func (d *drawing) fieldDefinition(f field) jsonObject {
	if !d.taken[f.definition] {
		d.taken[f.definition] = true
		d.define(f.definition, d.documented(f))
	}
	return reference(f.definition)
}

// exampleOf returns the field's own value in its example, or nil where the example
// shows it below another field.
func exampleOf(f field) any {
	top, _ := value.Read("example", []byte(f.example))
	if v := top.Get(f.name); v != nil {
		return plain(v)
	}
	return nil
}

// anyForm gives a type in all its forms.
func (d *drawing) anyForm(s *schema) jsonObject {
	var forms []any
	add := func(title string, x jsonObject) {
		forms = append(forms, append(jsonObject{{"title", title}}, x...))
	}
	if s.shortKey != "" {
		add("one line", d.anyForm(s.field(s.shortKey).typ))
	}
	switch {
	case s.line != nil:
		add("one line", d.anyForm(s.line))
	case s.short != nil:
		add("one line", scalars())
	}
	if s.orFalse {
		add("none, or the defaults", jsonObject{{"type", "boolean"}})
	}
	full := d.fullOrReference(s)
	if len(forms) == 0 {
		return full
	}
	add("full form", full)
	return jsonObject{{"anyOf", forms}}
}

// fullOrReference refers to the definition of a type that has one.
func (d *drawing) fullOrReference(s *schema) jsonObject {
	if s.definition != "" {
		return reference(s.definition)
	}
	full := d.full(s)
	name := d.names[s]
	if name == "" {
		return full
	}
	if !slices.ContainsFunc(d.defs, func(m jsonMember) bool { return m.key == name }) {
		d.define(name, full)
	}
	return reference(name)
}

// scalars are what counts as a text.
func scalars() jsonObject { return jsonObject{{"type", []any{"string", "number", "boolean"}}} }

// full gives the full form of a type.
func (d *drawing) full(s *schema) jsonObject {
	switch s.kind {
	case objectKind:
		return append(d.object(s, d.row), s.json...)
	case mapKind:
		out := jsonObject{{"type", "object"}}
		if rule := s.keys.check.jsonSchema(); rule != nil {
			out = append(out, jsonMember{"propertyNames", orMergeKey(rule)})
		}
		return append(out, jsonMember{"additionalProperties", orNull(d.anyForm(s.elem))})
	case listKind:
		return jsonObject{{"type", "array"}, {"items", d.anyForm(s.elem)}}
	case kubeKind:
		return d.kubernetes(s.of)
	case integerKind:
		out := jsonObject{{"type", "integer"}, {"minimum", s.min}}
		if s.max != 0 {
			out = append(out, jsonMember{"maximum", s.max})
		}
		return out
	case booleanKind:
		return jsonObject{{"type", "boolean"}}
	case quantityKind:
		return append(jsonObject{{"type", []any{"string", "number"}}}, quantity.jsonSchema()...)
	case intOrPercentKind:
		return jsonObject{{"anyOf", []any{
			jsonObject{{"type", "integer"}, {"minimum", 0}},
			jsonObject{{"type", "string"}, {"pattern", "^[0-9]{1,3}%$"}},
		}}}
	case intOrNameKind:
		return jsonObject{{"anyOf", []any{d.full(portNumber), append(jsonObject{{"type", "string"}}, portName.jsonSchema()...)}}}
	case textKind:
		if len(s.enum) > 0 {
			return jsonObject{{"enum", texts(s.enum)}}
		}
		return append(scalars(), s.check.jsonSchema()...)
	}
	return append(jsonObject{}, s.json...)
}

// orMergeKey lets a rule for keys take YAML's merge key too, which editors take for
// a key.
func orMergeKey(rule jsonObject) jsonObject {
	out := slices.Clone(rule)
	for i, m := range out {
		if text, ok := m.value.(string); ok && m.key == "pattern" {
			out[i].value = "^<<$|" + text
		}
	}
	return out
}

// object returns the full form of an object, the fields without a definition by row.
func (d *drawing) object(s *schema, row func(field) jsonObject) jsonObject {
	properties := jsonObject{}
	for _, f := range s.fields {
		var x jsonObject
		switch {
		case f.json != nil:
			x = append(jsonObject{{"description", f.doc}}, f.json...)
		case f.required:
			x = append(jsonObject{{"description", f.doc}}, d.anyForm(f.typ)...)
		case f.definition != "":
			x = d.fieldDefinition(f)
		default:
			x = row(f)
		}
		properties = append(properties, jsonMember{f.name, x})
	}
	var others any = false
	if s.more != nil {
		others = append(jsonObject{{"description", s.more.doc}}, orNull(d.anyForm(s.more.typ))...)
	}
	out := jsonObject{{"type", "object"}, {"properties", properties}, {"additionalProperties", others}}
	var excluded []any
	for _, union := range s.oneOf {
		for i, a := range union[:len(union)-1] {
			others := jsonObject{}
			for _, b := range union[i+1:] {
				others = append(others, jsonMember{b, jsonObject{{"type", "null"}, {"errorMessage", fmt.Sprintf("%s and %s exclude one another", a, b)}}})
			}
			excluded = append(excluded, jsonObject{
				{"if", jsonObject{{"required", []any{a}}, {"properties", jsonObject{{a, notNull()}}}}},
				{"then", jsonObject{{"properties", others}}},
			})
		}
	}
	if excluded != nil {
		out = append(out, jsonMember{"allOf", excluded})
	}
	return out
}

func notNull() jsonObject { return jsonObject{{"not", jsonObject{{"type", "null"}}}} }

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// orNull lets a value be null too, which deletes what a lower layer set.
func orNull(x jsonObject) jsonObject {
	null := jsonObject{{"title", "delete"}, {"type", "null"}}
	out := slices.Clone(x)
	for i, m := range out {
		switch m.key {
		case "anyOf":
			out[i].value = append(slices.Clone(m.value.([]any)), null)
			return out
		case "enum":
			out[i].value = append(slices.Clone(m.value.([]any)), nil)
			return out
		case "$ref":
			return jsonObject{{"anyOf", []any{x, null}}}
		}
	}
	for i, m := range out {
		if types, ok := m.value.([]any); ok && m.key == "type" {
			out[i].value = append(slices.Clone(types), "null")
		} else if m.key == "type" {
			out[i].value = []any{m.value, "null"}
		}
	}
	return out
}
