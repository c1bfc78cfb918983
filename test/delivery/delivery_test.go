// Package delivery_test runs unfold against real git repositories, with many
// processes at once and remotes that refuse.
package delivery_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/cli"
	"github.com/unfold-gitops/unfold/pkg/render"
)

// TestMain lets the test binary stand in for the program.
func TestMain(m *testing.M) {
	if os.Getenv("UNFOLD_TEST_PROGRAM") != "" {
		os.Exit(cli.Main())
	}
	os.Exit(m.Run())
}

// repository is a bare repository with apps in it, and clones of it.
type repository struct {
	t    *testing.T
	dir  string
	apps []string
	env  []string
}

const descriptor = `# %[1]s
apiVersion: unfold.dev/v1alpha1
kind: App
name: %[1]s
image: ghcr.io/example/%[1]s
port: 8080 # the only one
environments:
  dev: {tag: v0}

  # CI sets these
  staging:
    tag: v0
  prod: {tag: 'v0', replicas: 2}
`

func newRepository(t *testing.T, apps int) *repository {
	t.Helper()
	r := &repository{t: t, dir: t.TempDir()}
	// Not those of a git hook that runs the tests.
	r.env = append(slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "GIT_") }),
		"HOME="+r.dir, "XDG_CONFIG_HOME="+r.dir, "GIT_CONFIG_NOSYSTEM=1", "UNFOLD_TEST_PROGRAM=1",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=C", "GIT_COMMITTER_EMAIL=c@example.com",
		"GITHUB_SHA=", "CI_COMMIT_SHA=")
	r.git(r.dir, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
	r.git(r.dir, "init", "--quiet", "--initial-branch=main", "seed")
	seed := filepath.Join(r.dir, "seed")
	for i := range apps {
		name := fmt.Sprintf("app%d", i)
		r.apps = append(r.apps, name)
		if err := os.MkdirAll(filepath.Join(seed, "apps", name), 0o755); err != nil {
			t.Fatal(err)
		}
		r.write(filepath.Join(seed, "apps", name, "app.yaml"), fmt.Sprintf(descriptor, name))
	}
	r.write(filepath.Join(seed, "README"), "hello\n")
	r.git(seed, "add", ".")
	r.git(seed, "commit", "--quiet", "-m", "apps")
	r.git(seed, "push", "--quiet", r.url(), "main")
	return r
}

func (r *repository) url() string { return "file://" + filepath.Join(r.dir, "remote.git") }

func (r *repository) write(file, text string) {
	r.t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repository) git(dir string, args ...string) string {
	r.t.Helper()
	cmd := r.command(dir, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// command returns a run of git.
func (r *repository) command(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = dir, r.env
	return cmd
}

func (r *repository) clone(name string, args ...string) string {
	r.t.Helper()
	r.git(r.dir, append(append([]string{"clone", "--quiet"}, args...), r.url(), name)...)
	return filepath.Join(r.dir, name)
}

// unfold runs the program and returns its exit code and what it prints.
func (r *repository) unfold(dir string, args ...string) (int, string) {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir, cmd.Env = dir, r.env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); cmd.ProcessState == nil {
		return -1, err.Error()
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

func (r *repository) show(object string) string {
	return r.git(filepath.Join(r.dir, "remote.git"), "show", object)
}

// clean fails where a clone holds anything that is not in HEAD, or is not at the
// commit.
func (r *repository) clean(clone, head string) {
	r.t.Helper()
	if got := r.git(clone, "status", "--porcelain"); got != "" {
		r.t.Errorf("the clone is not clean:\n%s", got)
	}
	if got := strings.TrimSpace(r.git(clone, "rev-parse", "HEAD")); got != head {
		r.t.Errorf("HEAD is %s, want %s", got, head)
	}
	if got := r.git(clone, "for-each-ref", "refs/unfold"); got != "" {
		r.t.Errorf("refs are left: %s", got)
	}
}

func (r *repository) head(clone string) string {
	return strings.TrimSpace(r.git(clone, "rev-parse", "HEAD"))
}

// TestFiftyAtOnce lets 50 processes push to one branch: each change is in the
// history, each descriptor is valid and holds all tags.
func TestFiftyAtOnce(t *testing.T) {
	const processes, apps = 50, 17 // so that some edit different environments of one file
	r := newRepository(t, apps)
	envs := []string{"dev", "staging", "prod"}
	clones := make([]string, processes)
	for i := range processes {
		clones[i] = r.clone(fmt.Sprintf("clone%d", i), [][]string{nil, {"--depth=1"}}[i%2]...)
		if i%3 == 0 {
			r.git(clones[i], "checkout", "--quiet", "--detach")
		}
	}
	var all sync.WaitGroup
	for i := range processes {
		all.Go(func() {
			app, env := r.apps[i%apps], envs[i/apps]
			code, out := r.unfold(clones[i], "set", "image", "apps/"+app, "--env", env, fmt.Sprintf("ghcr.io/example/%s:v1.%d", app, i),
				"--push", "--branch", "main")
			if code != 0 || !strings.Contains(out, "pushed ") {
				t.Errorf("%d: exit %d\n%s", i, code, out)
			}
			if status := r.git(clones[i], "status", "--porcelain"); status != "" {
				t.Errorf("%d: the clone is not clean: %s", i, status)
			}
		})
	}
	all.Wait()
	log := r.git(filepath.Join(r.dir, "remote.git"), "log", "--format=%B", "main")
	final := r.clone("final")
	for i := range processes {
		app, env := r.apps[i%apps], envs[i/apps]
		if want := fmt.Sprintf("App: %s\nEnvironment: %s\nImage: ghcr.io/example/%s:v1.%d\n", app, env, app, i); !strings.Contains(log,
			want) {
			t.Errorf("the history lacks %q", want)
		}
		src, err := render.Open(filepath.Join(final, "apps", app), nil)
		if err != nil {
			t.Fatal(err)
		}
		x, err := src.App(env, render.Options{})
		if err != nil || x.Workloads[0].Tag != fmt.Sprintf("v1.%d", i) {
			t.Errorf("%s %s: %v, %v", app, env, x.Workloads[0].Tag, err)
		}
		src.Close()
	}
	if got := strings.TrimSpace(r.git(final, "rev-list", "--count", "--no-merges", "main")); got != fmt.Sprint(processes+1) {
		t.Errorf("%s commits", got)
	}
	for _, app := range r.apps {
		content, _ := os.ReadFile(filepath.Join(final, "apps", app, "app.yaml"))
		if !bytes.Contains(content, []byte("\n  # CI sets these\n")) || bytes.Contains(content, []byte("<<<<")) {
			t.Errorf("%s\n%s", app, content)
		}
	}
}
