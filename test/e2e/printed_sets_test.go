package e2e

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// github answers for the pull requests of example/apps, as much as their generator asks.
type github struct {
	*httptest.Server
	mu    sync.Mutex
	pulls []map[string]any
	// Root is the path of the certificate that it has.
	Root string
}

func startGitHub(t *testing.T) *github {
	t.Helper()
	g := &github{Root: filepath.Join(harness.ShortTempDir(t), "root.pem"), pulls: []map[string]any{}}
	g.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v3/repos/example/apps/pulls" || r.Header.Get("Authorization") != "Bearer secret" {
			http.NotFound(w, r)
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		_ = json.NewEncoder(w).Encode(g.pulls)
	}))
	t.Cleanup(g.Close)
	harness.WriteFile(t, g.Root, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: g.Certificate().Raw}))
	return g
}

// pull opens a pull request, the only one, with labels.
func (g *github) pull(number int, revision string, labels ...string) {
	list := []map[string]any{}
	for _, l := range labels {
		list = append(list, map[string]any{"name": l})
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pulls = []map[string]any{{
		"number": number, "title": "a change", "labels": list, "user": map[string]any{"login": "jo"},
		"head": map[string]any{"ref": "change", "sha": revision}, "base": map[string]any{"ref": "main", "sha": revision},
	}}
}

// TestPrintedApplicationSets holds that the sets that unfold argocd prints follow the repository, the clusters and the
// pull requests by themselves.
func TestPrintedApplicationSets(t *testing.T) {
	hub := startGitHub(t)
	d := &delivery{installation: &installation{
		Installation: harness.StartInstallation(t, harness.PluginOptions{ApplicationSets: []string{"SSL_CERT_FILE=" + hub.Root}}),
		repo:         harness.NewRepo(t),
	}}
	d.repo.CopyDir(harness.RepoPath(t, "examples", "example-app"), "apps/example-app")
	d.repo.CopyDir(harness.RepoPath(t, "examples", "multi"), "apps/multi")
	d.repo.Write("apps/worker/app.yaml", "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: worker\nimage: nginx:1.29\n"+
		"environments: {dev: , prod: {enabled: false}}\n")
	d.revision = d.repo.Commit("the apps")
	d.clone = d.repo.Clone()
	harness.WriteFile(t, d.clone.Dir+"/../platform.yaml", fmt.Appendf(nil, `apiVersion: unfold.dev/v1alpha1
kind: Platform
environments:
  dev: {}
  staging: {applications: {prune: false}}
  prod: {cluster: {labels: {tier: prod}}}
teams: {shop: {apps: ["apps/multi*"]}}
previews: {owner: example, repository: apps, api: %q, environment: dev, token: github/token, domain: preview.example.com}
`, hub.URL))
	d.MustApply(t, harness.Object{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "github"}, "stringData": map[string]any{"token": "secret"},
	})
	d.printedObjects(t, "--style", "applicationset")
	names := []string{"example-app-dev", "example-app-staging", "multi-dev", "multi-staging", "worker-dev"}
	d.applications(t, names...)
	d.synced(t, d.adopted("example-app", "dev"), d.adopted("multi", "dev"))
	if got := d.App(t, "multi-dev").Text("spec", "project"); got != "shop" {
		t.Errorf("the team's app is in the project %q", got)
	}

	t.Run("a cluster", func(t *testing.T) {
		d.Register(t, "eu", map[string]any{"tier": "test"})
		d.applications(t, names...)
		d.Register(t, "eu", map[string]any{"tier": "prod"})
		names = append(names, "example-app-prod-eu", "multi-prod-eu")
		d.applications(t, names...)
		for _, app := range []string{"example-app", "multi"} {
			a := d.adopted(app, "prod")
			a.Name += "-eu"
			d.synced(t, a)
		}
	})
	t.Run("a new folder", func(t *testing.T) {
		d.clone.Write("apps/late/app.yaml", "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: late\nimage: nginx:1.29\n")
		d.clone.Write("apps/multi-two/app.yaml",
			"apiVersion: unfold.dev/v1alpha1\nkind: App\nname: multi-two\nimage: nginx:1.29\nenvironments: {dev: }\n")
		d.clone.Write("apps/broken/app.yaml",
			"apiVersion: unfold.dev/v1alpha1\nkind: App\nname: broken\nimage: nginx:1.29\nenvironments: [dev]\nworkloads: none\n")
		d.revision = d.clone.Commit("three more apps")
		d.clone.Push()
		names = append(names, "late-dev", "late-staging", "late-prod-eu", "multi-two-dev", "broken-dev", "broken-staging", "broken-prod-eu")
		d.applications(t, names...)
		d.synced(t, d.adopted("late", "dev"), d.adopted("multi-two", "dev"))
		if got := d.App(t, "multi-two-dev").Text("spec", "project"); got != "shop" {
			t.Errorf("the team's app is in the project %q", got)
		}
		d.WaitCondition(t, "broken-dev", "app.yaml:5:")
	})
	t.Run("a folder less", func(t *testing.T) {
		for _, app := range []string{"late", "multi-two", "broken"} {
			d.clone.Remove("apps/" + app)
		}
		d.revision = d.clone.Commit("three apps less")
		d.clone.Push()
		names = slices.DeleteFunc(names, func(name string) bool {
			// prune: false keeps those of staging.
			return !strings.HasSuffix(name, "-staging") && (strings.HasPrefix(name, "late") || strings.HasPrefix(name, "multi-two") ||
				strings.HasPrefix(name, "broken"))
		})
		d.applications(t, names...)
		d.gone(t, "late-dev")
		d.gone(t, "multi-two-dev")
	})
	t.Run("a preview", func(t *testing.T) {
		d.clone.Write("apps/example-app/app.yaml", d.clone.Read("apps/example-app/app.yaml")+"replicas: 2\n")
		change := d.clone.Commit("a change")
		d.clone.PushTo("change")
		hub.pull(7, change, "enhancement")
		d.applications(t, names...)
		hub.pull(7, change, "enhancement", "preview")
		d.applications(t, append([]string{"example-app-pr-7", "multi-pr-7", "worker-pr-7"}, names...)...)
		for app, want := range map[string]map[string]string{
			"example-app": {"example-app": "ashik9001/demo-app:" + change},
			"multi": {"shop-web": "ghcr.io/example/shop:" + change, "shop-worker": "ghcr.io/example/shop:" + change,
				"shop-api": "ghcr.io/example/shop-api:main"},
			"worker": {"worker": "nginx:" + change},
		} {
			d.WaitSynced(t, app+"-pr-7", change)
			if got := d.images(t, app+"-pr-7"); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s runs %v, want %v", app, got, want)
			}
		}
		host, _ := item(the(t, d.Objects(t, "example-app-pr-7"), "Ingress").Get("spec", "rules"), 0)
		if got := host.Text("host"); got != "example-app-pr-7.preview.example.com" {
			t.Errorf("its host is %q", got)
		}
		hub.pull(7, change) // its time has come
		d.applications(t, names...)
		d.gone(t, "example-app-pr-7")
	})
}
