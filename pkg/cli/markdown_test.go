package cli

import "testing"

// The rules are those of CommonMark 0.31 for code spans, and of GitHub for what it
// makes links of outside of code.
func TestInline(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"apps/shop: prod (the environment is new)", "apps/shop: prod (the environment is new)"},
		{"größe: dev", "größe: dev"},
		{"@team", "`@team`"},
		{"apps/@team/x: prod", "`apps/@team/x: prod`"},
		{"fixes #1", "`fixes #1`"},
		{"a*b*", "`a*b*`"},
		{"a_b_", "`a_b_`"},
		{"<img src=x>", "`<img src=x>`"},
		{"a&lt;b", "`a&lt;b`"},
		{"[x](http://x)", "`[x](http://x)`"},
		{"http://example.com", "`http://example.com`"},
		{"see www.example.com", "`see www.example.com`"},
		{"a|b", "`a|b`"},
		{"a~~b", "`a~~b`"},
		{"$x$", "`$x$`"},
		{`a\b`, "`a\\b`"},
		{"- a", "`- a`"},
		{"1. a", "`1. a`"},
		{"a`b", "``a`b``"},
		{"`a`", "`` `a` ``"},
		{"a``b`c", "```a``b`c```"},
		{" a ", "`  a  `"},
		{"", "`  `"},
		{"a\nb", "`a\\nb`"},
		{"a\u202eb\x1b", "`a\\u202eb\\x1b`"},
	} {
		if got := inline(tt.text); got != tt.want {
			t.Errorf("inline(%q) = %s, want %s", tt.text, got, tt.want)
		}
	}
}
