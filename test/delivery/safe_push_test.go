package delivery_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPushStays: what git does not know, what it ignores and what is in work stays
// as it is, whatever the configuration says of merges.
func TestPushStays(t *testing.T) {
	for name, c := range map[string]struct {
		config []string
		branch string
	}{
		"plain":           {nil, "main"},
		"stash":           {[]string{"merge.autoStash", "true"}, "main"},
		"squash":          {[]string{"branch.main.mergeOptions", "--squash --autostash --overwrite-ignore"}, "main"},
		"no fast forward": {[]string{"merge.ff", "false"}, "main"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t, 1)
			clone, other := r.clone("clone"), r.clone("other")
			if c.config != nil {
				r.git(clone, append([]string{"config"}, c.config...)...)
			}
			push := func(tag string, behind string) {
				t.Helper()
				head := r.head(clone)
				code, out := r.unfold(clone, setProd(tag, "--push")...)
				r.want(code, out, 0, "pushed ", behind)
				if got := r.git(clone, "stash", "list"); got != "" {
					t.Errorf("stashed: %s", got)
				}
				if got := r.git(clone, "diff", "--cached"); got != "" {
					t.Errorf("the index differs from HEAD:\n%s", got)
				}
				if moved := r.head(clone) != head; moved != (behind == "") {
					t.Errorf("HEAD moved: %v\n%s", moved, out)
				}
			}
			kept := func(name, want string) {
				t.Helper()
				if got, _ := os.ReadFile(filepath.Join(clone, name)); string(got) != want {
					t.Errorf("%s holds %q, want %q", name, got, want)
				}
			}
			others := func(name, text string) {
				r.git(other, "pull", "--quiet", "--rebase")
				r.write(filepath.Join(other, name), text)
				r.git(other, "add", "--force", ".")
				r.git(other, "commit", "--quiet", "-m", "others")
				r.git(other, "push", "--quiet")
			}
			push("v1", "")

			r.write(filepath.Join(clone, ".git", "info", "exclude"), "*.secret\n")
			r.write(filepath.Join(clone, "my.secret"), "mine\n")
			others("my.secret", "theirs\n")
			push("v2", "the work tree does not have it yet: The following untracked working tree files would be overwritten by merge "+
				"my.secret; once that is out of the way, git pull brings the change into the clone\n")
			kept("my.secret", "mine\n")
			if err := os.Remove(filepath.Join(clone, "my.secret")); err != nil {
				t.Fatal(err)
			}
			push("v3", "")
			kept("my.secret", "theirs\n")

			r.write(filepath.Join(clone, "README"), "in work\n")
			others("README", "theirs\n")
			push("v4", "Your local changes to the following files would be overwritten by merge README;")
			kept("README", "in work\n")
			r.git(clone, "checkout", "--quiet", "--", "README")
			push("v5", "")
			r.whole(clone)
		})
	}
}

// TestInterrupted: a signal before the remote has the commit changes nothing, one
// afterwards stops nothing, and the message says which it was.
func TestInterrupted(t *testing.T) {
	term := `kill -TERM $PPID; sleep 0.2; `
	verb := func(name, then string) string {
		return fmt.Sprintf("case \" $* \" in *\" %s \"*) %s;; esac", name, then)
	}
	for name, c := range map[string]struct {
		script string
		pushed bool
		want   string
	}{
		"before":               {verb("commit-tree", term), false, "unfold: "},
		"at the push":          {verb("push", term+"trap 'exit 143' TERM; sleep 1"), false, "interrupted while the commit "},
		"at the end of a push": {verb("push", `$real "$@" || exit; `+term+"exit 0"), true, "pushed "},
		"killed behind a push": {verb("push", `$real "$@" || exit; `+term+"kill -9 $$"), true, "pushed "},
		"at the work tree":     {verb("merge", term), true, "pushed "},
		"behind the work tree": {verb("merge", `$real "$@" || exit; `+term+"exit 0"), true, "pushed "},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t, 1)
			clone := r.clone("clone")
			head := r.head(clone)
			r.wrapped(c.script)
			code, out := r.unfold(clone, setProd("v1", "--push")...)
			r.unwrapped()
			r.whole(clone)
			if c.pushed {
				r.want(code, out, 0, c.want)
				if got := r.head(clone); got == head ||
					got != strings.TrimSpace(r.git(filepath.Join(r.dir, "remote.git"), "rev-parse", "main")) {
					t.Errorf("HEAD is %s\n%s", got, out)
				}
				return
			}
			if code == 0 || !strings.Contains(out, c.want) || r.head(clone) != head {
				t.Errorf("exit %d\n%s", code, out)
			}
			code, out = r.unfold(clone, setProd("v1", "--push")...)
			r.want(code, out, 0, "pushed ")
		})
	}
	// In a commit, signals count until the file is written.
	for name, c := range map[string]struct {
		script    string
		committed bool
	}{
		"before the commit": {verb("commit-tree", term), false},
		"at the branch":     {verb("update-ref", term), true},
		"behind the branch": {verb("--refresh", term), true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t, 1)
			clone := r.clone("clone")
			head := r.head(clone)
			r.wrapped(c.script)
			code, out := r.unfold(clone, setProd("v1", "--commit")...)
			r.unwrapped()
			r.whole(clone)
			if (code == 0) != c.committed || (r.head(clone) != head) != c.committed || strings.Contains(out, "committed ") != c.committed {
				t.Errorf("exit %d\n%s", code, out)
			}
		})
	}
}

// TestEndedByTerm: git is ended by SIGTERM, so that it takes its locks away, and
// waited for.
func TestEndedByTerm(t *testing.T) {
	r := newRepository(t, 1)
	clone := r.clone("clone")
	ended := filepath.Join(r.dir, "ended")
	r.wrapped(`case " $* " in *" ls-remote "*) trap "sleep 0.3; echo term > ` + ended +
		`; exit 143" TERM; kill -TERM $PPID; while :; do sleep 0.05; done;; esac`)
	code, out := r.unfold(clone, setProd("v1", "--push")...)
	if got, err := os.ReadFile(ended); code == 0 || string(got) != "term\n" {
		t.Errorf("exit %d, %v\n%s", code, err, out)
	}
}

// TestNoOptions: no value becomes an option of git, or a program that it runs.
func TestNoOptions(t *testing.T) {
	r := newRepository(t, 1)
	clone := r.clone("clone")
	ran := filepath.Join(r.dir, "ran")
	program := filepath.Join(r.dir, "program")
	r.program(program, "touch "+ran+"\n")
	head := r.head(clone)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--remote", "--upload-pack=" + program}, "can't be a remote"},
		{[]string{"--remote=--receive-pack=" + program}, "can't be a remote"},
		{[]string{"--remote", "ext::" + program}, "can't be a remote"},
		{[]string{"--remote", "-"}, "can't be a remote"},
		{[]string{"--branch=--force"}, `"--force" can't be the name of a branch`},
		{[]string{"--branch", "a..b"}, "can't be the name of a branch"},
		{[]string{"--branch", "main:refs/heads/other"}, "can't be the name of a branch"},
		{[]string{"--branch", "*"}, "can't be the name of a branch"},
		{[]string{"--branch", "a\nb"}, "can't be the name of a branch"},
		{[]string{"--author", "-x"}, "no name with an address"},
	} {
		code, out := r.unfold(clone, setProd("v1", append([]string{"--push"}, c.args...)...)...)
		r.want(code, out, 1, c.want)
		r.clean(clone, head)
	}
	r.git(clone, "config", "branch.main.remote", "--upload-pack="+program)
	code, out := r.unfold(clone, setProd("v1", "--push")...)
	r.want(code, out, 3, "can't be a remote")
	r.git(clone, "config", "branch.main.remote", "origin")
	for _, rev := range []string{"--output=" + ran, "-h", "--help"} {
		code, out = r.unfold(clone, "diff", "apps/app0", "--against="+rev)
		r.want(code, out, 2, "there is no revision")
		code, out = r.unfold(clone, "rollback", "apps/app0", "--env", "prod", "--to="+rev)
		r.want(code, out, 1, "there is no revision")
	}
	if _, err := os.Lstat(ran); err == nil {
		t.Error("a program was run")
	}
	r.clean(clone, head)
}

// TestLiteralPaths: a folder's name is no pattern, and no magic word of git's.
func TestLiteralPaths(t *testing.T) {
	r := newRepository(t, 1)
	clone := r.clone("clone")
	for _, dir := range []string{"*", "[a]", ":(glob)*", ":!x", "-x", "a b", "ä", "new\nline"} {
		full := filepath.Join(clone, "apps", dir)
		if err := os.MkdirAll(full, 0o755); err != nil {
			t.Fatal(err)
		}
		r.write(filepath.Join(full, "app.yaml"), fmt.Sprintf(descriptor, "app0"))
		r.git(clone, "add", ".")
		r.git(clone, "commit", "--quiet", "-m", "literal")
		// Of another one in work nothing is to be seen.
		other := filepath.Join(clone, "apps", "app0", "app.yaml")
		r.write(other, "# mine\n"+fmt.Sprintf(descriptor, "app0"))
		for i, how := range []string{"--commit", "--push"} {
			code, out := r.unfold(full, "set", "image", "--env", "prod", fmt.Sprint("ghcr.io/example/app0:v", i+1), how)
			r.want(code, out, 0, map[string]string{"--commit": "committed ", "--push": "pushed "}[how])
			if got := r.git(clone, "status", "--porcelain"); got != " M apps/app0/app.yaml\n" {
				t.Errorf("%q: %s", dir, got)
			}
		}
		code, out := r.unfold(full, "history", "--env", "prod")
		r.want(code, out, 0, "app0:v2", "app0:v1", "app0:v0")
		code, out = r.unfold(full, "diff", "--against", "HEAD~2")
		r.want(code, out, 1, "v0", "v2")
		r.git(clone, "checkout", "--quiet", "--", ".")
	}
	r.git(clone, "fsck", "--strict")
}

// TestVariables: git works on the clone that is named, though a git hook or another
// tool has set variables for another one.
func TestVariables(t *testing.T) {
	r := newRepository(t, 1)
	clone, other := r.clone("clone"), r.clone("other")
	before := everything(t, other)
	hidden := append(r.env[:len(r.env):len(r.env)],
		"GIT_DIR="+filepath.Join(other, ".git"), "GIT_WORK_TREE="+other, "GIT_INDEX_FILE="+filepath.Join(other, ".git", "index"),
		"GIT_OBJECT_DIRECTORY="+filepath.Join(other, ".git", "objects"), "GIT_COMMON_DIR="+filepath.Join(other, ".git"), "GIT_NAMESPACE=x",
		"GIT_GLOB_PATHSPECS=1",
		"GIT_CONFIG_PARAMETERS='core.bare=true'", "GIT_EXTERNAL_DIFF=false", "GIT_CONFIG=/nowhere", "GIT_SHALLOW_FILE=/nowhere",
		"GIT_PREFIX=x/")
	r2 := *r
	r2.env = hidden
	for i, how := range []string{"--commit", "--push"} {
		code, out := r2.unfold(clone, setProd(fmt.Sprint("v", i+1), how)...)
		r.want(code, out, 0, "app0:v")
	}
	code, out := r2.unfold(clone, "diff", "apps/app0", "--against", "HEAD~2")
	r.want(code, out, 1, "v0", "v2")
	r.whole(clone)
	if after := everything(t, other); after != before {
		t.Errorf("the other clone was\n%s\nand is\n%s", before, after)
	}
	if got := r.show("main:apps/app0/app.yaml"); !strings.Contains(got, "'v2'") {
		t.Error(got)
	}
	// In a hook of git's own, git has the lock of the index.
	hook := filepath.Join(clone, ".git", "hooks", "pre-commit")
	r.program(hook, fmt.Sprintf("cd %s && %s diff apps/app0 >%s/hook 2>&1; %s set image apps/app0 --env prod ghcr.io/example/app0:v9 "+
		"--commit >>%s/hook 2>&1; exit 0\n",
		clone, os.Args[0], r.dir, os.Args[0], r.dir))
	r.write(filepath.Join(clone, "README"), "more\n")
	r.git(clone, "commit", "--quiet", "-am", "readme")
	if got, _ := os.ReadFile(filepath.Join(r.dir, "hook")); !strings.HasPrefix(string(got),
		"unfold: "+filepath.Join(clone, ".git", "index.lock")+" exists") {
		t.Errorf("in the hook: %s", got)
	}
	r.whole(clone)
}

// TestHooksSpeak: what hooks say is shown, those here and those of the remote.
func TestHooksSpeak(t *testing.T) {
	r := newRepository(t, 1)
	clone := r.clone("clone")
	r.program(filepath.Join(r.dir, "remote.git", "hooks", "post-receive"), "echo 'Create a pull request: https://git.example.com/new'\n")
	local := filepath.Join(clone, ".git", "hooks", "pre-push")
	r.program(local, "echo scanned; echo for secrets >&2\n")
	code, out := r.unfold(clone, setProd("v1", "--push")...)
	r.want(code, out, 0, "pushed ", "remote: Create a pull request: https://git.example.com/new\n", "scanned\n", "for secrets\n")
	head := r.head(clone)
	r.program(local, "echo 'not on a Friday'; exit 1\n")
	code, out = r.unfold(clone, setProd("v2", "--push")...)
	r.want(code, out, 3, "git push: ", "not on a Friday")
	r.clean(clone, head)
	// Hooks for commits don't run.
	if err := os.Remove(local); err != nil {
		t.Fatal(err)
	}
	for _, hook := range []string{"pre-commit", "commit-msg", "prepare-commit-msg", "post-commit"} {
		r.program(filepath.Join(clone, ".git", "hooks", hook), "touch "+filepath.Join(r.dir, "ran")+"; exit 1\n")
	}
	for i, how := range []string{"--commit", "--push"} {
		code, out = r.unfold(clone, setProd(fmt.Sprint("w", i), how)...)
		r.want(code, out, 0, "app0:w")
	}
	if _, err := os.Lstat(filepath.Join(r.dir, "ran")); err == nil {
		t.Error("a hook for commits has run")
	}
}

// TestPasswords: the password in a remote's address is in no message and in no file.
func TestPasswords(t *testing.T) {
	r := newRepository(t, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }))
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	for i, address := range []string{
		"http://ci:hunter2@" + host + "/x.git", "http://hunter2@" + host + "/x.git", "http://ci:hun/hunter2@" + host + "/x.git",
		"http://ci:x@hunter2@" + host + "/x.git",
		"ssh://ci:hunter2@127.0.0.1:1/x.git", "https://ci:hunter2@127.0.0.1:1/x.git", "nothing://ci:hunter2@host/x",
		"ci:hunter2@host.invalid/x", "https://ci:hunter2@[::1/x.git",
		"http://ci:it'hunter2@" + host + "/x.git", "https://ci:it\"hunter2@127.0.0.1:1/x.git", "https://ci:it<hunter2>@127.0.0.1:1/x.git",
		"https://ci:it hunter2 is@127.0.0.1:1/x.git", "https://ci:it\thunter2@127.0.0.1:1/x.git",
		"https://ci:12/hunter2@127.0.0.1:1/x.git", "https:/ci:hunter2@127.0.0.1:1/x.git", "https:ci:hunter2@127.0.0.1:1/x.git",
		"http://" + host + "/x.git?private_token=hunter2", "ssh://ci:it%27hunter2@127.0.0.1:1/x.git", "ci:it'hunter2@host.invalid/x",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel() // most of the time is pauses
			r := *r
			r.t = t
			clone := r.clone(fmt.Sprint("clone", i))
			head := r.head(clone)
			for _, how := range []string{"url", "pushurl", "insteadOf", "--remote"} {
				args := setProd("v1", "--push")
				switch how {
				case "url":
					r.git(clone, "config", "remote.origin.url", address)
				case "pushurl":
					r.git(clone, "config", "remote.origin.url", r.url())
					r.git(clone, "config", "remote.origin.pushurl", address)
				case "insteadOf":
					r.git(clone, "config", "--unset", "remote.origin.pushurl")
					r.git(clone, "config", "remote.origin.url", "short:x")
					r.git(clone, "config", "url."+address+".insteadOf", "short:x")
				case "--remote":
					args = append(args, "--remote", address)
				}
				code, out := r.unfold(clone, args...)
				if code == 0 || strings.Contains(out, "hunter2") {
					t.Errorf("%s %s: exit %d\n%s", how, address, code, out)
				}
				if how == "--remote" {
					r.git(clone, "config", "--remove-section", "url."+address)
					continue
				}
				if how == "pushurl" {
					continue // that is not the one that Argo CD reads
				}
				for _, args := range [][]string{{"argocd"}, {"init", "new", "--image", "ghcr.io/example/x"}} {
					if _, out := r.unfold(clone, args...); strings.Contains(out, "hunter2") {
						t.Errorf("%v with %s %s:\n%s", args, how, address, out)
					}
					if found := r.found(clone, "hunter2"); found != "" {
						t.Errorf("%v with %s %s writes it to %s", args, how, address, found)
					}
					r.git(clone, "clean", "-fdq")
				}
				r.clean(clone, head)
			}
		})
	}
	// A push that succeeds shows where it went.
	code, out := r.unfold(r.clone("clone"), setProd("w1", "--push", "--remote", "file://ci:hunter2@"+filepath.Join(r.dir, "remote.git"))...)
	if strings.Contains(out, "hunter2") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// found names a file of a work tree that holds a text.
func (r *repository) found(clone, text string) string {
	for line := range strings.Lines(everything(r.t, clone)) {
		if strings.Contains(line, text) && !strings.Contains(line, "/.git/") {
			return line
		}
	}
	return ""
}
