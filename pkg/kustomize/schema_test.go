package kustomize

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

var update = flag.Bool("update", false, "write schema.json from kustomize's own schema")

// extensions are what strategic merges go by.
var extensions = []string{"x-kubernetes-patch-strategy", "x-kubernetes-patch-merge-key", "x-kubernetes-list-map-keys",
	"x-kubernetes-list-type"}

const gvkExtension = "x-kubernetes-group-version-kind"

// TestMergeSchema holds schema.json to the schema that kustomize has built in:
// every kind, and on the way to every list that is merged, every field.
func TestMergeSchema(t *testing.T) {
	openapi.ResetOpenAPI()
	full := maps.Clone(openapi.Schema().Definitions)
	openapi.ResetOpenAPI()

	want, err := json.Marshal(map[string]any{"definitions": reduce(full)})
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		mergeSchema = want
	}
	if diff := cmp.Diff(string(want), string(mergeSchema)); diff != "" {
		t.Fatalf("schema.json is stale; run make update (-want +got):\n%.2000s", diff)
	}

	openapi.SuppressBuiltInSchemaUse()
	if err := openapi.AddSchema(mergeSchema); err != nil {
		t.Fatal(err)
	}
	merged := 0
	for name, d := range full {
		for _, gvk := range kindsOf(d) {
			w := walker{t: t, full: full}
			w.walk(name, &spec.Schema{SchemaProps: spec.SchemaProps{Ref: spec.MustCreateRef("#/definitions/" + name)}},
				openapi.SchemaForResourceType(gvk), 0)
			merged += w.merged
		}
	}
	if merged < 400 {
		t.Errorf("only %d merged lists were compared", merged)
	}
	openapi.ResetOpenAPI()
}

// walker compares what a merge sees of the full schema and of the reduced one.
type walker struct {
	t      *testing.T
	full   spec.Definitions
	merged int
}

func (w *walker) walk(path string, full *spec.Schema, reduced *openapi.ResourceSchema, depth int) {
	if ref := full.Ref.String(); ref != "" {
		d := w.full[refName(ref)]
		full = &d
	}
	if depth > 12 { // schemas that hold themselves
		return
	}
	for name, p := range full.Properties {
		var field *openapi.ResourceSchema
		if reduced != nil {
			field = reduced.Field(name)
		}
		at := path + "." + name
		strategy, _ := p.Extensions.GetString("x-kubernetes-patch-strategy")
		var got string
		if field != nil {
			got, _ = field.PatchStrategyAndKeyList()
			if got == "" {
				got, _ = field.Schema.Extensions.GetString("x-kubernetes-patch-strategy")
			}
		}
		if got != strategy {
			w.t.Errorf("%s: strategy %q, want %q", at, got, strategy)
		}
		switch {
		case p.Items != nil && strategy != "":
			w.merged++
			_, keys := field.PatchStrategyAndKeyList()
			wantKey, _ := p.Extensions.GetString("x-kubernetes-patch-merge-key")
			if len(keys) > 0 && wantKey != "" && !slices.Contains(keys, wantKey) {
				w.t.Errorf("%s: keys %v, want %q", at, keys, wantKey)
			}
			w.walk(at+"[]", p.Items.Schema, field.Elements(), depth+1)
		case p.Items == nil && (p.Ref.String() != "" || len(p.Properties) > 0):
			w.walk(at, &p, field, depth+1)
		}
	}
}

// reduce keeps what a strategic merge needs: lists with a strategy, and the way
// to them.
func reduce(full spec.Definitions) map[string]any {
	relevant := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for name, d := range full {
			if !relevant[name] && len(properties(d, relevant)) > 0 {
				relevant[name], changed = true, true
			}
		}
	}
	out := map[string]any{}
	for name := range relevant {
		d := map[string]any{"properties": properties(full[name], relevant)}
		if gvk, ok := full[name].Extensions[gvkExtension]; ok {
			d[gvkExtension] = gvk
		}
		out[name] = d
	}
	return out
}

func properties(d spec.Schema, relevant map[string]bool) map[string]any {
	out := map[string]any{}
	for name, p := range d.Properties {
		kept := map[string]any{}
		if ref := refName(p.Ref.String()); relevant[ref] {
			kept["$ref"] = p.Ref.String()
		}
		if strategy, ok := p.Extensions.GetString(extensions[0]); ok && strategy != "" {
			for _, e := range extensions {
				if x, ok := p.Extensions[e]; ok {
					kept[e] = x
				}
			}
			if p.Items != nil {
				item := map[string]any{}
				if ref := refName(p.Items.Schema.Ref.String()); relevant[ref] {
					item["$ref"] = p.Items.Schema.Ref.String()
				}
				kept["type"], kept["items"] = "array", item
			}
		}
		if len(kept) > 0 {
			out[name] = kept
		}
	}
	return out
}

func refName(ref string) string {
	const prefix = "#/definitions/"
	if len(ref) < len(prefix) {
		return ""
	}
	return ref[len(prefix):]
}

func kindsOf(d spec.Schema) []yaml.TypeMeta {
	list, _ := d.Extensions[gvkExtension].([]any)
	var out []yaml.TypeMeta
	for _, x := range list {
		m := x.(map[string]any)
		api := m["version"].(string)
		if group := m["group"].(string); group != "" {
			api = group + "/" + api
		}
		out = append(out, yaml.TypeMeta{APIVersion: api, Kind: m["kind"].(string)})
	}
	return out
}
