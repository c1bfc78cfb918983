// Package types knows Kubernetes' types: those of the API server itself and of
// the custom resources that applications use. It tells what is wrong with a
// value without a cluster.
package types

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Version is the Kubernetes whose types these are.
const Version = "1.34"

// table holds a type in each line, sorted, so that one is found without reading
// the others:
//
//	NAME FLAGS FIELD:TYPE FIELD!:TYPE FIELD*:TYPE ...
//
// FLAGS are N or C for a kind that has a namespace or none, * for a type that
// takes any other field too, ^A,B for one of whose fields A and B exactly one has
// to be there, and ^?A,B where none may be. "!" marks a field that has to be there, "*" one
// whose zero value is not the same as a missing field. A TYPE is
//
//	s text, b boolean, i and l whole numbers of 32 and 64 bits, n number,
//	q quantity, x number or text, t time, y base64, a anything,
//	[TYPE a list, {TYPE a map, @NAME a type of this table (@.NAME in the same group)
//
// with, behind the letter, ? where null is a value, <MIN,MAX> for a number, a
// text's length or a list's, (A|B) for an enum, =FORMAT and ~PATTERN for a text,
// =FORMAT; for a map's keys, =KEYS; for a list in which an item's keys (or the
// item itself) stand once. It is written
// by test/tools/kubetypes.
//
//go:embed types.txt
var table string

// Type is a type of the table, or a list or map of one.
type Type struct {
	home string // the group and version that references belong to
	expr string
}

// Field is a field of a Type.
type Field struct {
	Name     string
	Type     Type
	Required bool
	// Pointer says that the API server tells the field's zero value (0, false, "", {} or
	// []) from a missing field.
	Pointer bool
}

// Lookup returns the type of a kind of object.
func Lookup(apiVersion, kind string) (Type, bool) {
	name := typeName(apiVersion, kind)
	if l, ok := find(name); ok && l.scope() != 0 {
		return reference(name), true
	}
	return Type{}, false
}

// Named returns the type of a name: "core/v1.Affinity", "[]core/v1.Toleration" for
// a list, "argoproj.io/v1alpha1.Rollout.spec.strategy" for a field of a type.
func Named(name string) (Type, bool) {
	if elem, ok := strings.CutPrefix(name, "[]"); ok {
		t, ok := Named(elem)
		t.expr = "[" + t.expr
		return t, ok
	}
	slash := strings.IndexByte(name, '/')
	group, path, ok := strings.Cut(name[slash+1:], ".")
	if slash < 0 || !ok {
		return Type{}, false
	}
	first, rest, _ := strings.Cut(path, ".")
	full := name[:slash+1] + group + "." + first
	if _, ok := find(full); !ok {
		return Type{}, false
	}
	t := reference(full)
	for rest != "" {
		first, rest, _ = strings.Cut(rest, ".")
		for t.IsList() {
			t = t.Elem()
		}
		f, ok := t.Field(first)
		if !ok {
			return Type{}, false
		}
		t = f.Type
	}
	return t, true
}

// Custom reports whether kinds of an API version come from elsewhere than Kubernetes
// itself.
func Custom(apiVersion string) bool {
	group, _, _ := strings.Cut(apiVersion, "/")
	return customGroup(group)
}

func customGroup(group string) bool {
	return strings.Contains(group, ".") && (!strings.HasSuffix(group, ".k8s.io") || group == "gateway.networking.k8s.io")
}

// Known reports whether the kinds of an API version are all in the table.
func Known(apiVersion string) bool {
	prefix := typeName(apiVersion, "")
	return strings.HasPrefix(table[search(prefix):], prefix)
}

// Kinds returns the kinds of an API version that are in the table, sorted.
func Kinds(apiVersion string) []string {
	prefix := typeName(apiVersion, "")
	var kinds []string
	for rest := table[search(prefix):]; strings.HasPrefix(rest, prefix); {
		var text string
		text, rest, _ = strings.Cut(rest, "\n")
		if l := newLine(text); l.scope() != 0 {
			kinds = append(kinds, l.name[len(prefix):])
		}
	}
	return kinds
}

// Kind is a kind of object in the table, in any of its versions.
type Kind struct {
	Group, Name string
	Cluster     bool // objects of it have no namespace
}

// String returns GROUP/KIND, or KIND of the core group.
func (k Kind) String() string { return strings.TrimPrefix(k.Group+"/"+k.Name, "/") }

// AllKinds returns the kinds in the table, each once, in the order of groups and names: the core group's first.
var AllKinds = sync.OnceValue(func() []Kind {
	var out []Kind
	for text := range strings.Lines(table) {
		l := newLine(strings.TrimSuffix(text, "\n"))
		if l.scope() == 0 {
			continue
		}
		group, rest, _ := strings.Cut(l.name, "/")
		_, name, _ := strings.Cut(rest, ".")
		if group == "core" {
			group = ""
		}
		out = append(out, Kind{group, name, l.scope() == 'C'})
	}
	slices.SortFunc(out, func(a, b Kind) int { return cmp.Or(strings.Compare(a.Group, b.Group), strings.Compare(a.Name, b.Name)) })
	return slices.Compact(out)
})

// ClusterScoped reports whether objects of a kind are known to have no
// namespace.
func ClusterScoped(apiVersion, kind string) bool {
	l, ok := find(typeName(apiVersion, kind))
	return ok && l.scope() == 'C'
}

// typeName is the name of a kind's type.
func typeName(apiVersion, kind string) string {
	if !strings.Contains(apiVersion, "/") {
		apiVersion = "core/" + apiVersion
	}
	return apiVersion + "." + kind
}

// reference returns the type of a name in the table.
func reference(name string) Type {
	dot := strings.LastIndexByte(name, '.')
	return Type{home: name[:dot], expr: "@" + name}
}

// line is a line of the table.
type line struct {
	name, flags, fields string
}

func newLine(text string) line {
	name, rest, _ := strings.Cut(text, " ")
	flags, _, _ := strings.Cut(rest, " ")
	return line{name: name, flags: flags, fields: rest[len(flags):]}
}

// scope returns 'N' or 'C' for a kind, else 0.
func (l line) scope() byte {
	if c := l.flags[0]; c == 'N' || c == 'C' {
		return c
	}
	return 0
}

// open reports whether the type takes any other field too.
func (l line) open() bool { return strings.Contains(l.flags, "*") }

// union returns the fields that exclude one another, "" for none.
func (l line) union() string {
	_, fields, _ := strings.Cut(l.flags, "^")
	return fields
}

// field returns the expression of a field and its marks, of "!" and "*".
func (l line) field(name string) (expr, marks string, ok bool) {
	if name == "" || strings.ContainsAny(name, " :!*") {
		return "", "", false
	}
	for rest := l.fields; ; {
		i := strings.Index(rest, name)
		if i < 0 {
			return "", "", false
		}
		after := rest[i+len(name):]
		if i > 0 && rest[i-1] == ' ' {
			marks := after[:len(after)-len(strings.TrimLeft(after, "!*"))]
			if expr, ok := strings.CutPrefix(after[len(marks):], ":"); ok {
				expr, _, _ = strings.Cut(expr, " ")
				return expr, marks, true
			}
		}
		rest = rest[i+1:]
	}
}

// find returns the line of a type.
func find(name string) (line, bool) {
	at := table[search(name):]
	if len(at) <= len(name) || at[:len(name)] != name || at[len(name)] != ' ' {
		return line{}, false
	}
	end := strings.IndexByte(at, '\n')
	return newLine(at[:end]), true
}

// search returns the place of the first line that is not below name.
func search(name string) int {
	starts := lines()
	i, _ := slices.BinarySearchFunc(starts, name, func(start int32, name string) int {
		this, _, _ := strings.Cut(table[start:], " ")
		return strings.Compare(this, name)
	})
	if i == len(starts) {
		return len(table)
	}
	return int(starts[i])
}

// lines returns where each line of the table begins. It is made when first asked
// for, since many runs need no type.
var lines = sync.OnceValue(func() []int32 {
	starts := make([]int32, 0, strings.Count(table, "\n"))
	for at := 0; at < len(table); at += strings.IndexByte(table[at:], '\n') + 1 {
		starts = append(starts, int32(at))
	}
	return starts
})
