package delivery_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runsOfGit returns how often a command runs git, and what it prints.
func (r *repository) runsOfGit(dir string, args ...string) (runs, code int, out string) {
	r.t.Helper()
	r.unwrapped()
	r.wrapped("")
	code, out = r.unfold(dir, args...)
	count, err := os.ReadFile(filepath.Join(r.dir, "count"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.unwrapped()
	return strings.Count(string(count), "x"), code, out
}

// TestDiffRunsOfGit wants the same number of runs of git for few apps and for many, whatever
// differs.
func TestDiffRunsOfGit(t *testing.T) {
	const platform = "apiVersion: unfold.dev/v1alpha1\nkind: Platform\ndefaults: {labels: {owner: a}}\n"
	runs := map[string]map[int]int{}
	for _, apps := range []int{5, 50} {
		r := newRepository(t, apps)
		clone := r.clone("clone")
		measure := func(what string, differ int) {
			n, code, out := r.runsOfGit(clone, "diff")
			if runs[what] == nil {
				runs[what] = map[int]int{}
			}
			runs[what][apps] = n
			if got := strings.Count(out, ": prod"); got != differ || code != min(differ, 1) {
				t.Errorf("%s: exit %d, %d apps of %d differ, want %d\n%s", what, code, got, apps, differ, out)
			}
		}
		measure("nothing", 0)
		change := func(names []string) {
			for _, name := range names {
				file := filepath.Join(clone, "apps", name, "app.yaml")
				src, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				r.write(file, strings.ReplaceAll(string(src), "replicas: 2", "replicas: 4"))
			}
		}
		change(r.apps[:1])
		measure("one app", 1)
		change(r.apps)
		measure("all apps", apps)
		r.git(clone, "checkout", "--quiet", ".")
		r.write(filepath.Join(clone, "platform.yaml"), platform)
		measure("the platform file", apps)
	}
	for what, by := range runs {
		if by[5] != by[50] || by[5] == 0 {
			t.Errorf("%s: %d runs of git for 5 apps, %d for 50", what, by[5], by[50])
		}
		t.Logf("%s: %d", what, by[50])
	}
}

// TestDiffSeesEveryFile changes a file that an app refers to, in every way in which git
// might not see it at once.
func TestDiffSeesEveryFile(t *testing.T) {
	for name, change := range map[string]func(r *repository, clone, file string){
		"in the work tree": func(r *repository, _, file string) { r.write(file, "A=2\n") },
		"in the index": func(r *repository, clone, file string) {
			r.write(file, "A=2\n")
			r.git(clone, "add", ".")
		},
		"in a commit": func(r *repository, clone, file string) {
			r.write(file, "A=2\n")
			r.git(clone, "commit", "--quiet", "-am", "two")
		},
		"of the same size and time": func(r *repository, clone, file string) {
			info, err := os.Stat(file)
			if err != nil {
				r.t.Fatal(err)
			}
			r.write(file, "A=2\n")
			if err := os.Chtimes(file, info.ModTime(), info.ModTime()); err != nil {
				r.t.Fatal(err)
			}
		},
		"that git is told not to look at": func(r *repository, clone, file string) {
			r.git(clone, "update-index", "--assume-unchanged", file)
			r.write(file, "A=2\n")
		},
		"that git does not track": func(r *repository, clone, file string) {
			r.git(clone, "rm", "--quiet", "--cached", file)
			r.git(clone, "commit", "--quiet", "-m", "gone")
			r.write(file, "A=2\n")
		},
		"that git ignores": func(r *repository, clone, file string) {
			r.git(clone, "rm", "--quiet", "--cached", file)
			r.write(filepath.Join(clone, ".gitignore"), "*.env\n")
			r.git(clone, "add", ".gitignore")
			r.git(clone, "commit", "--quiet", "-m", "gone")
			r.write(file, "A=2\n")
		},
		"in a folder that git ignores": func(r *repository, clone, file string) {
			r.git(clone, "rm", "--quiet", "--cached", file)
			r.write(filepath.Join(clone, ".gitignore"), "conf/\n")
			r.git(clone, "add", ".gitignore")
			r.git(clone, "commit", "--quiet", "-m", "gone")
			r.write(file, "A=2\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t, 2)
			clone := r.clone("clone")
			app := filepath.Join(clone, "apps", "app0")
			file := filepath.Join(app, "conf", "a.env")
			if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			src, err := os.ReadFile(filepath.Join(app, "app.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			r.write(filepath.Join(app, "app.yaml"), string(src)+"files: {/etc/app/a.env: {from: conf/a.env}}\n")
			r.write(file, "A=1\n")
			r.git(clone, "add", ".")
			r.git(clone, "commit", "--quiet", "-m", "one")
			code, out := r.unfold(clone, "diff")
			r.want(code, out, 0)
			change(r, clone, file)
			against := "HEAD"
			if name == "in a commit" {
				against = "HEAD~1"
			}
			code, out = r.unfold(clone, "diff", "--against", against, "--env", "dev")
			r.want(code, out, 1, "app0: dev")
			if strings.Contains(out, "app1") {
				t.Errorf("an app that is the same differs:\n%s", out)
			}
		})
	}
}
