package edit

import (
	"fmt"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/layout"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// write returns a value as it stands after the colon of a key in a map: after a
// space on the same line, or on lines of its own.
func (e *editor) write(v *value.Value, in *layout.Node, flow bool) string {
	w := writer{e, keysQuoted(in)}
	if flow {
		return " " + w.flow(v)
	}
	return w.block(v, len(e.indent(in))+e.step)
}

// writer writes a new value as the map that it stands in is written.
type writer struct {
	*editor
	quoted bool // its keys are in quotes
}

func (e writer) flow(v *value.Value) string {
	var parts []string
	switch {
	case v.Is(value.Map):
		for _, x := range v.Entries {
			parts = append(parts, e.keyText(x.Key, true)+": "+e.flow(x.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case v.Is(value.List):
		for _, x := range v.Items {
			parts = append(parts, e.flow(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return e.scalar(v, layout.PlainScalar, true)
}

func (e writer) block(v *value.Value, indent int) string {
	var b strings.Builder
	margin := e.eol + strings.Repeat(" ", indent)
	switch {
	case v.Is(value.Map) && len(v.Entries) > 0:
		for _, x := range v.Entries {
			b.WriteString(margin + e.keyText(x.Key, false) + ":" + e.block(x.Value, indent+e.step))
		}
		return b.String()
	case v.Is(value.List) && len(v.Items) > 0 && !short(v):
		for _, x := range v.Items {
			b.WriteString(margin + "- " + e.flow(x))
		}
		return b.String()
	case v.Is(value.Map), v.Is(value.List):
		return " " + e.flow(v)
	}
	if text, ok := e.literal(v, indent); ok {
		return " " + text
	}
	return " " + e.scalar(v, layout.PlainScalar, false)
}

// short reports whether a list fits on a line.
func short(v *value.Value) bool {
	size := 0
	for _, x := range v.Items {
		if !x.IsScalar() {
			return false
		}
		size += len(x.Text) + 2
	}
	return size <= 60
}

// keysQuoted reports whether all keys of a map are in double quotes, as in JSON.
func keysQuoted(in *layout.Node) bool {
	for _, p := range in.Pairs {
		if p.Key.Form != layout.DoubleQuoted {
			return false
		}
	}
	return len(in.Pairs) > 0
}

// key returns a key as the others of its map are written.
func (e *editor) key(key string, in *layout.Node) string {
	return writer{e, keysQuoted(in)}.keyText(key, in.Form == layout.Flow)
}

func (e writer) keyText(key string, flow bool) string {
	if e.quoted {
		return doubleQuoted(key)
	}
	return e.scalar(value.NewString(diag.Pos{}, key), layout.PlainScalar, flow)
}

// scalar returns a scalar in the form, or in the next best that it can have.
func (e *editor) scalar(v *value.Value, form layout.Form, flow bool) string {
	if v.Is(value.Null) {
		return "null"
	}
	single := "'" + strings.ReplaceAll(v.Text, "'", "''") + "'"
	printable := strings.IndexFunc(v.Text, func(r rune) bool {
		return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff
	}) < 0
	switch {
	case v.Kind != value.String:
		return v.Text
	case form == layout.PlainScalar && plain(v, flow):
		return v.Text
	case printable && (form == layout.SingleQuoted || form != layout.DoubleQuoted && e.single):
		return single
	}
	return doubleQuoted(v.Text)
}

// plain reports whether a text can stand without quotes: whether, so written, it
// is read as it was meant.
func plain(v *value.Value, flow bool) bool {
	if strings.ContainsAny(v.Text, "\n\r") {
		return false
	}
	src := "k: " + v.Text + "\n"
	if flow {
		src = "{k: " + v.Text + ", z: 1}\n"
	}
	top, diags := value.Read("", []byte(src))
	got := top.Get("k")
	return len(diags) == 0 && got.IsScalar() && got.Plain && got.Text == v.Text && top.Has("z") == flow &&
		(v.Plain || got.Kind == value.String)
}

// doubleQuoted writes a text in double quotes, with YAML's escapes.
func doubleQuoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < ' ' || r >= 0x7f && r < 0xa0:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r == 0x2028 || r == 0x2029 || r == 0xfeff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// literal writes a text of several lines below "|", where that reads as the
// same text again.
func (e *editor) literal(v *value.Value, indent int) (string, bool) {
	if v.Kind != value.String || !strings.Contains(strings.TrimRight(v.Text, "\n"), "\n") || strings.HasPrefix(v.Text, " ") ||
		strings.ContainsAny(v.Text, "\r\t") {
		return "", false
	}
	header, body := "|-", v.Text
	switch {
	case strings.HasSuffix(body, "\n\n"):
		return "", false // the blank lines at the end would depend on what follows
	case strings.HasSuffix(body, "\n"):
		header, body = "|", body[:len(body)-1]
	}
	var b strings.Builder
	b.WriteString(header)
	for line := range strings.SplitSeq(body, "\n") {
		b.WriteString(e.eol)
		if line != "" {
			b.WriteString(strings.Repeat(" ", indent) + line)
		}
	}
	return b.String(), true
}
