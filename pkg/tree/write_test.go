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

// onDisk gives the files below dir.
func onDisk(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		rel, relErr := filepath.Rel(dir, path)
		out[filepath.ToSlash(rel)] = string(content)
		return errors.Join(err, relErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWrite(t *testing.T) {
	files := tree.Tree{"base/a.yaml": []byte("a"), "base/b/c.yaml": []byte("c"), "overlays/x.yaml": []byte("x"), "top.yaml": []byte("t")}
	all := map[string]string{"base/a.yaml": "a", "base/b/c.yaml": "c", "overlays/x.yaml": "x", "top.yaml": "t"}
	with := func(more map[string]string) map[string]string {
		out := map[string]string{}
		for _, m := range []map[string]string{all, more} {
			for k, v := range m {
				out[k] = v
			}
		}
		return out
	}
	for _, tt := range []struct {
		name   string
		before map[string]string
		force  bool
		want   map[string]string
		err    error
	}{
		{"into nothing", nil, false, all, nil},
		{"beside others", map[string]string{"other/x": "1", "README.md": "2"}, false, with(map[string]string{"other/x": "1", "README.md": "2"}), nil},
		{"a folder exists", map[string]string{"base/old": "1"}, false, map[string]string{"base/old": "1"}, tree.ErrExists},
		{"a file exists", map[string]string{"top.yaml": "1"}, false, map[string]string{"top.yaml": "1"}, tree.ErrExists},
		{"in place of old content", map[string]string{"base/old": "1", "top.yaml": "1", "kept": "2"}, true, with(map[string]string{"kept": "2"}), nil},
		{"a folder in place of a file", map[string]string{"base": "1"}, true, all, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "new", "out")
			write(t, dir, tt.before)
			if err := tree.Write(dir, files, tt.force); !errors.Is(err, tt.err) {
				t.Errorf("error: got %v, want %v", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, onDisk(t, dir)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWriteRollsBack makes writing fail at each stage and wants all to be as
// before.
func TestWriteRollsBack(t *testing.T) {
	before := map[string]string{"a/old": "1", "b/old": "2"}
	for name, bad := range map[string]tree.Tree{
		// A path that is a file and a folder can't be written at all.
		"in staging": {"a/x": []byte("new"), "b/x": []byte("new"), "b/x/y": []byte("new")},
		// A name with nothing in it can't be moved into its place.
		"in moving": {"a/x": []byte("new"), "..": []byte("new")},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			write(t, dir, before)
			if err := tree.Write(dir, bad, true); err == nil {
				t.Error("no error")
			}
			if diff := cmp.Diff(before, onDisk(t, dir)); diff != "" {
				t.Errorf("files (-before +after):\n%s", diff)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
				t.Errorf("something was left behind: %v %v", entries, err)
			}
		})
	}
}

func TestWriteIntoAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, filepath.Dir(file), map[string]string{"file": "1"})
	if err := tree.Write(file, tree.Tree{"a": nil}, true); err == nil {
		t.Error("no error")
	}
}

func TestTree(t *testing.T) {
	x := tree.Tree{"b": []byte("1"), "a/c": []byte("2"), "a/d/e": []byte("3"), "ab/f": []byte("4")}
	if diff := cmp.Diff([]string{"a/c", "a/d/e", "ab/f", "b"}, x.Paths()); diff != "" {
		t.Errorf("Paths (-want +got):\n%s", diff)
	}
	for _, dir := range []string{"a", "a/"} {
		if diff := cmp.Diff(tree.Tree{"c": []byte("2"), "d/e": []byte("3")}, x.Under(dir)); diff != "" {
			t.Errorf("Under(%q) (-want +got):\n%s", dir, diff)
		}
	}
	x = tree.Tree{"z": nil}
	x.Merge("k/l", tree.Tree{"m": []byte("5")})
	if diff := cmp.Diff(tree.Tree{"z": nil, "k/l/m": []byte("5")}, x); diff != "" {
		t.Errorf("Merge (-want +got):\n%s", diff)
	}
}
