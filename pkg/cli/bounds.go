package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
)

// bounded runs what Argo CD waits for: work that is given up when it takes too
// long, or more memory than an app can need. Nothing in the process can stop
// kustomize, so the process has to end with the error that is given back; nobody
// waits for do any more then. The bounds are those of the platform file once it is
// known, which is sent to operator.
func bounded(ctx context.Context, s Streams, do func(operator func(*platform.Platform)) error) error {
	spareCollector()
	start := time.Now()
	done, known := make(chan error, 1), make(chan platform.Bounds, 1)
	go func() { done <- do(func(p *platform.Platform) { known <- p.Bounds }) }()
	bounds := platform.BuiltinBounds()
	deadline := time.NewTimer(bounds.Time)
	defer deadline.Stop()
	const often = 10 * time.Millisecond // what allocates as fast as memory can be had gets some 20 MiB in that time
	look := time.NewTicker(often)
	defer look.Stop()
	var diags diag.List
	for {
		select {
		case err := <-done:
			return err
		case bounds = <-known:
			deadline.Reset(bounds.Time - time.Since(start))
		case <-deadline.C:
			diags.Errorh(diag.Pos{}, "too-slow", lighter, "the app takes longer than %s%s", bounds.Time, s.work.during())
			return diags
		case <-look.C:
			if memoryUsed() > bounds.Memory {
				diags.Errorh(diag.Pos{}, "too-large", lighter, "the app takes more than %d MiB of memory%s", bounds.Memory>>20,
					s.work.during())
				return diags
			}
		case <-ctx.Done():
			return fmt.Errorf("%w%s", context.Cause(ctx), s.work.during())
		}
	}
}

// lighter is what to do about a bound that was passed. The messages hold nothing
// that was measured: Argo CD keeps failures, and compares them.
const lighter = "make the app smaller, or split it; the operator's platform file sets the limit"

// spareCollector has the first garbage collected at 64 MiB, which an ordinary app
// never gets to, and after that whenever memory has doubled, as ever.
func spareCollector() {
	const first = 64 / 4 * 100 // percent of the 4 MiB with which the runtime begins
	debug.SetGCPercent(first)
	begun := new([16]byte)
	runtime.AddCleanup(begun, func(usual int) { debug.SetGCPercent(usual) }, 100)
}

// memoryUsed returns the memory that the process has from the operating system, in
// bytes. (The package runtime/metrics would cost 0.07 ms of each start.)
func memoryUsed() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys - m.HeapReleased
}
