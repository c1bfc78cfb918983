// Package git runs the git program. What a commit holds is read without writing
// anything, commits are made beside the work tree, so that whatever else is staged
// or changed there stays as it is, and a push that fails leaves nothing behind.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Repo is a repository with a work tree. It is not safe for concurrent use, but its
// Snapshots are.
type Repo struct {
	root    string
	env     []string
	allowed access
	gpgsign string // what git's configuration says of signing, and a full stop; "" not read yet
	objects objects
	// addresses are those of remotes that may be in what git prints, nil where they are
	// not known yet.
	addresses []string
}

// Open returns the repository that dir is in, and the path of dir in it: "" or one
// that ends with a slash. Close ends what it has started.
func Open(ctx context.Context, dir string) (*Repo, string, error) {
	r := &Repo{root: dir, env: environ(os.Environ())}
	out, err := r.git(ctx, nil, "rev-parse", "--show-toplevel", "--show-prefix")
	if err != nil {
		var f *Failure
		if errors.As(err, &f) && f.kind == noRepository {
			f.Message, f.Hint = fmt.Sprintf("%s is in no git repository", dir), "run it in a clone of the repository that Argo CD reads"
		}
		return nil, "", err
	}
	root, prefix, _ := strings.Cut(out, "\n")
	prefix = strings.TrimSuffix(prefix, "\n")
	// core.worktree in a foreign clone can name any folder.
	named, err := os.Stat(dir)
	if err != nil {
		return nil, "", err
	}
	if there, err := os.Stat(filepath.Join(root, filepath.FromSlash(prefix))); err != nil || !os.SameFile(named, there) {
		return nil, "", &Failure{Message: fmt.Sprintf("git's work tree %s does not hold the folder %s", root, dir),
			Hint: "run it in a work tree; git config core.worktree shows what git takes for one"}
	}
	// The files of a clone can be those of a bare repository too, with a configuration
	// and hooks. Git takes a folder of such files for one.
	if _, err := os.Lstat(filepath.Join(root, ".git")); err != nil {
		return nil, "", &Failure{Message: fmt.Sprintf("git's work tree %s has no .git", root),
			Hint: "git takes the folder's own files for a repository: don't use them unless they are yours"}
	}
	r.root = root
	return r, prefix, nil
}

// Close ends the processes that read objects.
func (r *Repo) Close() { r.objects.close() }

// call is a run of git.
type call struct {
	args  []string
	stdin []byte
	env   []string
}

// access is what runs of git may do beyond looking at what the clone has.
type access struct{ hooks, network bool }

// options are what holds for every run, whatever the configuration says: a foreign
// clone's must not start programs where git only looks, nor change what git prints.
func (a access) options() []string {
	options := []string{
		"-c", "core.fsmonitor=false", "-c", "color.ui=false", "-c", "color.remote=false", "-c", "color.push=false", "-c",
		"color.transport=false",
		"-c", "submodule.recurse=false", "-c", "i18n.commitEncoding=UTF-8", "-c", "maintenance.auto=false",
	}
	if !a.hooks {
		options = append(options, withoutHooks()...)
	}
	return options
}

// withoutHooks returns the options by which git runs no hook: there are none in what
// is no folder.
func withoutHooks() []string { return []string{"-c", "core.hooksPath=" + os.DevNull} }

// environ returns the variables that keep git from the network. A partial clone
// fetches an object that it lacks whenever git looks for it, by whatever program its
// configuration names. Git before 2.45 does not know the first variable; no
// configuration overrules the second.
func (a access) environ() []string {
	if a.network {
		return nil
	}
	return []string{"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none"}
}

// command returns a run of git that ends by SIGTERM, on which git takes its locks
// away, when ctx is done. One that nothing is to end gets no Ctrl-C either, which is
// for all in the terminal's foreground.
func (r *Repo) command(ctx context.Context, c call) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", slices.Concat([]string{"-C", r.root}, r.allowed.options(), c.args)...)
	cmd.Env = slices.Concat(r.env, r.allowed.environ(), c.env)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	if ctx.Done() == nil {
		setAlone(cmd)
	}
	return cmd
}

// git runs git and returns what it prints.
func (r *Repo) git(ctx context.Context, stdin []byte, args ...string) (string, error) {
	out, _, err := r.run(ctx, call{args: args, stdin: stdin})
	return out, err
}

// run returns what git prints, on standard error too. A run that was done when ctx
// was has succeeded.
func (r *Repo) run(ctx context.Context, c call) (stdout, stderr string, err error) {
	cmd := r.command(ctx, c)
	cmd.Stdin = bytes.NewReader(c.stdin)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	stdout, stderr = out.String(), errOut.String()
	switch {
	case err == nil, cmd.ProcessState != nil && cmd.ProcessState.Success() && ctx.Err() != nil:
		return stdout, stderr, nil
	case ctx.Err() != nil:
		return stdout, stderr, context.Cause(ctx)
	}
	return stdout, stderr, r.failed(err, verb(c.args), stdout+stderr)
}

// verb returns the first argument behind options of git itself.
func verb(args []string) string {
	for len(args) > 2 && args[0] == "-c" {
		args = args[2:]
	}
	return args[0]
}

// failed says why a run of git failed.
func (r *Repo) failed(err error, verb, text string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return &Failure{Message: "the program git is not installed", Hint: "install git, or leave out --commit and --push"}
	}
	if text = r.withoutSecrets(text); strings.TrimSpace(text) == "" {
		text = err.Error()
	}
	return explain(verb, text)
}

// Resolve returns the commit that a revision names.
func (r *Repo) Resolve(ctx context.Context, rev string) (string, error) {
	out, err := r.git(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err != nil {
		if ctx.Err() != nil {
			return "", err
		}
		if !r.HasCommits(ctx) {
			return "", &Failure{Message: "the repository has no commit yet", Hint: firstCommit}
		}
		return "", &Failure{Message: fmt.Sprintf("there is no revision %q", rev), kind: mistaken,
			Hint: "git log shows them; in CI fetch it first, a shallow clone lacks it"}
	}
	return strings.TrimSpace(out), nil
}

// HasCommits reports whether the branch that is checked out has a commit.
func (r *Repo) HasCommits(ctx context.Context) bool {
	_, err := r.git(ctx, nil, "rev-parse", "--verify", "--quiet", "HEAD")
	return err == nil || ctx.Err() != nil
}

// Shallow reports whether the clone lacks a part of the history.
func (r *Repo) Shallow(ctx context.Context) bool {
	out, err := r.git(ctx, nil, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(out) == "true"
}

// below returns the arguments by which git looks at and below a path alone, which is
// literal by the environment; "" is everything.
func below(name string) []string {
	if name = strings.TrimSuffix(name, "/"); name == "" {
		return []string{"--"}
	}
	return []string{"--", name}
}

// Changed reports whether the work tree or the index differs from HEAD at or
// below a path.
func (r *Repo) Changed(ctx context.Context, name string) (bool, error) {
	out, err := r.git(ctx, nil, append([]string{"status", "--porcelain=v1", "--untracked-files=all", "--ignore-submodules=dirty"},
		below(name)...)...)
	return out != "", err
}

// Changes returns the files at and below a path that differ between a commit and the
// work tree. Files that git was told not to look at are among them, since nobody
// knows, and so are those that only a filter program makes equal: it is not run. Of
// a submodule only its commit counts. Git diff would write the index, which runs a
// hook, and start git status in submodules, whose own configuration names filters;
// these commands do neither.
func (r *Repo) Changes(ctx context.Context, rev, name string) ([]string, error) {
	staged := []string{"diff-index", "--cached", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-relative",
		"--ignore-submodules=none",
		"--name-only", "-z", rev}
	out, err := r.git(ctx, nil, append(staged, below(name)...)...)
	if err != nil {
		return nil, err
	}
	changed := names(out)
	args, err := r.withoutFilters(ctx)
	if err != nil {
		return nil, err
	}
	args = append(args, "ls-files", "-v", "-z", "--cached", "--modified", "--deleted", "--others", "--exclude-standard")
	out, err = r.git(ctx, nil, append(args, below(name)...)...)
	for _, line := range names(out) {
		tag, name, _ := strings.Cut(line, " ")
		switch tag {
		case "H":
			continue
		case "S": // skip-worktree: what a sparse checkout leaves out is not there
			if _, err := os.Lstat(filepath.Join(r.root, filepath.FromSlash(name))); err != nil {
				continue
			}
		}
		changed = append(changed, name)
	}
	return changed, err
}

// Ignored returns the files and folders at and below a path that git ignores. Of a folder
// it returns the name alone, with a slash at its end.
func (r *Repo) Ignored(ctx context.Context, name string) ([]string, error) {
	args := []string{"ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"}
	out, err := r.git(ctx, nil, append(args, below(name)...)...)
	return names(out), err
}

// withoutFilters returns the options by which git runs no filter program.
func (r *Repo) withoutFilters(ctx context.Context) ([]string, error) {
	out, err := r.git(ctx, nil, "config", "--null", "--name-only", "--get-regexp", `^filter\..*\.(clean|process|required)$`)
	if err != nil && out == "" && ctx.Err() == nil {
		return nil, nil // there are none
	}
	var options []string
	for _, key := range names(out) {
		if strings.Contains(key, "=") {
			return nil, &Failure{Message: fmt.Sprintf("git's configuration has a filter with a name that can't be overruled: %q", key)}
		}
		options = append(options, "-c", key+"=")
	}
	return options, err
}

// names returns the records of what git prints with -z.
func names(out string) []string {
	return strings.FieldsFunc(out, func(r rune) bool { return r == 0 })
}

// Revision is a commit.
type Revision struct {
	Hash    string
	When    time.Time
	Author  string
	Subject string
}

// Log returns the commits of the first line of descent that changed a file, the
// newest first.
func (r *Repo) Log(ctx context.Context, rev, name string) ([]Revision, error) {
	out, err := r.log(ctx, rev, name, "--no-follow", "--format=%H%x1f%ct%x1f%an%x1f%s")
	if err != nil {
		return nil, err
	}
	var revisions []Revision
	for record := range strings.SplitSeq(out, "\x00") {
		if x, ok := revision(record); ok {
			revisions = append(revisions, x)
		}
	}
	return revisions, nil
}

// LogBelow returns the commits of the first line of descent that changed files of a name at
// and below a path, by these files: of each the newest first.
func (r *Repo) LogBelow(ctx context.Context, rev, prefix, base string) (map[string][]Revision, error) {
	out, err := r.log(ctx, rev, prefix, "-m", "--name-only", "--no-renames", "--no-relative", "--format=%x1e%H%x1f%ct%x1f%an%x1f%s")
	if err != nil {
		return nil, err
	}
	all := map[string][]Revision{}
	var at Revision
	for record := range strings.SplitSeq(out, "\x00") {
		record = strings.TrimPrefix(record, "\n") // behind what the format makes
		if text, ok := strings.CutPrefix(record, "\x1e"); ok {
			at, _ = revision(text)
		} else if path.Base(record) == base {
			all[record] = append(all[record], at)
		}
	}
	return all, nil
}

// log runs git log along the first line of descent, with records that end with NUL.
func (r *Repo) log(ctx context.Context, rev, name string, options ...string) (string, error) {
	args := append([]string{"log", "--no-show-signature", "--no-ext-diff", "--no-textconv", "--encoding=UTF-8", "--first-parent", "-z"},
		options...)
	return r.git(ctx, nil, slices.Concat(args, []string{"--end-of-options", rev}, below(name))...)
}

// revision reads what log prints of a commit.
func revision(record string) (x Revision, ok bool) {
	f := strings.Split(record, "\x1f")
	if len(f) != 4 {
		return x, false
	}
	seconds, _ := strconv.ParseInt(f[1], 10, 64)
	return Revision{Hash: f[0], When: time.Unix(seconds, 0).UTC(), Author: f[2], Subject: f[3]}, true
}

// WorkFiles lists the files of the work tree below a path, but for those that git
// ignores, by their names there.
func (r *Repo) WorkFiles(ctx context.Context, prefix string) ([]string, error) {
	out, err := r.git(ctx, nil, append([]string{"ls-files", "-z", "--cached", "--others", "--exclude-standard"}, below(prefix)...)...)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, name := range names(out) {
		list = append(list, strings.TrimPrefix(name, prefix))
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// Join returns the path of a file in the repository.
func Join(prefix, name string) string { return strings.TrimPrefix(path.Join("/", prefix, name), "/") }
