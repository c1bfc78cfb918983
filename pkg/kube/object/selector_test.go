package object_test

import (
	"testing"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func TestSelector(t *testing.T) {
	docs, diags := value.ReadAll("a.yaml",
		[]byte("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop-web, labels: {app: shop, tier: web}, annotations: {note: "+
			"a}}\n"))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	for target, want := range map[string]bool{
		"{}":                                    true,
		"{kind: Deployment, name: shop-.*}":     true,
		"{kind: Deployment, name: shop}":        false,
		"{group: batch}":                        false,
		"{labelSelector: app=shop}":             true,
		"{labelSelector: 'app == shop, tier'}":  true,
		"{labelSelector: 'app=shop,tier!=web'}": false,
		"{labelSelector: tier!=api}":            true,
		"{labelSelector: app=shp}":              false,
		"{labelSelector: other}":                false,
		"{labelSelector: '!other'}":             true,
		"{labelSelector: '!app'}":               false,
		"{labelSelector: app in (a)}":           true, // which is left to kustomize
		"{annotationSelector: note=a}":          true,
		"{annotationSelector: app=shop}":        false,
	} {
		selector, diags := value.ReadAll("target.yaml", []byte(target))
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		if got := object.NewSelector(selector[0]).SelectsLabelled(docs[0]); got != want {
			t.Errorf("%s: got %v, want %v", target, got, want)
		}
	}
}
