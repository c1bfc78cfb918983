package harness

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// stopTimeout bounds how long a process may take to end after its stop signal; then it is killed.
const stopTimeout = 5 * time.Second

// logTail is how many lines of a process's log are printed when a test fails.
const logTail = 60

// Program says how to start a process.
type Program struct {
	Name string // in messages
	Path string
	Args []string
	// Env is the whole environment: nothing of the test's own is inherited, since it would reach the plugin.
	Env    []string
	Dir    string
	Signal syscall.Signal // that stops it; SIGTERM if zero
	// Attr is how the process differs from an ordinary one: its user, its root.
	Attr *syscall.SysProcAttr
}

// Process is a running program. Its output goes to a file, whose end is printed if the test fails.
type Process struct {
	Name string

	cmd    *exec.Cmd
	signal syscall.Signal
	log    string
	done   chan struct{} // closed when the process has ended
	err    error         // how it ended; set before done is closed
}

// Start runs a program until the test ends or [Process.Stop] is called.
func Start(t testing.TB, p Program) *Process {
	t.Helper()
	path := filepath.Join(t.TempDir(), p.Name+".log")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()

	cmd := exec.Command(p.Path, p.Args...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = p.Env, p.Dir, out, out
	return start(t, p, cmd, path)
}

// start runs cmd, whose output the caller has directed, and registers its end.
func start(t testing.TB, p Program, cmd *exec.Cmd, log string) *Process {
	t.Helper()
	cmd.SysProcAttr = p.Attr
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	// Also when the test binary itself is killed or panics, nothing it started is left over.
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if err := spawn(cmd); err != nil {
		t.Fatalf("starting %s: %v", p.Name, err)
	}
	process := &Process{Name: p.Name, cmd: cmd, signal: p.Signal, log: log, done: make(chan struct{})}
	if process.signal == 0 {
		process.signal = syscall.SIGTERM
	}
	go func() {
		process.err = cmd.Wait()
		close(process.done)
	}()
	t.Cleanup(func() {
		process.Stop()
		if tail := process.Tail(); t.Failed() && tail != "" {
			t.Logf("the log of %s ends with:\n%s", process.Name, tail)
		}
	})
	return process
}

// spawn starts a command on a thread that lives as long as the test binary: the kernel sends the parent-death
// signal when the thread that forked ends, not the process.
func spawn(cmd *exec.Cmd) error {
	reply := make(chan error)
	spawner() <- spawnRequest{cmd, reply}
	return <-reply
}

type spawnRequest struct {
	cmd   *exec.Cmd
	reply chan<- error
}

var spawner = sync.OnceValue(func() chan<- spawnRequest {
	requests := make(chan spawnRequest)
	go func() {
		runtime.LockOSThread()
		for r := range requests {
			r.reply <- r.cmd.Start()
		}
	}()
	return requests
})

// PID is the id of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Proc is the path of a file that the kernel shows of the process.
func (p *Process) Proc(name string) string {
	return filepath.Join("/proc", strconv.Itoa(p.PID()), name)
}

// Stop ends the process and waits for its end. Stopping twice does no harm.
func (p *Process) Stop() { p.stop(p.signal) }

// Kill ends the process as a crash would.
func (p *Process) Kill() { p.stop(syscall.SIGKILL) }

func (p *Process) stop(signal syscall.Signal) {
	select {
	case <-p.done:
		return
	default:
	}
	_ = p.cmd.Process.Signal(signal)
	select {
	case <-p.done:
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// Exited is nil while the process runs, and otherwise says how it ended.
func (p *Process) Exited() error {
	select {
	case <-p.done:
		if p.err == nil {
			return errors.New(p.Name + " ended by itself")
		}
		return fmt.Errorf("%s ended: %w", p.Name, p.err)
	default:
		return nil
	}
}

// Log is everything the process has printed so far.
func (p *Process) Log() string {
	b, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// Tail is the end of the log.
func (p *Process) Tail() string {
	lines := strings.Split(strings.TrimRight(p.Log(), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-logTail):], "\n")
}

// Ready waits until check succeeds, and fails the test if the process ends or the time is up first.
func (p *Process) Ready(t testing.TB, timeout time.Duration, check func() error) {
	t.Helper()
	deadline := time.Now().Add(timeout)
	for {
		err := check()
		if err == nil {
			return
		}
		if exited := p.Exited(); exited != nil {
			t.Fatalf("%v before it was ready (%v)", exited, err)
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is not ready after %s: %v", p.Name, timeout, err)
		}
		time.Sleep(pollInterval)
	}
}

// Children are the ids of the processes that the process has started and that still run.
func (p *Process) Children(t testing.TB) []string {
	t.Helper()
	lists, err := filepath.Glob(p.Proc("task/*/children"))
	if err != nil {
		t.Fatal(err)
	}
	var children []string
	for _, list := range lists {
		b, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		children = append(children, strings.Fields(string(b))...)
	}
	return children
}
