//go:build !unix

package git

import "os/exec"

func setAlone(*exec.Cmd) {}
