package object_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// objects reads a stream of objects; one with the label "generated" is.
func objects(t *testing.T, src string) []object.Object {
	t.Helper()
	docs, diags := value.ReadAll("f", []byte(src))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	out := make([]object.Object, len(docs))
	for i, doc := range docs {
		out[i] = object.Object{Value: doc, Generated: doc.Get("metadata").Has("generated")}
		out[i].Value = doc.Replace([]string{"metadata"}, func(m *value.Value) *value.Value {
			m = m.Copy()
			m.Delete("generated")
			return m
		})
	}
	return out
}

func TestID(t *testing.T) {
	for _, tt := range []struct {
		id                     object.ID
		group, version, asText string
	}{
		{object.ID{APIVersion: "v1", Kind: "Service", Name: "a"}, "", "v1", "service/a"},
		{object.ID{APIVersion: "apps/v1", Kind: "Deployment", Name: "a"}, "apps", "v1", "deployment/a"},
		{object.ID{}, "", "", "/"},
	} {
		if tt.id.Group() != tt.group || tt.id.Version() != tt.version || tt.id.String() != tt.asText {
			t.Errorf("%+v: got %q, %q, %q", tt.id, tt.id.Group(), tt.id.Version(), tt.id)
		}
	}
}

func TestSort(t *testing.T) {
	in := objects(t, `
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a}}
---
{apiVersion: example.com/v1, kind: Zebra, metadata: {name: a}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: b}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: z}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}
---
{apiVersion: v1, kind: Service, metadata: {name: a}}
---
{apiVersion: example.com/v1, kind: Ant, metadata: {name: a}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: a}}
`)
	object.Sort(in)
	var got []string
	for _, o := range in {
		got = append(got, strings.TrimSuffix(o.ID().String()+" "+o.Value.StringAt("metadata", "namespace"), " "))
	}
	want := []string{
		"namespace/a", "configmap/a", "service/a", "deployment/a z", "deployment/a", "deployment/b", "cronjob/a",
		"poddisruptionbudget/a", "ant/a", "zebra/a",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// TestFinish completes objects: namespaces, hashed names and all references to
// them, in kustomize's order.
func TestFinish(t *testing.T) {
	const in = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  template:
    spec:
      containers:
      - envFrom: [{configMapRef: {name: shop-config}}, {secretRef: {name: shop-config}}]
        env: [{name: A, valueFrom: {configMapKeyRef: {name: shop-config, key: A}}}]
      initContainers:
      - envFrom: [{configMapRef: {name: other}}]
        env: [{name: A, valueFrom: {configMapKeyRef: {name: shop-config, key: A}}}]
      volumes:
      - {name: a, configMap: {name: shop-config}}
      - {name: b, projected: {sources: [{configMap: {name: shop-config}}, {secret: {name: shop-config}}]}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: shop-config, generated: true}, data: {A: b}}
`
	const want = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: v1
data:
  A: b
kind: ConfigMap
metadata:
  name: shop-config-HASH
  namespace: ns
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: ns
spec:
  template:
    spec:
      containers:
      - env:
        - name: A
          valueFrom:
            configMapKeyRef:
              key: A
              name: shop-config-HASH
        envFrom:
        - configMapRef:
            name: shop-config-HASH
        - secretRef:
            name: shop-config
      initContainers:
      - env:
        - name: A
          valueFrom:
            configMapKeyRef:
              key: A
              name: shop-config-HASH
        envFrom:
        - configMapRef:
            name: other
      volumes:
      - configMap:
          name: shop-config-HASH
        name: a
      - name: b
        projected:
          sources:
          - configMap:
              name: shop-config-HASH
          - secret:
              name: shop-config
`
	given := objects(t, in)
	before, err := object.Encode(object.Values(given))
	if err != nil {
		t.Fatal(err)
	}
	got, err := object.Encode(object.Values(object.Finish(given, "ns")))
	if err != nil {
		t.Fatal(err)
	}
	hash := object.Hash(given[2].Value)
	if diff := cmp.Diff(strings.ReplaceAll(want, "HASH", hash), string(got)); diff != "" {
		t.Errorf("finished (-want +got):\n%s", diff)
	}
	after, err := object.Encode(object.Values(given))
	if diff := cmp.Diff(string(before), string(after)); diff != "" || err != nil {
		t.Errorf("the objects passed in were changed: %v (-before +after):\n%s", err, diff)
	}
}

func TestEncodeRefusesWhatJSONHasNot(t *testing.T) {
	if _, err := object.Encode(object.Values(objects(t, "a: .inf"))); err == nil {
		t.Error("no error for infinity")
	}
}
