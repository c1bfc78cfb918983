package harness

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Usage is what a process and those it starts have used.
type Usage struct {
	PeakMemory int64         // resident bytes of all at once, the most that was seen
	CPU        time.Duration // of the process and of those that have ended
}

// Measure samples a process and those it starts until stop is called.
func (p *Process) Measure(t testing.TB) (stop func() Usage) {
	t.Helper()
	before := p.cpu(t)
	quit, done := make(chan struct{}), make(chan struct{})
	var peak int64
	go func() {
		defer close(done)
		for {
			select {
			case <-quit:
				return
			case <-time.After(5 * time.Millisecond):
				memory := resident(strconv.Itoa(p.PID()))
				for _, child := range p.Children(t) {
					memory += resident(child)
				}
				peak = max(peak, memory)
			}
		}
	}()
	return func() Usage {
		close(quit)
		<-done
		return Usage{peak, p.cpu(t) - before}
	}
}

// resident is the resident memory of a process in bytes, 0 once it has ended.
func resident(pid string) int64 {
	content, err := os.ReadFile(filepath.Join("/proc", pid, "statm"))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(content))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// cpu is the time that a process and the ended ones it started have run.
func (p *Process) cpu(t testing.TB) time.Duration {
	t.Helper()
	content := ReadFile(t, p.Proc("stat"))
	// The name, in parentheses, may hold anything. utime is the 14th field, counted from the name's 2nd.
	fields := strings.Fields(string(content[bytes.LastIndexByte(content, ')')+1:]))
	var ticks int64
	for _, field := range fields[11:15] { // of itself: user, system; of its children: user, system
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100 // the kernel shows hundredths to programs
}
