package tree_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/tree"
)

func TestRel(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "repo", "apps", "web"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"link": "repo", "repo/short": "apps/web", "repo/broken": "nowhere"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join(dir, "link"))
	for _, c := range []struct{ root, name, want string }{
		{filepath.Join(dir, "repo"), ".", "."},
		{filepath.Join(dir, "repo"), "apps/web", "apps/web"},
		{filepath.Join(dir, "link"), filepath.Join(dir, "repo", "apps"), "apps"},
		{filepath.Join(dir, "link", "apps"), "short", "web"},
		{".", "apps/../short/", "apps/web"},
		{".", "new/folder", "new/folder"},
		{"new", "new/folder", "folder"},
		{".", "short/new", "apps/web/new"},
		{".", "broken", "broken"},
		{".", "..", ".."},
		{"apps", filepath.Join(dir, "else"), "../../else"},
		{filepath.Join(dir, "repo"), "..hidden", "..hidden"},
	} {
		if got, err := tree.Rel(c.root, c.name); err != nil || got != c.want {
			t.Errorf("Rel(%q, %q) = %q, %v, want %q", c.root, c.name, got, err, c.want)
		}
	}
}
