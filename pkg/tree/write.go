package tree

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// ErrExists is returned by Write for an entry that is there already.
var ErrExists = errors.New("exists already")

// What Write makes in a folder while it is at work, each with a random text at
// its end. A folder of staging holds what is new, and what is moved out of its
// way; one of trash holds nothing that anybody needs.
const (
	stagingPrefix = ".unfold-new-"
	trashPrefix   = ".unfold-old-"
)

// Write puts the tree into dir, which is made if it is not there. Everything is
// written beside its place first, down to the disk, and moved at the end, so
// each top-level entry of the tree (a file or a whole folder) is there as a
// whole or as it was before, whenever the process is killed. Entries that exist
// are replaced only with force, else ErrExists names the first; other content of
// dir is left alone. An error, or the end of ctx before the entries are moved,
// leaves everything as it was.
//
// Of two writers in one folder the second waits for the first. What a killed one
// left is removed by the next; that one also completes what the killed one began
// without force, as long as it is to write the same.
func Write(ctx context.Context, dir string, t Tree, force bool) error {
	_, err := write(ctx, dir, t, force, func(fs.DirEntry) bool { return false })
	return err
}

// Replace is Write with force; the entries of dir that are stale and not in the
// tree are removed in the same step, once the new ones are there. It returns
// their names.
func Replace(ctx context.Context, dir string, t Tree, stale func(fs.DirEntry) bool) (removed []string, err error) {
	return write(ctx, dir, t, true, stale)
}

func write(ctx context.Context, dir string, t Tree, force bool, stale func(fs.DirEntry) bool) (removed []string, err error) {
	for _, p := range t.Paths() {
		if !fs.ValidPath(p) || p == "." || !filepath.IsLocal(filepath.FromSlash(p)) {
			return nil, &fs.PathError{Op: "write", Path: filepath.Join(dir, p), Err: ErrOutside}
		}
	}
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	f, err := Open(dir)
	if err != nil {
		return nil, &fs.PathError{Op: "write", Path: dir, Err: err}
	}
	defer f.Close()
	unlock, err := f.lock(ctx)
	if err != nil {
		return nil, &fs.PathError{Op: "write", Path: dir, Err: bare(err)}
	}
	defer unlock()
	w := writer{Folder: f, dir: dir, staging: stagingPrefix + rand.Text()}
	removed, err = w.write(ctx, t, force, stale)
	if err != nil {
		return nil, err
	}
	return removed, nil
}

// makeFolder makes a folder and those above it, and makes them last.
func makeFolder(dir string) error {
	err := os.Mkdir(dir, 0o755)
	if parent := filepath.Dir(dir); errors.Is(err, fs.ErrNotExist) && parent != dir {
		if err := makeFolder(parent); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o755)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil // what it is, is seen when it is opened
	}
	if err == nil {
		if d, err := os.Open(filepath.Dir(dir)); err == nil {
			_ = d.Sync() // not every file system can
			d.Close()
		}
	}
	return err
}

// writer writes into a folder that is locked.
type writer struct {
	*Folder
	dir     string // the folder, for messages
	staging string // the name of what is made in it for this run
}

func (w *writer) write(ctx context.Context, t Tree, force bool, stale func(fs.DirEntry) bool) (removed []string, err error) {
	interrupted, err := w.recover()
	if err != nil {
		return nil, err
	}
	tops := topLevel(t)
	if !force {
		if err := w.vacant(tops, t, interrupted); err != nil {
			return nil, err
		}
	}
	if removed, err = w.leftOver(tops, stale); err != nil {
		return nil, err
	}
	if err := w.stage(ctx, t); err != nil {
		return nil, errors.Join(err, w.discard(w.staging))
	}
	kept, err := w.swap(tops, removed, force || interrupted)
	switch {
	case kept:
		return nil, err
	case err != nil:
		return nil, errors.Join(err, w.discard(w.staging))
	}
	return removed, errors.Join(w.syncFolder(), w.discard(w.staging))
}

// recover brings back what a killed writer had moved out of the way, removes the
// rest of what it left, and reports whether there was any. Nobody else is at
// work, since the folder is locked.
func (w *writer) recover() (interrupted bool, err error) {
	entries, err := w.entries(".")
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if !made(e) {
			continue
		}
		interrupted = true
		if strings.HasPrefix(e.Name(), stagingPrefix) {
			if err := w.restore(e.Name()); err != nil {
				return true, err
			}
		}
		if err := w.discard(e.Name()); err != nil {
			return true, err
		}
	}
	return interrupted, nil
}

// made reports whether an entry was made by a writer.
func made(e fs.DirEntry) bool {
	rest, staging := strings.CutPrefix(e.Name(), stagingPrefix)
	if !staging {
		var trash bool
		if rest, trash = strings.CutPrefix(e.Name(), trashPrefix); !trash {
			return false
		}
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" // of rand.Text
	return e.IsDir() && len(rest) == len(rand.Text()) && strings.Trim(rest, alphabet) == ""
}

// restore moves back what has nothing in its place.
func (w *writer) restore(staging string) error {
	entries, err := w.entries(path.Join(staging, "old"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, err := w.root.Lstat(e.Name()); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := w.root.Rename(path.Join(staging, "old", e.Name()), e.Name()); err != nil {
			return w.failure(e.Name(), err)
		}
	}
	return w.syncFolder()
}

// discard removes what a writer made. Its name says first that nothing in it is
// needed any more: who finds it half removed must not restore from it.
func (w *writer) discard(name string) error {
	trash := name
	if rest, staging := strings.CutPrefix(name, stagingPrefix); staging {
		trash = trashPrefix + rest
		if err := w.root.Rename(name, trash); errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return w.failure(name, err)
		}
	}
	// What keeps it out of git goes last.
	for _, part := range []string{"new", "old", "."} {
		if err := w.root.RemoveAll(path.Join(trash, part)); err != nil {
			return w.failure(trash, err)
		}
	}
	return nil
}

// vacant returns ErrExists for the first entry that is there. Where a writer was
// killed, one that holds what is to be written is what that writer put there.
func (w *writer) vacant(tops []string, t Tree, interrupted bool) error {
	for _, top := range tops {
		_, err := w.root.Lstat(top)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return w.failure(top, err)
		case !interrupted || !w.holds(top, t):
			return w.failure(top, ErrExists)
		}
	}
	return nil
}

// holds reports whether an entry of the folder is that of the tree.
func (w *writer) holds(top string, t Tree) bool {
	seen := 0
	err := fs.WalkDir(w.root.FS(), top, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := fs.ReadFile(w.root.FS(), name)
		if want, ok := t[name]; err == nil && (!e.Type().IsRegular() || !ok || !bytes.Equal(content, want)) {
			err = ErrChanged
		}
		seen++
		return err
	})
	for p := range t {
		if p == top || strings.HasPrefix(p, top+"/") {
			seen--
		}
	}
	return err == nil && seen == 0
}

// stage writes the tree beside its place, down to the disk.
func (w *writer) stage(ctx context.Context, t Tree) error {
	files := Tree{".gitignore": []byte("*\n")} // nobody commits what a killed writer left
	files.Merge("new", t)
	folders := []string{w.staging, path.Join(w.staging, "new"), path.Join(w.staging, "old")}
	for _, p := range files.Paths() {
		for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
			folders = append(folders, path.Join(w.staging, dir))
		}
	}
	slices.Sort(folders)
	folders = slices.Compact(folders)
	for _, dir := range folders {
		if err := w.root.Mkdir(dir, 0o755); err != nil {
			return w.failure(w.place(dir), err)
		}
	}
	for _, p := range files.Paths() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		name := path.Join(w.staging, p)
		if err := w.writeFile(name, files[p]); err != nil {
			return w.failure(w.place(name), err)
		}
	}
	for _, dir := range folders {
		if err := w.sync(dir); err != nil {
			return w.failure(w.place(dir), err)
		}
	}
	// The last chance: what follows takes no time, and is done whole or not at all.
	return context.Cause(ctx)
}

// place returns where a path in staging will be in the folder.
func (w *writer) place(name string) string {
	_, rest, _ := strings.Cut(name, "/")
	_, rest, _ = strings.Cut(rest, "/")
	return rest
}

func (w *writer) writeFile(name string, content []byte) error {
	file, err := w.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// sync makes the entries of a folder last.
func (w *writer) sync(dir string) error {
	d, err := w.root.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync() // not every file system can
	return d.Close()
}

// leftOver returns the names of what is stale.
func (w *writer) leftOver(tops []string, stale func(fs.DirEntry) bool) ([]string, error) {
	entries, err := w.entries(".")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if !slices.Contains(tops, e.Name()) && !made(e) && stale(e) {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// swap moves the new entries into their places, and then away what is to be
// removed. Where that fails it takes all of it back; where that fails too,
// staging is kept, since it holds what could not be put back.
func (w *writer) swap(tops, remove []string, force bool) (kept bool, err error) {
	fresh, err := w.root.Open(path.Join(w.staging, "new"))
	if err != nil {
		return false, w.failure(".", err)
	}
	defer fresh.Close()
	here, err := w.root.Open(".")
	if err != nil {
		return false, w.failure(".", err)
	}
	defer here.Close()
	var undo []func() error
	for i, name := range slices.Concat(tops, remove) {
		var back func() error
		if i < len(tops) {
			back, err = w.put(fresh, here, name, force)
		} else {
			back, err = w.moveAway(name)
		}
		if err == nil {
			undo = append(undo, back)
			continue
		}
		err = w.failure(name, err)
		for _, back := range slices.Backward(undo) {
			if failed := back(); failed != nil {
				return true, errors.Join(err, w.failure(w.staging, failed))
			}
		}
		return false, err
	}
	return false, nil
}

// put moves one entry into its place, and returns how to take that back. What was
// there before is in staging then.
func (w *writer) put(from, to *os.File, top string, force bool) (undo func() error, err error) {
	fresh, old := path.Join(w.staging, "new", top), path.Join(w.staging, "old", top)
	err = renameExclusive(from, to, top)
	if errors.Is(err, errors.ErrUnsupported) {
		if _, err = w.root.Lstat(top); errors.Is(err, fs.ErrNotExist) {
			err = w.root.Rename(fresh, top)
		} else if err == nil {
			err = fs.ErrExist
		}
	}
	switch {
	case err == nil:
		return func() error { return w.root.Rename(top, fresh) }, nil
	case !errors.Is(err, fs.ErrExist):
		return nil, err
	case !force:
		return nil, ErrExists
	}
	exchange := func() error { return renameExchange(from, to, top) }
	if err = exchange(); !errors.Is(err, errors.ErrUnsupported) {
		return exchange, err
	}
	// A file can take the place of another in one step. Anything else is not there
	// for a moment; the next writer brings it back where that moment was the last.
	if w.isFile(top) && w.isFile(fresh) && w.root.Link(top, old) == nil {
		return func() error { return w.root.Rename(old, top) }, w.root.Rename(fresh, top)
	}
	back, err := w.moveAway(top)
	if err != nil {
		return nil, err
	}
	if err := w.root.Rename(fresh, top); err != nil {
		return nil, errors.Join(err, back())
	}
	return func() error { return errors.Join(w.root.Rename(top, fresh), back()) }, nil
}

func (w *writer) moveAway(name string) (undo func() error, err error) {
	old := path.Join(w.staging, "old", name)
	if err := w.root.Rename(name, old); err != nil {
		return nil, err
	}
	return func() error { return w.root.Rename(old, name) }, nil
}

func (w *writer) isFile(name string) bool {
	info, err := w.root.Lstat(name)
	return err == nil && info.Mode().IsRegular()
}

// entries returns those of a folder, in order.
func (w *writer) entries(name string) ([]fs.DirEntry, error) {
	d, err := w.root.Open(name)
	if err != nil {
		return nil, w.failure(name, err)
	}
	defer d.Close()
	entries, err := d.ReadDir(-1)
	if err != nil {
		return nil, w.failure(name, err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// failure says what could not be written, by the name that the caller knows.
func (w *writer) failure(name string, err error) error {
	return &fs.PathError{Op: "write", Path: filepath.Join(w.dir, filepath.FromSlash(name)), Err: bare(err)}
}

// bare returns an error without the name that a system call had for the file.
func bare(err error) error {
	var byPath *fs.PathError
	var byLink *os.LinkError
	switch {
	case errors.As(err, &byPath):
		return bare(byPath.Err)
	case errors.As(err, &byLink):
		return bare(byLink.Err)
	}
	return err
}

func topLevel(t Tree) []string {
	var tops []string
	for _, p := range t.Paths() {
		top, _, _ := strings.Cut(p, "/")
		tops = append(tops, top)
	}
	slices.Sort(tops) // "a-b" is before "a/c", and "a" not beside it
	return slices.Compact(tops)
}
