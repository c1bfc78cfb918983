package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ signal syscall.Signal }

func (i interrupted) Error() string {
	if i.signal == syscall.SIGTERM {
		return "terminated"
	}
	return "interrupted"
}

// code returns the exit code, as shells have it for what a signal ended.
func (i interrupted) code() int { return 128 + int(i.signal) }

// work is what a command is doing: for the message that ends it before it is
// done, and so that nothing ends it while it writes. The zero value is ready to
// use, and nil does nothing.
type work struct {
	stage   atomic.Pointer[string]
	writing sync.Mutex
}

// doing takes note of the stage that begins.
func (w *work) doing(stage string) {
	if w != nil {
		w.stage.Store(&stage)
	}
}

// during returns " while STAGE", or nothing where no stage is known.
func (w *work) during() string {
	if stage := w.stage.Load(); stage != nil {
		return " while " + *stage
	}
	return ""
}

// write writes files without a signal ending the command on the way. After one
// it writes nothing.
func (w *work) write(ctx context.Context, do func() error) error {
	if w == nil {
		return do()
	}
	w.writing.Lock()
	defer w.writing.Unlock()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return do()
}

// process runs one command as the whole of a process, and returns its exit code.
// SIGINT and SIGTERM end it within a second, whatever it is doing, but for writing
// files: that is completed. A second signal ends the process at once.
func process(args []string, s Streams) int {
	s.work = &work{}
	if len(args) > 0 && args[0] == "generate" {
		// It writes no files, so what a signal does by itself is right: it ends the
		// process. To listen for signals would take a tenth of what such a run takes.
		return Run(context.Background(), args, s)
	}
	ctx, stop := signalContext()
	defer stop()
	done := make(chan int, 1)
	go func() { done <- Run(ctx, args, s) }()
	select {
	case code := <-done:
		return code
	case <-ctx.Done():
		var cause interrupted
		errors.As(context.Cause(ctx), &cause)
		return s.work.end(s, cause, done)
	}
}

// signalContext returns a context that ends with SIGINT or SIGTERM, of which its cause
// is one. The next signal does what it does by itself. signal.NotifyContext does not
// tell which of the two it was, and the exit code depends on that.
func signalContext() (ctx context.Context, stop func()) {
	ctx, end := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case x := <-signals:
			signal.Stop(signals)
			// Windows knows no other signals than those of package syscall either.
			end(interrupted{x.(syscall.Signal)})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		end(nil)
	}
}

// end ends a command that was interrupted: what is being written comes to its end,
// and a command that ends by itself tells how far it came.
func (w *work) end(s Streams, cause interrupted, done <-chan int) int {
	const grace = 200 * time.Millisecond
	w.writing.Lock()
	select {
	case code := <-done:
		return code
	case <-time.After(grace):
		fmt.Fprintf(s.Err, "unfold: %v%s\n", cause, w.during())
		return cause.code()
	}
}
