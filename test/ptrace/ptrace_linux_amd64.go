// Package ptrace runs a program, and all that it starts, for tests that kill them
// or let them fail at a system call. Between two calls that change the disk a kill
// leaves the same, so the tests that try each of these try a kill at any time.
package ptrace

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// A kind of system call, and the numbers of the registers that say more of it.
type kind struct {
	name string
	path int // the argument that is a path, 0 none; the last one, where there are two
	fd   int // the argument that is an open file, 0 none
	how  int // the argument that has flags, 0 none
}

// kinds are the calls that change what is on the disk, by their numbers on amd64.
var kinds = map[uint64]kind{
	1: {"write", 0, 1, 0}, 18: {"pwrite64", 0, 1, 0}, 20: {"writev", 0, 1, 0}, 296: {"pwritev", 0, 1, 0}, 326: {"copy_file_range", 0, 3, 0},
	40: {"sendfile", 0, 1, 0}, 74: {"fsync", 0, 1, 0}, 75: {"fdatasync", 0, 1, 0}, 77: {"ftruncate", 0, 1, 0}, 285: {"fallocate", 0, 1, 0},
	2: {"open", 1, 0, 2}, 85: {"creat", 1, 0, 0}, 257: {"openat", 2, 0, 3},
	76: {"truncate", 1, 0, 0}, 82: {"rename", 2, 0, 0}, 264: {"renameat", 4, 0, 0}, 316: {"renameat2", 4, 0, 5},
	83: {"mkdir", 1, 0, 0}, 258: {"mkdirat", 2, 0, 0}, 84: {"rmdir", 1, 0, 0}, 87: {"unlink", 1, 0, 0}, 263: {"unlinkat", 2, 0, 0},
	86: {"link", 2, 0, 0}, 265: {"linkat", 4, 0, 0}, 88: {"symlink", 2, 0, 0}, 266: {"symlinkat", 3, 0, 0},
	90: {"chmod", 1, 0, 0}, 91: {"fchmod", 0, 1, 0}, 268: {"fchmodat", 2, 0, 0}, 280: {"utimensat", 2, 0, 0},
}

// Call is a system call that a process is about to make, and that changes what is
// on the disk.
type Call struct {
	Name  string
	Path  string // of the file, as the process gives it
	Flags uint64 // of renameat2
	First bool   // whether the program makes it, not one that it started
}

func (c Call) String() string {
	who := "the program"
	if !c.First {
		who = "a child"
	}
	return fmt.Sprintf("%s of %s by %s", c.Name, c.Path, who)
}

// Victim says who is killed.
type Victim int

// Whom a kill meets.
const (
	Nobody Victim = iota
	All           // the program and all that it started
	First         // the program alone: what it started goes on
	Caller        // the process that makes the call
)

// Verdict is what happens to a call.
type Verdict struct {
	Kill Victim
	Fail syscall.Errno // in place of what the call would do
}

// Run runs a program under ptrace and asks about each call by which it, or what it
// starts, changes the disk. It waits until the last of these processes has ended,
// and returns the exit code of the program, -1 where it was killed. The test is
// skipped where ptrace is not allowed.
func Run(t testing.TB, cmd *exec.Cmd, ask func(Call) Verdict) int {
	t.Helper()
	runtime.LockOSThread() // whose children they are
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		t.Skipf("ptrace is not allowed here: %v", err)
	}
	tr := tracer{first: cmd.Process.Pid, inside: map[int]bool{}, failing: map[int]syscall.Errno{}, exit: -1, ask: ask}
	defer tr.kill() // where it fails
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(tr.first, &status, 0, nil); err != nil {
		t.Fatal(err)
	}
	tr.inside[tr.first] = false
	const sysGood, fork, vfork, clone, exec, exitKill = 0x1, 0x2, 0x4, 0x8, 0x10, 0x100000
	const options = sysGood | fork | vfork | clone | exec | exitKill
	if err := errors.Join(syscall.PtraceSetOptions(tr.first, options), syscall.PtraceSyscall(tr.first, 0)); err != nil {
		t.Fatal(err)
	}
	for {
		const thisThread = 0x20000000 // not the children of others
		tid, err := syscall.Wait4(-1, &status, syscall.WALL|thisThread, nil)
		switch {
		case err == syscall.EINTR:
		case err == syscall.ECHILD:
			return tr.exit
		case err != nil:
			t.Fatal(err)
		default:
			tr.stopped(tid, status)
		}
	}
}

type tracer struct {
	first   int
	inside  map[int]bool // the threads, and whether each is in a call
	failing map[int]syscall.Errno
	killed  bool // all were
	exit    int
	ask     func(Call) Verdict
}

func (tr *tracer) kill() {
	tr.killed = true
	for tid := range tr.inside {
		_ = syscall.Kill(tid, syscall.SIGKILL)
	}
}

// stopped looks at a thread that has stopped or ended, and lets it go on.
func (tr *tracer) stopped(tid int, status syscall.WaitStatus) {
	if status.Exited() || status.Signaled() {
		delete(tr.inside, tid)
		if tid == tr.first {
			tr.exit = status.ExitStatus()
		}
		return
	}
	inside, known := tr.inside[tid]
	tr.inside[tid] = inside
	if tr.killed && !known {
		_ = syscall.Kill(tid, syscall.SIGKILL)
	}
	deliver := 0
	switch signal := status.StopSignal(); {
	case signal == syscall.SIGTRAP|0x80:
		tr.inside[tid] = !inside
		var regs syscall.PtraceRegs
		if syscall.PtraceGetRegs(tid, &regs) != nil {
			break // it was killed
		}
		if inside {
			tr.leaves(tid, regs)
		} else {
			tr.enters(tid, regs)
		}
	case signal == syscall.SIGTRAP, !known && signal == syscall.SIGSTOP:
	default:
		deliver = int(signal)
	}
	_ = syscall.PtraceSyscall(tid, deliver) // it may have been killed meanwhile
}

func (tr *tracer) enters(tid int, regs syscall.PtraceRegs) {
	c, ok := tr.call(tid, regs)
	if !ok {
		return
	}
	v := tr.ask(c)
	switch v.Kill {
	case All:
		tr.kill()
	case First:
		_ = syscall.Kill(tr.first, syscall.SIGKILL)
	case Caller:
		_ = syscall.Kill(tid, syscall.SIGKILL)
	}
	if v.Fail != 0 {
		tr.failing[tid] = v.Fail
		regs.Orig_rax = ^uint64(0)
		_ = syscall.PtraceSetRegs(tid, &regs)
	}
}

func (tr *tracer) leaves(tid int, regs syscall.PtraceRegs) {
	errno, ok := tr.failing[tid]
	if !ok {
		return
	}
	delete(tr.failing, tid)
	regs.Rax = uint64(-int64(errno))
	_ = syscall.PtraceSetRegs(tid, &regs)
}

// call returns the call that a thread enters, if it changes the disk: opening what is
// there to read it does not, nor does writing to a stream.
func (tr *tracer) call(tid int, regs syscall.PtraceRegs) (Call, bool) {
	k, ok := kinds[regs.Orig_rax]
	if !ok {
		return Call{}, false
	}
	args := []uint64{0, regs.Rdi, regs.Rsi, regs.Rdx, regs.R10, regs.R8, regs.R9}
	c := Call{Name: k.name}
	if k.how != 0 {
		c.Flags = args[k.how]
	}
	switch {
	case k.fd != 0:
		c.Path, _ = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", tid, args[k.fd]))
		ok = args[k.fd] > 2 && strings.HasPrefix(c.Path, "/")
	case strings.HasPrefix(k.name, "open") && c.Flags&(syscall.O_CREAT|syscall.O_TRUNC) == 0:
		return c, false
	case args[k.path] != 0: // utimensat of an open file has none
		c.Path = text(tid, args[k.path])
	}
	c.First = ok && program(tid) == tr.first
	return c, ok && !strings.HasPrefix(c.Path, "/dev/")
}

// program returns the process that a thread is of.
func program(tid int) int {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", tid))
	_, rest, _ := bytes.Cut(status, []byte("\nTgid:"))
	var pid int
	_, _ = fmt.Sscan(string(rest), &pid)
	return pid
}

// text returns a text in the memory of a process.
func text(tid int, at uint64) string {
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", tid))
	if err != nil {
		return ""
	}
	defer mem.Close()
	raw := make([]byte, 4096)
	n, _ := mem.ReadAt(raw, int64(at))
	raw, _, _ = bytes.Cut(raw[:n], []byte{0})
	return string(raw)
}
