package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Walk is filepath.WalkDir, but that it enters a root that is a link to a folder:
// who names one means the folder. Links below are not followed.
func Walk(root string, visit fs.WalkDirFunc) error {
	enter := root
	if info, err := os.Stat(root); err == nil && info.IsDir() { // a slash behind it follows a link
		enter += string(filepath.Separator)
	}
	return filepath.WalkDir(enter, func(name string, entry fs.DirEntry, err error) error {
		if name == enter {
			name = root
		}
		return visit(name, entry, err)
	})
}

// Rel returns the path of a file or folder in the folder root, by slashes, with
// links followed on the way to both: git gives a repository's root so, and the
// current folder may have another name. It starts with ".." where name lies
// elsewhere. Neither has to be there yet.
func Rel(root, name string) (string, error) {
	root, err := Real(root)
	if err != nil {
		return "", err
	}
	if name, err = Real(name); err != nil {
		return "", err
	}
	rel, err := filepath.Rel(root, name)
	return filepath.ToSlash(rel), err
}

// Short returns a path that does not leave the current folder to enter it again: in the folder apps, ../apps/shop is shop.
func Short(name string) (string, error) {
	if !strings.HasPrefix(name, "..") {
		return name, nil
	}
	current, err := Real(".")
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(current, filepath.Join(current, name))
	return filepath.ToSlash(rel), err
}

// Real returns the absolute path, without links as far as it is there.
func Real(name string) (string, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(name)
	if parent := filepath.Dir(name); errors.Is(err, fs.ErrNotExist) && parent != name {
		parent, err = Real(parent)
		return filepath.Join(parent, filepath.Base(name)), err
	}
	return real, err
}
