package tree_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

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

func TestWalk(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("dir/sub", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"link": "dir", "dir/inner": "sub", "to-a-link": "dir/inner"} {
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	for root, want := range map[string][]string{
		".":         {".", "dir", "dir/inner", "dir/sub", "link", "to-a-link"},
		"dir":       {"dir", "dir/inner", "dir/sub"},
		"dir/":      {"dir/", "dir/inner", "dir/sub"},
		"link":      {"link", "link/inner", "link/sub"},
		"to-a-link": {"to-a-link"},
		"nowhere":   {"nowhere: not there"},
	} {
		var got []string
		if err := tree.Walk(root, func(name string, _ fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				name += ": not there"
			}
			got = append(got, name)
			return nil
		}); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Walk(%q) (-want +got):\n%s", root, diff)
		}
	}
}
