package diag_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

func TestPosString(t *testing.T) {
	for _, tt := range []struct {
		pos  diag.Pos
		want string
	}{
		{diag.Pos{}, ""},
		{diag.Pos{File: "app.yaml", Line: 12, Col: 5}, "app.yaml:12:5"},
		{diag.Pos{File: "parameter tag"}, "parameter tag"},
	} {
		if got := tt.pos.String(); got != tt.want {
			t.Errorf("%+v: got %q, want %q", tt.pos, got, tt.want)
		}
	}
}

func TestDiagnosticString(t *testing.T) {
	at := diag.Pos{File: "app.yaml", Line: 1, Col: 2}
	for _, tt := range []struct {
		name string
		in   diag.Diagnostic
		want string
	}{
		{"error", diag.Diagnostic{Pos: at, Message: "wrong"}, "app.yaml:1:2: wrong"},
		{"with a hint", diag.Diagnostic{Pos: at, Message: "wrong", Hint: "mend it"}, "app.yaml:1:2: wrong\n  hint: mend it"},
		{"warning", diag.Diagnostic{Pos: at, Severity: diag.Warning, Message: "odd"}, "app.yaml:1:2: warning: odd"},
		{"of a rule", diag.Diagnostic{Pos: at, Severity: diag.Warning, Code: "odd-number", Rule: true, Message: "odd", Hint: "mend it"},
			"app.yaml:1:2: warning: odd [odd-number]\n  hint: mend it"},
		{"without a place", diag.Diagnostic{Message: "wrong"}, "wrong"},
	} {
		if got := tt.in.String(); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestSorted(t *testing.T) {
	at := func(file string, line, col int) diag.Pos { return diag.Pos{File: file, Line: line, Col: col} }
	var l diag.List
	l.Errorf(at("b", 1, 1), "r", "in b")
	l.Errorf(at("a", 10, 1), "r", "line %d", 10)
	l.Warnh(at("a", 2, 3), "r", "", "warning")
	l.Errorh(at("a", 2, 3), "r", "hint", "error")
	l.Errorf(at("a", 2, 3), "r", "another")
	l.Errorf(at("a", 2, 1), "r", "left of it")
	l.Errorh(at("a", 2, 3), "r", "another hint", "error")
	want := []string{"a:2:1: left of it", "a:2:3: another", "a:2:3: error\n  hint: hint", "a:2:3: warning: warning", "a:10:1: line 10",
		"b:1:1: in b"}
	var got []string
	for _, d := range l.Sorted() {
		got = append(got, d.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("not by place, each once (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), l.Error()); diff != "" {
		t.Errorf("Error (-want +got):\n%s", diff)
	}
	if got := l.Warnings(); len(got) != 1 || got[0].Severity.String() != "warning" {
		t.Errorf("warnings: got %v", got)
	}
}

func TestWithout(t *testing.T) {
	at := func(line int) diag.Pos { return diag.Pos{File: "a", Line: line, Col: 1} }
	var before, after diag.List
	before.Errorh(at(1), "r", "did you mean x?", "moved")
	before.Warnh(at(2), "r", "", "worse")
	before.Errorf(at(3), "other", "of another rule")
	after.Errorh(at(5), "r", "did you mean y?", "moved")
	after.Errorf(at(2), "r", "worse")
	after.Errorf(at(3), "r", "of another rule")
	after.Warnh(at(9), "r", "", "odd")
	if diff := cmp.Diff(diag.List{after[1], after[2]}, after.Errors().Without(before)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestErr(t *testing.T) {
	var l diag.List
	if err := l.Err(); err != nil {
		t.Errorf("no diagnostics: got %v", err)
	}
	l.Warnh(diag.Pos{}, "r", "", "odd")
	if err := l.Err(); err != nil {
		t.Errorf("a warning alone: got %v", err)
	}
	l.Errorf(diag.Pos{}, "r", "wrong")
	if err := l.Err(); err == nil || err.Error() != "wrong\nwarning: odd" {
		t.Errorf("an error: got %v", err)
	}
}

func TestErrorIsBounded(t *testing.T) {
	var l diag.List
	for i := range 100000 {
		l.Errorf(diag.Pos{File: "f", Line: i + 1, Col: 1}, "r", "wrong")
	}
	if got := l.Error(); len(got) > 10000 || !strings.HasSuffix(got, "\nand 99800 more; unfold check shows all") {
		t.Errorf("%d bytes that end with %q", len(got), got[len(got)-50:])
	}
}

func TestSuggest(t *testing.T) {
	fields := []string{"replicas", "port", "ports", "podLabels", "image", "tag", "env", "serviceAccount", "app-config"}
	for word, want := range map[string]string{
		"replcias":        "replicas",       // two neighbours swapped
		"replica":         "replicas",       // one letter too few
		"repplicass":      "replicas",       // two letters too many
		"Replicas":        "replicas",       // case is no slip
		"podlabels":       "podLabels",      //
		"service-account": "serviceAccount", // nor are separators
		"app_config":      "app-config",
		"prt":             "port",
		"imgae":           "image",
		"porst":           "", // port and ports are as near
		"rpelcisa":        "", // more than two slips
		"e":               "", // too short to be sure
		"tg":              "",
		"":                "",
		"flavour":         "",
		"TAG":             "tag",
	} {
		if got := diag.Suggest(word, fields); got != want {
			t.Errorf("Suggest(%q): got %q, want %q", word, got, want)
		}
	}
	long := strings.Repeat("x", 1<<20)
	if got := diag.Suggest(long, []string{long[1:]}); got != "" {
		t.Errorf("a word of a megabyte: got a suggestion of %d bytes", len(got))
	}
}

func TestHint(t *testing.T) {
	for _, tt := range []struct {
		word       string
		candidates []string
		want       string
	}{
		{"prot", []string{"port", "image"}, `did you mean "port"?`},
		{"flavour", []string{"port", "image"}, "the fields are: image, port"},
		{"flavour", nil, ""},
		{"portal", strings.Split("a b c d e f g h i j k pork posts", " "), "the fields are: pork, posts, a, b, c, d, … (13 in all)"},
	} {
		if got := diag.Hint(tt.word, "the fields are", tt.candidates); got != tt.want {
			t.Errorf("Hint(%q, %v): got %q, want %q", tt.word, tt.candidates, got, tt.want)
		}
	}
}

func TestWord(t *testing.T) {
	for text, want := range map[string]string{
		"apps/shop":       "apps/shop",
		"https://a.b/c=d": "https://a.b/c=d",
		"":                "''",
		"My App":          "'My App'",
		"it's $HOME":      `'it'\''s $HOME'`,
		"a;b":             "'a;b'",
		"~":               "'~'",
		"ä":               "'ä'",
	} {
		if got := diag.Word(text); got != want {
			t.Errorf("Word(%q) = %s, want %s", text, got, want)
		}
	}
}
