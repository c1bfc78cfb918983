package git

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"time"
)

// File is the new content of a file, and the message of the commit that brings
// it.
type File struct {
	Content []byte
	Message string
}

// Edit returns a file as it is to be on top of a commit, nil where it is so
// already. It is called again whenever somebody else was faster, so that a
// change is made anew and texts are never merged.
type Edit func(ctx context.Context, base string) (*File, error)

// Target is where a commit goes.
type Target struct {
	Path           string // of the file in the repository
	Author         string // NAME <EMAIL>; "" is git's
	Remote, Branch string // "" is the one that is checked out
}

// pending is a commit that no branch has yet.
type pending struct {
	hash, subject string
	mode, blob    string // of the file, as the index has them
}

// commit makes a commit object on top of base with one file changed. It writes
// objects and nothing else.
func (r *Repo) commit(ctx context.Context, base string, t Target, f *File) (pending, error) {
	m := pending{}
	m.subject, _, _ = strings.Cut(f.Message, "\n")
	env, err := r.author(ctx, t.Author)
	if err != nil {
		return m, err
	}
	old, err := r.At(ctx, base, "").find(t.Path)
	if err == nil && !old.mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return m, fmt.Errorf("%s in the commit %.12s: %w", t.Path, base, err)
	}
	m.mode = fmt.Sprintf("%06o", old.bits)
	if m.blob, err = r.write(ctx, "blob", f.Content); err != nil {
		return m, err
	}
	tree, err := r.replaced(ctx, base, t.Path, m.blob)
	if err != nil {
		return m, err
	}
	args := []string{"commit-tree", "-p", base, "-F", "-"}
	if r.signs(ctx) {
		args = append(args, "-S")
	}
	out, _, err := r.run(ctx, call{args: append(args, tree), stdin: []byte(f.Message), env: env})
	m.hash = strings.TrimSpace(out)
	return m, err
}

// write writes an object and returns its name.
func (r *Repo) write(ctx context.Context, kind string, content []byte) (string, error) {
	out, err := r.git(ctx, content, "hash-object", "-t", kind, "-w", "--stdin")
	return strings.TrimSpace(out), err
}

// replaced writes the trees of a commit with another blob at a path that it has,
// and returns the name of the topmost. All else in them stays byte for byte.
func (r *Repo) replaced(ctx context.Context, base, name, blob string) (string, error) {
	parts := strings.Split(name, "/")
	fresh := blob
	for i := len(parts) - 1; i >= 0; i-- {
		s := r.At(ctx, base, "")
		dir, err := s.find(Join("", strings.Join(parts[:i], "/")))
		if err != nil {
			return "", err
		}
		if _, err := s.folder(dir.id, strings.Join(parts[:i], "/")); err != nil { // is it as git makes it?
			return "", err
		}
		_, raw, err := r.objects.get(ctx, r, dir.id, "tree")
		if err != nil {
			return "", err
		}
		if raw, err = withID(raw, parts[i], fresh); err != nil {
			return "", err
		}
		if fresh, err = r.write(ctx, "tree", raw); err != nil {
			return "", err
		}
	}
	return fresh, nil
}

// withID returns the content of a tree in which the entry of a name is another
// object.
func withID(raw []byte, name, id string) ([]byte, error) {
	fresh, err := hex.DecodeString(id)
	if err != nil {
		return nil, fmt.Errorf("git hash-object prints %q", id)
	}
	for at := 0; at < len(raw); {
		end := bytes.IndexByte(raw[at:], 0)
		if end < 0 || at+end+1+len(fresh) > len(raw) {
			break
		}
		first := at + end + 1
		if _, found, _ := strings.Cut(string(raw[at:at+end]), " "); found == name {
			return append(append(bytes.Clone(raw[:first]), fresh...), raw[first+len(fresh):]...), nil
		}
		at = first + len(fresh)
	}
	return nil, fs.ErrNotExist
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

// author returns the variables that tell git who makes a commit. The author
// stands in for a committer that git does not know.
func (r *Repo) author(ctx context.Context, author string) ([]string, error) {
	if author == "" {
		return nil, nil
	}
	name, rest, _ := strings.Cut(author, " <")
	address, ok := strings.CutSuffix(rest, ">")
	if !ok || name == "" || address == "" || strings.ContainsAny(name+address, "<>\n\x00") {
		return nil, &Failure{Message: fmt.Sprintf("the author %q is no name with an address", author), kind: mistaken,
			Hint: `write "NAME <EMAIL>"`}
	}
	env := []string{"GIT_AUTHOR_NAME=" + name, "GIT_AUTHOR_EMAIL=" + address}
	if _, err := r.git(ctx, nil, "var", "GIT_COMMITTER_IDENT"); err != nil {
		env = append(env, "GIT_COMMITTER_NAME="+name, "GIT_COMMITTER_EMAIL="+address)
	}
	return env, nil
}

// unchanged refuses to commit a file that holds somebody's work already, or of
// which git can't tell.
func (r *Repo) unchanged(ctx context.Context, name string) error {
	changed, err := r.Changed(ctx, name)
	if err == nil && changed {
		return &Failure{Message: fmt.Sprintf("%s has changes that are not committed", name),
			Hint: "commit them or take them back first: only the edit is to be in the commit"}
	}
	if err != nil {
		return err
	}
	out, err := r.git(ctx, nil, append([]string{"ls-files", "-v", "-z", "--cached"}, below(name)...)...)
	if err != nil || out == "" || out[0] == 'H' {
		return err
	}
	flag := "skip-worktree"
	if out[0] == 'h' {
		flag = "assume-unchanged"
	}
	return &Failure{Message: fmt.Sprintf("%s is marked %s in git's index, so git does not see its changes", name, flag),
		Hint: fmt.Sprintf("run git update-index --no-%s -- %s first", flag, name)}
}

// Committed is the result of a commit.
type Committed struct {
	// Commit is "" where there was nothing to change.
	Commit string
	// Recovered says what was done about an earlier run that was killed, "" for nothing.
	Recovered string
}

// commits and attempts bound how often a commit and a push are tried when somebody
// else is faster, failures how often a push is when the network fails.
const (
	commits  = 10
	attempts = 60
	failures = 3
	longest  = 4 * time.Second // between two of them
)

// Commit commits an edit on top of HEAD. Write puts the same edit into the work
// tree. HEAD, the index and the work tree change together: until write has
// succeeded nothing has, and from there on no signal is heeded. The index is locked
// in git's own way meanwhile. What a killed run leaves is repaired by the next one.
func (r *Repo) Commit(ctx context.Context, t Target, edit Edit, write func() error) (Committed, error) {
	var out Committed
	r.allowed.hooks = true
	l, err := r.lock(ctx)
	if err != nil {
		return out, err
	}
	defer l.unlock()
	if out.Recovered, err = l.recover(ctx); err != nil {
		return out, err
	}
	for n := range commits {
		out.Commit, err = r.commitOnce(ctx, l, t, edit, write)
		if !is(err, race) {
			return out, err
		}
		if err := pause(ctx, n); err != nil {
			return out, err
		}
	}
	return out, err
}

func (r *Repo) commitOnce(ctx context.Context, l *lock, t Target, edit Edit, write func() error) (string, error) {
	// What is looked at from here on holds as long as the index is still this one.
	index, err := l.readIndex()
	if err != nil {
		return "", err
	}
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
	m, err := r.commit(ctx, head, t, f)
	if err != nil {
		return "", undone(err, nil)
	}
	s := state{Head: head, Commit: m.hash, Path: t.Path, Mode: m.mode, Blob: m.blob}
	if err := l.take(ctx, index, s); err != nil {
		return "", undone(err, l.release())
	}
	if err := ctx.Err(); err != nil {
		return "", errors.Join(context.Cause(ctx), l.release())
	}
	ctx = context.WithoutCancel(ctx)
	ref, err := r.prepare(ctx, l, "commit: "+m.subject, m.hash, head)
	if err != nil {
		return "", undone(err, l.release())
	}
	if err := write(); err != nil {
		_ = ref.abort() // what failed is known
		return "", undone(err, l.release())
	}
	if err := ref.commit(); err != nil {
		return l.resolve(ctx, s, err)
	}
	return m.hash, l.finish(ctx, s.Path)
}

// undone returns why there is no commit, and says that nothing is left of it, unless
// taking it back failed too.
func undone(err, failure error) error {
	var f *Failure
	if failure == nil && errors.As(err, &f) && f.Hint == "" {
		f.Hint = "nothing was changed"
	}
	return errors.Join(err, failure)
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
