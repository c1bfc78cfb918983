package tree_test

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

func open(t *testing.T, dir string) *tree.Folder {
	t.Helper()
	f, err := tree.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"../secret": "s", "a": "content", "d/b": "deep", "big": strings.Repeat("x", tree.MaxFileSize),
		"bigger": strings.Repeat("x", tree.MaxFileSize+1)})
	for link, target := range map[string]string{"in": "a", "out": "../secret", "dir": "d", "d/up": ".."} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	f := open(t, dir)
	for _, tt := range []struct {
		name string
		want error
	}{
		{"a", nil}, {"./a", nil}, {"d/b", nil}, {"d/../a", nil}, {"big", nil},
		{"", tree.ErrNotExist}, {"nothing", tree.ErrNotExist}, {"d/nothing", tree.ErrNotExist}, {"a/b", tree.ErrNotExist},
		{"a\x00b", tree.ErrNotExist}, {strings.Repeat("x", 300), tree.ErrNotExist},
		{"..", tree.ErrOutside}, {"../secret", tree.ErrOutside}, {"d/../../secret", tree.ErrOutside},
		{"/etc/hostname", tree.ErrOutside}, {`..\secret`, tree.ErrOutside},
		{".", tree.ErrIsDir}, {"d", tree.ErrIsDir},
		{"in", tree.ErrSymlink}, {"out", tree.ErrSymlink}, {"dir/b", tree.ErrSymlink}, {"d/up/a", tree.ErrSymlink},
		{"bigger", tree.ErrTooLarge},
	} {
		_, err := f.Read(tt.name)
		if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("Read(%.20q): got %v, want %v", tt.name, err, tt.want)
		}
		if err != nil && !tree.IsRefusal(err) {
			t.Errorf("Read(%.20q): %v is taken for a fault of the machine", tt.name, err)
		}
	}
	if content, err := f.Read("d/b"); err != nil || string(content) != "deep" {
		t.Errorf("content: got %q, %v", content, err)
	}
}

func TestReadInAll(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{"small": "x"}
	for i := range tree.MaxTotalSize / tree.MaxFileSize {
		files[fmt.Sprint(i)] = strings.Repeat("x", tree.MaxFileSize)
	}
	write(t, dir, files)
	f := open(t, dir)
	for i := range tree.MaxTotalSize / tree.MaxFileSize {
		if _, err := f.Read(fmt.Sprint(i)); err != nil {
			t.Fatalf("file %d: %v", i, err)
		}
	}
	if _, err := f.Read("small"); !errors.Is(err, tree.ErrTotal) {
		t.Errorf("one byte more than allowed: got %v, want %v", err, tree.ErrTotal)
	}
	f = open(t, dir)
	for range tree.MaxFiles {
		if _, err := f.Read("small"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Read("small"); !errors.Is(err, tree.ErrTooMany) {
		t.Errorf("one file more than allowed: got %v, want %v", err, tree.ErrTooMany)
	}
}

func TestReadDir(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"c/a": "1", "c/d/b": "2", "x": "3", "l/a": "4", "l/z": "5"})
	for _, link := range []string{"l/y", "l/b"} {
		if err := os.Symlink("a", filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	f := open(t, dir)
	got, err := f.ReadDir("c")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tree.Tree{"a": []byte("1"), "d/b": []byte("2")}, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	for name, want := range map[string]error{"x": tree.ErrNotDir, "nothing": tree.ErrNotExist, "../c": tree.ErrOutside,
		"": tree.ErrNotExist, "l": tree.ErrSymlink} {
		if _, err := f.ReadDir(name); !errors.Is(err, want) {
			t.Errorf("ReadDir(%q): got %v, want %v", name, err, want)
		}
	}
	// Of two reasons, it is always the first by name.
	if _, err := f.ReadDir("l"); err == nil || !strings.Contains(err.Error(), "l/b") {
		t.Errorf("got %v, want it to name l/b", err)
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"file": "", "real/a": "1"})
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{"file": tree.ErrNotDir, "nothing": tree.ErrNotExist, "file/below": tree.ErrNotExist} {
		if _, err := tree.Open(filepath.Join(dir, name)); !errors.Is(err, want) {
			t.Errorf("Open(%s): got %v, want %v", name, err, want)
		}
	}
	// The folder itself may be reached through a link.
	if content, err := open(t, filepath.Join(dir, "link")).Read("a"); err != nil || string(content) != "1" {
		t.Errorf("through a link: got %q, %v", content, err)
	}
}
