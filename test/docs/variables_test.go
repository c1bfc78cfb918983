package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/argocd/plugin"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// isVariable reports whether the plugin reads a variable of an Application.
func isVariable(name string) bool {
	call, diags := plugin.ReadCall([]string{"ARGOCD_ENV_" + name + "=x"})
	return len(diags) == 0 && (call.Environment.Text == "x" || len(call.Overrides) == 1)
}

func isParameter(name string) bool {
	for _, p := range plugin.ParameterNames() {
		if p == name {
			return true
		}
	}
	return false
}

// shown returns every file that shows somebody how to use unfold, by its path.
func shown(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, dir := range []string{"README.md", "docs", "examples", "deploy", "pkg/cli", ".github"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
				return err
			}
			content, err := os.ReadFile(path)
			out[path] = string(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestVariables holds every variable and parameter that a document, an example or a help names to those that the
// plugin reads.
func TestVariables(t *testing.T) {
	prefixed := regexp.MustCompile(`ARGOCD_ENV_(\w+)`)
	listed := regexp.MustCompile("\\b(parameter|variable)s? (`\\w+`(?:(?:,| and|, and| or)\\s`\\w+`)*)")
	passed := regexp.MustCompile(`\{"name": ?"(\w+)", ?"(?:string|map|array)"`)
	quoted := regexp.MustCompile("`(\\w+)`")
	known := map[string]bool{ // variables of unfold itself and of others
		"UNFOLD_PLATFORM": true, "KUBE_VERSION": true, "KUBE_API_VERSIONS": true, "SEALED_SECRETS_CONTROLLER_NAMESPACE": true,
		"SEALED_SECRETS_CONTROLLER_NAME": true, "ARGOCD_APP_PARAMETERS": true, "PATH": true,
	}
	seen := 0
	for path, text := range shown(t) {
		name := func(what, name string, right bool) {
			seen++
			if !right {
				t.Errorf("%s names the %s %q, which the plugin does not read", path, what, name)
			}
		}
		for _, m := range prefixed.FindAllStringSubmatch(text, -1) {
			name("variable", m[1], isVariable(m[1]))
		}
		for _, m := range passed.FindAllStringSubmatch(text, -1) {
			name("parameter", m[1], isParameter(m[1]))
		}
		if strings.HasSuffix(path, ".md") {
			for _, m := range listed.FindAllStringSubmatch(text, -1) {
				for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
					name(m[1], q[1], m[1] == "parameter" && isParameter(q[1]) || m[1] == "variable" && (known[q[1]] || isVariable(q[1])))
				}
			}
		}
		if strings.HasSuffix(path, ".yaml") || strings.HasSuffix(path, ".yml") {
			docs, _ := value.ReadAll(path, []byte(text))
			eachPlugin(docs, name)
		}
	}
	for _, b := range blocks(t) {
		if b.language == "yaml" {
			docs, _ := value.ReadAll(b.name(), []byte(b.text))
			eachPlugin(docs, func(what, name string, right bool) {
				seen++
				if !right {
					t.Errorf("%s names the %s %q, which the plugin does not read", b.name(), what, name)
				}
			})
		}
	}
	if seen < 15 {
		t.Errorf("only %d names were found", seen)
	}
}

// eachPlugin calls f for each variable and parameter that the Applications in documents set.
func eachPlugin(docs []*value.Value, f func(what, name string, right bool)) {
	for _, doc := range docs {
		doc.Walk(func(v *value.Value) {
			for _, x := range v.Get("plugin", "env").AllItems() {
				f("variable", x.StringAt("name"), isVariable(x.StringAt("name")))
			}
			for _, x := range v.Get("plugin", "parameters").AllItems() {
				f("parameter", x.StringAt("name"), isParameter(x.StringAt("name")))
			}
		})
	}
}
