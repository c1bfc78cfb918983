// Package promql_test holds every query in the goldens to Prometheus' own parser.
package promql_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"
)

const manifests = "../golden/testdata/golden/*/manifests/*.yaml"

// TestQueries parses the expressions of alerts, and those of dashboards with what
// Grafana puts into them.
func TestQueries(t *testing.T) {
	files, err := filepath.Glob(manifests)
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	seen := map[string]bool{}
	kinds := map[string]int{}
	for _, file := range files {
		for _, object := range read(t, file) {
			kind, _ := object["kind"].(string)
			for _, query := range queries(object) {
				if seen[query] {
					continue
				}
				seen[query] = true
				kinds[kind]++
				expr := strings.ReplaceAll(query, "$__rate_interval", "5m")
				if _, err := parser.NewParser(parser.Options{}).ParseExpr(expr); err != nil {
					t.Errorf("%s: %s: %v", file, query, err)
				}
			}
		}
	}
	if kinds["PrometheusRule"] < 10 || kinds["ConfigMap"] < 6 {
		t.Errorf("the goldens have few queries: %v", kinds)
	}
}

func read(t *testing.T, file string) []map[string]any {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for dec := yaml.NewDecoder(bytes.NewReader(content)); ; {
		var object map[string]any
		if dec.Decode(&object) != nil { // the end: other tests hold the goldens to be YAML
			return out
		}
		out = append(out, object)
	}
}

// queries returns the values of all keys "expr", those in a dashboard's JSON too.
func queries(v any) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			text, isText := x.(string)
			switch {
			case isText && key == "expr":
				out = append(out, text)
			case isText && strings.HasSuffix(key, ".json"):
				var dashboard any
				if json.Unmarshal([]byte(text), &dashboard) == nil {
					out = append(out, queries(dashboard)...)
				}
			default:
				out = append(out, queries(x)...)
			}
		}
	case []any:
		for _, x := range v {
			out = append(out, queries(x)...)
		}
	}
	return out
}
