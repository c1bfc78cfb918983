package lint_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/lint"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func TestAll(t *testing.T) {
	const service = "{apiVersion: v1, kind: Service, metadata: {name: shop}, spec: {ports: [{port: 80}]}}"
	for _, tt := range []struct {
		name, made, brought, want string
	}{
		{"fine", service, "{apiVersion: v1, kind: Service, metadata: {name: other, namespace: ns}, spec: {ports: [{port: 80}]}}", ""},
		{"the same name of another kind", service, "{apiVersion: v1, kind: Secret, metadata: {name: shop}}", ""},
		{"the same kind and name of another group", service, "{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: shop}}",
			"m:1:1: manifests hold service/shop, which unfold makes for app.yaml:7:3\n" +
				"  hint: rename it, or change the generated object with patches"},
		{"twice", "", service + "\n---\n" + service,
			"m:3:1: manifests hold service/shop twice: it is in m:1:1 too\n  hint: remove one of them"},
		{"another namespace", "", "{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: kube-system}}",
			"m:1:63: secret/a names the namespace \"kube-system\", but the app runs in \"ns\"\n" +
				"  hint: remove the namespace, or deploy the object with another app"},
		{"another Namespace", "", "{apiVersion: v1, kind: Namespace, metadata: {name: a}}",
			"m:1:1: manifests hold the Namespace \"a\", which would be renamed to the app's, \"ns\"\n" +
				"  hint: use namespace: {create: true} for the app's own, and another app for others"},
		{"its own Namespace", "", "{apiVersion: v1, kind: Namespace, metadata: {name: ns}}", ""},
		{"a Namespace of another group", "", "{apiVersion: example.com/v1, kind: Namespace, metadata: {name: a}}", ""},
		{"nothing at all", "", "", "app.yaml:1:1: the app has no objects in this environment, so Argo CD would prune the app\n" +
			"  hint: to remove an app, delete its Application"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			made, brought := docs(t, tt.made), docs(t, tt.brought)
			in := lint.Input{Namespace: "ns", Manifests: brought, Pos: diag.Pos{File: "app.yaml", Line: 1, Col: 1}}
			for _, v := range made {
				in.Objects = append(in.Objects, object.Object{Value: v, Origin: diag.Pos{File: "app.yaml", Line: 7, Col: 3}})
			}
			if diff := cmp.Diff(tt.want, lint.Diags(lint.All(in)).Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func docs(t *testing.T, src string) []*value.Value {
	t.Helper()
	out, diags := value.ReadAll("m", []byte(src))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return out
}

func TestYAML11(t *testing.T) {
	for text, want := range map[string]string{
		"0777": "an octal number", "00": "an octal number", "0x1F": "a number in another notation", "0o7": "a number in another notation",
		"1_000": "a number in another notation", "1.10": "a number that loses its last zero",
		"true": "", "0": "", "10": "", "1.5": "", "text": "", "'yes'": "", "\"0777\"": "", "64Mi": "", "2024-1-3": "", "null": "",
		"yesterday": "", "!!str yes": "",
	} {
		v := docs(t, "{apiVersion: a/v1, kind: X, metadata: {name: x}, a: "+text+"}")
		got := lint.Diags(lint.All(lint.Input{Namespace: "ns", Manifests: v}))
		switch {
		case want == "" && len(got) > 0:
			t.Errorf("%s: got %v", text, got)
		case want != "" && (len(got) != 1 || got[0].Severity != diag.Warning ||
			got[0].Message != "\""+text+"\" without quotes is "+want+" to Kubernetes"):
			t.Errorf("%s: got %v, want %q", text, got, want)
		}
	}
}
