package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		width      int
		want       string
	}{
		{"no terminal", strings.Repeat("a ", 100), 0, strings.Repeat("a ", 100)},
		{"it fits", "0123456789\n", 10, "0123456789\n"},
		{"a paragraph", "one two three four\n\nfive\n", 10, "one two\nthree four\n\nfive\n"},
		{"a paragraph that is further in", "      one: two three four\n", 14, "      one: two\n      three\n      four\n"},
		{"a paragraph with a colon", "one (two: three) four\n", 12, "one (two:\nthree) four\n"},
		{"an error", "app.yaml:1:2: one two three four five six\n  hint: one two three four five six\n", 30,
			"app.yaml:1:2: one two three\n    four five six\n  hint: one two three four\n        five six\n"},
		{"colours have no width", "\x1b[1;31ma:1:2:\x1b[0m one two three\n  \x1b[36mhint:\x1b[0m one two three four\n", 20,
			"\x1b[1;31ma:1:2:\x1b[0m one two three\n  \x1b[36mhint:\x1b[0m one two\n        three four\n"},
		{"below the last column", "  -e, --env string   the environment that is meant\n", 46,
			"  -e, --env string   the environment that is\n                     meant\n"},
		{"no room below the last column", "  a-very-long-name-of-a-field  one two three four\n", 34,
			"  a-very-long-name-of-a-field  one\n      two three four\n"},
		{"a word too long", "see https://example.com/a/very/long/address now\n", 12, "see\nhttps://example.com/a/very/long/address\nnow\n"},
		{"letters, not bytes", "äöü äöü äöü\n", 11, "äöü äöü äöü\n"},
		{"no line break at the end", "one two", 4, "one\ntwo"},
	} {
		if diff := cmp.Diff(tt.want, fold(tt.text, tt.width)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// FuzzFold holds that folding moves words to other lines and changes nothing else, and that no line with more than a
// word is too long.
func FuzzFold(f *testing.F) {
	f.Add("app.yaml:1:2: one two three\n  hint: write  it\n", 20)
	f.Add("  a  b\tc", 3)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if strings.Contains(text, "\x1b") || strings.ContainsAny(text, "\r\v\f\u0085\u00a0\u2028") {
			t.Skip()
		}
		got := fold(text, width)
		if diff := cmp.Diff(strings.Fields(text), strings.Fields(got)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if fold(text, 0) != text {
			t.Error("it is changed without a width")
		}
	})
}
