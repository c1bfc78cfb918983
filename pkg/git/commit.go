package git

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// File is the new content of a file, and the message of the commit that brings
// it.
type File struct {
	Content []byte
	Message string
}

// Edit gives a file as it is to be on top of a commit, nil where it is so
// already. It is called again whenever somebody else was faster, so that a
// change is made anew and texts are never merged.
type Edit func(ctx context.Context, base string) (*File, error)

// Target is where a commit goes.
type Target struct {
	Path           string // of the file in the repository
	Author         string // NAME <EMAIL>; "" is git's
	Remote, Branch string // "" is the one that is checked out
}

// commit makes a commit object on top of base with one file changed.
func (r *Repo) commit(ctx context.Context, base string, t Target, f *File) (string, error) {
	env, err := r.author(ctx, t.Author)
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "unfold-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	env = append(env, "GIT_INDEX_FILE="+filepath.Join(dir, "index"))
	step := func(stdin []byte, args ...string) string {
		var out string
		if err == nil {
			out, err = r.gitWith(ctx, env, stdin, args...)
		}
		return strings.TrimSpace(out)
	}
	mode := "100644"
	if entries, err := r.list(ctx, base, t.Path); err == nil && len(entries) == 1 {
		mode = entries[0].mode
	}
	blob := step(f.Content, "hash-object", "-w", "--stdin")
	step(nil, "read-tree", base)
	step(nil, "update-index", "--add", "--cacheinfo", mode+","+blob+","+t.Path)
	tree := step(nil, "write-tree")
	args := []string{"commit-tree", "-p", base, "-F", "-"}
	if r.signs(ctx) {
		args = append(args, "-S")
	}
	hash := step([]byte(f.Message), append(args, tree)...)
	return hash, err
}

// signs reports whether commits are to be signed. Unlike git commit, commit-tree
// does not look.
func (r *Repo) signs(ctx context.Context) bool {
	if r.gpgsign == "" {
		out, _ := r.git(ctx, nil, "config", "--type=bool", "--get", "commit.gpgsign")
		r.gpgsign = strings.TrimSpace(out) + "."
	}
	return r.gpgsign == "true."
}

// author gives the variables that tell git who makes a commit. The author
// stands in for a committer that git does not know.
func (r *Repo) author(ctx context.Context, author string) ([]string, error) {
	if author == "" {
		return nil, nil
	}
	name, rest, _ := strings.Cut(author, " <")
	address, ok := strings.CutSuffix(rest, ">")
	if !ok || name == "" || address == "" || strings.ContainsAny(name+address, "<>\n") {
		return nil, &Failure{Message: fmt.Sprintf("the author %q is no name with an address", author), Hint: `write "NAME <EMAIL>"`}
	}
	env := []string{"GIT_AUTHOR_NAME=" + name, "GIT_AUTHOR_EMAIL=" + address}
	if _, err := r.git(ctx, nil, "var", "GIT_COMMITTER_IDENT"); err != nil {
		env = append(env, "GIT_COMMITTER_NAME="+name, "GIT_COMMITTER_EMAIL="+address)
	}
	return env, nil
}

// unchanged refuses to commit a file that holds somebody's work already.
func (r *Repo) unchanged(ctx context.Context, name string) error {
	changed, err := r.Changed(ctx, name)
	if err == nil && changed {
		err = &Failure{Message: fmt.Sprintf("%s has changes that are not committed", name), Hint: "commit them or take them back first: only the edit is to be in the commit"}
	}
	return err
}

// Commit commits an edit on top of HEAD. Write puts the same edit into the work
// tree; it is called when the commit is ready to be made. The commit is "" where
// there is nothing to change.
func (r *Repo) Commit(ctx context.Context, t Target, edit Edit, write func() error) (string, error) {
	if err := r.unchanged(ctx, t.Path); err != nil {
		return "", err
	}
	head, err := r.Resolve(ctx, "HEAD")
	if err != nil {
		return "", err
	}
	f, err := edit(ctx, head)
	if err != nil || f == nil {
		return "", err
	}
	hash, err := r.commit(ctx, head, t, f)
	if err != nil {
		return "", err
	}
	if err := write(); err != nil {
		return "", err
	}
	subject, _, _ := strings.Cut(f.Message, "\n")
	if _, err := r.git(ctx, nil, "update-ref", "-m", "commit: "+subject, "HEAD", hash, head); err != nil {
		return "", &Failure{Message: "somebody else committed in the meantime: the file is changed, but not committed", Hint: "take the change back with git checkout, and run it again"}
	}
	_, err = r.git(ctx, nil, "update-index", "--", t.Path)
	return hash, err
}

// Pushed is what came of a push.
type Pushed struct {
	Commit, Remote, Branch string
	// Behind says why the work tree does not have the commit yet, "" where it has.
	Behind string
}

// attempts bounds how often a push is tried again when somebody else was faster,
// failures how often when the network fails.
const (
	attempts = 60
	failures = 3
	longest  = 4 * time.Second // between two of them
)

// Push commits an edit on top of what the remote has, and pushes it. When
// somebody else was faster, the edit is made anew on top of theirs. Nothing in
// the clone changes before the push has succeeded; then a work tree that can be
// taken forward to the commit is. The commit is "" where the remote has the edit
// already.
func (r *Repo) Push(ctx context.Context, t Target, edit Edit) (Pushed, error) {
	if err := r.unchanged(ctx, t.Path); err != nil {
		return Pushed{}, err
	}
	current, _ := r.git(ctx, nil, "symbolic-ref", "--quiet", "--short", "HEAD")
	current = strings.TrimSpace(current)
	p := Pushed{Remote: t.Remote, Branch: t.Branch}
	if err := r.target(ctx, current, &p); err != nil {
		return p, err
	}
	failed := 0
	for n := range attempts {
		done, err := r.attempt(ctx, t, edit, current, &p)
		switch {
		case is(err, network) && failed < failures:
			failed++
		case err == nil && done:
			return p, r.forward(ctx, current, &p)
		case err == nil:
			return p, nil
		case !is(err, race):
			return p, err
		}
		if err := pause(ctx, n); err != nil {
			return p, err
		}
	}
	return p, &Failure{Message: fmt.Sprintf("others pushed to %s each time that this was tried, %d times", p.Branch, attempts), Hint: "nothing was changed: run it again"}
}

// pause waits for a random time, which grows, so that those who push at the
// same time don't meet again.
func pause(ctx context.Context, n int) error {
	most := min(longest, 100*time.Millisecond<<min(n, 6))
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(rand.N(most)):
		return nil
	}
}

// target settles the remote and the branch.
func (r *Repo) target(ctx context.Context, current string, p *Pushed) error {
	config := func(key string) string {
		out, _ := r.git(ctx, nil, "config", "--get", key)
		return strings.TrimSpace(out)
	}
	if p.Branch == "" {
		if current == "" {
			return &Failure{Message: "no branch is checked out, so it is not clear where to push", Hint: "name the branch with --branch"}
		}
		p.Branch = current
		if to, ok := strings.CutPrefix(config("branch."+current+".merge"), "refs/heads/"); ok {
			p.Branch = to
		}
	}
	if p.Remote == "" {
		p.Remote = config("branch." + current + ".remote")
	}
	if p.Remote == "" || p.Remote == "." {
		p.Remote = "origin"
		if out, _ := r.git(ctx, nil, "remote"); len(strings.Fields(out)) == 1 {
			p.Remote = strings.TrimSpace(out)
		}
	}
	return nil
}

// attempt makes the commit on top of the remote's newest one, and pushes it.
func (r *Repo) attempt(ctx context.Context, t Target, edit Edit, current string, p *Pushed) (done bool, err error) {
	base, err := r.fetch(ctx, current, p)
	if err != nil {
		return false, err
	}
	f, err := edit(ctx, base)
	if err != nil || f == nil {
		return false, err
	}
	hash, err := r.commit(ctx, base, t, f)
	if err != nil {
		return false, err
	}
	_, err = r.git(ctx, nil, "push", "--porcelain", "--no-follow-tags", p.Remote, hash+":refs/heads/"+p.Branch)
	if err != nil {
		return false, err
	}
	p.Commit = hash
	return true, nil
}

// fetch gives the commit to build on: the remote's newest one, or that of HEAD
// where it is ahead of it or the branch is new.
func (r *Repo) fetch(ctx context.Context, current string, p *Pushed) (string, error) {
	// A name of our own: FETCH_HEAD is shared by all who fetch in this clone.
	ref := fmt.Sprintf("refs/unfold/%d-%d", os.Getpid(), rand.Uint64())
	_, err := r.git(ctx, nil, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules", p.Remote, "+refs/heads/"+p.Branch+":"+ref)
	if is(err, missing) {
		return r.Resolve(ctx, "HEAD")
	}
	if err != nil {
		return "", err
	}
	tip, err := r.Resolve(ctx, ref)
	_, gone := r.git(ctx, nil, "update-ref", "-d", ref)
	if err = errors.Join(err, gone); err != nil || current != p.Branch {
		return tip, err
	}
	head, err := r.Resolve(ctx, "HEAD")
	switch {
	case err != nil || head == tip || r.ancestor(ctx, head, tip):
		return tip, err
	case r.ancestor(ctx, tip, head):
		return head, nil
	}
	return "", &Failure{Message: fmt.Sprintf("the branch %s and that of %s have both gone on", current, p.Remote), Hint: "run git pull --rebase first"}
}

func (r *Repo) ancestor(ctx context.Context, a, b string) bool {
	_, err := r.git(ctx, nil, "merge-base", "--is-ancestor", a, b)
	return err == nil
}

// forward takes the work tree to the pushed commit, where the branch is checked
// out and nothing is in the way.
func (r *Repo) forward(ctx context.Context, current string, p *Pushed) error {
	if current != p.Branch {
		return nil
	}
	if _, err := r.git(ctx, nil, "merge", "--ff-only", "--quiet", "--no-verify-signatures", p.Commit); err != nil {
		if ctx.Err() != nil {
			return err
		}
		p.Behind = "other changes in the work tree are in the way of git merge --ff-only"
	}
	return nil
}
