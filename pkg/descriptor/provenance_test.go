package descriptor

import (
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestConceal holds that no value of a secret is left, wherever it stands.
func TestConceal(t *testing.T) {
	const src = "secrets: {A: hunter2, B: {value: hunter2, more: [hunter2, 7]}}\nconfig: {A: kept}\nworkloads:\n" +
		"  web: {secrets: {C: hunter2}, env: {SECRETS: kept}}\n  worker: {}\n" +
		"manifests: [{kind: Secret, stringData: {A: hunter2}, type: kept}, a.yaml]\n"
	v, diags := value.Read("app.yaml", []byte(src))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	got := conceal(v).Flow()
	const want = "{secrets: {A: (hidden), B: {value: (hidden), more: [(hidden), (hidden)]}}, config: {A: kept}, workloads: {web: " +
		"{secrets: {C: (hidden)}, env: {SECRETS: kept}}, worker: {}}, manifests: [{kind: Secret, stringData: {A: (hidden)}, type: " +
		"kept}, a.yaml]}"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !strings.Contains(v.Flow(), "hunter2") {
		t.Error("the argument was changed")
	}
}

// TestFind holds how paths lead to values.
func TestFind(t *testing.T) {
	v, diags := value.Read("app.yaml", []byte("labels: {example.com/team: a, example: b}\nimage: {tag: v1}\nports: {http: {port: 80}}\n"+
		"list: [{x: 1}, 2]\nworkloads: {web: {image: {tag: v2}, ports: {http: {port: 81}}}}\n"))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	p := &Provenance{Fields: v}
	for path, want := range map[string]string{
		"labels.example.com/team": "a", "labels.example": "b", "tag": "v1", "port": "80", "list.0.x": "1", "list.1": "2",
		"workloads.web.tag": "v2", "workloads.web.port": "81", "workloads.web.image.tag": "v2",
		"labels.nothing": "null", "list.7": "null", "list.x": "null", "workloads.api.tag": "null", "labels.example.x": "null",
	} {
		keys, ok := p.Find(path)
		got := "null"
		if ok {
			got = p.At(keys).Flow()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}
