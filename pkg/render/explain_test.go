package render_test

import (
	"path/filepath"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/secret/redact"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestExplainedManifests holds that comments change nothing but what Secrets
// hold and what looks like a credential, on every golden.
func TestExplainedManifests(t *testing.T) {
	apps, err := filepath.Glob("../../test/golden/testdata/golden/*/app")
	if err != nil || len(apps) == 0 {
		t.Fatalf("%d apps, %v", len(apps), err)
	}
	for _, dir := range apps {
		src, err := render.Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		for _, env := range src.Environments() {
			plain, err := src.Environment(env, render.Options{})
			if err != nil {
				t.Fatal(err)
			}
			explained, err := src.Environment(env, render.Options{Explain: true})
			if err != nil {
				t.Fatal(err)
			}
			want, got := documents(t, plain.Manifests), documents(t, explained.Manifests)
			if len(want) != len(got) {
				t.Errorf("%s: %d documents, want %d", dir, len(got), len(want))
				continue
			}
			for i := range want {
				if kind := want[i].StringAt("kind"); kind == "Secret" || kind == "SealedSecret" {
					continue
				}
				if !value.Equal(redact.Tree(want[i], nil, redact.Fixed(descriptor.Hidden)), got[i]) {
					t.Errorf("%s, %s: document %d differs:\n%s", dir, env, i+1, explained.Manifests)
				}
			}
			if p, diags := src.Provenance(env, render.Options{}); diags.HasErrors() || p.Fields.Empty() {
				t.Errorf("%s, %s: %v", dir, env, err)
			}
		}
	}
}

func documents(t *testing.T, stream []byte) []*value.Value {
	t.Helper()
	docs, diags := value.ReadAll("manifests", stream)
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, stream)
	}
	return docs
}
