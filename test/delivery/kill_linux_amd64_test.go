package delivery_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/test/ptrace"
)

// killedCommit is a commit in a clone, of which a process is killed at a system
// call.
type killedCommit struct {
	*repository
	clone, old, file string
	met              *ptrace.Call
	exit             int
	said             string
}

// newKilled makes a fresh clone of the same name each time.
func newKilled(t *testing.T, of *repository) *killedCommit {
	t.Helper()
	r := *of
	r.t = t
	if err := os.RemoveAll(filepath.Join(r.dir, "clone")); err != nil {
		t.Fatal(err)
	}
	clone := r.clone("clone")
	return &killedCommit{repository: &r, clone: clone, old: r.head(clone), file: filepath.Join(clone, "apps", "app0", "app.yaml")}
}

// run commits, and asks about each call that changes the disk.
func (k *killedCommit) run(ask func(ptrace.Call) ptrace.Verdict) {
	k.t.Helper()
	said, err := os.Create(filepath.Join(k.dir, "said"))
	if err != nil {
		k.t.Fatal(err)
	}
	defer said.Close()
	cmd := exec.Command(os.Args[0], setProd("v1", "--commit")...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = k.clone, k.env, said, said
	k.exit = ptrace.Run(k.t, cmd, ask)
	text, err := os.ReadFile(said.Name())
	if err != nil {
		k.t.Fatal(err)
	}
	k.said = string(text)
}

// killAt kills before the call of a number.
func (k *killedCommit) killAt(n int, victim ptrace.Victim) {
	k.t.Helper()
	i := -1
	k.run(func(c ptrace.Call) ptrace.Verdict {
		if i++; i != n {
			return ptrace.Verdict{}
		}
		k.met = &c
		return ptrace.Verdict{Kill: victim}
	})
}

func (k *killedCommit) at(name string) string { return filepath.Join(k.clone, ".git", name) }

// look asks git what is there: HEAD is the old commit or the new one, the index has
// what HEAD has, or will have it when our lock becomes the index, and the file is
// the old one or the new one. It reports whether HEAD has moved.
func (k *killedCommit) look() (committed bool) {
	t := k.t
	t.Helper()
	k.git(k.clone, "fsck", "--strict", "--no-dangling")
	now := k.head(k.clone)
	committed = now != k.old
	if committed {
		if got := strings.TrimSpace(k.git(k.clone, "diff-tree", "-r", "--name-only", k.old, now)); got != "apps/app0/app.yaml" {
			t.Errorf("the commit changes %q", got)
		}
		if got := strings.TrimSpace(k.git(k.clone, "rev-parse", "HEAD~")); got != k.old {
			t.Errorf("HEAD~ is %s, want %s", got, k.old)
		}
	}
	if got := k.git(k.clone, "diff", "--cached", "--name-only", "HEAD"); got != "" {
		next := *k.repository
		next.env = append(next.env, "GIT_INDEX_FILE="+k.at("unfold-commit/index"))
		switch locked, ours := stat(k.at("index.lock")), stat(k.at("unfold-commit/index")); {
		case !committed:
			t.Errorf("nothing is committed, but the index has %q", got)
		case locked == nil || !os.SameFile(locked, ours):
			t.Errorf("the commit is made, the index does not have it, and is not locked")
		case next.git(k.clone, "diff", "--cached", "--name-only", "HEAD") != "":
			t.Errorf("the index that is to be is not HEAD's")
		}
	}
	content, err := os.ReadFile(k.file)
	if err != nil {
		t.Error(err)
	}
	before, fresh := k.git(k.clone, "show", k.old+":apps/app0/app.yaml"), fmt.Sprintf(descriptor, "app0")
	fresh = strings.Replace(fresh, "prod: {tag: 'v0'", "prod: {tag: 'v1'", 1)
	if got := string(content); got != fresh && (committed || got != before) {
		t.Errorf("committed: %v, and the file holds\n%s", committed, got)
	}
	if committed && k.git(k.clone, "show", "HEAD:apps/app0/app.yaml") != fresh {
		t.Errorf("the commit has another file")
	}
	return committed
}

func stat(name string) fs.FileInfo {
	info, err := os.Lstat(name)
	if err != nil {
		return nil
	}
	return info
}

var lockFile = regexp.MustCompile(`/[^ '\n]*\.lock\b`)

// again commits once more as a user does. Where the message names a lock that a
// killed git has left, it removes that one, as the hint says. It returns the locks,
// and all that was printed.
func (k *killedCommit) again(tag string) (removed []string, said string) {
	k.t.Helper()
	for {
		code, out := k.unfold(k.clone, setProd(tag, "--commit")...)
		said += out
		if code == 0 {
			return removed, said
		}
		name := lockFile.FindString(out)
		if code != 3 || !strings.Contains(out, "; remove the file if there is none") || os.Remove(name) != nil {
			k.t.Fatalf("killed before the %v; the next one: exit %d\n%s", k.met, code, said)
		}
		removed = append(removed, strings.TrimPrefix(name, k.clone+"/.git/"))
	}
}

// judge looks at what is left, and commits again.
func (k *killedCommit) judge(victim ptrace.Victim) {
	t := k.t
	t.Helper()
	committed, noted := k.look(), stat(k.at("unfold-commit/state")) != nil
	changed := k.git(k.clone, "diff", "--name-only", k.old, "--", "apps") != ""
	switch {
	case k.exit == 0 && committed && strings.Contains(k.said, fmt.Sprintf("committed %.12s\n", k.head(k.clone))):
	case k.exit == 3 && !committed && strings.Contains(k.said, "nothing was changed"):
		k.clean(k.clone, k.old)
	case k.exit == -1 && k.said == "":
	default:
		t.Errorf("exit %d, committed: %v, said\n%s", k.exit, committed, k.said)
	}
	removed, said := k.again("v1")
	want := "\ncommitted "
	switch {
	case committed && noted:
		want = "an earlier run was killed after it made the commit "
	case committed:
		want = "unchanged: prod has ghcr.io/example/app0:v1\n"
	case changed:
		want = "an earlier run was killed after it changed apps/app0/app.yaml and before it made a commit: the change was undone\n"
	}
	if !strings.Contains(said, want) {
		t.Errorf("committed: %v, and the next one says\n%s", committed, said)
	}
	if got := strings.TrimSpace(k.git(k.clone, "rev-parse", "HEAD~")); got != k.old {
		t.Errorf("HEAD~ is %s, want %s", got, k.old)
	}
	if committed { // what was nothing to change says nothing of locks
		more, _ := k.again("v2")
		removed = append(removed, more...)
	}
	if len(removed) > 0 && (victim == ptrace.First || k.met.First && victim == ptrace.Caller) {
		t.Errorf("unfold alone was killed, and git left %v", removed)
	}
	k.whole(k.clone)
	t.Logf("killed before the %v: exit %d, committed: %v, removed: %v", k.met, k.exit, committed, removed)
}

// slow reports whether a git that is killed at a call leaves a lock for which the
// next commits wait.
func slow(calls []ptrace.Call, n int, victim ptrace.Victim) bool {
	locked := 0
	for _, c := range calls[:n] {
		switch {
		case of(c, "openat", "HEAD.lock"), of(c, "openat", "index.lock"):
			locked++
		case of(c, "unlink", "HEAD.lock"), of(c, "rename", "index"):
			locked--
		}
	}
	return locked > 0 && (victim == ptrace.All || victim == ptrace.Caller && !calls[n].First)
}

// TestCommitKilledAtCalls kills unfold, or the git that it has started, or both,
// before calls by which they change the disk: KILL_STEP=1 before each of them.
// Without it, those are left out after which one waits long for git's locks.
func TestCommitKilledAtCalls(t *testing.T) {
	step := 30
	if text := os.Getenv("KILL_STEP"); text != "" {
		var err error
		if step, err = strconv.Atoi(text); err != nil || step < 1 {
			t.Fatalf("KILL_STEP=%s is no number", text)
		}
	}
	r := newRepository(t, 1)
	r.env = append(r.env, "GIT_AUTHOR_DATE=2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2026-01-01T00:00:00Z")
	var calls []ptrace.Call
	newKilled(t, r).run(func(c ptrace.Call) ptrace.Verdict {
		calls = append(calls, c)
		return ptrace.Verdict{}
	})
	if len(calls) < 50 {
		t.Errorf("only %d calls change the disk", len(calls))
	}
	for victim, name := range map[ptrace.Victim]string{ptrace.All: "both", ptrace.First: "unfold", ptrace.Caller: "caller"} {
		t.Run(name, func(t *testing.T) {
			killed := 0
			for n, c := range calls {
				if step > 1 && (slow(calls, n, victim) || !decides(c) && n%step != int(victim)) {
					continue
				}
				k := newKilled(t, r)
				k.killAt(n, victim)
				if k.met == nil || k.met.Name != c.Name {
					t.Fatalf("call %d is the %v, want the %v", n, k.met, c)
				}
				k.judge(victim)
				killed++
			}
			t.Logf("killed at %d of %d calls", killed, len(calls))
		})
	}
}

// decides reports whether a call is one of those by which the file, the branch or
// the index changes.
func decides(c ptrace.Call) bool {
	return c.Name == "renameat" && c.Path == "app.yaml" || of(c, "linkat", "index.lock") ||
		of(c, "rename", "refs/heads/main") || of(c, "renameat", "index") || of(c, "rename", "index")
}

// of reports whether a call is one of a name, of a file of git's.
func of(c ptrace.Call, name, file string) bool {
	return c.Name == name && strings.HasSuffix(c.Path, "/.git/"+file)
}
