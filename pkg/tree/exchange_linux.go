package tree

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// renameExclusive moves name from one folder to the other, where nothing may be
// yet: fs.ErrExist otherwise, and errors.ErrUnsupported where the file system
// can't tell.
func renameExclusive(from, to *os.File, name string) error {
	return rename(from, to, name, unix.RENAME_NOREPLACE)
}

// renameExchange lets name change places in two folders, in one step, or returns
// errors.ErrUnsupported.
func renameExchange(from, to *os.File, name string) error {
	return rename(from, to, name, unix.RENAME_EXCHANGE)
}

func rename(from, to *os.File, name string, flags uint) error {
	err := unix.Renameat2(int(from.Fd()), name, int(to.Fd()), name, flags)
	for err == unix.EINTR {
		err = unix.Renameat2(int(from.Fd()), name, int(to.Fd()), name, flags)
	}
	if err == unix.EINVAL { // what file systems say that don't know the flag
		return errors.ErrUnsupported
	}
	return err
}
