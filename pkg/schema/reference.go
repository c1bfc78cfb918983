package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Topic is a part of the table, which makes a section of the reference.
type Topic struct {
	Title  string
	Prose  string // Markdown, with a line break at its end
	Fields []Field
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

// Reference returns all fields in Markdown, by topic. What several fields hold is
// listed where it is first.
func Reference(topics []Topic, defaultOf func(name string) string) string {
	var b strings.Builder
	b.WriteByte('\n')
	before := map[*Type]string{}
	for _, t := range topics {
		fmt.Fprintf(&b, "## %s\n\n%s\n", t.Title, t.Prose)
		for _, f := range t.Fields {
			section(&b, f, defaultOf, maps.Clone(before))
			if path, s := inner(f.Name, f.Type); s.Kind == ObjectKind {
				before[s] = path
			}
		}
	}
	return b.String()
}

// section describes a field of the top level with all that stands below it, but
// not again the types in listed, which has the paths where they are.
func section(b *strings.Builder, f Field, defaultOf func(name string) string, listed map[*Type]string) {
	fmt.Fprintf(b, "### `%s`\n\n%s\n\n", f.Name, f.Doc)
	if line := f.Type.oneLine(); line != "" {
		fmt.Fprintf(b, "- One line: %s\n- Full form: %s\n", line, f.Type.full())
	} else {
		fmt.Fprintf(b, "- Takes: %s\n", f.Type.full())
	}
	fmt.Fprintf(b, "- Where: %s\n", f.Scope)
	if d := defaultOf(f.Name); d != "" {
		fmt.Fprintf(b, "- Default: `%s`\n", d)
	}
	if f.Example != "" {
		fmt.Fprintf(b, "\n```yaml\n%s\n```\n", strings.TrimSuffix(f.Example, "\n"))
	}
	b.WriteByte('\n')
	var rows strings.Builder
	if _, in := inner(f.Name, f.Type); listed[in] != "" {
		fmt.Fprintf(&rows, "| `%s` | %s, as `%s` | %s |\n", f.Name, f.Type.takes(), listed[in], f.Doc)
	} else {
		below(&rows, f.Name, f.Type, listed)
	}
	if rows.Len() > 0 {
		fmt.Fprintf(b, "| field | takes | meaning |\n| --- | --- | --- |\n%s\n", rows.String())
	}
}

// below lists the fields of a field's full form, but not those that have
// sections of their own, nor those of a type that was listed before.
func below(b *strings.Builder, path string, s *Type, listed map[*Type]string) {
	path, s = inner(path, s)
	if s.Kind != ObjectKind || s.OwnSections {
		return
	}
	listed[s] = path
	for _, f := range s.Fields {
		at := path + "." + f.Name
		_, in := inner(at, f.Type)
		if first, again := listed[in]; again {
			fmt.Fprintf(b, "| `%s` | %s, as `%s` | %s |\n", at, f.Type.takes(), first, f.Doc)
			continue
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", at, f.Type.takes(), f.Doc)
		below(b, at, f.Type, listed)
	}
	if s.More != nil {
		at := path + "." + s.More.Name
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", at, s.More.Type.takes(), s.More.Doc)
		if _, in := inner(at, s.More.Type); !slices.EqualFunc(in.Fields, s.Fields, sameField) {
			below(b, at, s.More.Type, listed)
		}
	}
}

func sameField(a, b Field) bool { return a.Name == b.Name && a.Type == b.Type }

// inner goes through maps and lists to what they hold.
func inner(path string, s *Type) (string, *Type) {
	for s.Elem != nil {
		if s.Kind == ListKind {
			path += "[]"
		} else {
			path += ".NAME"
		}
		s = s.Elem
	}
	return path, s
}

// Examples returns all examples of the table, each once: those of the fields of
// the top level, and then those of the fields below.
func Examples(topics []Topic) []Example {
	var out []Example
	listed, seen := map[string]bool{}, map[*Type]bool{}
	add := func(path string, f Field) {
		if f.Example != "" && !listed[f.Example] { // a hook has fields of the workload
			listed[f.Example] = true
			out = append(out, Example{path, f.Example, f.NoEffect})
		}
	}
	var below func(path string, f Field)
	below = func(path string, f Field) {
		path, s := inner(path, f.Type)
		if s.Kind != ObjectKind || s.OwnSections || seen[s] {
			return
		}
		seen[s] = true
		for _, f := range s.Fields {
			at := path + "." + f.Name
			add(at, f)
			below(at, f)
		}
	}
	for _, visit := range []func(string, Field){add, below} {
		for _, t := range topics {
			for _, f := range t.Fields {
				visit(f.Name, f)
			}
		}
	}
	return out
}

// Reference returns a type's fields in Markdown.
func (s *Type) Reference() string {
	var b strings.Builder
	b.WriteString("| field | takes | meaning |\n| --- | --- | --- |\n")
	listed := map[*Type]string{}
	for _, f := range s.Fields {
		b.WriteString("| `" + f.Name + "` | " + f.Type.takes() + " | " + f.Doc + " |\n")
		below(&b, f.Name, f.Type, listed)
	}
	return b.String()
}
