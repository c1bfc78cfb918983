package tree

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"
)

// The reasons for which Update changes nothing.
var (
	ErrBusy    = errors.New("is being changed by another process")
	ErrChanged = errors.New("was changed by another process in the meantime")
	ErrOwner   = errors.New("belongs to another user, whose it could not stay")
)

// patience is how long Update and Write wait for another in the same folder.
const patience = 30 * time.Second

// Update replaces the content of the file name in dir by what change makes of
// it, and reports whether that is anything new. The file is replaced in one
// step: whoever reads it, and whoever looks after the process was killed, finds
// the old content or the new one. Mode and owner stay. Of two at once in one
// folder the second waits for the first; a program that does not know of this
// lock, such as an editor, is found out by what it changed. Links are not
// followed.
func Update(dir, name string, change func(old []byte) ([]byte, error)) (changed bool, err error) {
	f, err := Open(dir)
	if err != nil {
		return false, err
	}
	defer f.Close()
	unlock, err := f.lock(context.Background())
	if err != nil {
		return false, err
	}
	defer unlock()
	old, err := f.Read(name)
	if err != nil {
		return false, err
	}
	info, err := f.lstat(name)
	if err != nil {
		return false, err
	}
	fresh, err := change(old)
	if err != nil || bytes.Equal(old, fresh) {
		return false, err
	}
	prefix := "." + name + ".unfold-"
	f.sweep(prefix)
	temp := prefix + rand.Text()
	if err := f.create(temp, fresh, info); err != nil {
		return false, errors.Join(err, f.forget(temp))
	}
	now, err := f.Read(name)
	if err == nil && !bytes.Equal(now, old) {
		err = ErrChanged
	}
	if err == nil {
		err = f.root.Rename(temp, name)
	}
	if err != nil {
		return false, errors.Join(err, f.forget(temp))
	}
	return true, f.syncFolder()
}

// lock waits until no other Update or Write works in the folder.
func (f *Folder) lock(ctx context.Context) (unlock func(), err error) {
	d, err := f.root.Open(".")
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		release, err := lockFolder(d)
		if err == nil {
			return func() { release(); d.Close() }, nil
		}
		if !errors.Is(err, ErrBusy) || time.Now().After(end) || ctx.Err() != nil {
			d.Close()
			return nil, cmp.Or(context.Cause(ctx), err)
		}
	}
}

// create writes a new file that is to take the place of another, down to the disk.
func (f *Folder) create(name string, content []byte, like fs.FileInfo) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return reason(err)
	}
	_, err = file.Write(content)
	err = errors.Join(err, keepOwner(file, like), file.Chmod(like.Mode().Perm()), file.Sync())
	return errors.Join(err, file.Close())
}

func (f *Folder) forget(name string) error {
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// sweep removes what an Update left that was killed. Nobody else is at work,
// since the folder is locked.
func (f *Folder) sweep(prefix string) {
	d, err := f.root.Open(".")
	if err != nil {
		return
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	for _, name := range names {
		if strings.HasPrefix(name, prefix) {
			_ = f.forget(name)
		}
	}
}

// syncFolder makes a rename last.
func (f *Folder) syncFolder() error {
	d, err := f.root.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	// Not every file system can; the rename stands in any case.
	_ = d.Sync()
	return nil
}
