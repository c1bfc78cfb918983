package bad_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// FuzzGenerate renders whatever a descriptor says, with and without kustomize:
// the outcome is mistakes with a place, or manifests that parse and name what
// they are.
func FuzzGenerate(f *testing.F) {
	f.Add(head, "", false)
	f.Add(head+"port: 80\nprobes: /health\nenv: {A: $(B), B: {secret: a/b}}\n", "", false)
	f.Add(head+"files: {/etc/x: \"a\\n\", /y: {from: extra.yaml, mode: 0400}}\nsecurity: none\n", "x\x00y", false)
	f.Add(head+"workloads: {web: {port: 80, replicas: 2}, worker: {command: [work]}}\n", "", false)
	f.Add(head+"patches: [{path: extra.yaml}]\n", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec: {replicas: 7}\n",
		false)
	f.Add(head+"patches: [{path: extra.yaml, target: {kind: Deployment}}]\n", "- {op: remove, path: /spec/replicas}\n", false)
	f.Add(head+"manifests: [extra.yaml]\n", configMap, false)
	f.Add(head, "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: a-\n", true)
	f.Fuzz(func(t *testing.T, descriptor, extra string, component bool) {
		t.Chdir(t.TempDir())
		app := files{"app.yaml": descriptor, "extra.yaml": extra}
		if component {
			app = files{"app.yaml": descriptor + "\ncomponents: [c]\n", "c/kustomization.yaml": extra, "c/x.yaml": configMap}
		}
		app.write(t)
		src, err := render.Open(".", nil)
		if err != nil {
			placed(t, err)
			return
		}
		defer src.Close()
		for _, env := range src.Environments() {
			result, err := src.Environment(env, render.Options{})
			if err != nil {
				placed(t, err)
				continue
			}
			manifests(t, result)
		}
	})
}

// placed wants an error to be a list of mistakes, each with a line.
func placed(t *testing.T, err error) {
	t.Helper()
	var diags diag.List
	if !errors.As(err, &diags) {
		t.Fatalf("a mistake was taken for a fault: %v", err)
	}
	for _, d := range diags {
		content, err := os.ReadFile(d.Pos.File)
		if err != nil {
			t.Errorf("%q is about a file that is not there", d)
		}
		n := 1 // lines, as YAML breaks them
		for _, r := range string(content) {
			if strings.ContainsRune("\n\r\u0085\u2028\u2029", r) {
				n++
			}
		}
		if d.Pos.Line < 1 || d.Pos.Line > n || d.Pos.Col < 1 {
			t.Errorf("%q is not in the file, which has %d lines", d, n)
		}
		if d.Code == "" || d.Message == "" {
			t.Errorf("%+v says nothing", d)
		}
	}
}

func manifests(t *testing.T, result *render.Result) {
	t.Helper()
	docs, diags := value.ReadAll("manifests", result.Manifests)
	if diags.HasErrors() {
		t.Fatalf("the manifests of %s can't be read: %v\n%s", result.Env, diags, result.Manifests)
	}
	if len(docs) == 0 || len(docs) != len(result.Objects) {
		t.Fatalf("%d documents of %d objects", len(docs), len(result.Objects))
	}
	for i, o := range result.Objects {
		if !value.Equal(o.Value, docs[i]) {
			t.Errorf("the object is not what is read again:\n%s", o.Text)
		}
	}
	for _, doc := range docs {
		if id := (object.Object{Value: doc}).ID(); id.APIVersion == "" || id.Kind == "" || id.Name == "" {
			t.Errorf("a manifest without apiVersion, kind or name:\n%s", result.Manifests)
		}
	}
}
