package bad_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/lint"
)

// TestEveryDiagnosticHasACase fails for a diagnostic in the source which no case
// of the corpus shows.
func TestEveryDiagnosticHasACase(t *testing.T) {
	shown := messages(t)
	found := 0
	for _, d := range inSource(t) {
		found++
		if d.code == "" || d.format == "" {
			t.Errorf("%s: code and message have to be written in place, so that this test can read them", d.at)
			continue
		}
		if !slices.ContainsFunc(shown, d.shownBy) {
			t.Errorf("%s: no case in testdata shows the diagnostic %q with the code %s", d.at, d.format, d.code)
		}
	}
	if found == 0 {
		t.Error("found no diagnostics in the source")
	}
}

// TestEveryRuleHasACase fails for a rule that no case of the corpus shows.
func TestEveryRuleHasACase(t *testing.T) {
	shown := messages(t)
	for _, name := range lint.Names() {
		if !slices.ContainsFunc(shown, func(m message) bool { return strings.HasSuffix(m.text, " ["+name+"]") }) {
			t.Errorf("no case in testdata shows a finding of the rule %s", name)
		}
	}
}

// TestEveryFieldHasACase fails for a field that no message of the corpus is about.
func TestEveryFieldHasACase(t *testing.T) {
	var all strings.Builder
	for _, m := range messages(t) {
		if !strings.HasPrefix(m.text, "  hint: ") {
			all.WriteString(m.text + "\n")
		}
	}
	for _, field := range descriptor.FieldNames() {
		if !regexp.MustCompile(`\b` + field + `\b`).MatchString(all.String()) {
			t.Errorf("no case in testdata is about %s", field)
		}
	}
}

// message is a line of a case's expectation.
type message struct{ caseName, text string }

func messages(t *testing.T) []message {
	t.Helper()
	var out []message
	for _, c := range cases(t) {
		for line := range strings.Lines(c.file(wantFile)) {
			out = append(out, message{c.name, strings.TrimSuffix(line, "\n")})
		}
	}
	// What only a command line can bring about is shown by a script, what only an
	// edit by the edits.
	others, err := filepath.Glob("../script/testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(others, "../../pkg/yaml/edit/testdata/awkward.golden", "testdata/too-large.golden",
		"../../pkg/cli/testdata/bounds.golden") {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			out = append(out, message{filepath.Base(file), strings.TrimSuffix(line, "\n")})
		}
	}
	return out
}

// diagnostic is a call in the source that reports something.
type diagnostic struct {
	at           token.Position
	code, format string
	pattern      *regexp.Regexp
}

// shownBy reports whether the line is one of the diagnostic's. Where the source
// gives no text that tells it from others, the case has to be named for the code.
func (d diagnostic) shownBy(m message) bool {
	if d.format == "%s" {
		return strings.HasPrefix(m.caseName, d.code)
	}
	return d.pattern.MatchString(m.text)
}

var verb = regexp.MustCompile(`%#?[a-zU0-9]+`)

// inSource reads all of pkg for diagnostics.
func inSource(t *testing.T) []diagnostic {
	t.Helper()
	files := token.NewFileSet()
	var parsed []*ast.File
	err := filepath.WalkDir("../../pkg", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(files, path, nil, 0)
		parsed = append(parsed, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s := scan{files: files, constants: map[string]string{}}
	for _, f := range parsed {
		ast.Inspect(f, s.constant)
	}
	for _, f := range parsed {
		ast.Inspect(f, s.call)
	}
	return s.found
}

type scan struct {
	files     *token.FileSet
	constants map[string]string
	found     []diagnostic
}

// constant remembers text constants by name.
func (s *scan) constant(n ast.Node) bool {
	if spec, ok := n.(*ast.ValueSpec); ok {
		for i, name := range spec.Names {
			if i < len(spec.Values) {
				s.constants[name.Name] = s.text(spec.Values[i])
			}
		}
	}
	return true
}

// call collects calls of Errorf(pos, code, format …), of Errorh and Warnh, which
// have the hint before the format, and of report(object, place, hint, format …) and
// reportAt(pos, hint, format …), which know the code.
func (s *scan) call(n ast.Node) bool {
	c, ok := n.(*ast.CallExpr)
	if !ok {
		return true
	}
	f, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return true
	}
	if x, ok := f.X.(*ast.Ident); ok && x.Name == "fmt" {
		return true
	}
	format := map[string]int{"Errorf": 2, "Errorh": 3, "Warnh": 3, "report": 3, "reportAt": 2}[f.Sel.Name]
	if format == 0 || len(c.Args) <= format {
		return true
	}
	d := diagnostic{at: s.files.Position(c.Pos()), code: "of its rule", format: s.text(c.Args[format])}
	if !strings.HasPrefix(f.Sel.Name, "report") {
		d.code = s.text(c.Args[1])
	}
	var pattern strings.Builder
	at := 0
	for _, v := range verb.FindAllStringIndex(d.format, -1) {
		pattern.WriteString(regexp.QuoteMeta(d.format[at:v[0]]) + ".*")
		at = v[1]
	}
	pattern.WriteString(regexp.QuoteMeta(d.format[at:]) + `( \[[a-z0-9.-]+\])?$`)
	d.pattern = regexp.MustCompile(`(: |^)` + pattern.String())
	s.found = append(s.found, d)
	return true
}

// text returns the text of a literal or of a constant, or "".
func (s *scan) text(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		if err == nil && x.Kind == token.STRING {
			return text
		}
	case *ast.Ident:
		return s.constants[x.Name]
	case *ast.SelectorExpr:
		return s.constants[x.Sel.Name]
	}
	return ""
}
