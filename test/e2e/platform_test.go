package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// TestPlatformFile mounts an operator's file into the sidecar as Kubernetes mounts a ConfigMap: a link to a link, of which
// the second is replaced by a change.
func TestPlatformFile(t *testing.T) {
	mount := harness.ShortTempDir(t)
	change := func(version, content string) {
		t.Helper()
		harness.WriteFile(t, filepath.Join(mount, version, "platform.yaml"),
			[]byte("apiVersion: unfold.dev/v1alpha1\nkind: Platform\n"+content))
		fresh := filepath.Join(mount, "..data_tmp")
		if err := os.Symlink(version, fresh); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(fresh, filepath.Join(mount, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(mount, "platform.yaml")
	if err := os.Symlink(filepath.Join("..data", "platform.yaml"), file); err != nil {
		t.Fatal(err)
	}
	change("..1", "environments: {live: {defaults: {replicas: 4, labels: {tier: gold}}}}\n")
	p := startPlugin(t, harness.PluginOptions{Env: []string{"UNFOLD_PLATFORM=" + file}})
	p.repo.Write("apps/small/app.yaml", "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: small\nimage: ghcr.io/example/small:v1\n")
	p.commit("an app that lists no environments")

	// It has one environment, so that is the one.
	objects, err := p.client.Generate(p.request("small", "small-live", &harness.Plugin{}))
	if err != nil {
		t.Fatal(err)
	}
	deployment := find(t, objects, "Deployment", "small")
	if got := deployment.Text("metadata", "labels", "tier"); got != "gold" {
		t.Errorf("the label tier is %q", got)
	}

	// A mistake in it is not the app's.
	change("..2", "environments: {live: {defaults: {replicsa: 4}}}\n")
	q := p.request("small", "small-live", &harness.Plugin{})
	q.NoCache = true
	message := p.refused(t, q)
	for _, want := range []string{"the operator's platform file", "it is not the app's fault",
		`platform.yaml:3:34: unknown field "replicsa"`} {
		if !strings.Contains(message, want) {
			t.Errorf("the error does not say %q: %s", want, message)
		}
	}

	// What the Application says never names the file.
	change("..3", "environments: {live: {}}\n")
	q.Source.Plugin.Env = []harness.Variable{{Name: "UNFOLD_PLATFORM", Value: "/dev/null"}}
	if _, err := p.client.Generate(q); err != nil {
		t.Error(err)
	}
}
