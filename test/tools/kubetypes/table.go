package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// typ is a type with fields: a line of the table.
type typ struct {
	scope    string // "N" or "C" of a kind: in a namespace or not; "" of a type inside
	open     bool   // takes fields that it does not list
	union    string // the fields of which exactly one has to be there
	fields   map[string]string
	required map[string]bool
	pointer  map[string]bool // whose zero value is not the same as a missing field
}

// table holds all types by name: "apps/v1.Deployment", "core/v1.Container".
type table struct {
	types map[string]*typ
	// resources are the lines of the other table.
	resources []byte
}

// body is the line without its name.
func (t *typ) body() string {
	var b strings.Builder
	b.WriteString(t.scope)
	if t.open {
		b.WriteByte('*')
	}
	if t.union != "" {
		b.WriteString("^" + t.union)
	}
	if b.Len() == 0 {
		b.WriteByte('-')
	}
	for _, name := range slices.Sorted(maps.Keys(t.fields)) {
		b.WriteByte(' ')
		b.WriteString(name)
		if t.pointer[name] {
			b.WriteByte('*')
		}
		if t.required[name] {
			b.WriteByte('!')
		}
		b.WriteByte(':')
		b.WriteString(t.fields[name])
	}
	return b.String()
}

// write returns the lines of all types that a kind leads to, sorted.
func (t *table) write() []byte {
	reached := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if reached[name] {
			return
		}
		reached[name] = true
		x, ok := t.types[name]
		if !ok {
			panic("no type " + name)
		}
		for _, expr := range x.fields {
			if _, ref, ok := strings.Cut(expr, "@"); ok {
				visit(resolve(name, strings.TrimSuffix(ref, "?")))
			}
		}
	}
	for name, x := range t.types {
		if x.scope != "" {
			visit(name)
		}
	}
	var out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(reached)) {
		fmt.Fprintf(&out, "%s %s\n", name, t.types[name].body())
	}
	return out.Bytes()
}

// resolve completes a reference inside its own group.
func resolve(from, ref string) string {
	if rest, ok := strings.CutPrefix(ref, "."); ok {
		return home(from) + "." + rest
	}
	return ref
}

// home is the group and version of a type's name.
func home(name string) string {
	return name[:strings.LastIndexByte(name, '.')]
}

// reference is how a type of group names another.
func reference(group, name string) string {
	if home(name) == group {
		return "@" + name[len(group):]
	}
	return "@" + name
}

// escape writes text so that it holds nothing that separates parts of a line.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ', c == '%', c == '|', c == ')', c == '@', c == '~', c >= 0x7f:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func enumOf(values []string) string {
	if len(values) == 0 {
		return ""
	}
	escaped := make([]string, len(values))
	for i, v := range values {
		escaped[i] = escape(v)
	}
	return "(" + strings.Join(escaped, "|") + ")"
}

// limits writes a lower and an upper bound, of which either may be missing.
func limits(low, high *float64) string {
	if low == nil && high == nil {
		return ""
	}
	number := func(n *float64) string {
		if n == nil {
			return ""
		}
		return strconv.FormatFloat(*n, 'f', -1, 64)
	}
	return "<" + number(low) + "," + number(high) + ">"
}
