package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// Texts for people are wrapped at the width of the terminal that they go to. What goes anywhere else stays as it is,
// and so do manifests.

// width returns the columns of the terminal that a stream goes to, 0 for a stream that goes elsewhere and for a
// terminal that does not know. COLUMNS says it for a terminal, as it does for other programs.
func (s Streams) width(stream any) int {
	file, ok := behind(stream).(*os.File)
	if !ok || !isTerminal(stream) {
		return 0
	}
	const narrowest = 20 // where nothing can be read
	columns, _, err := term.GetSize(int(file.Fd()))
	if n, problem := strconv.Atoi(s.variable("COLUMNS")); problem == nil {
		columns, err = n, nil
	}
	if err != nil || columns < narrowest {
		return 0
	}
	return columns
}

// folding is a stream whose lines are wrapped.
type folding struct {
	to    io.Writer
	width int
}

// Write passes on a text. It has to hold whole lines, or short ones.
func (f folding) Write(text []byte) (int, error) {
	if _, err := io.WriteString(f.to, fold(string(text), f.width)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// fold breaks the lines of a text that are longer than a width, between words. A line goes on below its last column, or
// a little further in than it began. Colours have no width.
func fold(text string, width int) string {
	if width <= 0 {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		bare, end := strings.CutSuffix(line, "\n")
		if columns(bare) <= width {
			b.WriteString(line)
			continue
		}
		foldLine(&b, bare, width)
		if end {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func foldLine(b *strings.Builder, line string, width int) {
	rest := strings.TrimLeft(line, " ")
	at := len(line) - len(rest)
	hang := strings.Repeat(" ", hangs(line, width))
	b.WriteString(line[:at])
	fresh := true
	for rest != "" {
		word := strings.TrimLeft(rest, " ")
		gap := len(rest) - len(word)
		if i := strings.IndexByte(word, ' '); i >= 0 {
			word = word[:i]
		}
		rest = rest[gap+len(word):]
		if word == "" {
			break
		}
		if !fresh && at+gap+columns(word) > width {
			b.WriteString("\n" + hang)
			at, gap = len(hang), 0
		}
		b.WriteString(strings.Repeat(" ", gap) + word)
		at, fresh = at+gap+columns(word), false
	}
}

// hangs returns how far in a line goes on: below its last column that leaves room, below the text of a hint, as far in
// as it began in a paragraph, else a bit further.
func hangs(line string, width int) int {
	const room, step = 24, 4
	bare := uncoloured(line)
	indent := len(bare) - len(strings.TrimLeft(bare, " "))
	if strings.HasPrefix(bare[indent:], "hint: ") {
		return indent + len("hint: ")
	}
	best, runes := 0, []rune(bare)
	for i := indent + 1; i < len(runes)-1 && i < width-room; i++ {
		if runes[i] == ' ' && runes[i-1] == ' ' && runes[i+1] != ' ' {
			best = i + 1
		}
	}
	first, _, _ := strings.Cut(bare, " ")
	switch {
	case best > 0:
		return best
	case indent == 0 && !strings.HasSuffix(first, ":"), indent >= step: // a paragraph
		return min(indent, width/2)
	}
	return indent + step
}

// columns returns how many characters of a text are seen.
func columns(text string) int { return utf8.RuneCountInString(uncoloured(text)) }

// uncoloured returns a text without colours.
func uncoloured(text string) string {
	before, rest, found := strings.Cut(text, "\x1b[")
	if !found {
		return text
	}
	var b strings.Builder
	for found {
		b.WriteString(before)
		_, rest, _ = strings.Cut(rest, "m")
		before, rest, found = strings.Cut(rest, "\x1b[")
	}
	return b.String() + before
}

// paint returns what colours a text for a stream, by the code of a colour: nothing where it is no terminal, or one that
// wants no colours.
func (s Streams) paint(stream any) func(code, text string) string {
	if !isTerminal(stream) || s.variable("NO_COLOR") != "" || s.variable("TERM") == "dumb" {
		return func(_, text string) string { return text }
	}
	return func(code, text string) string { return "\x1b[" + code + "m" + text + "\x1b[0m" }
}

// coloured returns a diagnostic as people read it on a stream.
func (s Streams) coloured(stream any, d diag.Diagnostic) string {
	paint := s.paint(stream)
	place := "1;31" // errors are red, as warnings are yellow
	if d.Severity == diag.Warning {
		place = "1;33"
	}
	codes := map[diag.Part]string{diag.PlacePart: place, diag.WarningPart: "33", diag.RulePart: "2", diag.HintPart: "36"}
	return d.Marked(func(part diag.Part, text string) string {
		if code := codes[part]; code != "" {
			return paint(code, text)
		}
		return text
	})
}

// complain prints diagnostics on standard error.
func (s Streams) complain(diags ...diag.Diagnostic) {
	fmt.Fprintln(unescaped(s.Err), diag.List(diags).Text(func(d diag.Diagnostic) string { return s.coloured(s.Err, d) }))
}

// unescaped returns the stream behind one for people that wraps, and escapes nothing.
func unescaped(stream io.Writer) io.Writer {
	if p, ok := stream.(*diag.Printer); ok {
		return p.Unwrap()
	}
	return stream
}

// fail prints why the program ends.
func (s Streams) fail(err error) {
	fmt.Fprintf(unescaped(s.Err), "%s %s\n", s.paint(s.Err)("31", "unfold:"), diag.Printable(err.Error()))
}

// table prints a table for people: two lines for a row where it is wider than the terminal, which stacked says.
func (s Streams) table(print func(w io.Writer, stacked bool)) error {
	width := s.width(s.Out)
	draw := func(stacked bool) string {
		var b strings.Builder
		w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		print(w, stacked)
		_ = w.Flush() // to a strings.Builder
		return b.String()
	}
	text := draw(false)
	tooWide := func(line string) bool { return columns(line) > width }
	if width > 0 && slices.ContainsFunc(strings.Split(text, "\n"), tooWide) {
		text = draw(true)
	}
	_, err := io.WriteString(s.Out, fold(text, width))
	return err
}

// wrapHelp wraps the helps of all commands at the width of the terminal.
func wrapHelp(root *cobra.Command, s Streams) {
	width := s.width(s.data)
	if width == 0 {
		return
	}
	help := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		var b bytes.Buffer
		c.SetOut(&b)
		help(c, args)
		c.SetOut(s.data)
		_, _ = io.WriteString(s.data, fold(unwrapped(b.String(), width), width)) // as cobra does
	})
}

// unwrapped joins the lines of paragraphs, which are written for 80 columns, for a terminal that has fewer.
func unwrapped(text string, width int) string {
	const written = 80
	if width >= written {
		return text
	}
	var b strings.Builder
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		b.WriteString(line)
		if i+1 == len(lines) {
			break
		}
		first, _, _ := strings.Cut(lines[i+1], " ")
		if line != "" && line[0] != ' ' && first != "" && len(line)+1+len(first) > written-8 {
			b.WriteByte(' ')
		} else {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
