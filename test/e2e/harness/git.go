package harness

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Repo is a git repository that Argo CD reads by a file URL.
type Repo struct {
	Dir string
	t   testing.TB
}

// NewRepo makes an empty repository that lives until the test ends.
func NewRepo(t testing.TB) *Repo {
	t.Helper()
	r := &Repo{Dir: filepath.Join(ShortTempDir(t), "repo"), t: t}
	if err := os.Mkdir(r.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r.git("init", "--quiet", "--initial-branch=main")
	return r
}

// Clone clones the repository for somebody who works on it and pushes. What is pushed reaches the work tree of the
// repository too.
func (r *Repo) Clone() *Repo {
	r.t.Helper()
	r.git("config", "receive.denyCurrentBranch", "updateInstead")
	clone := &Repo{Dir: filepath.Join(ShortTempDir(r.t), "clone"), t: r.t}
	r.git("clone", "--quiet", r.URL(), clone.Dir)
	return clone
}

// Push pushes what was committed.
func (r *Repo) Push() {
	r.t.Helper()
	r.git("push", "--quiet")
}

// PushTo pushes what was committed to another branch.
func (r *Repo) PushTo(branch string) {
	r.t.Helper()
	r.git("push", "--quiet", "origin", "HEAD:refs/heads/"+branch)
}

// Head is the revision that is checked out.
func (r *Repo) Head() string {
	r.t.Helper()
	return strings.TrimSpace(r.git("rev-parse", "HEAD"))
}

// URL is what an Application names as repoURL.
func (r *Repo) URL() string { return "file://" + r.Dir }

// CopyDir copies a folder of the disk into the work tree.
func (r *Repo) CopyDir(from, to string) {
	r.t.Helper()
	if err := os.CopyFS(filepath.Join(r.Dir, to), os.DirFS(from)); err != nil {
		r.t.Fatal(err)
	}
}

// Write writes a file of the work tree.
func (r *Repo) Write(name, content string) {
	r.t.Helper()
	WriteFile(r.t, filepath.Join(r.Dir, name), []byte(content))
}

// Read reads a file of the work tree.
func (r *Repo) Read(name string) string {
	r.t.Helper()
	return string(ReadFile(r.t, filepath.Join(r.Dir, name)))
}

// Replace replaces the one occurrence of old in a file of the work tree.
func (r *Repo) Replace(name, old, new string) {
	r.t.Helper()
	content := r.Read(name)
	if n := strings.Count(content, old); n != 1 {
		r.t.Fatalf("%s holds %q %d times, not once", name, old, n)
	}
	r.Write(name, strings.Replace(content, old, new, 1))
}

// Remove removes a file or folder of the work tree.
func (r *Repo) Remove(name string) {
	r.t.Helper()
	if err := os.RemoveAll(filepath.Join(r.Dir, name)); err != nil {
		r.t.Fatal(err)
	}
}

// Commit commits the whole work tree and returns the revision.
func (r *Repo) Commit(message string) string {
	r.t.Helper()
	r.git("add", "--all")
	r.git("commit", "--quiet", "--message", message)
	return r.Head()
}

func (r *Repo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.Dir
	cmd.Env = r.Environ()
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Environ is the environment of git, and of programs that run it. It has no configuration of the machine: a signing key
// or a hook there is not ours to use.
func (r *Repo) Environ() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.Dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=e2e", "GIT_AUTHOR_EMAIL=e2e@example.com",
		"GIT_COMMITTER_NAME=e2e", "GIT_COMMITTER_EMAIL=e2e@example.com",
	}
}
