// Package pkg_test holds the packages to their layers.
package pkg_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/unfold-gitops/unfold/"

// layers is the table of docs/architecture.md: imports point strictly down, and
// packages of one layer never import each other.
var layers = [][]string{
	{"pkg/diag", "pkg/tree", "pkg/git", "pkg/credential", "pkg/image"},
	{"pkg/value", "pkg/report"},
	{"pkg/kube", "pkg/mask"},
	{"pkg/object", "pkg/schema", "pkg/argocd", "pkg/valid"},
	{"pkg/descriptor"},
	{"pkg/expand", "pkg/build", "pkg/check", "pkg/scaffold", "pkg/edit", "pkg/diff", "pkg/seal"},
	{"pkg/platform"},
	{"pkg/render", "pkg/applications"},
	{"pkg/delivery", "pkg/repository"},
	{"pkg/cli"},
	{"cmd/unfold"},
}

// only names the packages that alone may import what is below a path.
var only = map[string][]string{
	"sigs.k8s.io/kustomize/":      {"pkg/build"},
	"github.com/spf13/cobra":      {"pkg/cli"},
	"gopkg.in/yaml.v3":            {"pkg/value"},
	"go.yaml.in/yaml/":            {"pkg/value"},
	"os/exec":                     {"pkg/git", "pkg/seal"},
	"github.com/bitnami-labs/":    {"pkg/seal"},
	"golang.org/x/term":           {"pkg/cli"},
	"github.com/distribution/":    nil,                                // which a test holds pkg/image to
	module + "pkg/git":            {"pkg/delivery", "pkg/repository"}, // so nothing that generate does starts a process
	module + "pkg/seal":           {"pkg/delivery", "pkg/cli"},
	"net":                         {"pkg/seal", "pkg/build"},
	"net/http":                    {"pkg/seal", "pkg/build"}, // which makes requests fail
	"github.com/rogpeppe/":        nil,
	"github.com/santhosh-tekuri/": nil,
	"github.com/google/go-cmp/":   nil,
}

func TestImports(t *testing.T) {
	layerOf := map[string]int{}
	for i, packages := range layers {
		for _, p := range packages {
			layerOf[p] = i
		}
	}
	seen := map[string]bool{}
	for _, p := range list(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		seen[name] = true
		from, ok := layerOf[name]
		if !ok {
			t.Errorf("%s has no layer: add it to the table", name)
			continue
		}
		for _, imported := range p.Imports {
			if to, ok := strings.CutPrefix(imported, module); ok && layerOf[to] >= from {
				t.Errorf("%s (layer %d) imports %s (layer %d): imports point strictly down", name, from, to, layerOf[to])
			}
			for prefix, allowed := range only {
				if matches(imported, prefix) && !slices.Contains(allowed, name) {
					t.Errorf("%s imports %s, which only %v may", name, imported, allowed)
				}
			}
		}
	}
	for name := range layerOf {
		if !seen[name] {
			t.Errorf("the table names %s, which does not exist", name)
		}
	}
}

func matches(imported, prefix string) bool {
	if strings.HasSuffix(prefix, "/") {
		return strings.HasPrefix(imported, prefix)
	}
	return imported == prefix
}

type listed struct {
	ImportPath string
	Imports    []string
}

func list(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"pkg/...", module+"cmd/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var packages []listed
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		if p.ImportPath != module+"pkg" { // this test alone
			packages = append(packages, p)
		}
	}
}
