package render_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/render"
)

// TestKustomizeInWords holds that what kustomize refuses is said in words of the descriptor, and never in those of its
// source.
func TestKustomizeInWords(t *testing.T) {
	const app = "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: ghcr.io/team/shop:v1\nconfig: {A: b}\nenvironments: " +
		"{dev: " +
		"{}}\n"
	const component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
	operations := func(text string) string { return "patches: [{target: {kind: Deployment}, patch: '" + text + "'}]" }
	merge := func(text string) string {
		return "patches: [{patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: shop}, " + text + "}'}]"
	}
	replacement := func(source, field string) string {
		return "replacements: [{source: {kind: Deployment, name: " + source + "}, targets: [{select: {kind: Deployment}, fieldPaths: [" +
			field +
			"]}]}]"
	}
	foreign := regexp.MustCompile(`%!|0x[0-9a-f]+|\bGo\b|json:|strconv|resid|\[no[A-Z]|Node\b|` +
		`unmarshal|previous ?[nN]ames|accumulat|loader\.|trouble|\\\\`)
	for _, tt := range []struct{ of, text, want string }{
		{"patch", operations(`[{"op": "remove", "path": "/spec/x/y"}]`), `its operation "remove" names /spec/x/y, which does not exist`},
		{"patch", operations(`[{"op": "remove", "path": "/spec/x"}]`), `its operation "remove" names /spec/x, which does not exist`},
		{"patch", operations(`[{"op": "test", "path": "/spec/replicas", "value": 9}]`),
			`its operation "test" does not find the value at /spec/replicas`},
		{"patch", operations(`[{"op": "chnge", "path": "/spec/replicas"}]`), `there is no operation "chnge"`},
		{"patch", operations(`[{"op": "add", "path": 3, "value": 9}]`), `its operation "add" needs text as path`},
		{"patch", operations(`[{"op": "add", "path": "/spec/template/spec/containers/x", "value": 9}]`),
			`where the items of a list have numbers`},
		{"patch", operations(`["a"]`), "it is neither a strategic merge patch nor JSON 6902 operations"},
		{"patch", "patches: [{target: {kind: Deployment}, patch: ''}]", "it has neither a patch nor a path"},
		{"patch", "patches: [{target: {kind: '('}, patch: '[{\"op\": \"remove\", \"path\": \"/spec\"}]'}]",
			"its target is not a regular expression: missing closing )"},
		{"patch", merge("spec: 3"), "it has a single value where the object has a map"},
		{"patch", merge("spec: {template: {spec: {containers: {a: b}}}}"), "it has a map where the object has a list"},
		{"component", "replicas: [{name: nope, count: 3}]", `replicas names "nope", and there is no workload of this name`},
		{"component", "configMapGenerator: [{name: a, literals: [b]}]", "a literal of a generator is not KEY=VALUE"},
		{"component", "configMapGenerator: [{name: nope, behavior: merge, literals: [b=c]}]",
			`a generator changes the ConfigMap "nope", which does not exist`},
		{"component", "configMapGenerator: [{name: shop-config, literals: [b=c]}]",
			`a generator makes the ConfigMap "shop-config", which exists already`},
		{"component", replacement("nope", "spec.x"), `the source of a replacement is the Deployment "nope", which does not exist`},
		{"component", replacement("shop, fieldPath: spec.x", "spec.x"),
			`the source of a replacement, the Deployment "shop", has no field spec.x`},
		{"component", replacement("shop", "metadata.annotations.x"), "a replacement's target has no field metadata.annotations.x"},
		{"component", replacement("shop, fieldPath: spec.template", "metadata.name"),
			"it changes the name, namespace or kind of an object"},
		{"component", "configurations: [kustomization.yaml]", `kustomize has no field "apiVersion" there`},
		{"component", "components: [a]", "its folders include one another in a circle"},
		{"component", "resources: [b]", `the folder "b" has no kustomization`},
	} {
		t.Run(tt.text, func(t *testing.T) {
			dir := t.TempDir()
			files := map[string]string{"app.yaml": app + tt.text + "\n"}
			if tt.of == "component" {
				files = map[string]string{
					"app.yaml": app + "components: [c]\n", "c/kustomization.yaml": component + tt.text + "\n",
					"c/a/kustomization.yaml": component + "components: [../a]\n", "c/b/none.yaml": "",
				}
			}
			for name, content := range files {
				name = filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			src, err := render.Open(dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer src.Close()
			_, err = src.Environment("dev", render.Options{})
			if err == nil {
				t.Fatal("no error")
			}
			got := err.Error()
			if !strings.Contains(got, "kustomize can't build with this "+tt.of+": ") || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if word := foreign.FindString(got); word != "" {
				t.Errorf("%q in %q", word, got)
			}
		})
	}
}
