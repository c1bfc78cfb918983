package kustomize_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/kustomize"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

const component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"

func TestRun(t *testing.T) {
	files := tree.Tree{
		"base/kustomization.yaml": []byte("resources: [a.yaml]\n"),
		"base/a.yaml": []byte("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\n" +
			"metadata: {name: a}\ndata: {on: \"yes\", n: \"1.10\"}\n"),
		"prod/kustomization.yaml": []byte("namespace: shop\nresources: [../base]\n"),
	}
	objects, err := kustomize.Run(files, "prod")
	if err != nil {
		t.Fatal(err)
	}
	got, err := object.Encode(objects)
	if err != nil {
		t.Fatal(err)
	}
	const want = "apiVersion: v1\ndata:\n  \"n\": \"1.10\"\n  \"on\": \"yes\"\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: shop\n" +
		"---\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  namespace: shop\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := kustomize.Run(files, "nothing"); err == nil {
		t.Error("no error for a folder that is not there")
	}
}

// TestCopiesAreBounded applies operations each of which doubles the object.
func TestCopiesAreBounded(t *testing.T) {
	var ops strings.Builder
	for i := range 40 {
		fmt.Fprintf(&ops, "- {op: copy, from: /metadata/annotations, path: /metadata/annotations/a%d}\n", i)
	}
	_, err := kustomize.Run(tree.Tree{
		"kustomization.yaml": []byte("resources: [a.yaml]\npatches: [{path: p.yaml, target: {kind: Service}}]\n"),
		"a.yaml":             []byte("apiVersion: v1\nkind: Service\nmetadata: {name: a, annotations: {a: b}}\n"),
		"p.yaml":             []byte(ops.String()),
	}, ".")
	if err == nil || !strings.Contains(err.Error(), "exceeding the limit") {
		t.Errorf("got %v, want a limit to be exceeded", err)
	}
}

func TestReadComponent(t *testing.T) {
	const at = "c/kustomization.yaml:3:"
	const outside = "is not in the component's folder, and nothing else is read"
	for _, tt := range []struct{ name, field, want string }{
		{"a file", "resources: [a.yaml]", ""},
		{"a folder", "components: [sub]", ""},
		{"up and down", "resources: [sub/../a.yaml]", ""},
		{"nothing that is local", "namePrefix: a-", ""},
		{"literals", "configMapGenerator: [{name: a, literals: [A=https://example.com]}]", ""},
		{"a file with a key", "configMapGenerator: [{name: a, files: [k=a.yaml]}]", ""},
		{"a patch in place", "patches: [{patch: '{apiVersion: v1, kind: X, metadata: {name: x}}'}]", ""},
		{"nulls", "patches: [{path: , patch: }]", ""},
		{"URL", "resources: ['https://example.com/a']", outside},
		{"git URL", "resources: ['git@github.com:a/b']", outside},
		{"outside", "resources: [../a.yaml]", outside},
		{"absolute", "resources: [/a.yaml]", outside},
		{"not text", "resources: [[a.yaml]]", "resources of a kustomization must be text, not a list"},
		{"nothing", "resources: [null]", "resources of a kustomization must be text, not nothing"},
		{"any case", "patches: [{PATH: 'https://example.com/a'}]", outside},
		{"any case of a generator", "secretGenerator: [{name: a, Envs: ['https://example.com/a']}]", outside},
		{"Unicode case", "configMapGenerator: [{name: a, fileſ: ['https://example.com/a']}]", outside},
		{"a field in another case", "Generators: [a.yaml]", `unfold does not run kustomize's "generators"`},
		{"plugins", "transformers: [a.yaml]", `unfold does not run kustomize's "transformers"`},
		{"a broken patch", "patches: [{patch: '{'}]", "not valid YAML"},
		{"a broken file", "resources: [broken.yaml]", "c/broken.yaml:1:1: not valid YAML"},
		{"text that is a path", "patchesStrategicMerge: ['https://example.com/a']", outside},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, got := kustomize.ReadComponent("", "c", tree.Tree{
				"kustomization.yaml":     []byte(component + tt.field + "\n"),
				"a.yaml":                 []byte("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"),
				"sub/kustomization.yaml": []byte(component), "broken.yaml": []byte("{"),
			})
			switch {
			case tt.want == "" && len(got) > 0:
				t.Errorf("got %v", got)
			case tt.want != "" && (len(got) != 1 || !strings.Contains(got.Error(), tt.want) || !strings.HasPrefix(got.Error(), at) &&
				!strings.HasPrefix(tt.want, "c/")):
				t.Errorf("got %v, want %q", got, tt.want)
			}
		})
	}
}

func TestComponentFolder(t *testing.T) {
	ok := tree.Tree{"kustomization.yaml": []byte(component)}
	for _, tt := range []struct {
		folder string
		files  tree.Tree
		want   string
	}{
		{"components/tracing", ok, ""},
		{"c", tree.Tree{"sub/Kustomization": []byte(component)}, "c: the folder holds no kustomization"},
		{"github.com/a/b", ok, "github.com/a/b: kustomize could take the folder for a git URL"},
		{"a/_git/b", ok, "a/_git/b: kustomize could take the folder for a git URL"},
	} {
		_, diags := kustomize.ReadComponent("", tt.folder, tt.files)
		got := diags.Error()
		if got, _, _ := strings.Cut(got, "\n"); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.folder, got, tt.want)
		}
	}
}

// TestInclusions bounds components that include one another.
func TestInclusions(t *testing.T) {
	doubled := func(levels int) tree.Tree {
		files := tree.Tree{"kustomization.yaml": []byte(component + "components: [l0, l0]\n")}
		for i := range levels {
			files[fmt.Sprintf("l%d/kustomization.yaml", i)] = fmt.Appendf(nil, "%scomponents: [../l%d, ../l%d]\n", component, i+1, i+1)
		}
		files[fmt.Sprintf("l%d/kustomization.yaml", levels)] = []byte(component)
		return files
	}
	if _, got := kustomize.ReadComponent("", "c", doubled(7)); len(got) > 0 {
		t.Errorf("511 inclusions: got %v", got)
	}
	if _, got := kustomize.ReadComponent("", "c", doubled(60)); !strings.Contains(got.Error(), "more than 1000 times in all") {
		t.Errorf("2^61 inclusions: got %q", got)
	}
}
