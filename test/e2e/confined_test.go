package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// TestEmptyContainer runs the sidecar as its image does: nothing in its file system but argocd-cmp-server, unfold and
// plugin.yaml, as user 999, with a read-only root, and no network.
func TestEmptyContainer(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{Confined: true})
	before := files(t, p.argocd.Root)
	want := []string{
		"dev/null", "home/argocd/cmp-server/config/plugin.yaml", "home/argocd/cmp-server/plugins/unfold.sock",
		"usr/local/bin/unfold", "var/run/argocd/argocd-cmp-server",
	}
	if !slices.Equal(before, want) {
		t.Errorf("the container holds %q, want %q", before, want)
	}
	status := string(harness.ReadFile(t, p.argocd.Plugin.Proc("status")))
	for _, line := range []string{"Uid:\t999\t999\t999\t999", "CapEff:\t0000000000000000", "NoNewPrivs:\t1"} {
		if !strings.Contains(status, line) {
			t.Errorf("the sidecar's status has no %q", line)
		}
	}

	for _, environment := range []string{"dev", "staging", "prod"} {
		p.returned(t, p.request("example-app", "example-app-"+environment, byVariable(environment)))
		p.returned(t, p.request("multi", "multi-"+environment, named(byParameter(environment))))
	}
	q := p.request("multi", "multi-dev", named(byVariable("qa")))
	if message := p.refused(t, q); !strings.Contains(message, `"qa"`) {
		t.Errorf("the error is %s", message)
	}
	if _, err := p.client.Announcements("multi", p.request("multi", "multi-dev", byVariable("dev")).Source); err != nil {
		t.Error(err)
	}
	harness.Eventually(t, harness.SettleTimeout, "the sidecar leaves nothing behind", func() error {
		return harness.Same(files(t, p.argocd.Root), before)
	})
}

// files lists everything below a folder but folders themselves.
func files(t *testing.T, root string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if os.IsNotExist(err) {
				return nil // removed meanwhile
			}
			return err
		}
		list = append(list, strings.TrimPrefix(path, root+"/"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
