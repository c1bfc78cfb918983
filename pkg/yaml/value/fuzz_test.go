package value_test

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// FuzzRead reads anything: every value and mistake lies in the file, and what is
// read comes through each way of writing it unchanged.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"", "a: b", "a: [1, 2.5, true, null, ~, \"x\"]", "- a\n- b: c\n", "a: &x {b: c}\nd: *x\ne: {<<: *x, f: g}\n",
		"a: |\n  text\n  more\n", "a: >-\n  folded\n  text\n", "\"a\": 'b'", "a: 0x1F\nb: 0o7\nc: 1_000\nd: 1e3\ne: .5\nf: +1\n",
		"y: n\non: off\n", "a: !!str 1\nb: !x y\n", "--- a\n--- b\n", "\ufeffa: b\r\nc: d\r\n", "a: \"\\u0007\\n\\t\"", "? a\n: b\n",
		"{a: b, c}",
		"a: 12:30:45\nb: 2020-01-01\nc: =\n", "a:\n\t- b", "%YAML 1.1\n---\na: b\n", "a: *b\n", "\x00", "\xff", "a: é\u2028b",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		docs, diags := value.ReadAll("f", src)
		lines := regexp.MustCompile("\r\n|[\n\r\u0085\u2028\u2029]").Split(string(src), -1) // as YAML 1.1 breaks them
		inside := func(line, col int) bool {
			return line >= 1 && line <= len(lines) && col >= 1 && col <= len(lines[line-1])+2
		}
		for _, d := range diags {
			if d.Pos.File != "f" || !inside(d.Pos.Line, d.Pos.Col) {
				t.Errorf("%q is not in the file", d)
			}
		}
		if diags.HasErrors() {
			return
		}
		for _, doc := range docs {
			doc.Walk(func(v *value.Value) {
				if !inside(v.Pos.Line, v.Pos.Col) {
					t.Errorf("%s is not in the file", v.Pos)
				}
			})
			roundTrip(t, doc)
		}
	})
}

// roundTrip writes a value and reads it again.
func roundTrip(t *testing.T, v *value.Value) {
	t.Helper()
	source, err := value.EncodeSource(v)
	if err != nil {
		t.Fatal(err)
	}
	again, diags := value.Read("again", source)
	if diags.HasErrors() || !value.Equal(v, again) {
		t.Fatalf("what was written is read as something else: %v\n%s", diags, source)
	}
	encoded, err := value.Encode(v)
	if err != nil {
		return // a number that JSON does not have
	}
	again, diags = value.Read("again", encoded)
	if diags.HasErrors() {
		t.Fatalf("what was encoded can't be read: %v\n%s", diags, encoded)
	}
	twice, err := value.Encode(again)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(encoded), string(twice)); diff != "" {
		t.Errorf("encoding again gives something else (-once +twice):\n%s", diff)
	}
}
