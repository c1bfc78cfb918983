package kustomize_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/hasher"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestHash holds our hash of a ConfigMap to kustomize's.
func TestHash(t *testing.T) {
	const head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
	for _, data := range []string{
		"data: {A: b}", "data: {b: c, a: d}", "data: {A: \"\"}", "", "data: {}", "binaryData: {A: AAEC}",
		"data: {A: b}\nbinaryData: {C: AAEC, B: \"\"}", "data: {A: \"<&>\\u2028é\\\"\\\\\"}", "data: {A: \"x\\ny\\n\"}",
		"data: {A: " + strings.Repeat("x", 5000) + "}", "data: {a10: x, a9: y, A: z}",
	} {
		node, err := yaml.Parse(head + data)
		if err != nil {
			t.Fatal(err)
		}
		want, err := (&hasher.Hasher{}).Hash(node)
		if err != nil {
			t.Fatal(err)
		}
		v, diags := value.Read("f", []byte(head+data))
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		if got := object.Hash(v); got != want {
			t.Errorf("%.60q: got %s, want %s", data, got, want)
		}
	}
}
