package descriptor

import (
	"fmt"
	"maps"
	"strings"
)

// topic is a part of the table, which makes a section of the reference.
type topic struct {
	title  string
	prose  string // Markdown
	fields []field
}

// Example shows a field in a file: fields of the top level, which have to be made a
// whole file.
type Example struct {
	Field string // its path: replicas, probes.liveness, ports.NAME.target
	Text  string // YAML
	// NoEffect says why nothing changes where the field is left out, "" where
	// something does.
	NoEffect string
}

// reference returns all fields in Markdown, by topic. What several fields hold is
// listed where it is first.
func topicReference(topics []topic, defaultOf func(name string) string) string {
	var b strings.Builder
	b.WriteByte('\n')
	before := map[*schema]string{}
	for _, t := range topics {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", t.title, t.prose)
		for _, f := range t.fields {
			section(&b, f, defaultOf, maps.Clone(before))
			if path, s := inner(f.name, f.typ); s.kind == objectKind {
				before[s] = path
			}
		}
	}
	return b.String()
}

// section describes a field of the top level with all that stands below it, but
// not again the types in listed, which has the paths where they are.
func section(b *strings.Builder, f field, defaultOf func(name string) string, listed map[*schema]string) {
	fmt.Fprintf(b, "### `%s`\n\n%s\n\n", f.name, f.doc)
	if line := f.typ.oneLine(); line != "" {
		fmt.Fprintf(b, "- One line: %s\n- Full form: %s\n", line, f.typ.full())
	} else {
		fmt.Fprintf(b, "- Takes: %s\n", f.typ.full())
	}
	fmt.Fprintf(b, "- Stands: %s\n", f.scope)
	if d := defaultOf(f.name); d != "" {
		fmt.Fprintf(b, "- Unless given: `%s`\n", d)
	}
	if f.example != "" {
		fmt.Fprintf(b, "\n```yaml\n%s\n```\n", strings.TrimSuffix(f.example, "\n"))
	}
	b.WriteByte('\n')
	var rows strings.Builder
	if _, in := inner(f.name, f.typ); listed[in] != "" {
		fmt.Fprintf(&rows, "| `%s` | %s, as `%s` | %s |\n", f.name, f.typ.takes(), listed[in], f.doc)
	} else {
		below(&rows, f.name, f.typ, listed)
	}
	if rows.Len() > 0 {
		fmt.Fprintf(b, "| field | takes | meaning |\n| --- | --- | --- |\n%s\n", rows.String())
	}
}

// below lists the fields of a field's full form, but not those that have
// sections of their own, nor those of a type that was listed before.
func below(b *strings.Builder, path string, s *schema, listed map[*schema]string) {
	path, s = inner(path, s)
	if s.kind != objectKind || s.ownSections {
		return
	}
	listed[s] = path
	for _, f := range s.fields {
		at := path + "." + f.name
		_, in := inner(at, f.typ)
		if first, again := listed[in]; again {
			fmt.Fprintf(b, "| `%s` | %s, as `%s` | %s |\n", at, f.typ.takes(), first, f.doc)
			continue
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", at, f.typ.takes(), f.doc)
		below(b, at, f.typ, listed)
	}
	if s.more != nil {
		at := path + "." + s.more.name
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", at, s.more.typ.takes(), s.more.doc)
		if _, in := inner(at, s.more.typ); !in.sameFields(s) {
			below(b, at, s.more.typ, listed)
		}
	}
}

// sameFields reports whether two types have the same fields.
func (s *schema) sameFields(other *schema) bool {
	return len(s.fields) > 0 && len(s.fields) == len(other.fields) && &s.fields[0] == &other.fields[0]
}

// inner goes through maps and lists to what they hold.
func inner(path string, s *schema) (string, *schema) {
	for s.elem != nil {
		if s.kind == listKind {
			path += "[]"
		} else {
			path += ".NAME"
		}
		s = s.elem
	}
	return path, s
}

// examples returns all examples of the table, each once: those of the fields of
// the top level, and then those of the fields below.
func examples(topics []topic) []Example {
	var out []Example
	listed, seen := map[string]bool{}, map[*schema]bool{}
	add := func(path string, f field) {
		if f.example != "" && !listed[f.example] { // a hook has fields of the workload
			listed[f.example] = true
			out = append(out, Example{path, f.example, f.noEffect})
		}
	}
	var below func(path string, f field)
	below = func(path string, f field) {
		path, s := inner(path, f.typ)
		if s.kind != objectKind || s.ownSections || seen[s] {
			return
		}
		seen[s] = true
		for _, f := range s.fields {
			at := path + "." + f.name
			add(at, f)
			below(at, f)
		}
	}
	for _, visit := range []func(string, field){add, below} {
		for _, t := range topics {
			for _, f := range t.fields {
				visit(f.name, f)
			}
		}
	}
	return out
}
