package object_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
)

// TestRename looks at which names and references prefix and suffix go around.
func TestRename(t *testing.T) {
	const in = `apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  template:
    spec:
      serviceAccountName: a
      containers:
      - envFrom: [{configMapRef: {name: c}}, {configMapRef: {name: elsewhere}}, {secretRef: {name: es}}, {secretRef: {name: sealed}}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: a}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: sealed}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: es}
spec: {target: {name: es}}
---
apiVersion: v1
kind: Namespace
metadata: {name: ns}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r}
rules: [{resourceNames: [c, other]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: r}
roleRef: {kind: ClusterRole, name: r}
subjects: [{kind: ServiceAccount, name: a}]
`
	got, err := object.Encode(object.Values(object.Names{Prefix: "x-", Suffix: "-7"}.Rename(objects(t, in))))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(got)) {
		if _, name, ok := strings.Cut(strings.TrimSpace(line), "ame: "); ok {
			names = append(names, name)
		} else if strings.HasPrefix(line, "  - ") {
			names = append(names, strings.TrimSpace(line[4:]))
		}
	}
	want := []string{
		"x-a-7", "x-c-7", "elsewhere", "x-es-7", "sealed", "x-a-7", "x-a-7", "x-c-7", "sealed", "x-es-7", "x-es-7", "ns", "x-r-7",
		"x-c-7", "other", "x-r-7", "r", "x-a-7",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-want +got):\n%s\n%s", diff, got)
	}
	if plain := (object.Names{}).Rename(objects(t, in)); !cmp.Equal(len(plain), 8) {
		t.Errorf("%d objects", len(plain))
	}
}

// TestUndo takes prefix and suffix off, where an object has them.
func TestUndo(t *testing.T) {
	n := object.Names{Prefix: "x-", Suffix: "-7"}
	for _, tt := range []struct{ kind, name, want string }{
		{"Deployment", "x-a-7", "a"}, {"Deployment", "x-a", "x-a"}, {"SealedSecret", "x-a-7", "x-a-7"},
	} {
		if got := n.Undo(object.ID{Kind: tt.kind, Name: tt.name}).Name; got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.kind, tt.name, got, tt.want)
		}
	}
}
