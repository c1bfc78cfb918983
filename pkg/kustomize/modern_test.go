package kustomize_test

import (
	"bytes"
	"maps"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/kustomize"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

// TestDeprecatedFields holds what is made of a component's deprecated fields to what kustomize makes of them itself.
func TestDeprecatedFields(t *testing.T) {
	const merge = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: {a: merged}}\n"
	const target = "target: {group: apps, version: v1, kind: Deployment, name: web}"
	for _, tt := range []struct{ name, kustomization string }{
		{"bases", "bases: [base]\nresources: [more.yaml]\n"},
		{"images", "imageTags: [{name: web, newTag: v3}]\nimages: [{name: web, newTag: v2}]\n"},
		{"common labels", "commonLabels: {team: a, tier: b}\nlabels: [{pairs: {team: c}}]\n"},
		{"merges before patches", `patches: [{patch: '[{"op": "replace", "path": "/metadata/annotations/a", "value": "patched"}]', ` +
			target +
			"}]\n" +
			"patchesStrategicMerge: [merge.yaml]\n"},
		{"a merge in place", "patchesStrategicMerge:\n  - |\n    " + strings.ReplaceAll(strings.TrimSpace(merge), "\n", "\n    ") + "\n"},
		{"operations after patches",
			`patchesJson6902: [{patch: '[{"op": "copy", "from": "/metadata/annotations/a", "path": "/metadata/annotations/b"}]', ` +
				target +
				"}]\n" +
				"patches: [{path: merge.yaml}]\n"},
		{"operations in a file", "patchesJson6902: [{path: operations.yaml, " + target + "}]\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := tree.Tree{
				"kustomization.yaml":      []byte(component + tt.kustomization),
				"merge.yaml":              []byte(merge),
				"operations.yaml":         []byte("- {op: add, path: /spec/paused, value: true}\n"),
				"more.yaml":               []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n"),
				"base/kustomization.yaml": []byte("resources: [map.yaml]\n"),
				"base/map.yaml":           []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: base}\n"),
			}
			c, diags := kustomize.ReadComponent("", "c", in)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			got, err := kustomize.Run(app(c.Files), ".")
			if err != nil {
				t.Fatal(err)
			}
			text, err := object.Encode(got)
			if err != nil {
				t.Fatal(err)
			}
			want := byKustomize(t, app(in))
			if bytes.Equal(want, byKustomize(t,
				app(tree.Tree{"kustomization.yaml": []byte(component + "resources: [none.yaml]\n"), "none.yaml": nil}))) {
				t.Fatal("the component changes nothing")
			}
			if diff := cmp.Diff(string(want), string(text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, field := range []string{"bases", "imageTags", "commonLabels", "patchesStrategicMerge", "patchesJson6902"} {
				if strings.Contains(string(c.Files["kustomization.yaml"]), field) {
					t.Errorf("%s is still there:\n%s", field, c.Files["kustomization.yaml"])
				}
			}
		})
	}
}

// app returns a kustomization of a Deployment and a component.
func app(component tree.Tree) tree.Tree {
	out := tree.Tree{
		"kustomization.yaml": []byte("resources: [web.yaml]\ncomponents: [c]\n"),
		"web.yaml": []byte("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: {a: b}}\n" +
			"spec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: " +
			"[{name: web, " +
			"image: web:v1}]}\n"),
	}
	for p, content := range maps.All(component) {
		out[path.Join("c", p)] = content
	}
	return out
}

// byKustomize returns what kustomize alone makes of a tree.
func byKustomize(t *testing.T, files tree.Tree) []byte {
	t.Helper()
	fs := filesys.MakeFsInMemory()
	for p, content := range files {
		if err := fs.WriteFile(path.Join("/", p), content); err != nil {
			t.Fatal(err)
		}
	}
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionLegacy
	result, err := krusty.MakeKustomizer(options).Run(fs, "/")
	if err != nil {
		t.Fatal(err)
	}
	text, err := result.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
