package kustomize_test

import (
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestPrintedOtherwise holds docs/concepts.md to what kustomize itself prints of texts
// that mean the same to it as to unfold.
func TestPrintedOtherwise(t *testing.T) {
	const head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
	for _, tt := range []struct{ written, kustomize, unfold string }{
		{"data: {a}\n", "  a: \"\"\n", "  a: null\n"},
		{"data:\n  k: >\n    one\n      two\n    three\n", "    one\n\n      two\n    three\n", "    one\n      two\n    three\n"},
	} {
		stock := string(byKustomize(t, tree.Tree{"kustomization.yaml": []byte("resources: [m.yaml]\n"),
			"m.yaml": []byte(head + tt.written)}))
		if !strings.Contains(stock, tt.kustomize) {
			t.Errorf("kustomize prints %q of %q", stock, tt.written)
		}
		docs, diags := value.ReadObjects("m.yaml", []byte(head+tt.written))
		own, err := value.EncodeCanonical(docs...)
		if len(diags) > 0 || err != nil || !strings.Contains(string(own), tt.unfold) {
			t.Errorf("unfold writes %q of %q: %v, %v", own, tt.written, diags, err)
		}
	}
}
