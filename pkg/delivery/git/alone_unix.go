//go:build unix

package git

import (
	"os/exec"
	"syscall"
)

// setAlone puts a process into a group of its own.
func setAlone(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
