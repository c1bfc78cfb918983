package fold_test

import (
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/fold"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestWriteTexts holds that what Write prints is read as the same texts, wherever they
// are: as values and keys, on one line and over several.
func TestWriteTexts(t *testing.T) {
	words := strings.Repeat("several words ", 20)
	for _, s := range []string{
		"", "x", "two words", `"x"`, `'x'`, `"`, `'`, `a"b'c`, `"open`, " leads", "trails ", " ", "a\n", "\n", "a\nb", " a\nb", "\na",
		"a\n\n",
		"a\r\nb\r\n", "\r", "a\tb", "tab\t\nand line", "\t", "ünïcödé", "a\u00a0b", "line\u2028separator", "🚀", "a=b", "=", "%a",
		"0", "-1", "1.10", ".5", "1e3", "0x1F", "0777", "1_000", "12:30", ".inf", "true", "No", "y", "null", "~", "2001-12-14",
		"# no comment", "a # b", "a#b", "#", "a: b", "a:b", "a:", ":", ": a", "- a", "-", "-a", "---", "...", "? a", "?", "a\n---\nb",
		"{a: b}", "{", "}", "[a, b]", "[", "]", "a, b", "!a", "!!str a", "&a", "*a", "@a", "`a`", "|", ">", "|-\n a",
		"{{ .Values.a }}", "${A}", `\`, `\n`, `C:\dir\file`, strings.Repeat("x", 200), words, words + "\n" + words, words + ": " + words,
		"{\n  \"json\": [1, \"a\"]\n}\n", "  indented\nless\n", "a ? b", "?a", "-,", ":,a", "a :b", ":@~", ":a", "-:", "~:@",
	} {
		of := func() *value.Value { return value.NewString(diag.Pos{}, s) }
		m := func(pairs ...any) *value.Value { return value.MapOf(diag.Pos{}, pairs...) }
		for place, v := range map[string]*value.Value{
			"value":             m("a", of()),
			"key":               value.NewMap(diag.Pos{}).Set(s, of()),
			"key in a map":      m("a", value.NewMap(diag.Pos{}).Set(s, m("b", "c"))),
			"in a map":          m("a", m("b", of(), "c", of())),
			"in a list":         m("a", value.NewList(diag.Pos{}, of(), of())),
			"in a list of maps": m("a", value.NewList(diag.Pos{}, m("b", of(), "c", "x"), m("b", "y", "c", m("d", of())))),
			"lists in a list":   m("a", value.NewList(diag.Pos{}, value.NewList(diag.Pos{}, of()), of())),
			"deep": m("workloads", m("a", m("manifests", m("b", m("c", value.NewList(diag.Pos{}, m("d", value.NewList(diag.Pos{}, of(),
				value.NewString(diag.Pos{}, strings.Repeat("y", 100))), "e", of()))))))),
		} {
			out, err := fold.Write(v)
			if err != nil {
				t.Errorf("%q, %s: %v", s, place, err)
				continue
			}
			got, diags := value.Read("app.yaml", out)
			if err := diags.Err(); err != nil {
				t.Errorf("%q, %s: %v\n%.300s", s, place, err, out)
			} else if !value.Equal(v, got) {
				t.Errorf("%q, %s: it is read as something else\n%.300s", s, place, out)
			}
		}
	}
}
