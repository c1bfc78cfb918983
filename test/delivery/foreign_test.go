package delivery_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// recorder writes a program that records its runs, and returns it and a function
// that returns what was recorded, which it forgets then.
func (r *repository) recorder() (program string, ran func() string) {
	r.t.Helper()
	program, record := filepath.Join(r.dir, "recorder"), filepath.Join(r.dir, "record")
	r.program(program, "echo \"$0 $*\" >> "+record+"\nexit 1\n")
	return program, func() string {
		text, err := os.ReadFile(record)
		if err == nil {
			err = os.Remove(record)
		}
		if err != nil && !os.IsNotExist(err) {
			r.t.Fatal(err)
		}
		return string(text)
	}
}

// gitHooks are those of githooks(5).
var gitHooks = []string{
	"applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg",
	"post-commit", "pre-rebase", "post-checkout", "post-merge", "pre-push", "pre-receive", "update", "proc-receive", "post-receive",
	"post-update", "reference-transaction", "push-to-checkout", "pre-auto-gc", "post-rewrite", "sendemail-validate",
	"fsmonitor-watchman", "p4-changelist", "p4-prepare-changelist", "p4-post-changelist", "p4-pre-submit", "post-index-change",
}

// hostile makes git's configuration and hooks start a program wherever they can, for
// the clone and for a submodule in it.
func (r *repository) hostile(clone, program string) {
	r.t.Helper()
	for _, key := range []string{
		"core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.gitProxy", "core.alternateRefsCommand",
		"diff.external", "diff.x.command", "diff.x.textconv", "filter.x.clean", "filter.x.smudge", "filter.y.process", "merge.x.driver",
		"gpg.program", "gpg.ssh.program", "pager.diff", "pager.log", "pager.config", "pager.rev-parse", "credential.helper",
		"uploadpack.packObjectsHook", "sequence.editor", "trailer.x.command", "trailer.x.cmd", "browser.x.cmd",
		"remote.origin.uploadpack", "remote.origin.receivepack", "hook.x.command",
	} {
		r.git(clone, "config", key, program)
	}
	for _, kv := range [][2]string{
		{"log.showSignature", "true"}, {"filter.x.required", "true"}, {"diff.ignoreSubmodules", "none"},
		{"status.submoduleSummary", "true"},
		{"diff.submodule", "log"}, {"submodule.recurse", "true"}, {"alias.rev-parse", "!" + program}, {"alias.cat-file", "!" + program},
		{"hook.x.event", "post-index-change"}, {"gc.auto", "1"}, {"core.untrackedCache", "true"}, {"core.commitGraph", "true"},
	} {
		r.git(clone, "config", kv[0], kv[1])
	}
	gitDir := strings.TrimSpace(r.git(clone, "rev-parse", "--path-format=absolute", "--git-common-dir"))
	if err := os.MkdirAll(filepath.Join(gitDir, "info"), 0o755); err != nil {
		r.t.Fatal(err)
	}
	r.write(filepath.Join(gitDir, "info", "attributes"), "* filter=x diff=x merge=x\nother filter=y\n")
	for _, hook := range gitHooks {
		if err := os.Symlink(program, filepath.Join(gitDir, "hooks", hook)); err != nil {
			r.t.Fatal(err)
		}
	}
	// The same again in a folder of its own, by a file that is included.
	r.write(filepath.Join(gitDir, "included"), "[core]\n\thooksPath = "+filepath.Join(gitDir, "hooks")+"\n[filter \"z\"]\n\tclean = "+
		program+"\n")
	r.git(clone, "config", "include.path", filepath.Join(gitDir, "included"))
}

// digests returns what all files of git hold, in all clones.
func (r *repository) digests() map[string]string {
	r.t.Helper()
	digests := map[string]string{}
	err := filepath.WalkDir(r.dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !strings.Contains(name, ".git/") {
			return err
		}
		content, err := os.ReadFile(name)
		digests[name] = fmt.Sprintf("%x", sha256.Sum256(content))
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return digests
}

// TestForeignClone looks at clones whose configuration starts programs wherever it
// can: none is started, and git's own files stay as they are.
func TestForeignClone(t *testing.T) {
	for name, make := range map[string]func(r *repository) string{
		"clone":   func(r *repository) string { return r.clone("clone") },
		"shallow": func(r *repository) string { return r.clone("clone", "--depth=2") },
		"detached": func(r *repository) string {
			c := r.clone("clone")
			r.git(c, "checkout", "--quiet", "--detach")
			return c
		},
		"linked": func(r *repository) string {
			r.git(r.clone("clone"), "worktree", "add", "--quiet", "../linked")
			return filepath.Join(r.dir, "linked")
		},
		"SHA-256": func(r *repository) string {
			r.git(r.dir, "init", "--quiet", "--initial-branch=main", "--object-format=sha256", "clone")
			clone := filepath.Join(r.dir, "clone")
			for _, rev := range []string{"HEAD~1", "HEAD"} {
				files := r.command(filepath.Join(r.dir, "other"), "archive", rev)
				archive, err := files.Output()
				if err != nil {
					r.t.Fatal(err)
				}
				unpack := exec.Command("tar", "-x", "-m", "-C", clone) // else git may take a file by its time for the one before
				unpack.Stdin = bytes.NewReader(archive)
				if err := unpack.Run(); err != nil {
					r.t.Fatal(err)
				}
				r.git(clone, "add", ".")
				r.git(clone, "commit", "--quiet", "-m", rev)
			}
			r.git(clone, "remote", "add", "origin", r.url())
			return clone
		},
		"branch like an option": func(r *repository) string {
			clone := r.clone("clone")
			r.git(clone, "update-ref", "refs/heads/--output=x", "HEAD")
			r.git(clone, "symbolic-ref", "HEAD", "refs/heads/--output=x")
			return clone
		},
		"remote like an option": func(r *repository) string {
			clone := r.clone("clone")
			r.git(clone, "config", "--rename-section", "remote.origin", "remote.--upload-pack=x")
			return clone
		},
		"submodule": func(r *repository) string {
			clone := r.clone("clone")
			r.git(r.dir, "init", "--quiet", "module")
			r.write(filepath.Join(r.dir, "module", "README"), "hello\n")
			r.git(filepath.Join(r.dir, "module"), "add", ".")
			r.git(filepath.Join(r.dir, "module"), "commit", "--quiet", "-m", "module")
			r.git(clone, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", filepath.Join(r.dir, "module"),
				"apps/app0/module")
			r.git(clone, "commit", "--quiet", "-m", "module")
			return clone
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t, 2)
			other := r.clone("other")
			r.write(filepath.Join(other, "apps", "app0", "app.yaml"), strings.ReplaceAll(fmt.Sprintf(descriptor, "app0"), "v0", "v1"))
			r.git(other, "commit", "--quiet", "-am", "v1")
			r.git(other, "push", "--quiet")
			clone := make(r)
			program, ran := r.recorder()
			r.hostile(clone, program)
			if module := filepath.Join(clone, "apps", "app0", "module"); name == "submodule" {
				r.hostile(module, program)
				// What overrules a filter in the clone does not overrule this one.
				r.git(module, "config", "filter.e.clean", program)
				r.write(filepath.Join(clone, ".git", "modules", "apps", "app0", "module", "info", "attributes"), "* filter=e\n")
				r.write(filepath.Join(module, "README"), "HELLO\n")
			}
			r.write(filepath.Join(clone, "apps", "app0", "app.yaml"), strings.ReplaceAll(fmt.Sprintf(descriptor, "app0"), "v0", "v2"))
			// Git does not know by its time that this one is the same.
			if err := os.Chtimes(filepath.Join(clone, "apps", "app1", "app.yaml"), time.Time{}, time.Unix(1e9, 0)); err != nil {
				t.Fatal(err)
			}
			// Else the test would hold without any protection.
			if err := r.command(clone, "diff").Run(); ran() == "" {
				t.Errorf("git itself starts nothing: %v", err)
			}
			before := r.digests()
			for _, c := range []struct {
				code int
				args []string
				want string
			}{
				{0, []string{"check"}, ""},
				{0, []string{"check", "--repository"}, ""},
				{0, []string{"check", "apps"}, ""},
				{1, []string{"diff"}, "v2"},
				{1, []string{"diff", "apps/app0"}, "v2"},
				{1, []string{"diff", "--against", "HEAD"}, "v2"},
				{1, []string{"diff", "apps/app0", "--env", "dev", "--env", "prod"}, ""},
				{0, []string{"history", "apps/app0", "--env", "prod"}, "v1"},
				{0, []string{"render", "apps/app0", "--env", "prod"}, "v2"},
				{0, []string{"argocd"}, "kind: Application"},
				{0, []string{"init", "new", "--image", "ghcr.io/example/new"}, "new"},
				{0, setProd("v3", "--dry-run"), "v3"},
				{0, []string{"set", "apps/app0", "--env", "prod", "replicas=3", "--dry-run"}, ""},
				{0, []string{"rollback", "apps/app0", "--env", "prod", "--dry-run"}, "v1"},
				{0, []string{"promote", "apps/app1", "--from", "prod", "--to", "dev", "--dry-run"}, ""},
			} {
				code, out := r.unfold(clone, c.args...)
				if started := ran(); started != "" {
					t.Errorf("%v starts programs:\n%s\nand prints\n%s", c.args, started, out)
				}
				if code != c.code || !strings.Contains(out, c.want) {
					t.Errorf("%v exits %d, want %d and %q\n%s", c.args, code, c.code, c.want, out)
				}
			}
			if diff := cmp.Diff(before, r.digests()); diff != "" {
				t.Errorf("git's files change (-before +after):\n%s", diff)
			}
		})
	}
}

// TestForeignWorkTree: a work tree elsewhere is not what was named.
func TestForeignWorkTree(t *testing.T) {
	r := newRepository(t, 1)
	clone, other := r.clone("clone"), filepath.Join(r.dir, "other")
	if err := os.Mkdir(other, 0o755); err != nil {
		t.Fatal(err)
	}
	r.git(clone, "config", "core.worktree", other)
	code, out := r.unfold(clone, "diff", "apps/app0")
	r.want(code, out, 2, "does not hold the folder apps/app0")
}

// TestEmbeddedRepository: a clone of one's own can have files that are a repository
// by themselves, with hooks that whoever committed them wrote.
func TestEmbeddedRepository(t *testing.T) {
	r := newRepository(t, 1)
	author := r.clone("author")
	program, ran := r.recorder()
	evil := filepath.Join(author, "apps", "evil")
	r.git(author, "init", "--quiet", "--bare", "--initial-branch=main", evil)
	r.write(filepath.Join(evil, "app.yaml"), fmt.Sprintf(descriptor, "app0"))
	r.git(author, "--git-dir="+evil, "--work-tree="+evil, "add", "app.yaml")
	r.git(author, "--git-dir="+evil, "--work-tree="+evil, "commit", "--quiet", "-m", "evil")
	r.git(evil, "config", "core.bare", "false")
	r.git(evil, "config", "core.worktree", evil)
	r.hostile(evil, program)
	r.git(evil, "config", "core.worktree", ".")
	r.git(author, "add", "--force", ".")
	r.git(author, "commit", "--quiet", "-m", "apps")
	r.git(author, "push", "--quiet")
	clone := r.clone("clone")
	if out := strings.TrimSpace(r.git(filepath.Join(clone, "apps", "evil"), "rev-parse", "--git-dir")); out != "." {
		t.Errorf("git takes %s for the repository", out) // and the test would hold without any protection
	}
	for _, args := range [][]string{
		{"set", "image", "apps/evil", "--env", "prod", "ghcr.io/example/app0:v1", "--commit"},
		{"set", "image", "apps/evil", "--env", "prod", "ghcr.io/example/app0:v1", "--push"},
		{"diff", "apps/evil"}, {"history", "apps/evil", "--env", "prod"}, {"check", "apps/evil"}, {"argocd", "apps/evil"},
	} {
		code, out := r.unfold(clone, args...)
		if started := ran(); started != "" {
			t.Errorf("%v starts\n%s", args, started)
		}
		if args[0] != "check" && (code < 2 || !strings.Contains(out, "evil has no .git")) {
			t.Errorf("%v exits %d\n%s", args, code, out)
		}
	}
}

// lacking commits a change of app0 and takes the object of the descriptor as it was
// out of the clone, as a partial clone lacks it.
func (r *repository) lacking(clone string) {
	r.t.Helper()
	r.write(filepath.Join(clone, "apps", "app0", "app.yaml"), strings.ReplaceAll(fmt.Sprintf(descriptor, "app0"), "v0", "v1"))
	r.git(clone, "commit", "--quiet", "-am", "v1")
	// Packed objects can't be taken out one by one.
	pack, err := filepath.Glob(filepath.Join(clone, ".git", "objects", "pack", "*"))
	if err != nil || len(pack) == 0 {
		r.t.Fatal(pack, err)
	}
	moved := filepath.Join(r.t.TempDir(), "pack")
	if err := os.Rename(filepath.Join(clone, ".git", "objects", "pack"), moved); err != nil {
		r.t.Fatal(err)
	}
	packs, err := filepath.Glob(filepath.Join(moved, "*.pack"))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, pack := range packs {
		content, err := os.Open(pack)
		if err != nil {
			r.t.Fatal(err)
		}
		cmd := r.command(clone, "unpack-objects", "-q")
		cmd.Stdin = content
		if out, err := cmd.CombinedOutput(); err != nil {
			r.t.Fatalf("%v\n%s", err, out)
		}
		content.Close()
	}
	blob := strings.TrimSpace(r.git(clone, "rev-parse", "HEAD~1:apps/app0/app.yaml"))
	if err := os.Remove(filepath.Join(clone, ".git", "objects", blob[:2], blob[2:])); err != nil {
		r.t.Fatal(err)
	}
}

// TestForeignPartialClone: git fetches what a partial clone lacks by whatever program
// the clone's configuration names. It does not while it only reads.
func TestForeignPartialClone(t *testing.T) {
	r := newRepository(t, 1)
	clone := r.clone("clone")
	program, ran := r.recorder()
	r.lacking(clone)
	r.git(clone, "config", "core.repositoryformatversion", "1")
	r.git(clone, "config", "extensions.partialClone", "origin")
	r.git(clone, "config", "remote.origin.promisor", "true")
	for _, key := range []string{"remote.origin.uploadpack", "core.sshCommand", "core.gitProxy", "credential.helper", "core.askPass"} {
		r.git(clone, "config", key, program)
	}
	for _, key := range []string{"protocol.allow", "protocol.ext.allow", "protocol.file.allow"} {
		r.git(clone, "config", key, "always")
	}
	commands := [][]string{
		{"diff", "--against", "HEAD~1"}, {"history", "apps/app0", "--env", "prod"},
		{"rollback", "apps/app0", "--env", "prod", "--dry-run"}, {"rollback", "apps/app0", "--env", "prod", "--to", "HEAD~1", "--dry-run"},
	}
	for _, address := range []string{clone, "file://" + clone, "ext::" + program, "ssh://host/x", "host:x", "git://127.0.0.1:1/x"} {
		r.git(clone, "config", "remote.origin.url", address)
		// Else the test would hold without any protection.
		cmd := r.command(clone, "cat-file", "-e", "HEAD~1:apps/app0/app.yaml")
		if err := cmd.Run(); err == nil || ran() == "" {
			t.Errorf("%s: git itself starts nothing: %v", address, err)
		}
		for _, args := range commands {
			code, out := r.unfold(clone, args...)
			if started := ran(); started != "" {
				t.Errorf("%s: %v starts\n%s", address, args, started)
			}
			if code < 2 || !strings.Contains(out, "lacks") || !strings.Contains(out, "git fetch --refetch --no-filter") {
				t.Errorf("%s: %v exits %d\n%s", address, args, code, out)
			}
		}
	}
	// Older git knows no variable by which it does not fetch.
	r.wrapped("unset GIT_NO_LAZY_FETCH")
	for _, args := range commands {
		_, out := r.unfold(clone, args...)
		if started := ran(); started != "" {
			t.Errorf("with an older git %v starts\n%s", args, started)
		}
		if !strings.Contains(out, "git fetch --refetch --no-filter") {
			t.Errorf("with an older git %v prints\n%s", args, out)
		}
	}
}

// TestPartialClone: in a partial clone of one's own, what is said to bring the
// objects does, and a push fetches what it needs by itself.
func TestPartialClone(t *testing.T) {
	r := newRepository(t, 1)
	bare := filepath.Join(r.dir, "remote.git")
	r.git(bare, "config", "uploadpack.allowFilter", "true")
	r.git(bare, "config", "uploadpack.allowAnySHA1InWant", "true")
	other := r.clone("other")
	for _, tag := range []string{"v1", "v2"} {
		code, out := r.unfold(other, setProd(tag, "--push")...)
		r.want(code, out, 0, "pushed ")
	}
	for i, filter := range []string{"blob:none", "tree:0"} {
		clone := r.clone(strings.ReplaceAll(filter, ":", "-"), "--filter="+filter, "--config=maintenance.auto=false")
		diff := []string{"diff", "apps/app0", "--against", strings.TrimSpace(r.git(clone, "rev-list", "--max-parents=0", "HEAD"))}
		history := []string{"history", "apps/app0", "--env", "prod"}
		for code, args := range map[int][]string{2: diff, 3: history} {
			got, out := r.unfold(clone, args...)
			r.want(got, out, code, "lacks", "\n  hint: ", "run git fetch --refetch --no-filter")
		}
		// Others push what the clone does not have.
		code, out := r.unfold(other, setProd(fmt.Sprint("other", i), "--push")...)
		r.want(code, out, 0, "pushed ")
		code, out = r.unfold(clone, setProd(fmt.Sprint("mine", i), "--push")...)
		r.want(code, out, 0, fmt.Sprintf("other%d -> ghcr.io/example/app0:mine%d", i, i), "pushed ")

		r.git(clone, "fetch", "--quiet", "--refetch", "--no-filter")
		for code, args := range map[int][]string{1: diff, 0: history} {
			got, out := r.unfold(clone, args...)
			r.want(got, out, code, "app0:v0", fmt.Sprint("mine", i))
		}
	}
}

// TestProgramsOfChanges: the hooks and filters that --commit and --push run are
// those that docs/delivery.md names.
func TestProgramsOfChanges(t *testing.T) {
	r := newRepository(t, 2)
	record := filepath.Join(r.dir, "record")
	program := filepath.Join(r.dir, "recorder")
	r.program(program, "echo \"$(basename $0)${GIT_INDEX_FILE:+ of $GIT_INDEX_FILE}\" >> "+record+
		"\ncase $0 in */pre-auto-gc) exit 1;; esac\n")
	filter := filepath.Join(r.dir, "filter")
	r.program(filter, "echo filter $1 >> "+record+"\ncat\n")
	for i, c := range []struct {
		how  string
		want []string
	}{
		{"--commit", []string{"filter apps/app0/app.yaml", "post-index-change", "reference-transaction"}},
		{"--push", []string{"filter README", "filter apps/app0/app.yaml", "filter apps/app1/app.yaml",
			"post-index-change", "post-merge", "pre-push", "reference-transaction"}},
	} {
		clone := r.clone(strings.TrimLeft(c.how, "-"))
		for _, hook := range gitHooks {
			if err := os.Symlink(program, filepath.Join(clone, ".git", "hooks", hook)); err != nil {
				t.Fatal(err)
			}
		}
		for key, value := range map[string]string{"filter.x.clean": filter + " %f", "filter.x.smudge": filter + " %f", "gc.auto": "1",
			"gc.autoDetach": "false"} {
			r.git(clone, "config", key, value)
		}
		// So that git finds that there is something to collect: it looks into this folder.
		loose := filepath.Join(clone, ".git", "objects", "17")
		if err := os.MkdirAll(loose, 0o755); err != nil {
			t.Fatal(err)
		}
		for n := range 8 {
			r.write(filepath.Join(loose, fmt.Sprintf("%038x", n)), "")
		}
		r.write(filepath.Join(clone, ".git", "info", "attributes"), "* filter=x\n")
		for _, name := range []string{"README", "apps/app0/app.yaml", "apps/app1/app.yaml"} {
			if err := os.Chtimes(filepath.Join(clone, filepath.FromSlash(name)), time.Time{}, time.Unix(1e9, 0)); err != nil {
				t.Fatal(err)
			}
		}
		_ = os.Remove(record)
		code, out := r.unfold(clone, setProd(fmt.Sprint("v", i+1), c.how)...)
		r.want(code, out, 0, "app0:v")
		text, err := os.ReadFile(record)
		if err != nil {
			t.Fatal(err)
		}
		ran := slices.Compact(slices.Sorted(strings.SplitSeq(strings.TrimSpace(string(text)), "\n")))
		if diff := cmp.Diff(c.want, ran); diff != "" {
			t.Errorf("%s runs (-want +got):\n%s", c.how, diff)
		}
	}
}

// TestLongHashes: commits and pushes in a repository whose objects have SHA-256 names.
func TestLongHashes(t *testing.T) {
	r := newRepository(t, 1)
	r.git(r.dir, "init", "--quiet", "--bare", "--initial-branch=main", "--object-format=sha256", "long.git")
	seed := filepath.Join(r.dir, "long")
	r.git(r.dir, "init", "--quiet", "--initial-branch=main", "--object-format=sha256", "long")
	if err := os.CopyFS(filepath.Join(seed, "apps"), os.DirFS(filepath.Join(r.dir, "seed", "apps"))); err != nil {
		t.Fatal(err)
	}
	r.git(seed, "add", ".")
	r.git(seed, "commit", "--quiet", "-m", "apps")
	r.git(seed, "remote", "add", "origin", "file://"+filepath.Join(r.dir, "long.git"))
	r.git(seed, "push", "--quiet", "--set-upstream", "origin", "main")
	for i, how := range []string{"--commit", "--push"} {
		code, out := r.unfold(seed, setProd(fmt.Sprint("v", i+1), how)...)
		r.want(code, out, 0, "app0:v")
		r.whole(seed)
	}
	code, out := r.unfold(seed, "history", "apps/app0", "--env", "prod")
	r.want(code, out, 0, "app0:v2", "app0:v1", "app0:v0")
	if got := r.git(filepath.Join(r.dir, "long.git"), "show", "main:apps/app0/app.yaml"); !strings.Contains(got, "'v2'") {
		t.Error(got)
	}
}
