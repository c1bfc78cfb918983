// Package pkg_test holds the packages to their layers.
package pkg_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/unfold-gitops/unfold/"

// layers is the table of docs/architecture.md: imports point strictly down, and
// packages of one layer never import each other.
var layers = [][]string{
	{"pkg/diag", "pkg/tree", "pkg/secret/credential", "pkg/kube/image", "pkg/kube/kinds"},
	{"pkg/yaml/value", "pkg/diag/report", "pkg/delivery/git"},
	{"pkg/kube/types", "pkg/secret/redact", "pkg/yaml/layout"},
	{"pkg/kube/object", "pkg/schema", "pkg/kube/validation", "pkg/kube/defaults"},
	{"pkg/descriptor/fields"},
	{"pkg/descriptor"},
	{"pkg/expand", "pkg/kustomize", "pkg/lint", "pkg/cli/scaffold", "pkg/yaml/edit", "pkg/delivery/diff", "pkg/secret/seal",
		"pkg/argocd/plugin", "pkg/fold"},
	{"pkg/platform"},
	{"pkg/render", "pkg/argocd", "pkg/platform/locate"},
	{"pkg/delivery", "pkg/repository", "pkg/adopt"},
	{"pkg/cli"},
	{"cmd/unfold"},
}

// only names the packages that alone may import what is below a path.
var only = map[string][]string{
	"sigs.k8s.io/kustomize/":      {"pkg/kustomize"},
	"github.com/spf13/cobra":      {"pkg/cli"},
	"gopkg.in/yaml.v3":            {"pkg/yaml/value", "pkg/yaml/layout"},
	"go.yaml.in/yaml/":            {"pkg/yaml/value"},
	"os/exec":                     {"pkg/delivery/git", "pkg/secret/seal"},
	"github.com/bitnami-labs/":    {"pkg/secret/seal"},
	"golang.org/x/term":           {"pkg/cli"},
	"github.com/distribution/":    nil,                                     // which a test holds pkg/kube/image to
	module + "pkg/delivery/git":   {"pkg/delivery", "pkg/platform/locate"}, // so nothing that generate does starts a process
	module + "pkg/secret/seal":    {"pkg/delivery", "pkg/cli"},
	"net":                         {"pkg/secret/seal", "pkg/kustomize"},
	"net/http":                    {"pkg/secret/seal", "pkg/kustomize"}, // which makes requests fail
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

// TestArchitecture holds the table of packages in the docs to the one here.
func TestArchitecture(t *testing.T) {
	page, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (\\d+) \\|").FindAllStringSubmatch(string(page), -1) {
		documented[m[1]] = m[2]
	}
	want := map[string]string{}
	for i, packages := range layers {
		for _, p := range packages {
			want[p] = strconv.Itoa(i)
		}
	}
	if diff := cmp.Diff(want, documented); diff != "" {
		t.Errorf("docs/architecture.md (-want +got):\n%s", diff)
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
