package diag_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

func TestPrintable(t *testing.T) {
	for _, tt := range []struct{ text, printable, line string }{
		{"", "", ""},
		{"apps/shop: ok", "apps/shop: ok", "apps/shop: ok"},
		{"größe ✓ 日本 🚀", "größe ✓ 日本 🚀", "größe ✓ 日本 🚀"},
		{"a\nb\tc", "a\nb\tc", `a\nb\tc`},
		{"a\r\nb\rc", "a\r\nb\\x0dc", `a\r\nb\rc`},
		{"\x1b[31mred\x07\x00", `\x1b[31mred\x07\x00`, `\x1b[31mred\x07\x00`},
		{"\u007f\u0085\u009b31m", `\u007f\u0085\u009b31m`, `\u007f\u0085\u009b31m`},
		{"\u202a\u202e\u2066\u2069\u200e\u200f\u061c", `\u202a\u202e\u2066\u2069\u200e\u200f\u061c`,
			`\u202a\u202e\u2066\u2069\u200e\u200f\u061c`},
		{"\u200b\u200d\ufeff\u00ad\u2060\u2028\u2029", `\u200b\u200d\ufeff\u00ad\u2060\u2028\u2029`,
			`\u200b\u200d\ufeff\u00ad\u2060\u2028\u2029`},
		{"\U000e0041\ue000", `\U000e0041\ue000`, `\U000e0041\ue000`},
		{"\xff\xc3\x28", `\xff\xc3(`, `\xff\xc3(`},
		{"::error::x", `\x3a:error::x`, `\x3a:error::x`},
		{"a\n \t::error::x", "a\n \t\\x3a:error::x", `a\n \t::error::x`},
		{"a::b ##[error]x", `a::b \x23#[error]x`, `a::b \x23#[error]x`},
		{"###[x]", `#\x23#[x]`, `#\x23#[x]`},
	} {
		if got := diag.Printable(tt.text); got != tt.printable {
			t.Errorf("Printable(%q) = %q, want %q", tt.text, got, tt.printable)
		}
		if got := diag.Line(tt.text); got != tt.line {
			t.Errorf("Line(%q) = %q, want %q", tt.text, got, tt.line)
		}
	}
}

func TestPrinter(t *testing.T) {
	var b bytes.Buffer
	p := diag.NewPrinter(&b)
	for _, text := range []string{"  ", "::a\n", "b", "::c", "\n\u202e"} {
		if n, err := fmt.Fprint(p, text); n != len(text) || err != nil {
			t.Error(n, err)
		}
	}
	if want := "  \\x3a:a\nb::c\n\\u202e"; b.String() != want || p.Unwrap() != &b {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestDiagnosticsArePrintable(t *testing.T) {
	d := diag.Diagnostic{Pos: diag.Pos{File: "a\n::error::b\x1b", Line: 1, Col: 2}, Message: "the \u202e\nname", Hint: "write\n\x07"}
	if got, want := d.String(), `a\n::error::b\x1b:1:2: the \u202e\nname`+"\n  hint: "+`write\n\x07`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("a\x1b\u202e\xff\r\n::")
	f.Fuzz(func(t *testing.T, text string) {
		got := diag.Printable(text)
		for _, r := range strings.ReplaceAll(got, "\r\n", "\n") {
			if r != '\n' && r != '\t' && !unicode.IsGraphic(r) {
				t.Errorf("%q holds %q", got, r)
			}
		}
		for line := range strings.Lines(got) {
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
				t.Errorf("%q is a command", line)
			}
		}
		if diag.Printable(got) != got {
			t.Errorf("%q changes once more", got)
		}
		if strings.ContainsAny(diag.Line(text), "\n\r\t") {
			t.Errorf("%q has several lines", diag.Line(text))
		}
	})
}
