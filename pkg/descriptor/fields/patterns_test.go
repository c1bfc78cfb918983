package fields

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/unfold-gitops/unfold/pkg/schema"
)

// TestPatterns holds that JSON Schema takes every text which a rule takes.
func TestPatterns(t *testing.T) {
	samples := []string{"", ".", "..", "...", ".a", "a", "A", "a-b", "a.b/c_D", "sha256:" + strings.Repeat("0", 64),
		"ghcr.io:443/a/b:v1@sha256:" + strings.Repeat("a", 64),
		"a:v1", "localhost/a", "1.5Gi", ".5", "1e3", "+1E-3", "0755", "0o644", "a/b", "/etc/x y", "https://x", "../a", "a/../b",
		strings.Repeat("a", 63), strings.Repeat("a", 64),
		strings.Repeat("a.", 100) + "a", "allowNameChange", "http2", "8-a", "*.example.com", "10.0.0.0/8", "2001:db8::/32",
		"Service", "Service/headless", "PersistentVolumeClaim/my-data", "{app}-{key}"}
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
			if c.Problem(s) != "" {
				continue
			}
			taken++
			if keyword := refuses(c.JSONSchema(), s); keyword != "" {
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
func checks() map[string]*schema.Check {
	out := map[string]*schema.Check{"a quantity": &schema.Quantity, "a percentage": &schema.Percent}
	seen, types := map[*schema.Check]bool{}, map[*schema.Type]bool{}
	add := func(what string, c *schema.Check) {
		if c.JSONSchema() != nil && !seen[c] {
			seen[c] = true
			out[fmt.Sprintf("%s (%d)", what, len(out))] = c
		}
	}
	var walk func(s *schema.Type)
	walk = func(s *schema.Type) {
		if s == nil || types[s] {
			return
		}
		types[s] = true
		add(s.What, s.Check)
		add(s.Keys.What, s.Keys.Check)
		walk(s.Elem)
		walk(s.Shorthand)
		for _, f := range s.Fields {
			walk(f.Type)
		}
		if s.More != nil {
			walk(s.More.Type)
		}
	}
	walk(Document())
	return out
}

// refuses returns the keyword that a text breaks, "" for none.
func refuses(rule schema.JSON, s string) string {
	for _, m := range rule {
		var broken bool
		switch m.Key {
		case "pattern":
			broken = !regexp.MustCompile(m.Value.(string)).MatchString(s)
		case "maxLength":
			broken = utf8.RuneCountInString(s) > m.Value.(int)
		case "enum":
			broken = !containsText(m.Value.([]any), s)
		case "not":
			broken = refuses(m.Value.(schema.JSON), s) == ""
		}
		if broken {
			return m.Key
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

// TestShorthands holds that each shorthand has a type, which takes what
// is turned into the full form.
func TestShorthands(t *testing.T) {
	seen := map[*schema.Type]bool{}
	var walk func(path string, s *schema.Type)
	walk = func(path string, s *schema.Type) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		if s.Expand != nil && s.Shorthand == nil {
			t.Errorf("%s has a shorthand without a type", path)
		}
		walk(path+"[]", s.Elem)
		walk(path+"(one line)", s.Shorthand)
		for _, f := range s.Fields {
			walk(path+"."+f.Name, f.Type)
		}
	}
	walk("", Document())
	if len(seen) < 20 {
		t.Errorf("%d types", len(seen))
	}
}
