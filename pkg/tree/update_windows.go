package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// lockFolder takes the lock of an open folder: a file in it that nobody else can
// open, and that Windows removes when the process ends, however it ends.
func lockFolder(f *os.File) (release func(), err error) {
	const (
		deleteOnClose    = 0x04000000
		sharingViolation = syscall.Errno(32)
		deletePending    = syscall.ERROR_ACCESS_DENIED // which another's file says that is just going
	)
	name, err := syscall.UTF16PtrFromString(filepath.Join(f.Name(), ".unfold-lock"))
	if err != nil {
		return nil, err
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_HIDDEN|deleteOnClose,
		0)
	switch {
	case errors.Is(err, sharingViolation), errors.Is(err, deletePending):
		return nil, ErrBusy
	case err != nil:
		return nil, err
	}
	return func() { syscall.CloseHandle(handle) }, nil
}

func keepOwner(*os.File, fs.FileInfo) error { return nil }
