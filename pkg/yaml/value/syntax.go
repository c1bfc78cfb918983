package value

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// syntaxError returns the YAML library's error as a diagnostic. The library knows the
// line only; the column is that of the line's first character.
func syntaxError(file string, src []byte, err error) diag.Diagnostic {
	text, line := placed(src, err)
	lines := bytes.Split(src, []byte("\n"))
	line = min(max(line, 1), len(lines))
	at := lines[line-1]
	d := diag.Diagnostic{Pos: diag.Pos{File: file, Line: line, Col: len(at) - len(bytes.TrimLeft(at, " \t")) + 1}, Code: "yaml-syntax"}
	if name, ok := strings.CutPrefix(text, "unknown anchor '"); ok {
		name = strings.TrimSuffix(name, "' referenced")
		d.Pos.Line, d.Pos.Col = find(lines, "*"+name)
		// Not its name: it may be a secret that was not put in quotes.
		d.Message, d.Hint = "the alias has no anchor", "put a text that starts with * in quotes, or define the anchor before"
		return d
	}
	if star := starAt(at); star >= 0 && strings.Contains(text, "did not find expected alphabetic or numeric character") {
		d.Pos.Col = utf8.RuneCount(at[:star]) + 1
		d.Message, d.Hint = "a text that starts with * has to be in quotes", starHint(at, star)
		return d
	}
	tab := indentTab(lines, line-1)
	switch {
	case isConflict(at):
		d.Hint = "resolve the merge conflict that git left here"
	case tab >= 0:
		d.Pos.Line, d.Pos.Col = tab+1, bytes.IndexByte(lines[tab], '\t')+1
		d.Hint = "YAML is indented with spaces: replace the tab"
	case strings.Contains(text, "mapping values are not allowed"):
		d.Hint = `put text that holds ": " in quotes, and check the indentation`
	case strings.Contains(text, "cannot start any token"):
		d.Hint = "put the text in quotes"
	case strings.Contains(text, "could not find expected ':'"):
		d.Hint = "write KEY: VALUE, and text of several lines after KEY: |"
	case strings.Contains(text, "incompatible YAML document"):
		d.Hint = "remove the line with %YAML"
	case strings.Contains(text, "did not find expected"), strings.Contains(text, "unexpected end of stream"):
		d.Hint = "check the indentation of this line and the one above, and that brackets and quotes are closed"
	}
	d.Message = "not valid YAML: " + text
	return d
}

// starAt returns where a value of a line starts with *, which YAML takes for an alias, or -1.
func starAt(line []byte) int {
	for i, c := range line {
		if c == '*' && (i == 0 || bytes.IndexByte([]byte(" \t[{,"), line[i-1]) >= 0) {
			return i
		}
	}
	return -1
}

// starHint returns how to write the value of a line that starts with *. It shows no value but a schedule, a wildcard host
// or * alone: any other may be a secret.
func starHint(line []byte, star int) string {
	text := string(line[star:])
	before := strings.TrimSpace(string(line[:star]))
	flow := strings.ContainsAny(before, "[{")
	if flow {
		if end := strings.IndexAny(text, ",]}"); end >= 0 {
			text = text[:end]
		}
	}
	text, _, _ = strings.Cut(text, " #")
	text = strings.TrimSpace(text)
	schedule, host := strings.Trim(text, "0123456789*/,- ") == "" && (text == "*" || strings.Contains(text, " ")),
		strings.HasPrefix(text, "*.") && strings.Trim(text, hostBytes) == ""
	switch {
	case !schedule && !host:
		return "put it in quotes"
	case flow || !strings.HasSuffix(before, ":"):
		return "write " + strconv.Quote(text)
	}
	return "write " + strings.TrimPrefix(before, "- ") + " " + strconv.Quote(text)
}

// hostBytes are those that a wildcard host has.
const hostBytes = "*.-abcdefghijklmnopqrstuvwxyz0123456789"

// placed takes a message of the library apart into its text and its line, 0
// where it has none.
func placed(src []byte, err error) (text string, line int) {
	// In a block that starts on the first line, the library tells the line of the
	// mistake, else the line where the block starts. So the block is moved there.
	skipped := 0
	for rest := src; ; skipped++ {
		head, tail, more := bytes.Cut(rest, []byte("\n"))
		head = bytes.TrimSpace(head)
		if !more || len(head) > 0 && head[0] != '#' {
			if again := firstError(rest); again != nil {
				err = again
			} else {
				skipped = 0
			}
			break
		}
		rest = tail
	}
	text, line = apart(err)
	// The parser, unlike the scanner, counts from 0.
	if line > 0 && ofParser(text) {
		line++
	}
	return text, max(line, 1) + skipped
}

// apart takes a message of the library, "yaml: line N: TEXT", apart. Line is 0 where
// it has none. The library has no type for its errors, so what they are is told by
// the text, in this file alone.
func apart(err error) (text string, line int) {
	text = strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		number, message, _ := strings.Cut(rest, ": ")
		if n, err := strconv.Atoi(number); err == nil {
			return message, n
		}
	}
	return text, 0
}

func firstError(src []byte) error {
	dec := yaml.NewDecoder(bytes.NewReader(src))
	for {
		var n yaml.Node
		if err := dec.Decode(&n); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// ofParser reports whether a message is one of the library's parserc.go.
func ofParser(text string) bool {
	for _, prefix := range []string{
		"did not find expected <", "did not find expected node content", "did not find expected key",
		"did not find expected '-' indicator", "did not find expected ',' or ",
		"found undefined tag handle", "found duplicate %", "found incompatible YAML document",
	} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}

// find returns the place of a text, or the beginning where there is none.
func find(lines [][]byte, text string) (line, col int) {
	for i, l := range lines {
		if at := bytes.Index(l, []byte(text)); at >= 0 {
			return i + 1, utf8.RuneCount(l[:at]) + 1
		}
	}
	return 1, 1
}

func isConflict(line []byte) bool {
	return bytes.HasPrefix(line, []byte("<<<<<<< ")) || bytes.HasPrefix(line, []byte(">>>>>>> "))
}

// indentTab finds a line near i that is indented with a tab, the usual cause of
// a message that speaks of tokens.
func indentTab(lines [][]byte, i int) int {
	for _, at := range []int{i, i - 1, i + 1} {
		if at < 0 || at >= len(lines) {
			continue
		}
		indent := lines[at][:len(lines[at])-len(bytes.TrimLeft(lines[at], " \t"))]
		if bytes.IndexByte(indent, '\t') >= 0 && len(bytes.TrimSpace(lines[at])) > 0 {
			return at
		}
	}
	return -1
}
