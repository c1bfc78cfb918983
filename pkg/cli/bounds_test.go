package cli

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// restoreCollector undoes at the end of a test what generate does to the collector.
func restoreCollector(t *testing.T) {
	percent := debug.SetGCPercent(100)
	debug.SetGCPercent(percent)
	t.Cleanup(func() { debug.SetGCPercent(percent) })
}

// TestCollector holds that garbage is left alone in a small run, and that a large
// one pays no more for it than any Go program: beyond a fixed memory limit the
// collector would begin anew after each few megabytes.
func TestCollector(t *testing.T) {
	restoreCollector(t)
	debug.SetGCPercent(100)
	runtime.GC()
	spareCollector()
	before := collections()
	garbage(8 << 20)
	if n := collections() - before; n != 0 {
		t.Errorf("%d collections in a run of 8 MiB", n)
	}
	var kept [][]byte
	for range 128 {
		kept = append(kept, make([]byte, 1<<20))
	}
	before = collections()
	garbage(1 << 30)
	if n := collections() - before; n > 16 {
		t.Errorf("%d collections for 1 GiB of garbage beside 128 MiB that are kept", n)
	}
	runtime.KeepAlive(kept)
}

func collections() uint32 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.NumGC
}

func garbage(bytes int) {
	for range bytes >> 10 {
		held = make([]byte, 1<<10)
	}
}

// held keeps the compiler from leaving garbage out.
var held []byte
