package types

import (
	"net/url"
	"strconv"
	"strings"
)

// expression is a type's expression taken apart.
type expression struct {
	kind     byte // a letter of the table, '[', '{' or '@'
	nullable bool
	low      string // bounds, "" for none
	high     string
	enum     string // A|B
	unique   bool   // the items of a list
	keys     string // a,b: what makes an item of a list unique; "" is all of it
	format   string // of a text, or of a map's keys
	pattern  string
	rest     string // of a list or map: its element; of a reference: its name
}

func (t Type) parse() expression {
	x := expression{kind: t.expr[0], rest: t.expr[1:]}
	if x.kind == '@' {
		x.rest, x.nullable = strings.CutSuffix(x.rest, "?")
		if strings.HasPrefix(x.rest, ".") {
			x.rest = t.home + x.rest
		}
		return x
	}
	x.rest, x.nullable = strings.CutPrefix(x.rest, "?")
	if x.rest == "" {
		return x
	}
	if r, ok := strings.CutPrefix(x.rest, "<"); ok {
		r, x.rest, _ = strings.Cut(r, ">")
		x.low, x.high, _ = strings.Cut(r, ",")
	}
	switch x.kind {
	case '{':
		if r, ok := strings.CutPrefix(x.rest, "="); ok {
			x.format, x.rest, _ = strings.Cut(r, ";")
		}
	case '[':
		if r, ok := strings.CutPrefix(x.rest, "="); ok {
			x.unique = true
			x.keys, x.rest, _ = strings.Cut(r, ";")
		}
	default:
		if r, ok := strings.CutPrefix(x.rest, "("); ok {
			x.enum, x.rest, _ = strings.Cut(r, ")")
		}
		x.format, x.pattern, _ = strings.Cut(x.rest, "~")
		x.format = strings.TrimPrefix(x.format, "=")
	}
	return x
}

// IsList reports whether the type is a list.
func (t Type) IsList() bool { return t.expr != "" && t.expr[0] == '[' }

// IsMap reports whether the type is a map with keys that the user chooses.
func (t Type) IsMap() bool { return t.expr != "" && t.expr[0] == '{' }

// IsObject reports whether the type has fields.
func (t Type) IsObject() bool { return t.expr != "" && t.expr[0] == '@' }

// Elem returns the type of a list's items or a map's values.
func (t Type) Elem() Type {
	return Type{home: t.home, expr: t.parse().rest}
}

// Name returns the name of a type that has fields, such as "core/v1.Affinity".
func (t Type) Name() string {
	if !t.IsObject() {
		return ""
	}
	return t.parse().rest
}

// Kind returns the JSON type of a value ("string", "boolean", "integer", "number",
// "array", "object"), the formats "quantity", "int-or-string", "date-time" and
// "byte", or "any".
func (t Type) Kind() string {
	switch t.expr[0] {
	case 's':
		return "string"
	case 'b':
		return "boolean"
	case 'i', 'l':
		return "integer"
	case 'n':
		return "number"
	case 'q':
		return "quantity"
	case 'x':
		return "int-or-string"
	case 't':
		return "date-time"
	case 'y':
		return "byte"
	case '[':
		return "array"
	case '{', '@':
		return "object"
	}
	return "any"
}

// Enum returns the only texts that are allowed, none where all are.
func (t Type) Enum() []string {
	x := t.parse()
	if x.enum == "" {
		return nil
	}
	var out []string
	for text := range strings.SplitSeq(x.enum, "|") {
		if text != "" {
			out = append(out, unescape(text))
		}
	}
	return out
}

// Limits returns the bounds of a number, "" for none.
func (t Type) Limits() (low, high string) {
	x := t.parse()
	return x.low, x.high
}

// Open reports whether the type takes fields that it does not list.
func (t Type) Open() bool {
	l, ok := t.line()
	return ok && l.open()
}

// Fields returns the fields of a type that has some, sorted by name.
func (t Type) Fields() []Field {
	l, ok := t.line()
	if !ok {
		return nil
	}
	var out []Field
	for text := range strings.FieldsSeq(l.fields) {
		name, expr, _ := strings.Cut(text, ":")
		marks := name[len(strings.TrimRight(name, "!*")):]
		out = append(out, newField(l, name[:len(name)-len(marks)], expr, marks))
	}
	return out
}

// Below returns the type of what stands under a key of a type that has fields, or of
// a map; the zero Type where nothing does.
func (t Type) Below(key string) Type {
	if t.IsMap() {
		return t.Elem()
	}
	f, ok := t.Field(key)
	if !ok {
		return Type{}
	}
	return f.Type
}

// Union returns the fields of a type that exclude one another, nil for none.
func (t Type) Union() []string {
	l, ok := t.line()
	if !ok || l.union() == "" {
		return nil
	}
	return strings.Split(strings.TrimPrefix(l.union(), "?"), ",")
}

// fieldsOf begins the list of a type's fields, and says of which Kubernetes they
// are: a newer one may have more.
func (t Type) fieldsOf() string {
	group, _, _ := strings.Cut(t.home, "/")
	if customGroup(group) {
		return "the fields here are"
	}
	return "the fields of Kubernetes " + Version + " here are"
}

func (t Type) fieldNames() []string {
	var names []string
	for _, f := range t.Fields() {
		names = append(names, f.Name)
	}
	return names
}

func newField(l line, name, expr, marks string) Field {
	return Field{Name: name, Type: Type{home: homeOf(l.name), expr: expr}, Required: strings.Contains(marks, "!"),
		Pointer: strings.Contains(marks, "*")}
}

// Field returns a field of a type that has some.
func (t Type) Field(name string) (Field, bool) {
	l, ok := t.line()
	if !ok {
		return Field{}, false
	}
	expr, marks, ok := l.field(name)
	return newField(l, name, expr, marks), ok
}

// line returns the line of a type that has fields.
func (t Type) line() (line, bool) {
	if !t.IsObject() {
		return line{}, false
	}
	return find(t.parse().rest)
}

func homeOf(name string) string { return name[:strings.LastIndexByte(name, '.')] }

// unescape reads a text of the table.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	out, _ := url.PathUnescape(s) // the table is sound: a test reads all of it
	return out
}

// bound reads a limit of the table.
func bound(s string) (float64, bool) {
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}
