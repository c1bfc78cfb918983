package value

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v2"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// FuzzPrint holds the printer to the library: what it prints, the library
// prints too, to the byte.
func FuzzPrint(f *testing.F) {
	for _, s := range []string{
		"", "plain", "two words", "64Mi", "100m", "1.10", "1", "0", "00", "0x1F", "0o7", "1e3", "1_000", "12:30:45", "12:30",
		"2020-01-01", "2020-01-01T00:00:00Z", "true", "y", "null", "~", "a: b", "a #b", "a:", ":a", "-a", "- a", "?a", "? a",
		"[a", "a]", "{{ x }}", "*a", "&a", "!a", "%a", "@a", "`a", "'a'", "\"a\"", " a", "a ", "a\n", "a\nb", "\ta", "é", "日本", "🎉",
		".inf", ".", "..", "...", "---", "--- a", "-1", "+1", "=", "a=b", "a,b", "a@b:c", "1.", ".5", "0.5", "1.2.3", "1-2", "0b1",
		"<<", "25%", "$(A)", "a\\b", "1 2", "1a", "1T", "1Z", "0e1", "12e03", "1E5", "E5", "e", "\u0085", "\x7f", "/a/b", "/", "//",
		strings.Repeat("word ", 30) + "end", strings.Repeat("x", 200), "9999999999999999999999",
	} {
		f.Add(s, "key", uint64(1))
		f.Add("x", s, uint64(2))
	}
	f.Fuzz(func(t *testing.T, text, key string, seed uint64) {
		text, key = strings.ToValidUTF8(text, ""), strings.ToValidUTF8(key, "") // as all that is read
		r := rand.New(rand.NewPCG(seed, 0))
		texts := []string{text, key, "a", "b", "c-d", "64Mi", "8"}
		v := randomValue(r, texts, 0)
		fast, fastErr := Encode(v)
		slow, slowErr := encodeByLibrary(v)
		if (fastErr == nil) != (slowErr == nil) {
			t.Fatalf("printer: %v, library: %v", fastErr, slowErr)
		}
		if diff := cmp.Diff(string(slow), string(fast)); diff != "" {
			t.Errorf("the printer differs from the library (-library +printer):\n%s", diff)
		}
	})
}

// TestCompareKeys holds the order of keys to that of the library, which sorts
// the keys of a Go map.
func TestCompareKeys(t *testing.T) {
	keys := []string{
		"a", "A", "b", "a1", "a2", "a10", "a01", "a001", "a0", "a100", "a.b", "a-b", "a_b", "a/b", "ab", "a1b", "a10b", "a2b",
		"", "1", "2", "10", "01", "0", "é", "日", "a é", "a.1", "a.10", "a.2", "B1", "b1c", "x.y/z", "x-y/z", "x9", "x99999999999999999999",
	}
	for _, a := range keys {
		for _, b := range keys {
			if a == b {
				continue
			}
			want, err := yaml.Marshal(map[string]any{a: nil, b: nil})
			if err != nil {
				t.Fatal(err)
			}
			v := NewMap(diag.Pos{})
			v.Entries = []Entry{{Key: a}, {Key: b}}
			got, err := encodeByLibrary(v)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("order of %q and %q: got %q, want %q", a, b, got, want)
			}
		}
	}
}

// randomValue returns a map with some of the texts as keys and values.
func randomValue(r *rand.Rand, texts []string, depth int) *Value {
	text := func() string { return texts[r.IntN(len(texts))] }
	kind := r.IntN(8)
	if depth == 0 {
		kind = 0
	} else if depth > 4 {
		kind = 4 + r.IntN(4)
	}
	switch kind {
	case 0, 1:
		v := NewMap(diag.Pos{})
		for range r.IntN(5) {
			v.Set(text(), randomValue(r, texts, depth+1))
		}
		return v
	case 2, 3:
		v := NewList(diag.Pos{})
		for range r.IntN(4) {
			v.Items = append(v.Items, randomValue(r, texts, depth+1))
		}
		return v
	case 4:
		return NewInt(diag.Pos{}, int64(r.IntN(100000))-50000)
	case 5:
		return NewBool(diag.Pos{}, r.IntN(2) == 0)
	}
	return NewString(diag.Pos{}, text())
}
