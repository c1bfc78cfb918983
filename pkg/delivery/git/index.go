package git

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// patience is how long a commit waits for other processes: for another unfold in
// the clone, and for a git that has locked the index.
const (
	patienceWithUs  = time.Minute
	patienceWithGit = 5 * time.Second
)

// lock is what a commit holds in a clone: a lock among our own processes for all of
// its time, which ends with the process, and git's lock of the index while HEAD and
// the index change.
//
// The folder unfold-commit beside the index holds what to do after a kill: the
// state, and the index as it is to be, which becomes index.lock by a hard link. So
// one can tell our index.lock from another's.
type lock struct {
	repo   *Repo
	gitDir string
	held   *os.File
}

// state is what a commit is about.
type state struct {
	Head, Commit, Path, Mode, Blob string
}

func (l *lock) path(name string) string { return filepath.Join(l.gitDir, name) }
func (l *lock) index() string           { return l.path("index") }
func (l *lock) indexLock() string       { return l.path("index.lock") }
func (l *lock) folder() string          { return l.path("unfold-commit") }
func (l *lock) fresh() string           { return l.path("unfold-commit/index") }
func (l *lock) state() string           { return l.path("unfold-commit/state") }

// lock waits until no other of our processes commits in the clone.
func (r *Repo) lock(ctx context.Context) (*lock, error) {
	out, err := r.git(ctx, nil, "rev-parse", "--absolute-git-dir")
	if err != nil {
		return nil, err
	}
	l := &lock{repo: r, gitDir: strings.TrimSuffix(out, "\n")}
	if l.held, err = os.Open(l.gitDir); err != nil {
		return nil, err
	}
	err = until(ctx, patienceWithUs, func() (bool, error) { return tryLock(l.held) })
	if errors.Is(err, errPatience) {
		err = &Failure{Message: "another unfold is committing in this clone", Hint: "run it again when that one has ended"}
	}
	if err != nil {
		l.held.Close()
		return nil, err
	}
	return l, nil
}

func (l *lock) unlock() { l.held.Close() }

var errPatience = errors.New("it takes too long")

// until tries again until something is done.
func until(ctx context.Context, patience time.Duration, do func() (done bool, err error)) error {
	for end := time.Now().Add(patience); ; {
		done, err := do()
		if err != nil || done {
			return err
		}
		if time.Now().After(end) {
			return errPatience
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// readIndex returns the index as it is, nil where there is none.
func (l *lock) readIndex() ([]byte, error) {
	content, err := os.ReadFile(l.index())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return content, err
}

// take makes the index as it is to be, writes down what is about to happen, and
// locks the index, if it still is what it was.
func (l *lock) take(ctx context.Context, index []byte, s state) error {
	if err := os.Mkdir(l.folder(), 0o700); err != nil {
		return err
	}
	if err := l.copy(index); err != nil {
		return err
	}
	args := append(withoutHooks(), "update-index", "--add", "--cacheinfo", s.Mode+","+s.Blob+","+s.Path) // it is not the index yet
	if _, _, err := l.repo.run(ctx, call{args: args, env: []string{"GIT_INDEX_FILE=" + l.fresh()}}); err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := errors.Join(writeSynced(l.state()+".new", text), synced(l.fresh())); err != nil {
		return err
	}
	if err := os.Rename(l.state()+".new", l.state()); err != nil {
		return err
	}
	err = until(ctx, patienceWithGit, func() (bool, error) {
		err := os.Link(l.fresh(), l.indexLock())
		if errors.Is(err, fs.ErrExist) {
			return false, nil
		}
		return err == nil, err
	})
	if errors.Is(err, errPatience) {
		return &Failure{Message: l.indexLock() + " exists: another git works in this clone, or one was killed; nothing was changed",
			Hint: "run it again when that git has ended; remove the file if there is none"}
	}
	if err != nil {
		return err
	}
	now, err := l.readIndex()
	if err == nil && !bytes.Equal(now, index) {
		err = &Failure{Message: "another git changed the index each time", Hint: "nothing was changed: run it again", kind: race}
	}
	return err
}

// copy makes the new index from the present one, with its time: by that git knows
// which files may have changed behind its back.
func (l *lock) copy(index []byte) error {
	if index == nil {
		return nil
	}
	info, err := os.Stat(l.index())
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(l.fresh(), index, 0o600), os.Chmod(l.fresh(), info.Mode().Perm()),
		os.Chtimes(l.fresh(), info.ModTime(), info.ModTime()))
}

// ours reports whether we hold git's lock of the index.
func (l *lock) ours() bool { return same(l.fresh(), l.indexLock()) }

func same(a, b string) bool {
	x, err := os.Lstat(a)
	if err != nil {
		return false
	}
	y, err := os.Lstat(b)
	return err == nil && os.SameFile(x, y)
}

// release undoes take when nothing has happened.
func (l *lock) release() error {
	var err error
	if l.ours() {
		err = os.Remove(l.indexLock())
	}
	return errors.Join(err, os.RemoveAll(l.folder()))
}

// finish brings the index to where HEAD is, which differ in the file of the name.
func (l *lock) finish(ctx context.Context, name string) error {
	if err := os.Rename(l.indexLock(), l.index()); err != nil {
		return &Failure{Message: fmt.Sprintf("the commit is made, but the index could not be written: %v", err),
			Hint: "run it again: that repairs the index"}
	}
	// So that git need not read the file to see that it is the same. It does not
	// matter whether this succeeds. No other file goes through filters for it.
	_, _, _ = l.repo.run(ctx, call{args: append([]string{"add", "--refresh"}, below(name)...)})
	return os.RemoveAll(l.folder())
}

// resolve is called where git did not confirm that HEAD has the commit, which it may
// have all the same.
func (l *lock) resolve(ctx context.Context, s state, err error) (string, error) {
	if head, failure := l.repo.Resolve(ctx, "HEAD"); failure == nil && head == s.Commit {
		return s.Commit, l.finish(ctx, s.Path)
	}
	_, failure := l.takeBack(ctx, s)
	return "", undone(err, failure)
}

// recover completes or undoes what a killed run has left, and returns a line about it:
// where HEAD has the commit, the index gets it, else the change is undone.
func (l *lock) recover(ctx context.Context) (string, error) {
	text, err := os.ReadFile(l.state())
	if errors.Is(err, fs.ErrNotExist) { // nothing was locked yet
		return "", os.RemoveAll(l.folder())
	}
	var s state
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", l.state(), err)
	}
	ctx = context.WithoutCancel(ctx)
	head, err := l.repo.Resolve(ctx, "HEAD")
	if err != nil {
		return "", err
	}
	if head == s.Commit || l.repo.ancestor(ctx, s.Commit, head) {
		return l.complete(ctx, s)
	}
	return l.takeBack(ctx, s)
}

func (l *lock) complete(ctx context.Context, s state) (string, error) {
	done := fmt.Sprintf("an earlier run was killed after it made the commit %.12s", s.Commit)
	switch {
	case l.ours():
		return done + "; the index has it too now", l.finish(ctx, s.Path)
	case same(l.fresh(), l.index()):
		return done, os.RemoveAll(l.folder())
	}
	// Somebody removed our lock.
	old, err := l.blobAt(ctx, s.Head, s.Path)
	if err != nil {
		return "", err
	}
	staged, err := l.repo.git(ctx, nil, append([]string{"ls-files", "-s", "-z"}, below(s.Path)...)...)
	if err != nil {
		return "", err
	}
	if f := strings.Fields(staged); len(f) > 1 && f[1] == old {
		if _, err := l.repo.git(ctx, nil, "update-index", "--cacheinfo", s.Mode+","+s.Blob+","+s.Path); err != nil {
			return "", err
		}
		done += "; the index has it too now"
	}
	return done, os.RemoveAll(l.folder())
}

// takeBack restores the file from the index, if nobody changed it since.
func (l *lock) takeBack(ctx context.Context, s state) (string, error) {
	done := ""
	now, err := l.repo.git(ctx, nil, "hash-object", "--path="+s.Path, "--", s.Path)
	if err == nil && strings.TrimSpace(now) == s.Blob {
		done = fmt.Sprintf("an earlier run was killed after it changed %s and before it made a commit: the change was undone", s.Path)
		if _, err := l.repo.git(ctx, nil, "checkout-index", "-f", "--", s.Path); err != nil {
			return "", err
		}
	}
	return done, l.release()
}

func (l *lock) blobAt(ctx context.Context, commit, name string) (string, error) {
	n, err := l.repo.At(ctx, commit, "").find(name)
	return n.id, err
}

func writeSynced(name string, content []byte) error {
	if err := os.WriteFile(name, content, 0o600); err != nil {
		return err
	}
	return synced(name)
}

func synced(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
