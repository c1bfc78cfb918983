package descriptor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/value"
)

// JSONSchema gives the table of fields as JSON Schema, draft 2020-12, for
// editors. It takes every descriptor that is right. Of those that are wrong it
// takes only what can't be seen without knowing Kubernetes, the layers or other
// files.
func JSONSchema() ([]byte, error) {
	d := drawing{names: map[*schema]string{}, taken: map[string]bool{}}
	top, environment, workload := documentType(), environmentType(), workloadType()
	uses := map[*schema]int{environment: 1, workload: 1}
	for _, t := range topics() {
		for _, f := range t.fields {
			d.count(f.typ, uses)
		}
	}
	d.names[environment], d.names[workload] = "environment", "workload"
	fields := slices.Concat(top.fields, []field{kindField})
	for i, f := range fields {
		if f.scope != headScope {
			d.define(fieldName(f, i == len(fields)-1), d.topRow(f))
		}
	}
	d.define("environment", d.object(environment))
	d.define("workload", d.object(workload))
	root := append(schemaHead("unfold's app.yaml", "One app in all its environments."), d.object(top)...)
	root = append(root, jsonMember{"required", []any{"apiVersion", "kind", "name"}})
	root = append(root, several()...)
	return d.print(root)
}

// JSONSchema gives the schema of another file of ours, which has apiVersion and
// kind.
func (s *schema) JSONSchema(title, description, kind string) ([]byte, error) {
	d := drawing{names: map[*schema]string{}, taken: map[string]bool{}}
	d.count(s, map[*schema]int{})
	object := d.object(s)
	properties := object[1].value.(jsonObject)
	for i, m := range properties {
		switch m.key {
		case "apiVersion":
			properties[i].value = jsonObject{{"description", s.field(m.key).doc}, {"const", APIVersion}}
		case "kind":
			properties[i].value = jsonObject{{"description", s.field(m.key).doc}, {"const", kind}}
		}
	}
	root := append(schemaHead(title, description), object...)
	return d.print(append(root, jsonMember{"required", []any{"apiVersion", "kind"}}))
}

func schemaHead(title, description string) jsonObject {
	return jsonObject{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"title", title + ", " + APIVersion},
		{"description", description},
	}
}

// print writes the schema with the definitions that it refers to.
func (d *drawing) print(root jsonObject) ([]byte, error) {
	out, err := appendJSON(nil, append(root, jsonMember{"$defs", d.defs}), 0)
	return append(out, '\n'), err
}

// several says what stands where in an app of several workloads, and in one of
// one.
func several() jsonObject {
	own := jsonObject{}
	for _, f := range workloadFields() {
		if f.scope == ownScope {
			own = append(own, jsonMember{f.name, false})
		}
	}
	inEnvironments := func(fields jsonObject) jsonMember {
		return jsonMember{"environments", jsonObject{{"additionalProperties", jsonObject{{"properties", fields}}}}}
	}
	then := append(jsonObject{{"kind", jsonObject{{"const", Kind}}}, {"workloads", jsonObject{{"minProperties", 1}}}}, own...)
	return jsonObject{
		{"if", jsonObject{{"required", []any{"workloads"}}, {"properties", jsonObject{{"workloads", jsonObject{{"type", "object"}}}}}}},
		{"then", jsonObject{{"properties", append(then, inEnvironments(own))}}},
		{"else", jsonObject{{"properties", jsonObject{inEnvironments(jsonObject{{"workloads", false}})}}}},
	}
}

// drawing is a JSON Schema in the making.
type drawing struct {
	names map[*schema]string // of the types that have a definition
	taken map[string]bool
	defs  jsonObject
}

func (d *drawing) define(name string, x jsonObject) {
	d.defs = append(d.defs, jsonMember{name, x})
}

// count names the types of objects and maps that several fields have.
func (d *drawing) count(s *schema, uses map[*schema]int) {
	if s == nil {
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

// fieldName is the name of a field's definition. A workload's kind is not the
// descriptor's.
func fieldName(f field, ofWorkload bool) string {
	if ofWorkload {
		return "field.workload-" + f.name
	}
	return "field." + f.name
}

func reference(name string) jsonObject { return jsonObject{{"$ref", "#/$defs/" + name}} }

// row gives a field's type with its documentation.
func (d *drawing) row(f field) jsonObject {
	return append(jsonObject{{"description", f.doc}}, orNull(d.anyForm(f.typ))...)
}

// topRow is row for a field of the top level, with its default and example.
func (d *drawing) topRow(f field) jsonObject {
	text := f.doc
	if x := defaultOf(f.name); x != "" {
		text += " Unless given: " + x + "."
	}
	out := jsonObject{{"description", text}}
	if x := exampleOf(f); x != nil {
		out = append(out, jsonMember{"examples", []any{x}})
	}
	return append(out, orNull(d.anyForm(f.typ))...)
}

// exampleOf gives the field's own value in its example, or nil where the example
// shows it in an environment or workload.
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
	full := d.full(s)
	if name := d.names[s]; name != "" {
		if !slices.ContainsFunc(d.defs, func(m jsonMember) bool { return m.key == name }) && name != "environment" && name != "workload" {
			d.define(name, full)
		}
		full = reference(name)
	}
	if len(forms) == 0 {
		return full
	}
	add("full form", full)
	return jsonObject{{"anyOf", forms}}
}

// scalars are what counts as a text.
func scalars() jsonObject { return jsonObject{{"type", []any{"string", "number", "boolean"}}} }

// full gives the full form of a type.
func (d *drawing) full(s *schema) jsonObject {
	if d.names[s] == "environment" || d.names[s] == "workload" {
		return nil // defined last, since they hold all other types
	}
	switch s.kind {
	case objectKind:
		return append(d.object(s), s.json...)
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

// object gives the full form of an object. The head of a descriptor has only
// these values; where a field is in a definition, it is referred to.
func (d *drawing) object(s *schema) jsonObject {
	properties := jsonObject{}
	for _, f := range s.fields {
		switch {
		case s == documentType() && f.name == "apiVersion":
			properties = append(properties, jsonMember{f.name, jsonObject{{"description", f.doc}, {"const", APIVersion}}})
		case s == documentType() && f.name == "kind":
			properties = append(properties, jsonMember{f.name, jsonObject{{"description", f.doc}, {"enum", texts(append([]string{Kind}, kinds...))}}})
		case s == documentType() && f.name == "name":
			properties = append(properties, jsonMember{f.name, append(jsonObject{{"description", f.doc}}, d.anyForm(f.typ)...)})
		case s == documentType() && f.scope == headScope:
			properties = append(properties, jsonMember{f.name, d.topRow(f)})
		case s.foreign != nil && s != containerType: // app fields in another file
			if name := fieldName(f, false); !d.taken[name] {
				d.taken[name] = true
				d.define(name, d.topRow(f))
			}
			properties = append(properties, jsonMember{f.name, reference(fieldName(f, false))})
		case s == documentType(), s == environmentType(), s == workloadType():
			properties = append(properties, jsonMember{f.name, reference(fieldName(f, s == workloadType() && f.name == "kind"))})
		default:
			properties = append(properties, jsonMember{f.name, d.row(f)})
		}
	}
	out := jsonObject{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}}
	if s.more != nil {
		out[2].value = append(jsonObject{{"description", s.more.doc}}, orNull(d.anyForm(s.more.typ))...)
	}
	var excluded []any
	for _, union := range s.oneOf {
		if slices.Contains(union, "digest") {
			continue // a tag may stand beside it
		}
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
