//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package git

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// tryLock takes the lock of an open folder, which ends with all processes that
// have it open. Where the file system has none, git's own locks are left.
func tryLock(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EINTR):
		return false, nil
	case errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.ENOLCK):
		return true, nil
	}
	return err == nil, err
}

// share lets a process that is started hold the lock too.
func share(cmd *exec.Cmd, f *os.File) { cmd.ExtraFiles = []*os.File{f} }
