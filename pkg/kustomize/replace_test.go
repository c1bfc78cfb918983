package kustomize_test

import (
	"path"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/kustomize"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestReplacements holds what replacements are expected to write to what kustomize
// makes of them: never more, and little where people need them.
func TestReplacements(t *testing.T) {
	const objects = `apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {host: example.com, url: https://HOST/path, json: '{"a": {"b": "<&>"}, "l": [1, 2, 3]}', long: ` + long + `}
---
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {selector: {app: web, tier: front}}
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: t}
spec:
  selector: {}
  l: [{name: a, v: x}, {name: b, v: w, m: [{v: x}, {v: w}]}, {name: c, v: z}]
  text: a-b
`
	const thing = "select: {kind: Thing}, fieldPaths: "
	for _, tt := range []struct {
		name, replacements string
		light              bool // it must be allowed beside much else
	}{
		{"a text", "- source: {kind: ConfigMap, fieldPath: data.host}\n  targets: [{" + thing + "[spec.text]}]\n", true},
		{"by default the name", "- source: {kind: ConfigMap}\n  targets: [{" + thing + "[spec.text]}]\n", true},
		{"what is given", "- sourceValue: " + long + "\n  targets: [{" + thing + "[spec.text]}]\n", true},
		{"each element", "- source: {kind: ConfigMap, fieldPath: data.host}\n  targets: [{" + thing + "['spec.l.*.v']}]\n", true},
		{"some elements", "- source: {kind: ConfigMap, fieldPath: data.long}\n  targets: [{" + thing + "['spec.l.[name=a|b].v']}]\n", true},
		{"elements in elements", "- source: {kind: ConfigMap, fieldPath: data.long}\n  targets: [{" + thing +
			"['spec.l.[name=b].m.*.v']}]\n", true},
		{"elements that change", "- sourceValue: a\n  targets: [{" + thing + "['spec.l.*.name']}]\n" +
			"- source: {kind: ConfigMap, fieldPath: data.long}\n  targets: [{" + thing + "['spec.l.[name=a].v']}]\n", true},
		{"an element that is made", "- sourceValue: v\n  targets: [{" + thing + "['spec.l.[name=new].v'], options: {create: true}}]\n",
			true},
		{"a part of a text", "- source: {kind: ConfigMap, fieldPath: data.host}\n" +
			"  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.url], options: {delimiter: /, index: 2}}]\n" +
			"- source: {kind: ConfigMap, fieldPath: data.url}\n  targets: [{" + thing + "[spec.text]}]\n", true},
		{"a selector", "- source: {kind: Service, fieldPath: spec.selector}\n  targets: [{" + thing +
			"[spec.selector.matchLabels], options: {create: true}}]\n", true},
		{"in a text", "- source: {kind: ConfigMap, fieldPath: data.host}\n" +
			"  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.json.a.b]}]\n", true},
		{"elements in a text", "- source: {kind: ConfigMap, fieldPath: data.long}\n" +
			"  targets: [{select: {kind: ConfigMap}, fieldPaths: ['data.json.l.*']}]\n", true},
		{"a text in itself", strings.Repeat("- source: {kind: ConfigMap, fieldPath: data.json}\n"+
			"  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.json.a.b]}]\n", 3), false},
		{"a list in itself", "- source: {kind: Thing, fieldPath: spec.l}\n  targets: [{" + thing + "['spec.l.*.v']}]\n", false},
		{"an object in itself", strings.Repeat("- source: {kind: Thing, fieldPath: spec}\n  targets: [{"+thing+"[spec.text]}]\n", 4),
			false},
		{"to and fro", strings.Repeat("- source: {kind: Thing, fieldPath: spec}\n"+
			"  targets: [{select: {kind: Service}, fieldPaths: [spec.selector]}]\n"+
			"- source: {kind: Service, fieldPath: spec}\n  targets: [{"+thing+"[spec.selector]}]\n", 4), false},
		{"a text behind itself", strings.Repeat("- source: {kind: ConfigMap, fieldPath: data.host}\n"+
			"  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.host], options: {delimiter: '-', index: 9}}]\n", 6), false},
		{"a list that is copied", "- source: {kind: Thing, fieldPath: spec.l}\n" +
			"  targets: [{select: {kind: Service}, fieldPaths: [spec.selector]}]\n" +
			"- sourceValue: " + long + "\n  targets: [{select: {kind: Service}, fieldPaths: ['spec.selector.*.name']}]\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, diags := kustomize.ReadComponent("", "c", tree.Tree{"objects.yaml": []byte(objects),
				"kustomization.yaml": []byte(component + "resources: [objects.yaml]\nreplacements:\n" + tt.replacements)})
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			w := kustomize.Components([]tree.Tree{c.Files}, nil)
			files := tree.Tree{"kustomization.yaml": []byte("components: [c]\n")}
			for name, content := range c.Files {
				files[path.Join("c", name)] = content
			}
			built, err := kustomize.Run(files, ".")
			if err != nil {
				t.Fatal(err)
			}
			before, after := bytesOf(c.Objects), bytesOf(built)
			if most := w.Moved << min(w.Doubled, 20); before+most < after {
				t.Errorf("%d bytes become %d, with at most %d more expected", before, after, most)
			}
			if tt.light && w.Moved<<min(w.Doubled, 20) > 16*1024 {
				t.Errorf("%d bytes, doubled %d times, are expected for %d that become %d", w.Moved, w.Doubled, before, after)
			}
		})
	}
}

const long = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

func bytesOf(objects []*value.Value) (n int) {
	for _, o := range objects {
		n += kustomize.Object(o).Bytes
	}
	return n
}
