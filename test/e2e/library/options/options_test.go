// Package options_test holds what unfold knows of Argo CD's settings to Argo CD's source: it gives them no names that a program
// could ask for, and passes over in silence what it does not know.
package options_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// source returns the files of a folder of a module.
func source(t *testing.T, module, folder string) []*ast.File {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), folder, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s/%s: %d files, %v", module, folder, len(names), err)
	}
	var out []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, file)
	}
	return out
}

func inspect[T ast.Node](files []*ast.File, visit func(T)) {
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if x, ok := n.(T); ok {
				visit(x)
			}
			return true
		})
	}
}

func text(t *testing.T, e ast.Expr) string {
	t.Helper()
	literal, ok := e.(*ast.BasicLit)
	if !ok {
		t.Fatalf("%T is no literal", e)
	}
	s, err := strconv.Unquote(literal.Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// at returns a value in unfold's JSON Schema of platform files.
func at(t *testing.T, keys ...string) map[string]any {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "platform.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(content, &v); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		next, ok := v[key].(map[string]any)
		if !ok {
			t.Fatalf("the schema has no %s of %v", key, keys)
		}
		v = next
	}
	return v
}

// TestSyncOptions holds that platform files take every sync option that Argo CD asks an Application for, and no other names.
func TestSyncOptions(t *testing.T) {
	constants := map[string]string{}
	inspect(source(t, "github.com/argoproj/gitops-engine", "pkg/sync/common"), func(v *ast.ValueSpec) {
		for i, name := range v.Names {
			if i < len(v.Values) && strings.HasPrefix(name.Name, "SyncOption") {
				constants[name.Name] = text(t, v.Values[i])
			}
		}
	})
	var read []string
	for _, folder := range []string{"controller", "server/application"} {
		inspect(source(t, "github.com/argoproj/argo-cd/v3", folder), func(call *ast.CallExpr) {
			f, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || f.Sel.Name != "HasOption" {
				return
			}
			if constant, ok := call.Args[0].(*ast.SelectorExpr); ok {
				read = append(read, constants[constant.Sel.Name])
				return
			}
			read = append(read, text(t, call.Args[0]))
		})
	}
	var taken []string
	for _, x := range at(t, "$defs", "type.application-settings", "properties", "syncOptions", "items")["enum"].([]any) {
		taken = append(taken, x.(string))
	}
	for _, option := range read {
		if !slices.Contains(taken, option) {
			t.Errorf("platform files don't take %q, which Argo CD reads", option)
		}
	}
	if diff := cmp.Diff(names(read), names(taken)); diff != "" {
		t.Errorf("(-Argo CD's names +those of platform files):\n%s", diff)
	}
}

// names returns the names of options, each once.
func names(options []string) []string {
	var out []string
	for _, option := range options {
		name, _, _ := strings.Cut(option, "=")
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestServices holds that unfold knows the kinds of services that Argo CD Notifications knows.
func TestServices(t *testing.T) {
	var want []string
	for _, file := range source(t, "github.com/argoproj/notifications-engine", "pkg/services") {
		inspect([]*ast.File{file}, func(f *ast.FuncDecl) {
			if f.Name.Name != "NewService" {
				return
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if c, ok := n.(*ast.CaseClause); ok {
					for _, e := range c.List {
						want = append(want, text(t, e))
					}
				}
				return true
			})
		})
	}
	if len(want) == 0 {
		t.Fatal("no kinds in Argo CD's source")
	}
	var got []string
	inspect(unfold(t), func(f *ast.FuncDecl) {
		if f.Name.Name != "services" {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok {
				got = append(got, text(t, literal))
			}
			return true
		})
	})
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-Argo CD's +unfold's):\n%s", diff)
	}
}

// unfold returns unfold's table of them.
func unfold(t *testing.T) []*ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "..", "..", "pkg", "platform", "options.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return []*ast.File{file}
}
