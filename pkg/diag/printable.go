package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable returns a text as people may see it on a terminal or in a log: what is
// no graphic character by Unicode is shown as Go would write it in quotes, \x1b or
// \u202e. So are control characters, those that turn the direction of a line
// (UTR #36, "Trojan Source"), those that have no width, and bytes that are no
// UTF-8. Line breaks and tabs stay, since a text can have several lines.
//
// What a runner of GitHub Actions takes for a command in a log is cut short by an
// escape as well: "::" at the start of a line, and "##[" (actions/runner,
// ActionCommand.cs).
func Printable(text string) string {
	var b strings.Builder
	(&escaper{start: true}).write(&b, text)
	return b.String()
}

// Line is Printable for a text that is part of a line, such as a file's name: line
// breaks and tabs are shown as escapes too.
func Line(text string) string {
	if strings.ContainsAny(text, "\n\r\t") {
		text = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text)
	}
	return Printable(text)
}

// Printer is a stream for people.
type Printer struct {
	to io.Writer
	escaper
}

// NewPrinter returns a stream that passes on what Printable returns.
func NewPrinter(to io.Writer) *Printer { return &Printer{to, escaper{start: true}} }

// Write passes on a text. It has to hold whole characters.
func (p *Printer) Write(text []byte) (int, error) {
	var b strings.Builder
	p.write(&b, string(text))
	if _, err := io.WriteString(p.to, b.String()); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Unwrap returns the stream behind it, which takes everything.
func (p *Printer) Unwrap() io.Writer { return p.to }

// escaper escapes a text in pieces.
type escaper struct {
	start bool // nothing but space is in the line so far
}

func (e *escaper) write(b *strings.Builder, text string) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		piece, rest := text[i:i+size], text[i+size:]
		command := e.start && r == ':' && strings.HasPrefix(rest, ":") || r == '#' && strings.HasPrefix(rest, "#[")
		switch {
		case r == '\n':
			e.start = true
			b.WriteString(piece)
		case r == '\t', r == '\r' && strings.HasPrefix(rest, "\n"):
			b.WriteString(piece)
		case r == utf8.RuneError && size == 1, r < ' ', command:
			e.start = false
			fmt.Fprintf(b, `\x%02x`, piece[0])
		case unicode.IsGraphic(r):
			e.start = e.start && unicode.IsSpace(r)
			b.WriteString(piece)
		default:
			e.start = false
			b.WriteString(Escape(r))
		}
		i += size
	}
}

// Escape returns how Go and YAML write a character in quotes, and JSON but for
// those that need eight digits.
func Escape(r rune) string {
	if r > 0xffff {
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
