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
	thing := func(n int, element string) string {
		return "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\nspec:\n  l:\n" + strings.Repeat("  - "+element+"\n", n)
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
		{"a replacement into its own source", files{"app.yaml": head + "components: [part]\n",
			"part/objects.yaml": thing(60, "{v: {a: 1}}"),
			"part/kustomization.yaml": part + "replacements:\n- source: {kind: Thing, name: t, fieldPath: spec.l}\n" +
				"  targets: [{select: {kind: Thing}, fieldPaths: [spec.l.*.v]}]\n"}},
		{"a replacement into each element of a list", files{"app.yaml": head + "components: [part]\n",
			"part/objects.yaml": thing(5000, "{v: x}") + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {key: '" +
				strings.Repeat("x ", 50_000) + "'}\n",
			"part/kustomization.yaml": part + "replacements:\n- source: {kind: ConfigMap, name: c, fieldPath: data.key}\n" +
				"  targets: [{select: {kind: Thing}, fieldPaths: [spec.l.*.v]}]\n"}},
		{"a replacement into a text with aliases", files{"app.yaml": head + "components: [part]\n",
			"part/objects.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  key: '{\"a\": &a \"" +
				strings.Repeat("x", 100_000) + "\", \"b\": [" + strings.Repeat("*a, ", 200) + "], \"c\": d}'\n",
			"part/kustomization.yaml": part + "replacements:\n- sourceValue: e\n" +
				"  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.key.c]}]\n"}},
		{"a heavy regular expression in a replacement", files{"app.yaml": head + "components: [part]\n",
			"part/objects.yaml": thing(3000, "{name: a, v: x}"),
			"part/kustomization.yaml": part + "replacements:\n- sourceValue: e\n" +
				"  targets: [{select: {kind: Thing}, fieldPaths: ['spec.l.[name=" + strings.Repeat("(a|b|c)", 20_000) + "].v']}]\n"}},
		{"regular expressions that match nothing", files{"app.yaml": head + "manifests: [m.yaml]\npatches:\n" +
			times(500, patch("name: '(a|b)*(a?b?){60}c%d'", `[{"op": "test", "path": "/x"}]`)),
			"m.yaml": times(900, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: "+strings.Repeat("ab", 100)+"-%d}\n")}},
		{"regular expressions of patches that delete", files{"app.yaml": head + "manifests: [m.yaml]\npatches:\n" +
			times(400, patch("kind: 'z"+strings.Repeat("(a|b?)", 80)+"%d'",
				`{apiVersion: v1, kind: A, metadata: {name: b}, $patch: delete}`)),
			"m.yaml": configMaps(950)}},
		{"replacements without fields", files{"app.yaml": head + "components: [part]\n", "part/objects.yaml": configMaps(900),
			"part/kustomization.yaml": part + "replacements:\n" + strings.Repeat("- {sourceValue: e, targets: [{select: {kind: Thing}}]}\n",
				20)}},
		{"a long path in a replacement", files{"app.yaml": head + "components: [part]\n", "part/objects.yaml": configMaps(10),
			"part/kustomization.yaml": part + "replacements:\n- sourceValue: e\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data" +
				strings.Repeat(".a", 50_000) + "]}]\n"}},
		{"configurations of prefixes", files{"app.yaml": head + "components: [part]\n", "part/objects.yaml": configMaps(900),
			"part/kustomization.yaml": part + "namePrefix: x-\nconfigurations: [names.yaml]\n",
			"part/names.yaml":         "namePrefix:\n" + times(20_000, "- {path: metadata/name%d}\n")}},
		{"configurations of references", files{"app.yaml": head + "components: [part]\n", "part/objects.yaml": configMaps(900),
			"part/kustomization.yaml": part + "configurations: [names.yaml]\n",
			"part/names.yaml": "nameReference:\n" + times(10_000,
				"- {kind: ConfigMap, fieldSpecs: [{path: data/k%d, kind: ConfigMap}]}\n")}},
		{"references from each element of a list", files{"app.yaml": head + "components: [part]\n",
			"part/objects.yaml":       configMaps(500) + "---\n" + thing(10_000, "{name: a, v: x}"),
			"part/kustomization.yaml": part + "configurations: [names.yaml]\n",
			"part/names.yaml":         "nameReference:\n- {kind: ConfigMap, fieldSpecs: [{path: spec/l/name, kind: Thing}]}\n"}},
		{"fields of labels", files{"app.yaml": head + "components: [part]\n", "part/objects.yaml": configMaps(900),
			"part/kustomization.yaml": part + "labels:\n- pairs: {team: a}\n  fields:\n" + times(20_000, "  - {path: data/k%d}\n")}},
		{"a long prefix", files{"app.yaml": head + "components: [part]\n", "part/objects.yaml": configMaps(900),
			"part/kustomization.yaml": part + "namePrefix: " + strings.Repeat("x", 500_000) + "\n"}},
		{"a patch that fails in a large app", files{"app.yaml": head + "manifests: [m.yaml]\npatches:\n" +
			strings.Repeat(patch("name: 'c0|z(a{0,20}){0,10}'", add), 100) + patch("name: c0", `[{"op": "remove", "path": "/no"}]`),
			"m.yaml": configMaps(400)}},
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
