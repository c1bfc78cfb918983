package tree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Limits on what is read from a repository that nobody has looked at.
const (
	MaxFileSize  = 2 << 20 // bytes in one file: an app.yaml can hold the largest Secret, sealed
	MaxTotalSize = 8 << 20 // bytes in all files of one folder
	MaxFiles     = 1000    // files in all
	MaxDepth     = 16      // folders in one another
)

// The reasons for which a file is refused. They are user mistakes, not faults
// of the machine: errors.Is tells them apart.
var (
	ErrOutside    = errors.New("is outside of the app's folder")
	ErrSymlink    = errors.New("is a symbolic link, which is not followed")
	ErrNotRegular = errors.New("is not a regular file")
	ErrTooLarge   = fmt.Errorf("is larger than %d MiB", MaxFileSize>>20)
	ErrTotal      = fmt.Errorf("makes the app's files larger than %d MiB", MaxTotalSize>>20)
	ErrTooMany    = fmt.Errorf("makes more than %d files", MaxFiles)
	ErrTooDeep    = fmt.Errorf("is more than %d folders deep", MaxDepth)
	ErrNotExist   = errors.New("does not exist")
	ErrIsDir      = errors.New("is a folder")
	ErrNotDir     = errors.New("is not a folder")
	ErrUnreadable = errors.New("can't be read")
)

// FS is what a Folder reads: a folder of the disk, or what a git commit holds of
// one. Names are clean and slash-separated, "." is the folder itself. What is not
// there is fs.ErrNotExist. No method follows a link.
type FS interface {
	Lstat(name string) (fs.FileInfo, error)
	ReadFile(name string) ([]byte, error)
	ReadDir(name string) ([]fs.DirEntry, error)
}

// Folder reads files below one folder and nothing else: no "..", no absolute
// path, no symbolic link, no device or pipe. It bounds the number and size of
// what it reads in all. It is not safe for concurrent use.
type Folder struct {
	root  *os.Root // nil where the folder is not on the disk
	fs    FS
	total int64
	files int
}

// In returns a Folder that reads files, within the bounds and with the refusals
// of one on the disk.
func In(files FS) *Folder { return &Folder{fs: files} }

// Open opens dir for reading. The folder itself may be reached through
// symbolic links; what lies below may not. Its error is as that of Read.
func Open(dir string) (*Folder, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, ErrNotDir
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, reason(err)
	}
	return &Folder{root: root, fs: disk{root}}, nil
}

// Close closes the folder.
func (f *Folder) Close() error {
	if f.root == nil {
		return nil
	}
	return f.root.Close()
}

// disk is a folder of the disk.
type disk struct{ root *os.Root }

func (d disk) Lstat(name string) (fs.FileInfo, error) { return d.root.Lstat(filepath.FromSlash(name)) }

// ReadFile reads one byte more than is allowed at most. It does not block, so
// that a pipe which takes the file's place in between can't hang us.
func (d disk) ReadFile(name string) ([]byte, error) {
	file, err := d.root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	return io.ReadAll(io.LimitReader(file, MaxFileSize+1))
}

// ReadDir reads one entry more than is allowed at most.
func (d disk) ReadDir(name string) ([]fs.DirEntry, error) {
	dir, err := d.root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(MaxFiles + 1)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return entries, err
}

// Read returns the content of the file at the slash-separated path name. Its
// error is one of those above, or a fault of the machine.
func (f *Folder) Read(name string) ([]byte, error) {
	clean, err := local(name)
	if err != nil {
		return nil, err
	}
	info, err := f.lstat(clean)
	if err != nil {
		return nil, err
	}
	switch {
	case info.IsDir():
		return nil, ErrIsDir
	case !info.Mode().IsRegular():
		return nil, ErrNotRegular
	case info.Size() > MaxFileSize:
		return nil, ErrTooLarge
	case f.files >= MaxFiles:
		return nil, ErrTooMany
	}
	content, err := f.fs.ReadFile(clean)
	if err != nil {
		return nil, reason(err)
	}
	if len(content) > MaxFileSize {
		return nil, ErrTooLarge
	}
	f.files++
	f.total += int64(len(content))
	if f.total > MaxTotalSize {
		return nil, ErrTotal
	}
	return content, nil
}

// ReadDir returns all files below the folder at name, with paths relative to
// name. A link or a special file below it is an error.
func (f *Folder) ReadDir(name string) (Tree, error) {
	clean, err := local(name)
	if err != nil {
		return nil, err
	}
	info, err := f.lstat(clean)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, ErrNotDir
	}
	out := Tree{}
	return out, f.readDir(out, clean, "", 0)
}

func (f *Folder) readDir(out Tree, dir, rel string, depth int) error {
	if depth > MaxDepth {
		return &fs.PathError{Op: "read", Path: path.Join(dir, rel), Err: ErrTooDeep}
	}
	here := path.Join(dir, rel)
	entries, err := f.fs.ReadDir(here)
	if err != nil {
		return reason(err)
	}
	if len(entries) > MaxFiles {
		return &fs.PathError{Op: "read", Path: here, Err: ErrTooMany}
	}
	// Sorted, so that of several reasons to refuse it is always the same one.
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, e := range entries {
		sub := path.Join(rel, e.Name())
		if e.IsDir() {
			if err := f.readDir(out, dir, sub, depth+1); err != nil {
				return err
			}
			continue
		}
		content, err := f.Read(path.Join(dir, sub))
		if err != nil {
			return &fs.PathError{Op: "read", Path: path.Join(dir, sub), Err: err}
		}
		out[sub] = content
	}
	return nil
}

// lstat looks at every step of the way, since os.Root would follow a link that
// stays inside, and a link is a way to show one file under many names.
func (f *Folder) lstat(clean string) (fs.FileInfo, error) {
	parts := strings.Split(clean, "/")
	for i := range parts {
		info, err := f.fs.Lstat(path.Join(parts[:i+1]...))
		switch {
		case err != nil:
			return nil, reason(err)
		case info.Mode()&fs.ModeSymlink != 0:
			return nil, ErrSymlink
		case i == len(parts)-1:
			return info, nil
		case !info.IsDir():
			return nil, ErrNotExist
		}
	}
	return nil, ErrNotExist
}

func local(name string) (string, error) {
	if name == "" || strings.ContainsRune(name, 0) {
		return "", ErrNotExist
	}
	if path.IsAbs(name) || strings.Contains(name, "\\") {
		return "", ErrOutside
	}
	clean := path.Clean(name)
	if clean == ".." || strings.HasPrefix(clean, "../") {
		return "", ErrOutside
	}
	return clean, nil
}

func reason(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return ErrNotExist
	case errors.Is(err, fs.ErrPermission):
		return ErrUnreadable
	case errors.Is(err, syscall.ENAMETOOLONG):
		return ErrNotExist
	}
	return err
}

// IsRefusal reports whether err is one of the reasons above, so a mistake in
// the repository and not a fault of the machine.
func IsRefusal(err error) bool {
	for _, r := range []error{
		ErrOutside, ErrSymlink, ErrNotRegular, ErrTooLarge, ErrTotal, ErrTooMany,
		ErrTooDeep, ErrNotExist, ErrIsDir, ErrNotDir, ErrUnreadable,
	} {
		if errors.Is(err, r) {
			return true
		}
	}
	return false
}
