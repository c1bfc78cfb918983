package tree

import (
	"io"
	"os"
	"syscall"
)

// ReadFile returns the content of one file that the operator names, wherever it
// is. Links are followed, since Kubernetes mounts ConfigMaps as such; the bounds
// and errors are those of Folder.Read.
func ReadFile(name string) ([]byte, error) {
	// Not blocking, so that a pipe can't hang us.
	file, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, reason(err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, ErrIsDir
	case !info.Mode().IsRegular():
		return nil, ErrNotRegular
	}
	content, err := io.ReadAll(io.LimitReader(file, MaxFileSize+1))
	if err == nil && len(content) > MaxFileSize {
		err = ErrTooLarge
	}
	return content, err
}
