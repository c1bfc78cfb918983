package bad_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTooLarge holds what is said about apps that kustomize, or the cluster, would
// have too much of. Each of these took minutes, or gigabytes, before it was refused.
func TestTooLarge(t *testing.T) {
	const part = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [objects.yaml]\n"
	configMaps := func(n int) string {
		return times(n, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d}\ndata: {key: a-b}\n")
	}
	patch := func(target, ops string) string {
		return "  - target: {" + target + "}\n    patch: '" + ops + "'\n"
	}
	const add = `[{"op": "add", "path": "/data/other", "value": "x"}]`
	var got strings.Builder
	for _, tt := range []struct {
		name  string
		files files
	}{
		{"workloads", files{"app.yaml": head + "workloads:\n" + times(5001, "  w%d: {}\n")}},
		{"what workloads inherit", files{"app.yaml": head + "config:\n" + times(1000, "  KEY%d: value\n") + "workloads:\n" +
			times(1000, "  w%d: {port: 80}\n")}},
		{"objects", files{"app.yaml": head + "manifests: [m.yaml]\n", "m.yaml": configMaps(20_000)}},
		{"objects for kustomize", files{"app.yaml": head + "manifests: [m.yaml]\n", "m.yaml": configMaps(1000)}},
		{"objects of a component", files{"app.yaml": head + "components: [part]\n", "part/kustomization.yaml": part,
			"part/objects.yaml": configMaps(5000)}},
		{"patches of many objects", files{"app.yaml": head + "manifests: [m.yaml]\npatches:\n" +
			strings.Repeat(patch("kind: ConfigMap", add), 50), "m.yaml": configMaps(990)}},
		{"images of a component", files{"app.yaml": head + "components: [part]\n",
			"part/kustomization.yaml": part + "images:\n" + times(5000, "- {name: i%d, newTag: v1}\n"),
			"part/objects.yaml":       configMaps(10)}},
		{"copies in many objects", files{"app.yaml": head + "manifests: [m.yaml]\npatches:\n" +
			patch("kind: ConfigMap", "["+times(20, `{"op": "copy", "from": "/data", "path": "/data/copy%d"},`)+
				`{"op": "remove", "path": "/data/copy0"}]`), "m.yaml": configMaps(100)}},
		{"large objects", files{"app.yaml": head + "manifests: [m.yaml]\npatches:\n" + strings.Repeat(patch("kind: ConfigMap", add), 20),
			"m.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {key: " + strings.Repeat("x", 900_000) + "}\n"}},
		{"entries of a map", files{"app.yaml": head + "manifests: [m.yaml]\n",
			"m.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n" + times(20_000, "  k%d: v\n")}},
		{"a heavy regular expression", files{"app.yaml": head + "manifests: [m.yaml]\npatches:\n" + patch("name: '(a{0,30}){0,30}'", add),
			"m.yaml": configMaps(1)}},
		{"a long regular expression", files{"app.yaml": head + "manifests: [m.yaml]\npatches:\n" +
			patch("kind: ConfigMap, name: "+strings.Repeat("a", 513), add), "m.yaml": configMaps(1)}},
		{"one in a component", files{"app.yaml": head + "components: [part]\n", "part/objects.yaml": configMaps(1),
			"part/kustomization.yaml": part + "patches:\n- {target: {kind: '(x{30}){30}'}, patch: '" + add + "'}\n"}},
		{"replacements in one another", files{"app.yaml": head + "components: [part]\n", "part/objects.yaml": configMaps(1),
			"part/kustomization.yaml": part + "replacements:\n" +
				times(60, "- source: {kind: ConfigMap, name: c0, fieldPath: data}\n"+
					"  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.k%d], options: {create: true}}]\n")}},
		{"replacements that lengthen", files{"app.yaml": head + "components: [part]\n", "part/objects.yaml": configMaps(1),
			"part/kustomization.yaml": part + "replacements:\n" +
				strings.Repeat("- source: {kind: ConfigMap, name: c0, fieldPath: data.key}\n"+
					"  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.key], options: {delimiter: '-', index: 9}}]\n", 60)}},
		{"large texts in each workload", files{"app.yaml": head + "env: {LONG: " + strings.Repeat("x", 900_000) + "}\nworkloads:\n" +
			times(20, "  w%d: {port: 80}\n")}},
		{"aliases of a long text", files{"app.yaml": head + "manifests: [m.yaml]\n",
			"m.yaml": "apiVersion: example.com/v1\nkind: X\nmetadata: {name: x}\na: &a " + strings.Repeat("x", 1<<20) + "\nb: [" +
				strings.Repeat("*a, ", 20) + "]\n"}},
		{"aliases in many documents", files{"app.yaml": head + "manifests: [m.yaml]\n",
			"m.yaml": strings.Repeat("---\napiVersion: example.com/v1\nkind: X\nmetadata: {name: x}\na: &a ["+strings.Repeat("x, ", 100)+
				"]\nb: &b ["+strings.Repeat("*a, ", 100)+"]\nc: ["+strings.Repeat("*b, ", 4)+"]\n", 20)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			tt.files.write(t)
			fmt.Fprintf(&got, "%s\n%s\n", tt.name, report(rendered(t).Diags))
		})
	}
	const file = "testdata/too-large.golden"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("other diagnostics than expected (-want +got):\n%s", diff)
	}
}
