package platform_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
)

const head = "apiVersion: unfold.dev/v1alpha1\nkind: Platform\n"

func parse(t *testing.T, body string) *platform.Platform {
	t.Helper()
	p, diags := platform.Parse("etc/platform.yaml", []byte(head+body))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

func TestSettings(t *testing.T) {
	pem, err := os.ReadFile("../../examples/team-repo/certificate.pem")
	if err != nil {
		t.Fatal(err)
	}
	p := parse(t, `
cluster: main
certificate: cert.pem
namespace: "{env}-{app}"
environments:
  a: {}
  b:
    cluster: https://b.example.com
    certificate: https://b.example.com/cert.pem
    namespace: shared
    ingress: {domain: "{env}.example.com"}
  c:
    certificate: |
      `+strings.ReplaceAll(string(pem), "\n", "\n      ")+`
    cluster: {name: c}
`)
	usual := platform.Applications{Retries: 5, SyncOptions: []string{"CreateNamespace=true", "ServerSideApply=true"}}
	main := platform.Settings{Cluster: platform.Cluster{Name: "main"},
		Certificate:  platform.Certificate{File: "etc/cert.pem", Pos: diag.Pos{File: "etc/platform.yaml", Line: 5, Col: 14}},
		Applications: usual}
	for env, want := range map[string]platform.Settings{
		"a": main, "other": main,
		"b": {Cluster: platform.Cluster{Server: "https://b.example.com"},
			Certificate: platform.Certificate{URL: "https://b.example.com/cert.pem"}, Applications: usual},
		"c": {Cluster: platform.Cluster{Name: "c"}, Certificate: platform.Certificate{PEM: string(pem)},
			Applications: usual},
	} {
		if diff := cmp.Diff(want, p.Settings(env)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", env, diff)
		}
	}
	for env, want := range map[string]string{"a": "{env}-{app}", "b": "shared", "other": "{env}-{app}"} {
		if got := p.Defaults.Place(env).Namespace.Text; got != want {
			t.Errorf("%s: namespace %q, want %q", env, got, want)
		}
	}
	if got := p.Defaults.Place("b").Host("web", "shop", "b"); got != "web.b.example.com" {
		t.Errorf("host %q", got)
	}
	if got := p.Defaults.Place("a").Host("web", "shop", "a"); got != "" {
		t.Errorf("host %q without a domain", got)
	}
}

func TestEnvironments(t *testing.T) {
	for body, want := range map[string]string{
		"":                               "dev staging prod",
		"environments:\n":                "dev staging prod",
		"environments: {live: , test: }": "live test",
	} {
		var names []string
		for _, e := range parse(t, body).Defaults.Environments {
			names = append(names, e.Key)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q: %s, want %s", body, got, want)
		}
	}
}

// FuzzParse holds that no content makes the reader fail in any other way than by
// diagnostics with places, and that what it takes is taken by apps.
func FuzzParse(f *testing.F) {
	for _, body := range []string{
		"", "defaults: {replicas: 2, image: {pullPolicy: Always}}", "namespace: '{app}'",
		"environments: {prod: {defaults: {resources: {limits: {cpu: 1}}}, cluster: a, certificate: b, ingress: {domain: a.b}}}",
		"environments: {dev: , prod: null}\npullSecrets: [a, b]", "defaults: {security: null, disruption: false}",
	} {
		f.Add([]byte(head + body))
	}
	doc, diags := descriptor.Parse("app.yaml", []byte("apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: a/b\n"))
	if diags.HasErrors() {
		f.Fatal(diags)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		p, diags := platform.Parse("platform.yaml", src)
		for _, d := range diags {
			if d.Pos.File != "platform.yaml" || d.Pos.Line < 1 || d.Pos.Col < 1 || d.Message == "" || d.Code == "" {
				t.Errorf("a diagnostic without a place: %#v", d)
			}
		}
		if (p == nil) != diags.HasErrors() {
			t.Fatalf("platform %v beside %v", p, diags)
		}
		if p == nil {
			return
		}
		for _, env := range doc.Environments(p.Defaults) {
			doc.Effective(env, descriptor.Options{Defaults: p.Defaults})
		}
	})
}

func TestArgoCD(t *testing.T) {
	p := parse(t, `
applications: {retries: 0, prune: false}
argocd: {namespace: gitops}
environments:
  dev: {applications: {selfHeal: false}}
  live:
    applications:
      automated: false
      syncOptions: [ServerSideApply=true]
      syncWindows: [{kind: deny, schedule: "0 0 * * *", duration: 8h, manualSync: true}]
teams:
  shop:
    apps: [apps/shop-*]
    kinds: [Secret]
    roles: {dev: {groups: [devs]}, ops: {groups: [ops], actions: [sync], environments: [live]}}
    notify: {slack: shop}
previews: {owner: example, repository: apps, environment: dev, token: github/token}
`)
	if diff := cmp.Diff(platform.ArgoCD{Namespace: "gitops", Plugin: "unfold", Project: "default"}, p.ArgoCD); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for env, want := range map[string]platform.Applications{
		"dev": {Keep: true, Drift: true, SyncOptions: []string{"CreateNamespace=true", "ServerSideApply=true"}},
		"live": {Keep: true, Manual: true, SyncOptions: []string{"ServerSideApply=true"},
			SyncWindows: []platform.SyncWindow{{Kind: "deny", Schedule: "0 0 * * *", Duration: "8h", ManualSync: true}}},
	} {
		if diff := cmp.Diff(want, p.Settings(env).Applications); diff != "" {
			t.Errorf("%s (-want +got):\n%s", env, diff)
		}
	}
	roles := []platform.Role{
		{Name: "dev", Groups: []string{"devs"}, Actions: []string{"get", "sync"}},
		{Name: "ops", Groups: []string{"ops"}, Actions: []string{"sync"}, Environments: []string{"live"}},
	}
	if diff := cmp.Diff(roles, p.Teams[0].Roles); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := &platform.Previews{Owner: "example", Repository: "apps", Label: "preview", TokenName: "github", TokenKey: "token",
		Environment: "dev"}
	if diff := cmp.Diff(want, p.Previews); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
