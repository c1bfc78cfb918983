package tree_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/unfold-gitops/unfold/pkg/tree"
)

// TestMain lets the test binary be a process of its own that updates a file: it
// appends lines until it is killed, or as many as it is told.
func TestMain(m *testing.M) {
	if dir := os.Getenv("TREE_WRITE"); dir != "" {
		os.Exit(writeAsChild(dir))
	}
	if dir := os.Getenv("TREE_UPDATE"); dir != "" {
		n, _ := strconv.Atoi(os.Getenv("TREE_COUNT"))
		for i := 0; n == 0 || i < n; i++ {
			_, err := tree.Update(dir, "f", func(old []byte) ([]byte, error) {
				return append(old, os.Getenv("TREE_LINE")+"\n"...), nil
			})
			if err != nil {
				os.Stderr.WriteString(err.Error())
				os.Exit(1)
			}
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func updater(t *testing.T, dir, line string, n int) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TREE_UPDATE="+dir, "TREE_LINE="+line, "TREE_COUNT="+strconv.Itoa(n))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func with(text string) func([]byte) ([]byte, error) {
	return func([]byte) ([]byte, error) { return []byte(text), nil }
}

func TestUpdate(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".f.unfold-left"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	changed, err := tree.Update(dir, "f", with("new"))
	if !changed || err != nil {
		t.Fatal(changed, err)
	}
	content, err := os.ReadFile(file)
	info, _ := os.Stat(file)
	if err != nil || string(content) != "new" || info.Mode() != 0o640 {
		t.Errorf("%q, %v, %v", content, info.Mode(), err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the folder holds %v", entries)
	}
	if changed, err := tree.Update(dir, "f", with("new")); changed || err != nil {
		t.Error("the same content again:", changed, err)
	}
	failure := errors.New("no")
	if _, err := tree.Update(dir, "f", func([]byte) ([]byte, error) { return nil, failure }); !errors.Is(err, failure) {
		t.Error(err)
	}
	_, err = tree.Update(dir, "f", func([]byte) ([]byte, error) {
		return []byte("mine"), os.WriteFile(file, []byte("an editor's"), 0o640)
	})
	if content, _ := os.ReadFile(file); !errors.Is(err, tree.ErrChanged) || string(content) != "an editor's" {
		t.Errorf("%v, %q", err, content)
	}
	if err := os.Symlink("f", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Update(dir, "link", with("x")); !errors.Is(err, tree.ErrSymlink) {
		t.Error(err)
	}
	if _, err := tree.Update(dir, "none", with("x")); !errors.Is(err, tree.ErrNotExist) {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("the folder holds %v", entries)
	}
}

// TestUpdateAtOnce lets processes change one file: no change is lost.
func TestUpdateAtOnce(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	var all []*exec.Cmd
	const processes, each = 6, 20
	for i := range processes {
		all = append(all, updater(t, dir, strconv.Itoa(i), each))
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	content, _ := os.ReadFile(filepath.Join(dir, "f"))
	if got := bytes.Count(content, []byte("\n")); got != processes*each {
		t.Errorf("%d lines of %d", got, processes*each)
	}
}

// TestUpdateKilled kills a process while it writes: the file is whole, and the
// next one can go on.
func TestUpdateKilled(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	line := strings.Repeat("x", 5000)
	for i := range 30 {
		cmd := updater(t, dir, line, 0)
		time.Sleep(time.Duration(i) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(string(content)) {
			if l != line+"\n" {
				t.Fatalf("a line of %d bytes", len(l))
			}
		}
		if len(content) > 500_000 {
			if err := os.WriteFile(file, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
