package law_test

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// awkward are texts that YAML, kustomize or a shell could take for something
// else.
func awkward() []string {
	words := strings.Repeat("several words ", 20)
	return []string{
		"", "x", "two words", `"x"`, `'x'`, `"`, `'`, `""`, `''`, `"a"b"`, `'a'b'`, `a"b'c`, `"open`, `'open`,
		" leads", "trails ", "  both  ", " ", "a\n", "\n", "\n\n", "a\nb", "a\nb\n", "a\n\nb\n\n", " a\nb", "a \n b \n", "\na", "a\n\n",
		"a\r\nb\r\n", "a\rb", "\r", "\r\n", "a\tb", "tab\t\nand line", "a\n\tb\n", "\ttab", "\t", "a\t",
		"ünïcödé", "日本語テキスト", "🚀 emoji 👩‍👩‍👧", "a\u00a0b", "zero\u200bwidth", "line\u2028separator", "\u2029", "\ufeffmark", "\ufffd",
		"\U0001f600",
		"a=b", "=b", "a=", "=", "KEY=\"VALUE\"", "a,b", "a;b", "a|b", "a&b", "<a>", "<<", "100%", "%a", "a%20b",
		"0", "1", "-1", "+1", "1.10", "1.0", ".5", "5.", "1e3", "1E+3", "0x1F", "0o17", "0777", "08", "0b11", "1_000", "1,000", "12:30",
		"12:30:45",
		"190:20:30", "-.inf", ".inf", ".NaN", "123456789012345678901234567890", "9223372036854775808", "18446744073709551615", "1e400",
		"0.1e1",
		"true", "False", "yes", "No", "y", "N", "on", "OFF", "null", "Null", "~", "nil", "none",
		"2001-12-14", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "2001-1-1", "20011214",
		"# no comment", "a # b", "a #b", "a#b", "#", "a: b", "a:b", "a:", ":", ": a", "- a", "-", "-a", "--- a", "---", "...", "? a", "?",
		"a\n---\nb", "---\n",
		"{a: b}", "{", "}", "[a, b]", "[", "]", "a, b", "!a", "!!str a", "&a", "*a", "%YAML 1.1", "@a", "`a`", "|", ">", "|-\n a", "> a",
		"{{ .Values.a }}", "{{", "${A}", "$A", "$", "$$", "$(NOT_SET)", "$$(NOT_SET)", "$(", `\`, `\n`, `a\`, `\"`, `C:\dir\file`,
		"`rm -rf /`", "$(date)",
		strings.Repeat("x", 81), strings.Repeat("x", 1100), words, strings.TrimSpace(words), strings.Repeat(words, 4) + "end",
		words + "\n" + words, words + ": " + words,
		strings.Repeat("x", 79) + " y", strings.Repeat("x", 80) + " y", "key: |\n  block\n  text\n", "{\n  \"json\": [1, \"a\"]\n}\n",
		"# comment\n[section]\nkey = value\n",
		"<xml attr=\"a\">\n</xml>\n", "#!/bin/sh\nset -eu\nexec \"$@\"\n", "=\n", "a\n#b\n", "  indented\nless\n", "no newline at\nthe end",
		"\n leading line",
	}
}

// value returns a text: an awkward one, or pieces put together at random.
func (g *generator) value() string {
	if g.chance(75) {
		return pick(g, awkward()...)
	}
	pieces := []string{" ", "  ", "\n", "\n\n", "\"", "'", ":", ": ", " #", "#", "-", "- ", "=", "$", "{", "}", "[", "]", "é", "🚀", "0",
		"1", "7", ".",
		"a", "B", "word", "\\", "\t", ",", "%", "\r\n", "&", "*", "!", "|", ">", "?", "~", "@", "`", "/", "\u2028"}
	var b strings.Builder
	for range 1 + g.IntN(8) {
		b.WriteString(pick(g, pieces...))
	}
	s := b.String()
	if strings.HasPrefix(strings.TrimLeft(s, "\r\n"), "\t") { // which unfold refuses over several lines
		s = "x" + s
	}
	return s
}

// scalar returns a text that may stand without quotes as something else.
func (g *generator) scalar() *yaml.Node { return g.text(g.value()) }

// word returns a text for places where nothing awkward is allowed.
func (g *generator) word() string {
	return pick(g, "a", "web", "backend-2", "v1.10", "true", "null", "1e3", "0x1F", "007", "2001-12-14", "Yes", "y", "A_b.c-D",
		strings.Repeat("l", 63))
}

// amount returns a quantity as a number or a text.
func (g *generator) amount() *yaml.Node {
	return g.amountOf("10m", "0.1", "0.10", "100m", "50m", "1e-3", "1E-2", "00.01", ".05", "1m", "+.1", "100000u")
}

func (g *generator) largeAmount() *yaml.Node {
	return g.amountOf("1Gi", "2Gi", "1e9", "1E10", "134217728000", "1T", "+2G", "1000000k")
}

func (g *generator) amountOf(amounts ...string) *yaml.Node {
	s := pick(g, amounts...)
	if g.chance(30) {
		return quoted(s)
	}
	return plain(s)
}

// integer writes a number in one of YAML's notations.
func (g *generator) integer(n int) *yaml.Node {
	if n < 0 {
		return plain(fmt.Sprint(n))
	}
	return plain(fmt.Sprintf(pick(g, "%d", "%d", "%d", "0x%X", "0o%o", "0b%b", "+%d"), n))
}

func (g *generator) boolean() *yaml.Node { return plain(pick(g, "true", "false", "True", "FALSE")) }

// repository returns images that kustomize's own images would mix up: their names
// are regular expressions there.
func (g *generator) repository() string {
	return pick(g, "reg.io/app", "regxio/app", "reg.io/app", "reg.io/app-b", "reg.io:5000/app", "reg.io/app/app", "app",
		"localhost:5000/app",
		"ghcr.io/team/app", "reg-io/app", "REG.io/app", "reg.io/a__b", "reg.io/app.x")
}

func (g *generator) tag() string {
	return pick(g, "v1", "1.10", "1.1", "latest", "0x1F", "1e3", "2001-12-14", "true", "null", "0777", "1_000", "y", "_a", "A.b-c",
		"v2.0.0-rc.1", "1", strings.Repeat("t", 128))
}

func (g *generator) digest() string {
	return pick(g, "sha256:", "sha256:", "sha256:") + strings.Repeat(pick(g, "0123456789abcdef", "00000000deadbeef", "1234567890123456"), 4)
}

// reference returns a whole image on one line.
func (g *generator) reference() string {
	ref := g.repository()
	switch g.IntN(5) {
	case 0, 1:
		return ref
	case 2:
		return ref + "@" + g.digest()
	case 3:
		return ref + ":" + g.tag() + "@" + g.digest()
	}
	return ref + ":" + g.tag()
}

func configKeys() []string {
	return []string{"LOG_LEVEL", "A", "B_C", "dotted.name", "with-dash", "_x", "lower", "DATABASE_URL", "E1", "E2", "Z", "API_TOKEN"}
}

func envNames() []string {
	return []string{"FIRST", "SECOND", "A", "B_C", "dotted.name", "with-dash", "_x", "LAST", "LOG_LEVEL", "DB_PASSWORD"}
}

func labelKeys() []string {
	return []string{"team", "example.com/tier", "a.b/c", "app.kubernetes.io/part-of", "app.kubernetes.io/version", "x_y"}
}

func annotationKeys() []string {
	return []string{"note", "example.com/owner", "argocd.argoproj.io/sync-wave", "prometheus.io/scrape", "a.b-c/d_e.f"}
}

// fileNames are names that are keys of a ConfigMap only after a change, or not
// letters only.
func fileNames() []string {
	return []string{"app.conf", "x y.txt", "süß.conf", "no-ext", ".hidden", "UPPER.TXT", "deep/er/f.json", "a=b.properties", "quote'd",
		`dou"ble`,
		"rocket🚀.txt", "comma,d", "#hash", "per%cent", "$dollar", `back\slash`, "{{brace}}", "*star*", "-dash", "a@b"}
}
