package git

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/tree"
)

// TestSnapshotIsACheckout holds what is read of a commit to what is read of a
// checkout of it.
func TestSnapshotIsACheckout(t *testing.T) {
	r, git := newRepo(t)
	dir := filepath.Join(r.root, "apps", "a b")
	for name, text := range map[string]string{
		"app.yaml": "x\n", "deep/er/file": "deep", "empty": "", "big": strings.Repeat("x", tree.MaxFileSize),
		"bigger":  strings.Repeat("x", tree.MaxFileSize+1),
		".hidden": "h", "new\nline": "n", "*": "star", ":(glob)**": "magic", "-f": "dash", "ä": "umlaut", "c/kustomization.yaml": "k",
		"c/d/x": "x",
		"l/a":   "1", "17/" + strings.Repeat("d/", 17) + "x": "too deep", "lf": "a\r\nb\n", "dir.txt": "1", "dir/x": "2", "dir0": "3",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "many"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range tree.MaxFiles + 1 {
		if err := os.WriteFile(filepath.Join(dir, "many", fmt.Sprint(i)), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"link": "app.yaml", "up": "../..", "folder": "deep", "l/z": "a", "loop": "loop",
		"out": "/etc/hostname"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	git("add", ".")
	git("commit", "--quiet", "-m", "apps")
	head := strings.TrimSpace(git("rev-parse", "HEAD"))
	for _, name := range []string{
		"app.yaml", "./app.yaml", "deep/er/file", "deep/../app.yaml", "empty", "big", "bigger", ".hidden", "new\nline", "*", ":(glob)**",
		"-f", "ä", "lf",
		"", ".", "..", "../app.yaml", "/app.yaml", "nothing", "deep", "deep/", "deep/nothing", "app.yaml/x", "link", "up", "up/x",
		"folder/er/file", "l/z", "loop", "out",
		"dir", "dir/x", "dir.txt", "dir0", "a\x00b", `a\b`, "c", "l", "17", "many", strings.Repeat("x", 300),
	} {
		disk, err := tree.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		memory := tree.In(r.At(t.Context(), head, "apps/a b/"))
		want, wantErr := disk.Read(name)
		got, err := memory.Read(name)
		if string(got) != string(want) || text(err) != text(wantErr) {
			t.Errorf("Read(%.20q): got %.20q, %v; want %.20q, %v", name, got, err, want, wantErr)
		}
		wantAll, wantErr := disk.ReadDir(name)
		all, err := memory.ReadDir(name)
		if diff := cmp.Diff(wantAll, all); diff != "" || text(err) != text(wantErr) {
			t.Errorf("ReadDir(%.20q): got %v, want %v (-want +got)\n%.500s", name, err, wantErr, diff)
		}
		if err := errors.Join(disk.Close(), memory.Close()); err != nil {
			t.Fatal(err)
		}
	}
	folders, err := r.At(t.Context(), head, "").Folders("x")
	if diff := cmp.Diff([]string{"apps/a b/17/" + strings.TrimSuffix(strings.Repeat("d/", 17), "/"), "apps/a b/c/d", "apps/a b/dir"},
		folders); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, prefix := range []string{"nothing", "f", "apps/nothing", "apps/a b/link"} {
		if _, err := tree.In(r.At(t.Context(), head, prefix)).Read("app.yaml"); !errors.Is(err, tree.ErrNotExist) {
			t.Errorf("%s: %v", prefix, err)
		}
		if folders, err := r.At(t.Context(), head, prefix).Folders("x"); folders != nil || err != nil {
			t.Errorf("%s: %v, %v", prefix, folders, err)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzParseTree: no list of entries makes it crash or gives a name that leads
// elsewhere.
func FuzzParseTree(f *testing.F) {
	f.Add([]byte("100644 a\x0001234567890123456789"))
	f.Add([]byte("40000 ..\x0001234567890123456789"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		nodes, bad := parseTree(raw, 20)
		if bad != nil {
			return
		}
		seen := map[string]bool{}
		for _, n := range nodes {
			if n.name == "" || n.name == "." || n.name == ".." || strings.ContainsAny(n.name, "/\x00") || seen[n.name] || len(n.id) != 40 {
				t.Errorf("%+v", n)
			}
			seen[n.name] = true
		}
	})
}
