//go:build unix

package git

import (
	"os/exec"
	"syscall"
)

// setAlone returns a process a group of its own.
func setAlone(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
