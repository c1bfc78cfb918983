package descriptor

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPatterns holds that JSON Schema takes every text which a rule takes.
func TestPatterns(t *testing.T) {
	samples := []string{"", ".", "..", "...", ".a", "a", "A", "a-b", "a.b/c_D", "sha256:" + strings.Repeat("0", 64), "ghcr.io:443/a/b:v1@sha256:" + strings.Repeat("a", 64),
		"a:v1", "localhost/a", "1.5Gi", ".5", "1e3", "+1E-3", "0755", "0o644", "a/b", "/etc/x y", "https://x", "../a", "a/../b", strings.Repeat("a", 63), strings.Repeat("a", 64),
		strings.Repeat("a.", 100) + "a", "allowNameChange", "http2", "8-a", "*.example.com", "10.0.0.0/8", "2001:db8::/32"}
	r := rand.New(rand.NewPCG(1, 2))
	const runes = "aaabzAZ0019-._/:@%+ =~\\ä"
	for range 20000 {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteByte(runes[r.IntN(len(runes)-2)])
		}
		samples = append(samples, b.String())
	}
	for name, c := range checks() {
		taken := 0
		for _, s := range samples {
			if c.problem(s) != "" {
				continue
			}
			taken++
			if keyword := refuses(c.jsonSchema(), s); keyword != "" {
				t.Errorf("%s can be %q, but JSON Schema's %s does not take it", name, s, keyword)
			}
		}
		if taken == 0 {
			t.Errorf("%s can be none of the samples", name)
		}
	}
}

// checks returns the rules of the table of which JSON Schema can say something, and those of the kinds of texts, each once,
// by what they are about.
func checks() map[string]*check {
	out := map[string]*check{"a quantity": quantity, "a percentage": percent}
	seen, types := map[*check]bool{}, map[*schema]bool{}
	add := func(what string, c *check) {
		if c.jsonSchema() != nil && !seen[c] {
			seen[c] = true
			out[fmt.Sprintf("%s (%d)", what, len(out))] = c
		}
	}
	var walk func(s *schema)
	walk = func(s *schema) {
		if s == nil || types[s] {
			return
		}
		types[s] = true
		add(s.what, s.check)
		add(s.keys.what, s.keys.check)
		walk(s.elem)
		walk(s.line)
		for _, f := range s.fields {
			walk(f.typ)
		}
		if s.more != nil {
			walk(s.more.typ)
		}
	}
	walk(documentType())
	return out
}

// refuses returns the keyword that a text breaks, "" for none.
func refuses(rule jsonObject, s string) string {
	for _, m := range rule {
		var broken bool
		switch m.key {
		case "pattern":
			broken = !regexp.MustCompile(m.value.(string)).MatchString(s)
		case "maxLength":
			broken = utf8.RuneCountInString(s) > m.value.(int)
		case "enum":
			broken = !containsText(m.value.([]any), s)
		case "not":
			broken = refuses(m.value.(jsonObject), s) == ""
		}
		if broken {
			return m.key
		}
	}
	return ""
}

func containsText(list []any, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// TestOneLineForms holds that each one-line form has a schema, which takes what
// is turned into the full form.
func TestOneLineForms(t *testing.T) {
	seen := map[*schema]bool{}
	var walk func(path string, s *schema)
	walk = func(path string, s *schema) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		if s.short != nil && s.line == nil {
			t.Errorf("%s has a one-line form of which line says nothing", path)
		}
		walk(path+"[]", s.elem)
		walk(path+"(one line)", s.line)
		for _, f := range s.fields {
			walk(path+"."+f.name, f.typ)
		}
	}
	walk("", documentType())
	if len(seen) < 20 {
		t.Errorf("%d types", len(seen))
	}
}
