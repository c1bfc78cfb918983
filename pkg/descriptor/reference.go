package descriptor

import (
	"fmt"
	"strings"
)

// Reference gives the table of all fields in Markdown, for docs/descriptor.md.
func Reference() string {
	var b strings.Builder
	b.WriteString("| field | takes | meaning |\n| --- | --- | --- |\n")
	section := func(fields []field) {
		for _, f := range fields {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.name, f.typ.describe(), f.meaning())
			below(&b, f.name, f.typ)
		}
	}
	top := documentType()
	section(top.fields)
	section([]field{{name: "workloads.NAME.kind", typ: kindField.typ, doc: kindField.doc}})
	return b.String()
}

// below lists the fields of a field's full form, but not those of a whole
// workload or environment again.
func below(b *strings.Builder, path string, s *schema) {
	switch {
	case s.kind == mapKind:
		if s.elem.field("image") == nil {
			below(b, path+".NAME", s.elem)
		}
	case s.kind == listKind:
		below(b, path+"[]", s.elem)
	case s.kind == objectKind:
		for _, f := range s.fields {
			fmt.Fprintf(b, "| `%s.%s` | %s | %s |\n", path, f.name, f.typ.describe(), f.doc)
			below(b, path+"."+f.name, f.typ)
		}
	}
}

// describe says what a schema takes.
func (s *schema) describe() string {
	text := s.expects()
	if len(s.enum) > 0 {
		text = "`" + strings.Join(s.enum, "`, `") + "`"
	}
	if s.kind == integerKind && s.max > 0 && s.max < 1<<31-1 {
		text += fmt.Sprintf(", %d to %d", s.min, s.max)
	}
	return text
}

// meaning adds what the scope says.
func (f field) meaning() string {
	switch f.scope {
	case headScope:
		return f.doc + " Top level only."
	case ownScope:
		return f.doc + " Of one workload."
	case sharedScope:
		return f.doc + " At the top level for all workloads."
	}
	return f.doc
}

// Example shows a field in an app.yaml: top-level fields, which a minimal
// descriptor makes complete.
type Example struct {
	Field string // its path: replicas, probes.liveness, ports.NAME.target
	Text  string // YAML
}

// Examples gives all examples of the table, each once.
func Examples() []Example {
	var out []Example
	seen := map[*schema]bool{}
	var walk func(path string, fields []field)
	walk = func(path string, fields []field) {
		for _, f := range fields {
			if f.example != "" {
				out = append(out, Example{path + f.name, f.example})
			}
			s, at := f.typ, path+f.name
			for s != nil && s.elem != nil {
				if at += ".NAME"; s.kind == listKind {
					at = strings.TrimSuffix(at, ".NAME") + "[]"
				}
				s = s.elem
			}
			if s != nil && s.kind == objectKind && !seen[s] && s.field("image") == nil {
				seen[s] = true
				walk(at+".", s.fields)
			}
		}
	}
	walk("", documentType().fields)
	walk("workloads.NAME.", []field{kindField})
	return out
}

// FieldNames gives the names of the top level's fields.
func FieldNames() []string { return documentType().fieldNames() }
