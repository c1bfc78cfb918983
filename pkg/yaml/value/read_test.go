package value_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// outline returns a value as one line: KIND TEXT for scalars.
func outline(v *value.Value) string {
	switch {
	case v.Is(value.Map):
		var parts []string
		for _, e := range v.Entries {
			parts = append(parts, e.Key+"="+outline(e.Value))
		}
		return "{" + strings.Join(parts, " ") + "}"
	case v.Is(value.List):
		var parts []string
		for _, item := range v.Items {
			parts = append(parts, outline(item))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case v.Is(value.Null):
		return "null"
	case v == nil:
		return "nothing"
	}
	plain := ""
	if v.Plain {
		plain = "plain "
	}
	return fmt.Sprintf("(%s%s %q)", plain, v.Kind, v.Text)
}

func TestReadKinds(t *testing.T) {
	for src, want := range map[string]string{
		"":                                "nothing",
		"# comment":                       "nothing",
		"null":                            "nothing",
		"a: 1.10":                         `{a=(plain number "1.10")}`,
		"a: 0x1F":                         `{a=(plain number "0x1F")}`,
		"a: 1_000":                        `{a=(plain number "1_000")}`,
		"a: yes":                          `{a=(plain text "yes")}`,
		"a: True":                         `{a=(plain boolean "True")}`,
		"a: 'true'":                       `{a=(text "true")}`,
		"a: \"1\\u0041\"":                 `{a=(text "1A")}`,
		"a: !!str 1":                      `{a=(text "1")}`,
		"a: !!int 1":                      `{a=(number "1")}`,
		"a: |\n  x\n  y\n":                `{a=(text "x\ny\n")}`,
		"a: >-\n  x\n  y\n":               `{a=(text "x y")}`,
		"a:":                              "{a=null}",
		"a: ~":                            "{a=null}",
		"a: 2020-01-01":                   `{a=(plain text "2020-01-01")}`,
		"a: [b, {c: d}]":                  `{a=[(plain text "b") {c=(plain text "d")}]}`,
		"1: a\ntrue: b":                   `{1=(plain text "a") true=(plain text "b")}`,
		"a: &x b\nc: *x":                  `{a=(plain text "b") c=(plain text "b")}`,
		"&k a: b\nc: {*k : d}":            `{a=(plain text "b") c={a=(plain text "d")}}`,
		"\ufeffa: b\r\nc: d\r\n":          `{a=(plain text "b") c=(plain text "d")}`,
		"a: &x {k: 1}\nb: {<<: *x, l: 2}": `{a={k=(plain number "1")} b={l=(plain number "2") k=(plain number "1")}}`,
		"a: &x {k: 1}\nb: {<<: [*x, {k: 2, m: 3}], k: 4}": `{a={k=(plain number "1")} b={k=(plain number "4") m=(plain number ` +
			`"3")}}`,
		"a: &x {k: {l: 1}}\nb: {<<: *x, k: {m: 2}}":               `{a={k={l=(plain number "1")}} b={k={m=(plain number "2")}}}`,
		"a: " + strings.Repeat("[", 63) + strings.Repeat("]", 63): "{a=" + strings.Repeat("[", 63) + strings.Repeat("]", 63) + "}",
	} {
		v, diags := value.Read("f", []byte(src))
		if len(diags) > 0 {
			t.Errorf("%q: %v", src, diags)
		}
		if got := outline(v); got != want {
			t.Errorf("%q: got %s, want %s", src, got, want)
		}
	}
}

func TestReadMistakes(t *testing.T) {
	for src, want := range map[string]string{
		"a: b\nc: d\na: e": `f:3:1: the key "a" is already set in line 1` + "\n  hint: remove one of the two",
		"a: &x [*x]":       `f:1:8: the alias "*x" holds itself`,
		"a: *x": "f:1:4: the alias has no anchor\n" +
			"  hint: put a text that starts with * in quotes, or define the anchor before",
		"ö: *x": "f:1:4: the alias has no anchor\n" +
			"  hint: put a text that starts with * in quotes, or define the anchor before",
		"[a]: b":               "f:1:1: a key must be text, not a list or a map\n  hint: put text that begins with { or [ in quotes",
		"a: !x b":              "f:1:4: tags are not supported\n  hint: remove the tag, or put a text that starts with ! in quotes",
		"a: !!int b":           `f:1:4: the tag "!!int" does not fit the text` + "\n  hint: remove the tag",
		"a: {<<: b}":           `f:1:9: "<<" takes a map or a list of maps`,
		"a: {<<: [{b: c}, d]}": `f:1:9: "<<" takes a map or a list of maps`,
		"a: \"\\e\"": "f:1:4: the text holds the character U+001B, which YAML can't print\n" +
			"  hint: change the text, or keep it in a Secret",
		"a: \"\\tb\\nc\"": "f:1:4: the text has several lines and starts with a tab, which kustomize can't print\n" +
			"  hint: change the text, or keep it in a Secret",
		"é: \x00": "f:1:4: the file holds the control character U+0000\n" +
			"  hint: remove it, or write it as an escape in double quotes, such as \"\\u0007\"",
		"a: b\nc: é\xff": "f:2:5: the file is not UTF-8: it holds the byte 0xff\n  hint: save the file as UTF-8",
		"# c\n\na:\n  b: c\n d:": "f:5:2: not valid YAML: did not find expected key\n" +
			"  hint: check the indentation of this line and the one above, and that brackets and quotes are closed",
		"a: b: c": "f:1:1: not valid YAML: mapping values are not allowed in this context\n" +
			"  hint: put text that holds \": \" in quotes, and check the indentation",
		"a: @b": "f:1:1: not valid YAML: found character that cannot start any token\n  hint: put the text in quotes",
		"a:\n  - b\n\t- c": "f:3:1: not valid YAML: found a tab character that violates indentation\n" +
			"  hint: YAML is indented with spaces: replace the tab",
		"a: b\n>>>>>>> x\nc: d": "f:2:1: not valid YAML: did not find expected comment or line break\n" +
			"  hint: resolve the merge conflict that git left here",
		"a\nb: c": "f:2:1: not valid YAML: mapping values are not allowed in this context\n" +
			"  hint: put text that holds \": \" in quotes, and check the indentation",
		"a: 'b": "f:1:1: not valid YAML: found unexpected end of stream\n" +
			"  hint: check the indentation of this line and the one above, and that brackets and quotes are closed",
		"a: [b\nc: d": "f:2:1: not valid YAML: did not find expected ',' or ']'\n" +
			"  hint: check the indentation of this line and the one above, and that brackets and quotes are closed",
		"a: b\n---\nc: d": "f:3:1: the file holds 2 documents, but one descriptor is one document\n" +
			"  hint: remove the \"---\" and what follows it; use one folder for each app",
	} {
		v, diags := value.Read("f", []byte(src))
		if v != nil {
			t.Errorf("%q: got a value", src)
		}
		if diff := cmp.Diff(want, diags.Error()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", src, diff)
		}
	}
}

func TestReadAll(t *testing.T) {
	docs, diags := value.ReadAll("f", []byte("---\n---\na: b\n---\n# nothing\n---\n- c\n"))
	if len(diags) > 0 || len(docs) != 2 {
		t.Fatalf("%d documents, want 2; %v", len(docs), diags)
	}
	if got := docs[1].Pos.String(); got != "f:7:1" {
		t.Errorf("the second document is at %s, want f:7:1", got)
	}
}

// TestWorkIsBounded reads documents that grow, and counts what is allocated for
// them: never more than for a plain one at the limit.
func TestWorkIsBounded(t *testing.T) {
	laughs := "a0: &a0 [ha]\n"
	for i := 1; i < 40; i++ {
		laughs += fmt.Sprintf("a%d: &a%d [*a%d, *a%d]\n", i, i, i-1, i-1)
	}
	keys := ""
	for i := range 1000 {
		keys += fmt.Sprintf("  k%d: v\n", i)
	}
	wide := "a: &a\n" + keys + "b: {<<: [" + strings.TrimSuffix(strings.Repeat("*a, ", 5000), ", ") + "]}\n"
	many := "a: &a\n" + keys
	for i := range 5000 {
		many += fmt.Sprintf("b%d: {<<: *a}\n", i)
	}
	chain := "a0: &a0\n" + keys
	for i := 1; i < 5000; i++ {
		chain += fmt.Sprintf("a%d: &a%d {<<: *a%d, x%d: v}\n", i, i, i-1, i)
	}
	double := "a0: &a0 {k: v}\n"
	for i := 1; i < 60; i++ {
		double += fmt.Sprintf("a%d: &a%d {<<: [*a%d, *a%d]}\n", i, i, i-1, i-1)
	}
	for name, src := range map[string]string{"billion laughs": laughs, "one wide merge": wide, "many merges": many,
		"chain of merges": chain, "doubled merges": double} {
		t.Run(name, func(t *testing.T) {
			var message string
			allocations := testing.AllocsPerRun(1, func() {
				v, diags := value.Read("f", []byte(src))
				if v != nil {
					t.Error("it was read")
				}
				message = diags.Error()
			})
			if !strings.Contains(message, "more than 100000 values once its aliases are resolved") &&
				!strings.Contains(message, "more than 64 maps and lists") {
				t.Errorf("got %.200q", message)
			}
			if most := 10.0 * value.MaxNodes; allocations > most {
				t.Errorf("%.0f allocations, want at most %.0f", allocations, most)
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	for src, want := range map[string]string{
		"a: ": "nothing", "a: [b]": "a list", "a: {b: c}": "a map", "a: 5": `the number "5"`, "a: true": `the boolean "true"`,
		"a: " + strings.Repeat("ü", 50): `the text "` + strings.Repeat("ü", 40) + `…"`,
	} {
		v, _ := value.Read("f", []byte(src))
		if got := v.Get("a").Describe(); got != want {
			t.Errorf("%q: got %s, want %s", src, got, want)
		}
	}
}
