package git

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// newRepo makes a repository with one file.
func newRepo(t *testing.T) (*Repo, func(args ...string) string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"HOME": dir, "XDG_CONFIG_HOME": dir, "GIT_CONFIG_NOSYSTEM": "1"} {
		t.Setenv(name, text)
	}
	for _, role := range []string{"AUTHOR", "COMMITTER"} {
		t.Setenv("GIT_"+role+"_NAME", "A")
		t.Setenv("GIT_"+role+"_EMAIL", "a@example.com")
	}
	root := filepath.Join(dir, "clone")
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", root}, args...)...)
		cmd.Env = environ(os.Environ())
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	git("init", "--quiet", "--initial-branch=main")
	if err := os.WriteFile(filepath.Join(root, "f"), []byte("old\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	git("add", ".")
	git("commit", "--quiet", "-m", "first")
	r, _, err := Open(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r, git
}

// TestMend stops a commit at each of its steps, as a kill does, and lets the next
// run find what is left.
func TestMend(t *testing.T) {
	const taken, written, moved, unlocked, replaced = 1, 2, 3, 4, 5
	for name, c := range map[string]struct {
		steps []int
		// mine is what the user wrote into the file after the kill.
		mine   string
		commit bool   // whether HEAD has it in the end
		file   string // what the work tree has in the end
		said   string
	}{
		"before anything":     {nil, "", false, "old\n", ""},
		"the index is locked": {[]int{taken}, "", false, "old\n", ""},
		"the file is written": {[]int{taken, written}, "", false, "old\n",
			"an earlier run was killed after it changed f and before it made a commit: the change was undone"},
		"and then changed by hand": {[]int{taken, written}, "mine\n", false, "mine\n", ""},
		"and the lock removed": {[]int{taken, written, unlocked}, "", false, "old\n",
			"an earlier run was killed after it changed f and before it made a commit: the change was undone"},
		"the branch is moved": {[]int{taken, written, moved}, "", true, "new\n", "; the index has it too now"},
		"moved, lock removed": {[]int{taken, written, moved, unlocked}, "", true, "new\n", "; the index has it too now"},
		"the index is replaced too": {[]int{taken, written, moved, replaced}, "", true, "new\n",
			"an earlier run was killed after it made the commit "},
	} {
		t.Run(name, func(t *testing.T) {
			r, git := newRepo(t)
			ctx := context.Background()
			file := filepath.Join(r.root, "f")
			write := func(text string) {
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			l, err := r.lock(ctx)
			if err != nil {
				t.Fatal(err)
			}
			head := strings.TrimSpace(git("rev-parse", "HEAD"))
			m, err := r.commit(ctx, head, Target{Path: "f"}, &File{[]byte("new\n"), "second\n"})
			if err != nil {
				t.Fatal(err)
			}
			index, err := l.readIndex()
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range c.steps {
				err = nil
				switch step {
				case taken:
					err = l.take(ctx, index, state{Head: head, Commit: m.hash, Path: "f", Mode: m.mode, Blob: m.blob})
				case written:
					write("new\n")
				case moved:
					git("update-ref", "HEAD", m.hash)
				case unlocked:
					err = os.Remove(l.indexLock())
				case replaced:
					err = os.Rename(l.indexLock(), l.index())
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if c.mine != "" {
				write(c.mine)
			}
			l.unlock()

			if l, err = r.lock(ctx); err != nil {
				t.Fatal(err)
			}
			defer l.unlock()
			said, err := l.recover(ctx)
			if err != nil || !strings.Contains(said, c.said) || c.said == "" && said != "" {
				t.Errorf("said %q, %v; want %q", said, err, c.said)
			}
			if now := strings.TrimSpace(git("rev-parse", "HEAD")); (now == m.hash) != c.commit {
				t.Errorf("HEAD is %s", now)
			}
			if content, _ := os.ReadFile(file); string(content) != c.file {
				t.Errorf("the file holds %q, want %q", content, c.file)
			}
			if staged := git("diff", "--cached"); staged != "" {
				t.Errorf("the index differs from HEAD:\n%s", staged)
			}
			if status := git("status", "--porcelain"); (status == "") != (c.mine == "") {
				t.Errorf("status: %s", status)
			}
			for _, left := range []string{l.indexLock(), l.folder()} {
				if _, err := os.Lstat(left); err == nil {
					t.Errorf("%s is left", left)
				}
			}
		})
	}
}

// TestLockHeldByChild: while git may still move the branch, nobody takes the lock of
// one that was killed.
func TestLockHeldByChild(t *testing.T) {
	r, git := newRepo(t)
	ctx := context.Background()
	l, err := r.lock(ctx)
	if err != nil {
		t.Fatal(err)
	}
	head := strings.TrimSpace(git("rev-parse", "HEAD"))
	ref, err := r.prepare(ctx, l, "m", head, head)
	if err != nil {
		t.Fatal(err)
	}
	l.unlock() // as by a kill
	again, err := os.Open(l.gitDir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got, err := tryLock(again); got || err != nil {
		t.Errorf("the lock was given away: %v, %v", got, err)
	}
	ref.abort()
	if got, err := tryLock(again); !got || err != nil {
		t.Errorf("the lock was not given back: %v, %v", got, err)
	}
}

// TestUpdateHeadRace: a branch that has gone on is not moved.
func TestUpdateHeadRace(t *testing.T) {
	r, git := newRepo(t)
	ctx := context.Background()
	l, err := r.lock(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer l.unlock()
	old := strings.TrimSpace(git("rev-parse", "HEAD"))
	git("commit", "--quiet", "--allow-empty", "-m", "second")
	if _, err := r.prepare(ctx, l, "m", old, old); !is(err, race) {
		t.Errorf("got %v", err)
	}
}
