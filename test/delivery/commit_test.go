package delivery_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// wrapped puts a program of the name git in front of the real one. The script has
// $n, which run of git this is, and $real.
func (r *repository) wrapped(script string) {
	r.t.Helper()
	real, err := exec.LookPath("git")
	if err != nil {
		r.t.Fatal(err)
	}
	bin, count := filepath.Join(r.dir, "bin"), filepath.Join(r.dir, "count")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		r.t.Fatal(err)
	}
	r.program(filepath.Join(bin, "git"), fmt.Sprintf("real=%s\necho x >>%s\nn=$(wc -l <%s)\n%s\nexec $real \"$@\"\n", real, count, count,
		script))
	r.env = append(r.env, "PATH="+bin+":"+os.Getenv("PATH"))
}

// unwrapped returns the real git again.
func (r *repository) unwrapped() {
	r.env = append(r.env, "PATH="+os.Getenv("PATH"))
	_ = os.Remove(filepath.Join(r.dir, "count"))
}

func (r *repository) program(file, script string) {
	r.t.Helper()
	r.write(file, "#!/bin/sh\n"+script)
	if err := os.Chmod(file, 0o755); err != nil {
		r.t.Fatal(err)
	}
}

// whole fails where a clone is not as git likes it: HEAD, index and work tree the
// same, and nothing of ours left.
func (r *repository) whole(clone string) {
	r.t.Helper()
	r.clean(clone, r.head(clone))
	if got := r.git(clone, "diff", "--cached"); got != "" {
		r.t.Errorf("the index differs from HEAD:\n%s", got)
	}
	r.git(clone, "fsck", "--strict", "--no-dangling")
	for _, pattern := range []string{"*.lock", "refs/heads/*.lock", "unfold*", "refs/unfold*"} {
		if left, _ := filepath.Glob(filepath.Join(clone, ".git", pattern)); left != nil {
			r.t.Errorf("left: %v", left)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(clone, "apps", "*", ".*")); left != nil {
		r.t.Errorf("left: %v", left)
	}
}

func setProd(tag string, more ...string) []string {
	return append([]string{"set", "image", "apps/app0", "--env", "prod", "ghcr.io/example/app0:" + tag}, more...)
}

// TestCommitRefused: where git's index can't have the commit, nothing happens.
func TestCommitRefused(t *testing.T) {
	r := newRepository(t, 1)
	for flag, part := range map[string]string{
		"skip-worktree": "apps/app0/app.yaml is marked skip-worktree in git's index, so git does not see its changes\n" +
			"  hint: run git update-index --no-skip-worktree -- apps/app0/app.yaml first",
		"assume-unchanged": "apps/app0/app.yaml is marked assume-unchanged in git's index",
	} {
		clone := r.clone(flag)
		r.git(clone, "update-index", "--"+flag, "apps/app0/app.yaml")
		head := r.head(clone)
		for _, how := range []string{"--commit", "--push"} {
			code, out := r.unfold(clone, setProd("v1", how)...)
			r.want(code, out, 3, part)
			r.clean(clone, head)
			r.whole(clone)
		}
	}
	clone := r.clone("locked")
	lock := filepath.Join(clone, ".git", "index.lock")
	r.write(lock, "")
	head := r.head(clone)
	code, out := r.unfold(clone, setProd("v1", "--commit")...)
	r.want(code, out, 3, "index.lock exists: another git works in this clone, or one was killed; nothing was changed\n  hint: ")
	if err := os.Remove(lock); err != nil {
		t.Fatal(err) // it is not ours
	}
	r.clean(clone, head)
	r.whole(clone)

	// A file that can't be written, and a branch that another git holds.
	hook := filepath.Join(clone, ".git", "hooks", "reference-transaction")
	r.program(hook, "exit 1\n")
	code, out = r.unfold(clone, setProd("v1", "--commit")...)
	r.want(code, out, 3, "update-ref", "aborted by hook")
	if err := os.Remove(hook); err != nil {
		t.Fatal(err)
	}
	r.clean(clone, head)
	r.whole(clone)
}

// TestCommitStays: whatever the index holds besides is there afterwards.
func TestCommitStays(t *testing.T) {
	r := newRepository(t, 2)
	for name, prepare := range map[string]func(clone string){
		"intent to add": func(clone string) {
			r.write(filepath.Join(clone, "new"), "new\n")
			r.git(clone, "add", "--intent-to-add", "new")
		},
		"another skipped": func(clone string) { r.git(clone, "update-index", "--skip-worktree", "README") },
		"sparse":          func(clone string) { r.git(clone, "sparse-checkout", "set", "--cone", "apps/app0") },
		"sparse index": func(clone string) {
			r.git(clone, "sparse-checkout", "set", "--cone", "--sparse-index", "apps/app0")
		},
		"split index": func(clone string) { r.git(clone, "update-index", "--split-index") },
		"version 4":   func(clone string) { r.git(clone, "update-index", "--index-version", "4") },
		"linked":      func(clone string) {},
		"merging": func(clone string) {
			r.write(filepath.Join(clone, "README"), "one\n")
			r.git(clone, "commit", "--quiet", "-am", "one")
			r.git(clone, "checkout", "--quiet", "-b", "other", "HEAD~")
			r.write(filepath.Join(clone, "README"), "two\n")
			r.git(clone, "commit", "--quiet", "-am", "two")
			cmd := exec.Command("git", "merge", "main")
			cmd.Dir, cmd.Env = clone, r.env
			if err := cmd.Run(); err == nil {
				t.Fatal("no conflict")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := *r
			r.t = t
			clone := r.clone(strings.ReplaceAll(name, " ", "-"))
			if name == "linked" {
				r.git(clone, "worktree", "add", "--quiet", "../linked-tree")
				clone = filepath.Join(r.dir, "linked-tree")
			}
			prepare(clone)
			look := func() string {
				return r.git(clone, "status", "--porcelain=v2") + r.git(clone, "ls-files", "-v", "--stage", ":!apps/app0/app.yaml") +
					r.git(clone, "diff", "--", "new", "README")
			}
			before := look()
			code, out := r.unfold(clone, setProd("v1", "--commit")...)
			r.want(code, out, 0, "committed ")
			if after := look(); after != before {
				t.Errorf("before\n%s\nafter\n%s", before, after)
			}
			if got := r.git(clone, "diff", "--cached", "--stat", "--", "apps"); got != "" {
				t.Errorf("the index differs from HEAD:\n%s", got)
			}
			if got := r.git(clone, "show", "--format=", "--name-only", "HEAD"); got != "apps/app0/app.yaml\n" {
				t.Errorf("the commit holds %s", got)
			}
			r.git(clone, "diff-files", "--quiet", "--", "apps/app0/app.yaml") // the index knows it without reading it
			r.git(clone, "fsck", "--strict")
		})
	}
}

// TestSixAtOnce commits six times in one clone at once, while others use git.
func TestSixAtOnce(t *testing.T) {
	r := newRepository(t, 6)
	clone := r.clone("clone")
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			app := r.apps[i/2] // two to a file
			code, out := r.unfold(clone, "set", "image", "apps/"+app, "--env", []string{"dev", "prod"}[i%2],
				fmt.Sprintf("ghcr.io/example/%s:v%d", app, i+1), "--commit")
			if code != 0 || !strings.Contains(out, "committed ") {
				t.Errorf("%d: exit %d\n%s", i, code, out)
			}
		})
	}
	all.Wait()
	r.whole(clone)
	if got := strings.TrimSpace(r.git(clone, "rev-list", "--count", "HEAD")); got != "7" {
		t.Errorf("%s commits, want 7", got)
	}
	all.Go(func() {
		for i := range 10 {
			r.write(filepath.Join(clone, "README"), fmt.Sprint(i))
			for range 100 { // git itself does not wait for the lock
				cmd := exec.Command("git", "commit", "--quiet", "-m", "readme", "README")
				cmd.Dir, cmd.Env = clone, r.env
				if cmd.Run() == nil {
					break
				}
			}
		}
	})
	for i := range 4 {
		all.Go(func() {
			code, out := r.unfold(clone, "set", "image", "apps/"+r.apps[i], "--env", "staging",
				fmt.Sprintf("ghcr.io/example/%s:w", r.apps[i]), "--commit")
			if code != 0 {
				t.Errorf("%d: exit %d\n%s", i, code, out)
			}
		})
	}
	all.Wait()
	r.git(clone, "checkout", "--quiet", "--", "README")
	r.whole(clone)
	if got := strings.TrimSpace(r.git(clone, "rev-list", "--count", "HEAD")); got != "21" {
		t.Errorf("%s commits, want 21", got)
	}
}

// agree fails where HEAD and the index of a clone differ, unless the index is
// locked, so that nobody can commit the difference.
func (r *repository) agree(clone, head string) {
	r.t.Helper()
	if r.git(clone, "diff", "--cached") == "" {
		return
	}
	if _, err := os.Lstat(filepath.Join(clone, ".git", "index.lock")); err != nil {
		r.t.Errorf("HEAD and the index differ, and nothing keeps anybody from a commit (HEAD was %s)", head)
	}
}

// TestCommitKilled kills unfold at each run of git, before it and after it, at both
// steps of the branch's change, and whenever it may be. The next run mends what is
// left.
func TestCommitKilled(t *testing.T) {
	r := newRepository(t, 1)
	// try reports whether unfold was killed.
	try := func(name, script, hook string) bool {
		r := *r
		clone := r.clone(strings.ReplaceAll(name, " ", "-"))
		head := r.head(clone)
		if script != "" {
			r.wrapped(script)
		}
		file := filepath.Join(clone, ".git", "hooks", "reference-transaction")
		if hook != "" {
			// The hook's parent is git, and that one's unfold.
			r.program(file, fmt.Sprintf("[ $1 != %s ] || kill -9 $(ps -o ppid= -p $PPID)\n", hook))
		}
		code, out := r.unfold(clone, setProd("v1", "--commit")...)
		r.unwrapped()
		_ = os.Remove(file)
		r.mended(clone, head, name, out)
		return code != 0
	}
	for _, order := range []string{"before", "after"} {
		script := map[string]string{"before": "[ $n != %d ] || kill -9 $PPID",
			"after": "[ $n != %d ] || { $real \"$@\"; kill -9 $PPID; exit 1; }"}[order]
		n := 1
		for try(fmt.Sprintf("%s run %d", order, n), fmt.Sprintf(script, n), "") {
			n++
		}
		if n < 10 {
			t.Errorf("unfold was killed %s %d runs of git only", order, n-1)
		}
	}
	for _, step := range []string{"prepared", "committed"} {
		if !try(step, "", step) {
			t.Errorf("unfold was not killed when the branch's change was %s", step)
		}
	}
}

// mended looks at a clone in which unfold was killed, and runs it again.
func (r *repository) mended(clone, head, when, out string) {
	r.t.Helper()
	// What git began goes on when unfold is killed.
	for range 1000 {
		if left, _ := filepath.Glob(filepath.Join(clone, ".git", "refs", "heads", "*.lock")); left == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	failed := r.t.Failed()
	r.agree(clone, head)
	committed := r.head(clone) != head
	code, again := r.unfold(clone, setProd("v1", "--commit")...)
	switch {
	case committed:
		r.want(code, again, 0, "unchanged: prod has ghcr.io/example/app0:v1")
	default:
		r.want(code, again, 0, "committed ")
	}
	if got := strings.TrimSpace(r.git(clone, "rev-parse", "HEAD~")); got != head {
		r.t.Errorf("HEAD~ is %s, want %s", got, head)
	}
	r.whole(clone)
	if r.t.Failed() && !failed {
		r.t.Errorf("killed %s:\n%s\nand then:\n%s", when, out, again)
	}
}

// TestCommitKilledAnywhere kills unfold at random times, with whatever git it has
// started or without.
func TestCommitKilledAnywhere(t *testing.T) {
	r := newRepository(t, 1)
	for i := range 12 {
		clone := r.clone(fmt.Sprint("clone", i))
		head := r.head(clone)
		cmd := exec.Command(os.Args[0], setProd("v1", "--commit")...)
		cmd.Dir, cmd.Env = clone, r.env
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(150 * time.Millisecond))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		r.mended(clone, head, "at a random time", "")
	}
}
