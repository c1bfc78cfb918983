// Command launch runs a program with its output thrown away and prints what it
// cost: user and system time and wall time in microseconds, peak memory in KiB.
// It is small, since a child's peak is at least that of the program that
// started it.
package main

import (
	"os"
	"strconv"
	"syscall"
	"time"
)

func main() {
	null, err := syscall.Open("/dev/null", syscall.O_RDWR, 0)
	if err != nil {
		os.Exit(125)
	}
	start := time.Now()
	pid, err := syscall.ForkExec(os.Args[1], os.Args[1:], &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{uintptr(null), uintptr(null), 2},
	})
	if err != nil {
		os.Exit(126)
	}
	var status syscall.WaitStatus
	var usage syscall.Rusage
	if _, err := syscall.Wait4(pid, &status, 0, &usage); err != nil || status.ExitStatus() != 0 {
		os.Exit(127)
	}
	wall := time.Since(start).Microseconds()
	cpu := usage.Utime.Nano()/1000 + usage.Stime.Nano()/1000
	os.Stdout.WriteString(strconv.FormatInt(cpu, 10) + " " + strconv.FormatInt(wall, 10) + " " + strconv.FormatInt(usage.Maxrss, 10) + "\n")
}
