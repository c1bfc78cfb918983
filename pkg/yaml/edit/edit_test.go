package edit_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/edit"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func TestApply(t *testing.T) {
	str := func(s string) *value.Value { return value.NewString(diag.Pos{}, s) }
	for _, x := range []struct {
		name, src string
		change    edit.Change
		want      string
	}{
		{"a number as text keeps its source", "tag: v1\n", edit.SetText("1.10", "tag"), "tag: 1.10\n"},
		{"in the quotes that were there", "tag: 'v1'\n", edit.SetText("1.10", "tag"), "tag: '1.10'\n"},
		{"text that must stay text", "a: x\n", edit.Set(str("1.10"), "a"), "a: \"1.10\"\n"},
		{"null as text", "a: x\n", edit.SetText("null", "a"), "a: \"null\"\n"},
		{"nothing as text", "a: x\n", edit.SetText("", "a"), "a: \"\"\n"},
		{"a colon", "a: x\n", edit.SetText("b: c", "a"), "a: \"b: c\"\n"},
		{"a hash", "a: 'x'\nb: y\n", edit.SetText("c #d", "b"), "a: 'x'\nb: 'c #d'\n"},
		{"a comma in braces", "{a: x}\n", edit.SetText("b,c", "a"), "{a: \"b,c\"}\n"},
		{"a comma", "a: x\n", edit.SetText("b,c", "a"), "a: b,c\n"},
		{"a single quote", "a: 'x'\n", edit.SetText("it's", "a"), "a: 'it''s'\n"},
		{"a control character", "a: 'x'\n", edit.SetText("b\tc\u0085", "a"), ""},
		{"lines", "a: x\n", edit.Set(str("b\nc\n"), "n", "m"), "a: x\nn:\n  m: |\n    b\n    c\n"},
		{"lines in place of lines", "a: |\n  b\n  c\nd: e\n", edit.Set(str("f\n\ng"), "a"), "a: |-\n  f\n\n  g\nd: e\n"},
		{"lines in place of a word", "a: b # c\n", edit.Set(str("f\ng\n"), "a"), "a: \"f\\ng\\n\" # c\n"},
		{"a map in place of a word", "a: b # c\nd: e\n", edit.Set(value.NewMap(diag.Pos{}).Set("x", str("y")), "a"),
			"a:\n  x: y # c\nd: e\n"},
		{"a word in place of a map", "a: # c\n  b: d\ne: f\n", edit.SetText("x", "a"), "a: x # c\ne: f\n"},
		{"a map in place of a map", "a: # c\n  b: d\ne: f\n", edit.Set(value.NewMap(diag.Pos{}).Set("x", str("y")), "a"),
			"a: # c\n  x: y\ne: f\n"},
		{"a list", "a: b\n", edit.Set(value.NewList(diag.Pos{}, str("x"), str("y z")), "l"), "a: b\nl: [x, y z]\n"},
		{"a list in place of a list", "l:\n- a\n- b\nm: n\n", edit.Set(value.NewList(diag.Pos{}, str("x")), "l"), "l: [x]\nm: n\n"},
		{"a list of maps", "a: b\n", edit.Set(value.NewList(diag.Pos{}, value.NewMap(diag.Pos{}).Set("x", value.NewInt(diag.Pos{}, 1))),
			"l"),
			"a: b\nl:\n  - {x: 1}\n"},
		{"empty map", "a: b\n", edit.Set(value.NewMap(diag.Pos{}), "m"), "a: b\nm: {}\n"},
		{"a key that needs quotes", "a: {b: c}\n", edit.SetText("x", "a", "y: z"), "a: {b: c, \"y: z\": x}\n"},
		{"remove the maps that are left empty", "a: b\nc:\n  d:\n    e: f\n", edit.Remove(0, "c", "d", "e"), "a: b\n"},
		{"but for those to keep", "a: b\nc:\n  d:\n    e: f\n", edit.Remove(1, "c", "d", "e"), "a: b\nc: {}\n"},
		{"remove with its comment", "a: b\n\n# of c\n# too\nc: d # and here\n\ne: f\n", edit.Remove(0, "c"), "a: b\n\ne: f\n"},
		{"remove the last with its comment", "a: b\n\n# of c\nc: d\n", edit.Remove(0, "c"), "a: b\n"},
		{"remove the first under a licence", "# licence\na: b\nc: d\n", edit.Remove(0, "a"), "# licence\nc: d\n"},
		{"text is no map", "a: b\n", edit.SetText("x", "a", "b"), ""},
		{"a list is no map", "a: [b]\n", edit.SetText("x", "a", "b"), ""},
	} {
		got, err := edit.Apply("app.yaml", []byte(x.src), x.change)
		if (err != nil) != (x.want == "") || string(got) != x.want {
			t.Errorf("%s: %v\n got %q\nwant %q", x.name, err, got, x.want)
		}
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "app.yaml")
	if _, err := edit.File(dir, nil); err == nil || !strings.Contains(err.Error(), "does not exist\n  hint:") {
		t.Error(err)
	}
	if err := os.WriteFile(file, []byte("a: b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	set := func(old []byte) ([]byte, error) { return edit.Apply("app.yaml", old, edit.SetText("c", "a")) }
	for i, want := range []bool{true, false} {
		if changed, err := edit.File(dir, set); changed != want || err != nil {
			t.Errorf("%d: %v, %v", i, changed, err)
		}
	}
	if _, err := edit.File(dir, func(old []byte) ([]byte, error) {
		return []byte("x"), os.WriteFile(file, []byte("y"), 0o600)
	}); err == nil || !strings.Contains(err.Error(), "hint: run it again") {
		t.Error(err)
	}
}

// TestRandom edits random documents in random styles at random places.
func TestRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	done := 0
	for range 4000 {
		src := document(random)
		top, diags := value.Read("f", src)
		if diags.HasErrors() || !top.Is(value.Map) {
			continue // a tab too many
		}
		path := somewhere(random, top)
		change := edit.SetText([]string{"v9", "1.10", "x: y", "", "#", "true", "a, b", "'", `"\`, "- a", "é"}[random.IntN(11)], path...)
		switch random.IntN(4) {
		case 0:
			change = edit.Remove(random.IntN(3), path...)
		case 1:
			change.Path = append(change.Path[:len(path)-1:len(path)-1], "fresh", "er")
		}
		if held(t, src, change) {
			done++
		}
	}
	if done < 2500 {
		t.Errorf("only %d of 4000 edits were made", done)
	}
}

// document writes a random map with everything that a person may write between.
func document(random *rand.Rand) []byte {
	var b strings.Builder
	eol := []string{"\n", "\n", "\r\n"}[random.IntN(3)]
	b.WriteString([]string{"", "", "\ufeff", "---" + eol, "# comment" + eol + eol}[random.IntN(5)])
	block(random, &b, eol, "", 0)
	text := b.String()
	if random.IntN(5) == 0 {
		text = strings.TrimRight(text, eol)
	}
	return []byte(text)
}

func block(random *rand.Rand, b *strings.Builder, eol, indent string, depth int) {
	step := strings.Repeat(" ", 1+random.IntN(4))
	for i := range 1 + random.IntN(4) {
		for random.IntN(4) == 0 {
			b.WriteString([]string{"", indent + "# c", "  # - x: {", "\t"}[random.IntN(4)] + eol)
		}
		b.WriteString(indent + []string{"", "", "'", `"`}[random.IntN(4)])
		quote := ""
		if s := b.String(); strings.HasSuffix(s, "'") || strings.HasSuffix(s, `"`) {
			quote = s[len(s)-1:]
		}
		b.WriteString("k" + string(rune('a'+i)) + quote + []string{"", "", " "}[random.IntN(3)] + ":")
		comment := []string{"", "", " # c", "\t# : c"}[random.IntN(4)]
		kind := random.IntN(8)
		switch {
		case kind < 2 && depth < 3:
			b.WriteString(comment + eol)
			block(random, b, eol, indent+step, depth+1)
			continue
		case kind == 2:
			b.WriteString(" " + flow(random, depth))
		case kind == 3:
			head := []string{"|", ">", "|-", ">-", "|+"}[random.IntN(5)]
			b.WriteString(" " + head + eol + indent + " text #no comment" + eol + eol + indent + " more: {" + eol)
			if random.IntN(2) == 0 {
				b.WriteString(eol)
			}
			continue
		case kind == 4:
			b.WriteString(eol + indent + "- a" + eol + indent + "- {b: c}" + eol + indent + "-" + eol)
			continue
		case kind == 5 && random.IntN(2) == 0:
			b.WriteString(" of" + eol + indent + "  several" + eol + eol + indent + " lines")
		default:
			b.WriteString(" " + word(random))
		}
		b.WriteString(comment + eol)
	}
}

func word(random *rand.Rand) string {
	return []string{"a", "1.10", "'it''s'", `"a \" #b"`, "a:b", "a#b", "~", "", "0x1F", "{}", "[]", "a b", "!!str 1", "'",
		"é"}[random.IntN(13)]
}

func flow(random *rand.Rand, depth int) string {
	var parts []string
	for i := range random.IntN(4) {
		v := word(random)
		if random.IntN(3) == 0 && depth < 3 {
			v = flow(random, depth+1)
		}
		parts = append(parts, "k"+string(rune('a'+i))+": "+v)
	}
	inner := strings.Join(parts, []string{",", ", ", " , "}[random.IntN(3)])
	return []string{"{" + inner + "}", "{ " + inner + " }"}[random.IntN(2)]
}

// somewhere returns the path of a value in v, or of a new one beside it.
func somewhere(random *rand.Rand, v *value.Value) []string {
	var path []string
	for {
		if len(v.Entries) == 0 || random.IntN(6) == 0 {
			return append(path, "fresh")
		}
		e := v.Entries[random.IntN(len(v.Entries))]
		path = append(path, e.Key)
		if !e.Value.Is(value.Map) || random.IntN(5) == 0 {
			return path
		}
		v = e.Value
	}
}

// held makes a change and proves that nothing else did: what was made holds the
// value wanted, and its first and last lines are those of before. It reports
// whether the change could be made.
func held(t *testing.T, src []byte, c edit.Change) bool {
	t.Helper()
	old, _ := value.Read("f", src)
	kept := bytes.Clone(src)
	out, err := edit.Apply("f", src, c)
	if !bytes.Equal(kept, src) {
		t.Fatal("the source was changed in place")
	}
	if err != nil {
		if _, ok := err.(diag.List); !ok {
			t.Fatalf("%T %v", err, err)
		}
		return false
	}
	got, diags := value.Read("f", out)
	if diags.HasErrors() {
		t.Fatalf("%v of\n%s\nmakes\n%s\n%v", c, src, out, diags)
	}
	there := got.Get(c.Path...)
	if c.Value == nil && there != nil || c.Value != nil && there.StringAt() != c.Value.Text {
		t.Fatalf("%v of\n%s\nmakes\n%s", c, src, out)
	}
	if !value.Equal(without(old, c.Path), without(got, c.Path)) {
		t.Fatalf("%v of\n%q\nchanges more:\n%q", c, src, out)
	}
	if again, err := edit.Apply("f", out, c); err != nil || !bytes.Equal(again, out) {
		t.Fatalf("a second time: %v", err)
	}
	// The comments that are left are those of before, in their order.
	was := old.Get(c.Path...)
	if lost := comments(src) - comments(out); c.Value != nil && !was.Is(value.Map) && !strings.Contains(was.StringAt(), "# ") && lost > 0 {
		t.Fatalf("%v of\n%q\nloses %d comments:\n%q", c, src, lost, out)
	}
	return true
}

func comments(src []byte) int { return bytes.Count(src, []byte("# ")) }

// without returns v without what the path leads to, and without the maps that are
// empty then.
func without(v *value.Value, path []string) *value.Value {
	if !v.Is(value.Map) || !v.Has(path[0]) {
		return v
	}
	out := v.Copy()
	if len(path) > 1 {
		if child := without(out.Get(path[0]), path[1:]); !child.Is(value.Null) && !child.Empty() {
			return out.Set(path[0], child)
		}
	}
	out.Delete(path[0])
	return out
}

// FuzzApply edits arbitrary files: an edit is proven, or an error.
func FuzzApply(f *testing.F) {
	for _, x := range awkward(f) {
		f.Add(x.src, "environments/prod/tag", "v9")
		f.Add(x.src, "environments/prod/config/NEW", "a: b")
		f.Add(x.src, "environments/dev", "-")
	}
	f.Fuzz(func(t *testing.T, src []byte, path, text string) {
		if top, diags := value.Read("f", src); diags.HasErrors() || !top.Is(value.Map) {
			return
		}
		c := edit.SetText(text, strings.Split(path, "/")...)
		if text == "-" {
			c = edit.Remove(1, c.Path...)
		}
		prove(t, src, c)
	})
}

// prove is held for arbitrary files, where the order of bytes is all that can
// be said of comments: apart from one run of lines for each place that a change
// has to touch, all lines are those of before.
func prove(t *testing.T, src []byte, c edit.Change) {
	t.Helper()
	old, _ := value.Read("f", src)
	out, err := edit.Apply("f", src, c)
	if err != nil {
		return
	}
	got, diags := value.Read("f", out)
	if diags.HasErrors() {
		t.Fatalf("%v of %q makes %q: %v", c, src, out, diags)
	}
	if there := got.Get(c.Path...); c.Value == nil && there != nil || c.Value != nil && (!there.IsScalar() || there.Text != c.Value.Text) {
		t.Fatalf("%v of %q makes %q", c, src, out)
	}
	if !value.Equal(without(old, c.Path), without(got, c.Path)) {
		t.Fatalf("%v of %q changes more: %q", c, src, out)
	}
	if c.Value == nil {
		return
	}
	// A text that is set touches one line, or adds some; a text of several lines
	// or a map that it replaces goes.
	if was := old.Get(c.Path...); was.IsScalar() && !bytes.ContainsAny(src, "|>&!?") && !strings.Contains(was.Text, " ") &&
		!strings.ContainsAny(string(src), "\"'") {
		a, b := bytes.SplitAfter(src, []byte("\n")), bytes.SplitAfter(out, []byte("\n"))
		if len(a) != len(b) {
			t.Fatalf("%v of %q makes %q", c, src, out)
		}
		touched := 0
		for i := range a {
			if !bytes.Equal(a[i], b[i]) {
				touched++
			}
		}
		if touched > 1 {
			t.Fatalf("%v of %q touches %d lines: %q", c, src, touched, out)
		}
	}
}
