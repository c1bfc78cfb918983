// Package diag holds what every stage reports with: positions in source files,
// diagnostics that are collected instead of stopping at the first, and the
// search for the name that a person probably meant.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Pos is a place in a source file. Line and Col count from 1, Col in characters.
// A Pos with Line 0 names a source without lines: a parameter, a flag or the
// built-in defaults.
type Pos struct {
	File string
	Line int
	Col  int
}

// IsZero reports whether p names no place at all.
func (p Pos) IsZero() bool { return p == Pos{} }

// String returns FILE:LINE:COL, or FILE where there is no line.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
}

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(
		strings.Compare(p.File, q.File),
		cmp.Compare(p.Line, q.Line),
		cmp.Compare(p.Col, q.Col),
	)
}

// Severity tells whether a diagnostic stops the run.
type Severity uint8

// The severities. Error is the zero value, so that a diagnostic which says
// nothing about its severity is never passed over.
const (
	Error Severity = iota
	Warning
)

// String returns the name used in machine-readable output.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Diagnostic is one thing that a user has to know, at the place where it can
// be changed. Message is lower case without a full stop and quotes user text;
// Hint, if any, is a next step.
type Diagnostic struct {
	Pos      Pos
	Severity Severity
	Code     string // stable name of what is wrong, such as "unknown-field"
	Rule     bool   // Code is the name of a rule, which a policy and an app can refer to
	Message  string
	Hint     string
}

// Part is a part of a diagnostic as a person reads it.
type Part uint8

// The parts. A message has no mark of its own.
const (
	PlacePart   Part = iota // where it is
	WarningPart             // "warning:"
	RulePart                // the name of the rule
	HintPart                // "hint:"
)

// String returns the form that a person reads: one line, with the name of the rule
// behind it where a rule found it, and a second one for the hint. Names and texts
// of others' can't add lines to it.
func (d Diagnostic) String() string {
	return d.Marked(func(_ Part, text string) string { return text })
}

// Marked returns String with its parts as mark returns them.
func (d Diagnostic) Marked(mark func(part Part, text string) string) string {
	var b strings.Builder
	if !d.Pos.IsZero() {
		b.WriteString(mark(PlacePart, Line(d.Pos.String())+":") + " ")
	}
	if d.Severity == Warning {
		b.WriteString(mark(WarningPart, "warning:") + " ")
	}
	b.WriteString(Line(d.Message))
	if d.Rule {
		b.WriteString(" " + mark(RulePart, "["+d.Code+"]"))
	}
	return withHint(b.String(), mark(HintPart, "hint:"), Line(d.Hint))
}

// WithHint returns a message and, where there is one, the hint on a line of its own.
func WithHint(message, hint string) string { return withHint(message, "hint:", hint) }

func withHint(message, mark, hint string) string {
	if hint == "" {
		return message
	}
	return message + "\n  " + mark + " " + hint
}

// Plural returns a number of things in words, such as "1 file" and "2 files".
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// List is a set of diagnostics. The zero value is ready to use. A List with
// errors in it is an error.
type List []Diagnostic

// Errorf adds an error without a hint.
func (l *List) Errorf(pos Pos, code, format string, args ...any) {
	l.add(Error, pos, code, "", format, args)
}

// Errorh adds an error with a hint.
func (l *List) Errorh(pos Pos, code, hint, format string, args ...any) {
	l.add(Error, pos, code, hint, format, args)
}

// Raise makes warnings errors.
func (l List) Raise() {
	for i := range l {
		l[i].Severity = Error
	}
}

// Warnh adds a warning with a hint, which may be empty.
func (l *List) Warnh(pos Pos, code, hint, format string, args ...any) {
	l.add(Warning, pos, code, hint, format, args)
}

func (l *List) add(s Severity, pos Pos, code, hint, format string, args []any) {
	*l = append(*l, Diagnostic{Pos: pos, Severity: s, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// HasErrors reports whether the list holds anything but warnings.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sorted returns the diagnostics by position, each once: what is an error in one
// environment and a warning in another is an error.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Severity, b.Severity), strings.Compare(a.Message, b.Message))
	})
	type said struct {
		pos     Pos
		message string
	}
	seen := make(map[said]bool, len(out))
	return slices.DeleteFunc(out, func(d Diagnostic) bool {
		key := said{d.Pos, d.Message}
		again := seen[key]
		seen[key] = true
		return again
	})
}

// Warnings returns the warnings alone, sorted.
func (l List) Warnings() List {
	return slices.DeleteFunc(l.Sorted(), func(d Diagnostic) bool { return d.Severity == Error })
}

// Errors returns the errors alone, in the order of the list.
func (l List) Errors() List {
	return slices.DeleteFunc(slices.Clone(l), func(d Diagnostic) bool { return d.Severity != Error })
}

// Without returns the diagnostics of l that other does not have, whatever their places
// and hints: an edit of the file moves lines, and changes what a hint can name.
func (l List) Without(other List) List {
	known := make(map[Diagnostic]bool, len(other))
	for _, d := range other {
		d.Pos, d.Hint = Pos{}, ""
		known[d] = true
	}
	return slices.DeleteFunc(slices.Clone(l), func(d Diagnostic) bool {
		d.Pos, d.Hint = Pos{}, ""
		return known[d]
	})
}

// maxShown bounds what Error shows: Argo CD passes it on from program to program
// and into its UI.
const maxShown = 200

// Error returns the diagnostics, sorted, a line each and another for a hint: all
// of them, unless somebody made very many mistakes.
func (l List) Error() string { return l.Text(Diagnostic.String) }

// Text returns Error with each diagnostic as show returns it.
func (l List) Text(show func(Diagnostic) string) string {
	var b strings.Builder
	sorted := l.Sorted()
	for i, d := range sorted[:min(len(sorted), maxShown)] {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(show(d))
	}
	if more := len(sorted) - maxShown; more > 0 {
		fmt.Fprintf(&b, "\nand %d more; unfold check shows all", more)
	}
	return b.String()
}

// Err returns the list as an error if it holds errors, else nil.
func (l List) Err() error {
	if l.HasErrors() {
		return l
	}
	return nil
}
