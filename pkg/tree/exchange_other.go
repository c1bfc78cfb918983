//go:build !(darwin || linux)

package tree

import (
	"errors"
	"os"
)

func renameExclusive(_, _ *os.File, _ string) error { return errors.ErrUnsupported }

func renameExchange(_, _ *os.File, _ string) error { return errors.ErrUnsupported }
