// Package git runs the git program. Commits are made beside the index and the
// work tree, so that whatever else is staged or changed there stays as it is,
// and a push that fails leaves nothing behind.
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
	"time"
)

// Failure is what git could not do, with the next step for the user.
type Failure struct {
	Message, Hint string
	kind          kind
}

// kind tells failures apart that are worth another try.
type kind uint8

const (
	final kind = iota
	race       // somebody else was faster
	network
	missing
)

// Error gives the message and, on a line of its own, the hint.
func (f *Failure) Error() string {
	if f.Hint == "" {
		return f.Message
	}
	return f.Message + "\n  hint: " + f.Hint
}

func is(err error, k kind) bool {
	var f *Failure
	return errors.As(err, &f) && f.kind == k
}

// Repo is a repository with a work tree.
type Repo struct {
	root    string
	env     []string
	gpgsign string // what git's configuration says of signing, and a full stop; "" not read yet
}

// Open gives the repository that dir is in, and the path of dir in it: "" or one
// that ends with a slash.
func Open(ctx context.Context, dir string) (*Repo, string, error) {
	r := &Repo{root: dir, env: environ()}
	out, err := r.git(ctx, nil, "rev-parse", "--show-toplevel", "--show-prefix")
	if err != nil {
		var f *Failure
		if errors.As(err, &f) && strings.Contains(f.Message, "not a git repository") {
			f.Message, f.Hint = fmt.Sprintf("%s is in no git repository", dir), "run it in a clone of the repository that Argo CD reads"
		}
		return nil, "", err
	}
	root, prefix, _ := strings.Cut(out, "\n")
	r.root = root
	return r, strings.TrimSuffix(prefix, "\n"), nil
}

// environ is what git is told: its messages in English, and never to ask at a
// terminal, where it could wait for ever.
func environ() []string {
	env := append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0")
	if os.Getenv("GIT_TERMINAL_PROMPT") == "" {
		env = append(env, "GIT_TERMINAL_PROMPT=0")
	}
	return env
}

// git runs git and gives what it prints.
func (r *Repo) git(ctx context.Context, stdin []byte, args ...string) (string, error) {
	return r.gitWith(ctx, nil, stdin, args...)
}

func (r *Repo) gitWith(ctx context.Context, env []string, stdin []byte, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", r.root}, args...)...)
	cmd.Env = slices.Concat(r.env, env)
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.WaitDelay = time.Second
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		switch {
		case ctx.Err() != nil:
			return "", context.Cause(ctx)
		case errors.Is(err, exec.ErrNotFound):
			return "", &Failure{Message: "the program git is not installed", Hint: "install git, or leave out --commit and --push"}
		}
		return out.String(), explain(args[0], out.String()+stderr.String())
	}
	return out.String(), nil
}

// explain turns git's words into ours, where they are ones that people often
// meet.
func explain(verb, text string) error {
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(text, p) {
				return true
			}
		}
		return false
	}
	f := &Failure{Message: "git " + verb + ": " + reason(text)}
	switch {
	case has("Please tell me who you are", "empty ident name", "no email was given", "no name was given", "unable to auto-detect email"):
		f.Message = "git does not know who makes the commit"
		f.Hint = `pass --author "NAME <EMAIL>", or set git's user.name and user.email`
	case has("gpg failed to sign", "failed to sign", "No private key found", "Couldn't load public key"):
		f.Hint = "git is configured to sign commits: make the key available, or set commit.gpgsign to false"
	case has("hook declined", "protected branch", "push declined", "Protected branch", "GH006", "GH013", "not allowed to push", "[remote rejected]") && verb == "push" &&
		!has("cannot lock ref", "failed to update ref", "incorrect old value", "reference already exists", "fetch first"):
		f.Message = "the push was refused: " + rejection(text)
		f.Hint = "allow whoever runs this to push to the branch, or push to another one with --branch and open a pull request"
	case has("[rejected]", "cannot lock ref", "failed to update ref", "incorrect old value", "reference already exists", "remote rejected"):
		f.kind = race
	case has("couldn't find remote ref"):
		f.kind = missing
	case has("does not appear to be a git repository", "does not exist", "No such remote"):
		f.Hint = "name a remote that git remote -v lists with --remote"
	case has("Authentication failed", "could not read Username", "could not read Password", "Permission denied", "permission denied", "error: 403", "error: 401",
		"insufficient permission", "Permission to ", "access rights", "terminal prompts disabled", "Repository not found"):
		f.Hint = "give the clone a deploy key or a token that may write to the repository"
	case has("Could not resolve host", "Connection refused", "Connection timed out", "Connection reset", "unable to access", "Network is unreachable", "early EOF", "hung up unexpectedly", "Operation timed out"):
		f.kind, f.Hint = network, "nothing was changed: run it again when the remote can be reached"
	}
	return f
}

// reason gives the lines in which git says what is wrong.
func reason(text string) string {
	var said []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for _, mark := range []string{"fatal: ", "error: ", "remote: error: "} {
			if rest, ok := strings.CutPrefix(line, mark); ok {
				said = append(said, rest)
			}
		}
	}
	if len(said) == 0 {
		said = strings.Split(strings.TrimSpace(text), "\n")
	}
	return strings.Join(said, "; ")
}

// rejection gives what the server says of a push.
func rejection(text string) string {
	var said []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "remote: "); ok && strings.Trim(rest, "- ") != "" {
			said = append(said, strings.TrimSpace(rest))
		}
		if _, rest, ok := strings.Cut(line, "[remote rejected] ("); ok {
			said = append(said, strings.TrimSuffix(rest, ")"))
		}
	}
	if len(said) == 0 {
		return reason(text)
	}
	return strings.Join(said, "; ")
}

// Resolve gives the commit that a revision names.
func (r *Repo) Resolve(ctx context.Context, rev string) (string, error) {
	out, err := r.git(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err != nil {
		if ctx.Err() != nil {
			return "", err
		}
		f := &Failure{Message: fmt.Sprintf("there is no revision %q", rev), Hint: "git log shows them; in CI fetch it first, a shallow clone lacks it"}
		return "", f
	}
	return strings.TrimSpace(out), nil
}

// Shallow reports whether the clone lacks a part of the history.
func (r *Repo) Shallow(ctx context.Context) bool {
	out, err := r.git(ctx, nil, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(out) == "true"
}

// Changed reports whether the work tree or the index differs from HEAD at or
// below a path.
func (r *Repo) Changed(ctx context.Context, name string) (bool, error) {
	out, err := r.git(ctx, nil, "status", "--porcelain=v1", "--untracked-files=all", "--", pathspec(name))
	return out != "", err
}

// pathspec matches a path, or everything where it is "": a literal "." at the top
// would match nothing.
func pathspec(name string) string {
	if name == "" {
		return ":(top)"
	}
	return ":(top,literal)" + name
}

// Same reports whether nothing below a path differs between a commit and the
// work tree.
func (r *Repo) Same(ctx context.Context, rev, name string) (bool, error) {
	out, err := r.git(ctx, nil, "diff", "--no-ext-diff", "--name-only", rev, "--", pathspec(name))
	if err != nil || out != "" {
		return false, err
	}
	out, err = r.git(ctx, nil, "ls-files", "--others", "--exclude-standard", "--", pathspec(name))
	return out == "", err
}

// Revision is a commit.
type Revision struct {
	Hash    string
	When    time.Time
	Author  string
	Subject string
}

// Log gives the commits of the first line of descent that changed a file, the
// newest first.
func (r *Repo) Log(ctx context.Context, rev, name string) ([]Revision, error) {
	out, err := r.git(ctx, nil, "log", "--no-show-signature", "--first-parent", "-z", "--format=%H%x1f%ct%x1f%an%x1f%s", rev, "--", ":(top,literal)"+name)
	if err != nil {
		return nil, err
	}
	var revisions []Revision
	for record := range strings.SplitSeq(out, "\x00") {
		f := strings.Split(record, "\x1f")
		if len(f) != 4 {
			continue
		}
		seconds, _ := strconv.ParseInt(f[1], 10, 64)
		revisions = append(revisions, Revision{Hash: f[0], When: time.Unix(seconds, 0).UTC(), Author: f[2], Subject: f[3]})
	}
	return revisions, nil
}

// Files gives the contents of a file at several commits, nil where it is not
// there.
func (r *Repo) Files(ctx context.Context, name string, revs ...string) ([][]byte, error) {
	objects := make([]string, len(revs))
	for i, rev := range revs {
		objects[i] = rev + ":" + name
	}
	return r.objects(ctx, objects)
}

// objects reads objects in one run of git.
func (r *Repo) objects(ctx context.Context, names []string) ([][]byte, error) {
	out, err := r.git(ctx, []byte(strings.Join(names, "\n")+"\n"), "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	contents := make([][]byte, len(names))
	for i := range names {
		head, rest, _ := strings.Cut(out, "\n")
		f := strings.Fields(head)
		if len(f) < 3 || f[len(f)-2] != "blob" {
			out = rest
			if len(f) >= 3 && f[len(f)-2] != "missing" {
				if size, err := strconv.Atoi(f[len(f)-1]); err == nil && size < len(rest) {
					out = rest[size+1:]
				}
			}
			continue
		}
		size, err := strconv.Atoi(f[len(f)-1])
		if err != nil || size >= len(rest) {
			return nil, fmt.Errorf("git cat-file prints %q", head)
		}
		contents[i] = []byte(rest[:size])
		out = rest[size+1:]
	}
	return contents, nil
}

// entry is a file of a commit.
type entry struct{ mode, object, name string }

func (r *Repo) list(ctx context.Context, rev, prefix string) ([]entry, error) {
	args := []string{"ls-tree", "-r", "-z", "--full-tree", rev}
	if prefix != "" {
		args = append(args, "--", prefix)
	}
	out, err := r.git(ctx, nil, args...)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for record := range strings.SplitSeq(out, "\x00") {
		head, name, ok := strings.Cut(record, "\t")
		if f := strings.Fields(head); ok && len(f) == 3 {
			entries = append(entries, entry{f[0], f[2], name})
		}
	}
	return entries, nil
}

// Paths lists the files of a commit below a path.
func (r *Repo) Paths(ctx context.Context, rev, prefix string) ([]string, error) {
	entries, err := r.list(ctx, rev, prefix)
	var names []string
	for _, e := range entries {
		names = append(names, e.name)
	}
	return names, err
}

// WorkFiles lists the files of the work tree below a path, but for those that git
// ignores, by their names there.
func (r *Repo) WorkFiles(ctx context.Context, prefix string) ([]string, error) {
	out, err := r.git(ctx, nil, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", pathspec(prefix))
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		names = append(names, strings.TrimPrefix(name, prefix))
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// Export writes the files that a commit has below prefix to the folder to.
func (r *Repo) Export(ctx context.Context, rev, prefix, to string) error {
	entries, err := r.list(ctx, rev, prefix)
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.object)
	}
	if len(names) == 0 {
		return nil
	}
	contents, err := r.objects(ctx, names)
	if err != nil {
		return err
	}
	for i, e := range entries {
		target := filepath.Join(to, filepath.FromSlash(strings.TrimPrefix(e.name, prefix)))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		switch {
		case contents[i] == nil: // a submodule
		case e.mode == "120000":
			err = os.Symlink(string(contents[i]), target)
		default:
			err = os.WriteFile(target, contents[i], 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Join gives the path of a file in the repository.
func Join(prefix, name string) string { return strings.TrimPrefix(path.Join("/", prefix, name), "/") }
