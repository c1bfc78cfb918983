package tree_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/test/ptrace"
)

// failWrite is a way to write, in a folder with something in it.
type failWrite struct {
	name, how, files string
	noExchange       bool
	before           map[string]string
}

func (f failWrite) after() map[string]string {
	out := map[string]string{"kept": "kept"}
	for _, name := range strings.Fields(f.files) {
		out[name] = "new"
	}
	return out
}

func failWrites() []failWrite {
	old := map[string]string{"kept": "kept", "base/a": "old", "base/gone": "old", "folder/a": "old", "top": "old", "turned": "old"}
	return []failWrite{
		{"into nothing", "", "base/a base/b/c top", false, map[string]string{"kept": "kept"}},
		{"into nothing, without exchange", "", "base/a base/b/c top", true, map[string]string{"kept": "kept"}},
		{"in place of others", "force", "base/a base/b/c folder top turned/a", false, old},
		{"in place of others, without exchange", "force", "base/a base/b/c folder top turned/a", true, old},
		{"and others removed", "replace", "a-1 a-2", false, map[string]string{"kept": "kept", "a-1": "old", "a-3": "old", "a-4": "old"}},
		{"and others removed, without exchange", "replace", "a-1 a-2", true,
			map[string]string{"kept": "kept", "a-1": "old", "a-3": "old", "a-4": "old"}},
	}
}

// run lets a process write into a fresh folder, and what happens to its n-th
// changing call is given. It reports whether there was such a call.
func (f failWrite) run(t *testing.T, n int, v ptrace.Verdict) (dir string, exit int, met *ptrace.Call) {
	dir = filepath.Join(t.TempDir(), "out")
	write(t, dir, f.before)
	i := 0
	exit = ptrace.Run(t, writer(dir, f.how, f.files, "new", 1), func(c ptrace.Call) ptrace.Verdict {
		if f.noExchange && c.Name == "renameat2" && c.Flags != 0 {
			return ptrace.Verdict{Fail: syscall.EINVAL}
		}
		if i++; i == n {
			met = &c
			return v
		}
		return ptrace.Verdict{}
	})
	return dir, exit, met
}

// again writes the same once more, in this process.
func (f failWrite) again(t *testing.T, dir string) {
	t.Helper()
	files := tree.Tree{}
	for _, name := range strings.Fields(f.files) {
		files[name] = []byte("new")
	}
	var err error
	if f.how == "replace" {
		_, err = tree.Replace(context.Background(), dir, files, isStale)
	} else {
		err = tree.Write(context.Background(), dir, files, f.how == "force")
	}
	if err != nil {
		t.Errorf("the next one: %v", err)
	}
	if diff := cmp.Diff(f.after(), onDisk(t, dir)); diff != "" {
		t.Errorf("after the next one (-want +got):\n%s", diff)
	}
	if left := leftIn(dir); len(left) > 0 {
		t.Errorf("after the next one there is %v", left)
	}
}

func leftIn(dir string) []string {
	left, _ := filepath.Glob(filepath.Join(dir, ".unfold-*"))
	return left
}

// whole returns the entries of a folder, each with all that is in it, but for what a
// writer makes beside them.
func whole(files map[string]string) map[string]string {
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		top, _, _ := strings.Cut(name, "/")
		if !strings.HasPrefix(top, ".unfold-") {
			out[top] += fmt.Sprintf("%s=%s;", name, files[name])
		}
	}
	return out
}

// TestWriteKilled kills a writer before each call by which it changes the disk.
// Each entry is the old or the new one then, and the next writer completes it and
// leaves nothing behind.
func TestWriteKilled(t *testing.T) {
	for _, f := range failWrites() {
		t.Run(f.name, func(t *testing.T) {
			before, after := whole(f.before), whole(f.after())
			points := 0
			for n := 1; ; n++ {
				dir, exit, met := f.run(t, n, ptrace.Verdict{Kill: ptrace.All})
				if met == nil {
					if exit != 0 {
						t.Errorf("exit code %d", exit)
					}
					break
				}
				points++
				got := whole(onDisk(t, dir))
				for top := range union(before, after) {
					is, there := got[top]
					old, had := before[top]
					fresh, has := after[top]
					switch {
					case there && (had && is == old || has && is == fresh):
					case !there && (!had || !has):
					case !there && f.noExchange && movedAway(dir, top):
					default:
						t.Errorf("killed before call %d, %s: %s is %q", n, met.Name, top, is)
					}
				}
				if extra := cmp.Diff(map[string]string{}, minus(got, union(before, after))); extra != "" {
					t.Errorf("killed before call %d, %s: %s", n, met.Name, extra)
				}
				for _, left := range leftIn(dir) {
					if _, err := os.Stat(filepath.Join(left, ".gitignore")); err != nil && !emptyIn(left) {
						t.Errorf("killed before call %d, %s: git would see what is in %s", n, met.Name, left)
					}
				}
				f.again(t, dir)
				if t.Failed() {
					return
				}
			}
			if points < 15 {
				t.Errorf("it was killed at %d calls alone", points)
			}
			t.Logf("killed at %d calls", points)
		})
	}
}

// TestWriteFails lets each call fail by which a writer changes the disk. All is as
// before then, or all is new where only the clearing up failed.
func TestWriteFails(t *testing.T) {
	for _, f := range failWrites() {
		t.Run(f.name, func(t *testing.T) {
			before, after := whole(f.before), whole(f.after())
			for n := 1; ; n++ {
				dir, exit, met := f.run(t, n, ptrace.Verdict{Fail: syscall.ENOSPC})
				if met == nil {
					break
				}
				got := whole(onDisk(t, dir))
				old, fresh := cmp.Equal(before, got), cmp.Equal(after, got)
				switch {
				case exit == 0 && fresh, exit == 1 && (old || fresh):
				default:
					t.Errorf("call %d, %s, failed; exit code %d: %v", n, met.Name, exit, got)
				}
				if clearing := met.Name == "unlinkat" || met.Name == "renameat"; len(leftIn(dir)) > 0 && !clearing {
					t.Errorf("call %d, %s, failed; it left %v", n, met.Name, leftIn(dir))
				}
				if exit == 1 && (old || len(leftIn(dir)) > 0) {
					f.again(t, dir)
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}

func union(a, b map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range []map[string]string{a, b} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

func minus(a, b map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range a {
		if _, ok := b[k]; !ok {
			out[k] = v
		}
	}
	return out
}

// movedAway reports whether an entry waits to be brought back.
func movedAway(dir, top string) bool {
	found, _ := filepath.Glob(filepath.Join(dir, ".unfold-new-*", "old", top))
	return len(found) == 1
}

func emptyIn(dir string) bool {
	empty := true
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		empty = empty && (err != nil || e.IsDir())
		return nil
	})
	return empty
}
