package delivery_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func (r *repository) want(code int, out string, wantCode int, parts ...string) {
	r.t.Helper()
	if code != wantCode {
		r.t.Errorf("exit %d, want %d", code, wantCode)
	}
	for _, part := range parts {
		if !strings.Contains(out, part) {
			r.t.Errorf("the output lacks %q:\n%s", part, out)
		}
	}
}

// TestCommit commits the edit alone: what else is staged or changed stays.
func TestCommit(t *testing.T) {
	r := newRepository(t, 1)
	clone := r.clone("clone")
	r.write(filepath.Join(clone, "README"), "staged\n")
	r.git(clone, "add", "README")
	r.write(filepath.Join(clone, "README"), "changed\n")
	r.write(filepath.Join(clone, "new"), "new\n")
	before := r.git(clone, "diff", "--cached") + r.git(clone, "diff") + r.git(clone, "status", "--porcelain")
	head := r.head(clone)

	code, out := r.unfold(clone, "set", "image", "apps/app0", "--env", "prod", "ghcr.io/example/app0:v1", "--commit", "--source-revision",
		"abc123")
	r.want(code, out, 0, "prod: ghcr.io/example/app0:v0 -> ghcr.io/example/app0:v1\ncommitted ")
	if after := r.git(clone, "diff", "--cached") + r.git(clone, "diff") + r.git(clone, "status", "--porcelain"); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	want := "A <a@example.com>\nC <c@example.com>\nchore(app0): set prod to v1\n\n" +
		"prod: ghcr.io/example/app0:v0 -> ghcr.io/example/app0:v1\n\nApp: app0\nEnvironment: prod\n" +
		"Image: ghcr.io/example/app0:v1\nSource-Revision: abc123\n"
	if got := strings.TrimSpace(r.git(clone, "log", "-1", "--format=%an <%ae>%n%cn <%ce>%n%B")) + "\n"; got != want {
		t.Errorf("%s", got)
	}
	if got := r.git(clone, "log", "-1", "--format=%(trailers:key=Image,valueonly)"); strings.TrimSpace(got) != "ghcr.io/example/app0:v1" {
		t.Errorf("git reads the trailer as %q", got)
	}
	if got := strings.Fields(r.git(clone, "show", "--name-only", "--format=%P")); len(got) != 2 || got[0] != head ||
		got[1] != "apps/app0/app.yaml" {
		t.Errorf("the commit changes %v", got)
	}
	code, out = r.unfold(clone, "set", "image", "apps/app0", "--env", "prod", "ghcr.io/example/app0:v1", "--commit")
	r.want(code, out, 0, "unchanged: prod has ghcr.io/example/app0:v1\n")

	r.write(filepath.Join(clone, "apps", "app0", "app.yaml"), "# mine\n"+r.git(clone, "show", "HEAD:apps/app0/app.yaml"))
	code, out = r.unfold(clone, "set", "image", "apps/app0", "--env", "prod", "ghcr.io/example/app0:v2", "--commit")
	r.want(code, out, 3, "apps/app0/app.yaml has changes that are not committed\n  hint: ")
}

// TestAuthorAndSignature: a clone in CI has no identity; one of a person may
// sign.
func TestAuthorAndSignature(t *testing.T) {
	r := newRepository(t, 1)
	clone := r.clone("clone")
	for i := range r.env {
		if strings.HasPrefix(r.env[i], "GIT_AUTHOR") || strings.HasPrefix(r.env[i], "GIT_COMMITTER") {
			r.env[i] = "X=" // nobody
		}
	}
	r.git(clone, "config", "user.useConfigOnly", "true")
	args := []string{"set", "image", "apps/app0", "--env", "prod", "ghcr.io/example/app0:v1", "--push"}
	head := r.head(clone)
	code, out := r.unfold(clone, args...)
	r.want(code, out, 3, "git does not know who makes the commit\n  hint: pass --author")
	r.clean(clone, head)
	code, out = r.unfold(clone, append(args, "--author", "me")...)
	r.want(code, out, 1, `the author "me" is no name with an address`)

	signer := filepath.Join(r.dir, "gpg")
	r.write(signer, "#!/bin/sh\ncat >/dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\necho '-----BEGIN PGP SIGNATURE-----'\necho\necho abc\n"+
		"echo '-----END PGP SIGNATURE-----'\n")
	if err := os.Chmod(signer, 0o755); err != nil {
		t.Fatal(err)
	}
	r.git(clone, "config", "gpg.program", signer)
	r.git(clone, "config", "commit.gpgsign", "true")
	code, out = r.unfold(clone, append(args, "--author", "Bot <bot@example.com>", "--message", "chore: new image")...)
	r.want(code, out, 0, "pushed ")
	commit := r.show("main")
	if !strings.Contains(commit, "Author: Bot <bot@example.com>") || !strings.Contains(commit, "    chore: new image\n") {
		t.Error(commit)
	}
	if raw := r.git(clone, "cat-file", "commit", "main"); !strings.Contains(raw, "gpgsig -----BEGIN PGP SIGNATURE-----") {
		t.Errorf("the commit is not signed:\n%s", raw)
	}
	r.clean(clone, r.head(clone))

	r.write(signer, "#!/bin/sh\nexit 1\n")
	code, out = r.unfold(clone, "set", "image", "apps/app0", "--env", "prod", "ghcr.io/example/app0:v2", "--commit", "--author",
		"Bot <bot@example.com>")
	r.want(code, out, 3, "git is configured to sign commits")
	r.clean(clone, r.head(clone))
}

// TestRefused: whatever keeps a push from the remote, the clone is as before and
// the message says what to do.
func TestRefused(t *testing.T) {
	r := newRepository(t, 1)
	clone := r.clone("clone")
	head := r.head(clone)
	args := []string{"set", "image", "apps/app0", "--env", "prod", "ghcr.io/example/app0:v1", "--push"}

	hook := filepath.Join(r.dir, "remote.git", "hooks", "pre-receive")
	r.write(hook, "#!/bin/sh\necho 'error: GH006: Protected branch update failed for refs/heads/main.' >&2\nexit 1\n")
	if err := os.Chmod(hook, 0o755); err != nil {
		t.Fatal(err)
	}
	code, out := r.unfold(clone, args...)
	r.want(code, out, 3, "the push was refused: ", "GH006: Protected branch update failed", "pre-receive hook declined",
		"\n  hint: allow whoever runs this to push")
	r.clean(clone, head)

	r.write(hook, "#!/bin/sh\nwhile read -r old new ref; do [ $ref != refs/heads/main ] || exit 1; done\n")
	code, out = r.unfold(clone, append(args, "--branch", "unfold/app0")...)
	r.want(code, out, 0, "to origin unfold/app0")
	r.clean(clone, head)
	if got := r.show("unfold/app0:apps/app0/app.yaml"); !strings.Contains(got, "'v1'") {
		t.Error(got)
	}
	if err := os.Remove(hook); err != nil {
		t.Fatal(err)
	}

	for url, part := range map[string]string{
		"https://127.0.0.1:1/x.git":     "run it again when the remote can be reached",
		"file://" + r.dir + "/none.git": "name a remote that git remote -v lists",
	} {
		r.git(clone, "remote", "set-url", "origin", url)
		code, out = r.unfold(clone, args...)
		r.want(code, out, 3, part)
		r.clean(clone, head)
	}
	for status, part := range map[int]string{http.StatusForbidden: "error: 403", http.StatusUnauthorized: "could not read Username"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", "Basic")
			w.WriteHeader(status)
		}))
		r.git(clone, "remote", "set-url", "origin", server.URL+"/x.git")
		code, out = r.unfold(clone, args...)
		r.want(code, out, 3, part, "\n  hint: give the clone a deploy key or a token that may write to the repository")
		r.clean(clone, head)
		server.Close()
	}
	// Whoever may read need not be allowed to write.
	reader := filepath.Join(r.dir, "remote.git", "hooks", "update")
	r.write(reader, "#!/bin/sh\necho 'remote: Write access to repository not granted.' >&2\nexit 1\n")
	if err := os.Chmod(reader, 0o755); err != nil {
		t.Fatal(err)
	}
	r.git(clone, "remote", "set-url", "origin", r.url())
	code, out = r.unfold(clone, args...)
	r.want(code, out, 3, "the push was refused: ", "Write access to repository not granted", "\n  hint: ")
	r.clean(clone, head)
	if err := os.Remove(reader); err != nil {
		t.Fatal(err)
	}

	r.git(clone, "checkout", "--quiet", "--detach")
	code, out = r.unfold(clone, args...)
	r.want(code, out, 3, "no branch is checked out", "name the branch with --branch")
	code, out = r.unfold(r.dir, append([]string{"set", "image", "seed/apps/app0"}, args[3:]...)...)
	r.want(code, out, 3, "name a remote")
	if err := os.CopyFS(filepath.Join(r.dir, "alone"), os.DirFS(filepath.Join(clone, "apps", "app0"))); err != nil {
		t.Fatal(err)
	}
	code, out = r.unfold(r.dir, append([]string{"set", "image", "alone"}, args[3:]...)...)
	r.want(code, out, 3, "alone is in no git repository")
}

// TestOthers: what others pushed, and what the clone has beyond, both stay.
func TestOthers(t *testing.T) {
	r := newRepository(t, 2)
	one, two := r.clone("one"), r.clone("two")
	set := func(clone, app, env, tag string, more ...string) (int, string) {
		return r.unfold(clone, append([]string{"set", "image", "apps/" + app, "--env", env, "ghcr.io/example/" + app + ":" + tag},
			more...)...)
	}
	code, out := set(one, "app0", "prod", "v1", "--push")
	r.want(code, out, 0, "pushed")
	// Others changed the same file, so the edit is made on theirs.
	r.write(filepath.Join(two, "note"), "not in git\n")
	code, out = set(two, "app0", "staging", "v2", "--push")
	r.want(code, out, 0, "pushed")
	if got := r.show("main:apps/app0/app.yaml"); !strings.Contains(got, "'v1'") || !strings.Contains(got, "tag: v2") {
		t.Error(got)
	}
	if got := r.git(two, "status", "--porcelain", "--branch"); got != "## main...origin/main\n?? note\n" {
		t.Error(got)
	}
	// Set already by others.
	code, out = set(one, "app0", "staging", "v2", "--push")
	r.want(code, out, 0, "unchanged: staging has ghcr.io/example/app0:v2")
	// A commit that was not pushed goes along.
	code, out = set(two, "app1", "dev", "v3", "--commit")
	r.want(code, out, 0, "committed")
	code, out = set(two, "app1", "prod", "v3", "--push")
	r.want(code, out, 0, "pushed")
	if got := r.show("main:apps/app1/app.yaml"); strings.Count(got, "v3") != 2 {
		t.Error(got)
	}
	// Both have diverged: that is for a person to resolve.
	code, out = set(one, "app1", "dev", "v4", "--commit")
	r.want(code, out, 0, "committed")
	head := r.head(one)
	code, out = set(one, "app1", "prod", "v4", "--push")
	r.want(code, out, 3, "have diverged", "git pull --rebase")
	r.clean(one, head)
	// Work in progress is in the way of the new commits, and stays.
	three := r.clone("three")
	r.git(three, "reset", "--quiet", "--hard", "HEAD~2")
	r.write(filepath.Join(three, "apps", "app1", "app.yaml"), "# in work\n")
	code, out = set(three, "app0", "dev", "v5", "--push")
	r.want(code, out, 0, "pushed", "git pull brings the change")
	if got, _ := os.ReadFile(filepath.Join(three, "apps", "app1", "app.yaml")); string(got) != "# in work\n" {
		t.Errorf("%s", got)
	}
}

// TestHistory rolls back and promotes in a repository with a past.
func TestHistory(t *testing.T) {
	r := newRepository(t, 1)
	clone := r.clone("clone")
	app := filepath.Join(clone, "apps", "app0")
	for _, tag := range []string{"v1", "v2"} {
		code, out := r.unfold(app, "set", "image", "--env", "prod", "ghcr.io/example/app0:"+tag, "--commit")
		r.want(code, out, 0, "committed")
	}
	code, out := r.unfold(app, "set", "--env", "prod", "replicas=4", "--commit")
	r.want(code, out, 0, "prod replicas: 2 -> 4\n", "committed")
	code, out = r.unfold(app, "history", "--env", "prod")
	r.want(code, out, 0, "REVISION", "A    ghcr.io/example/app0:v2\n", "A    ghcr.io/example/app0:v0\n")
	if got := strings.Count(out, "\n"); got != 4 {
		t.Errorf("%d lines:\n%s", got, out)
	}
	code, out = r.unfold(app, "rollback", "--env", "prod", "--commit")
	r.want(code, out, 0, "prod: ghcr.io/example/app0:v2 -> ghcr.io/example/app0:v1\nas of ", "committed")
	if got := r.git(clone, "log", "-1", "--format=%s"); got != "revert(app0): roll prod back to v1\n" {
		t.Error(got)
	}
	if got := r.git(clone, "show", "HEAD:apps/app0/app.yaml"); !strings.Contains(got, "{tag: 'v1', replicas: 4}") {
		t.Error(got)
	}
	first := strings.TrimSpace(r.git(clone, "rev-list", "--max-parents=0", "HEAD"))
	code, out = r.unfold(app, "rollback", "--env", "prod", "--to", first)
	r.want(code, out, 0, "prod: ghcr.io/example/app0:v1 -> ghcr.io/example/app0:v0\nas of "+first[:12])
	code, out = r.unfold(app, "rollback", "--env", "prod", "--to", "none")
	r.want(code, out, 1, `there is no revision "none"`)
	code, out = r.unfold(app, "rollback", "--env", "dev")
	r.want(code, out, 1, `the history has no other image of the environment "dev"`, "name a revision with --to")
	r.git(clone, "checkout", "--quiet", ".")
	code, out = r.unfold(app, "promote", "--from", "prod", "--to", "staging", "--field", "replicas", "--push")
	r.want(code, out, 0, "staging: ghcr.io/example/app0:v0 -> ghcr.io/example/app0:v1\nstaging replicas: 2 -> 4\npushed")
	if got := r.show("main:apps/app0/app.yaml"); !strings.Contains(got, "    tag: v1\n    replicas: 4\n") {
		t.Error(got)
	}
	if got := r.git(clone, "log", "-1", "--format=%B"); !strings.HasPrefix(got,
		"chore(app0): promote v1 from prod to staging\n\nstaging: ghcr.io/example/app0:v0 -> ghcr.io/example/app0:v1\n"+
			"staging replicas: 2 -> 4\n\nApp: app0\nEnvironment: staging\nImage: ghcr.io/example/app0:v1\n"+
			"Promoted-From: prod\n") {
		t.Error(got)
	}
	// A clone that is behind goes by the history of the remote, not by its own.
	behind := filepath.Join(r.clone("behind"), "apps", "app0")
	for _, tag := range []string{"v3", "v4"} {
		code, out = r.unfold(app, "set", "image", "--env", "prod", "ghcr.io/example/app0:"+tag, "--push")
		r.want(code, out, 0, "pushed")
	}
	code, out = r.unfold(behind, "rollback", "--env", "prod", "--push")
	r.want(code, out, 0, "prod: ghcr.io/example/app0:v4 -> ghcr.io/example/app0:v3\n", "pushed")
	shallow := filepath.Join(r.clone("shallow", "--depth=1"), "apps", "app0")
	code, out = r.unfold(shallow, "history", "--env", "prod")
	r.want(code, out, 0, "ghcr.io/example/app0:v3\n", "the clone is shallow")
	code, out = r.unfold(shallow, "rollback", "--env", "prod")
	r.want(code, out, 1, "run git fetch --unshallow first")
}
