package tree_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/tree"
)

// onDisk returns the files below dir.
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
		{"beside others", map[string]string{"other/x": "1", "README.md": "2"}, false,
			with(map[string]string{"other/x": "1", "README.md": "2"}), nil},
		{"a folder exists", map[string]string{"base/old": "1"}, false, map[string]string{"base/old": "1"}, tree.ErrExists},
		{"a file exists", map[string]string{"top.yaml": "1"}, false, map[string]string{"top.yaml": "1"}, tree.ErrExists},
		{"in place of old content", map[string]string{"base/old": "1", "top.yaml": "1", "kept": "2"}, true,
			with(map[string]string{"kept": "2"}), nil},
		{"a folder in place of a file", map[string]string{"base": "1"}, true, all, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "new", "out")
			write(t, dir, tt.before)
			if err := tree.Write(t.Context(), dir, files, tt.force); !errors.Is(err, tt.err) {
				t.Errorf("error: got %v, want %v", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, onDisk(t, dir)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWriteRollsBack makes writing fail and wants all to be as before.
func TestWriteRollsBack(t *testing.T) {
	before := map[string]string{"a/old": "1", "b/old": "2"}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		tree tree.Tree
		want error
	}{
		{"a path that is a file and a folder", t.Context(), tree.Tree{"a/x": []byte("new"), "b/x": []byte("new"), "b/x/y": []byte("new")},
			nil},
		{"a path that leads out", t.Context(), tree.Tree{"a/x": []byte("new"), "..": []byte("new")}, tree.ErrOutside},
		{"a path that leads out below", t.Context(), tree.Tree{"a/x": []byte("new"), "b/../../c": []byte("new")}, tree.ErrOutside},
		{"an absolute path", t.Context(), tree.Tree{"a/x": []byte("new"), "/c": []byte("new")}, tree.ErrOutside},
		{"an interrupt", canceled, tree.Tree{"a/x": []byte("new"), "c": []byte("new")}, context.Canceled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			write(t, dir, before)
			err := tree.Write(tt.ctx, dir, tt.tree, true)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), ".unfold-") {
				t.Errorf("the error names what nobody knows: %v", err)
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
	if err := tree.Write(t.Context(), file, tree.Tree{"a": nil}, true); !errors.Is(err, tree.ErrNotDir) {
		t.Error(err)
	}
}

// TestWriteLinks wants links in the folder to be replaced, never followed, and a
// link to the folder to mean the folder.
func TestWriteLinks(t *testing.T) {
	parent := t.TempDir()
	write(t, parent, map[string]string{"elsewhere/x": "1", "real/kept": "1"})
	dir := filepath.Join(parent, "link")
	for name, to := range map[string]string{"link": "real", "real/base": "../elsewhere", "real/top": "../elsewhere/x",
		"real/gone": "../nothing"} {
		if err := os.Symlink(to, filepath.Join(parent, name)); err != nil {
			t.Skip(err)
		}
	}
	for _, top := range []string{"base/a", "top", "gone"} {
		if err := tree.Write(t.Context(), dir, tree.Tree{top: []byte("new")}, false); !errors.Is(err, tree.ErrExists) {
			t.Errorf("%s: %v", top, err)
		}
	}
	if err := tree.Write(t.Context(), dir, tree.Tree{"base/a": []byte("new"), "top": []byte("new"), "gone": []byte("new")},
		true); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"elsewhere/x": "1", "real/kept": "1", "real/base/a": "new", "real/top": "new", "real/gone": "new"}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, onDisk(t, parent)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a-1": "old", "a-2": "old", "a-folder/x": "kept", "other": "kept"})
	removed, err := tree.Replace(t.Context(), dir, tree.Tree{"a-2": []byte("new"), "a-3": []byte("new")}, isStale)
	if err != nil || !slices.Equal(removed, []string{"a-1"}) {
		t.Error(removed, err)
	}
	want := map[string]string{"a-2": "new", "a-3": "new", "a-folder/x": "kept", "other": "kept"}
	if diff := cmp.Diff(want, onDisk(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 4 {
		t.Errorf("the folder holds %v", entries)
	}
}

func isStale(e fs.DirEntry) bool { return !e.IsDir() && strings.HasPrefix(e.Name(), "a-") }

// writeAsChild is a process of its own that writes, as often as it is told.
func writeAsChild(dir string) int {
	files := tree.Tree{}
	for _, name := range strings.Fields(os.Getenv("TREE_FILES")) {
		files[name] = []byte(os.Getenv("TREE_LINE"))
	}
	n, _ := strconv.Atoi(os.Getenv("TREE_COUNT"))
	for range max(n, 1) {
		var err error
		switch os.Getenv("TREE_HOW") {
		case "replace":
			_, err = tree.Replace(context.Background(), dir, files, isStale)
		default:
			err = tree.Write(context.Background(), dir, files, os.Getenv("TREE_HOW") == "force")
		}
		if err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			return 1
		}
	}
	return 0
}

func writer(dir, how, files, line string, n int) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TREE_WRITE="+dir, "TREE_HOW="+how, "TREE_FILES="+files, "TREE_LINE="+line,
		"TREE_COUNT="+strconv.Itoa(n))
	return cmd
}

// TestWriteAtOnce lets processes write into one folder: what is there in the end
// is of one of them, all of it.
func TestWriteAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	var all []*exec.Cmd
	for i := range 6 {
		cmd := writer(dir, "force", "base/x base/y overlays/z top", strconv.Itoa(i), 5)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		all = append(all, cmd)
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	got := onDisk(t, dir)
	line := got["top"]
	if diff := cmp.Diff(map[string]string{"base/x": line, "base/y": line, "overlays/z": line, "top": line}, got); diff != "" || line == "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 3 {
		t.Errorf("the folder holds %v", entries)
	}
}

// TestWriteWaits wants a writer that waits for another to end with its context.
func TestWriteWaits(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	write(t, dir, map[string]string{"f": "1"})
	_, err := tree.Update(dir, "f", func(old []byte) ([]byte, error) {
		cancel()
		if err := tree.Write(ctx, dir, tree.Tree{"g": nil}, true); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		return old, nil
	})
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(map[string]string{"f": "1"}, onDisk(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
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
