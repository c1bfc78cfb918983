package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What all packages together may do before main runs, counted and not timed, so
// that the machine does not matter. A dependency that needs more needs a reason
// in the commit that raises these (docs/performance.md). 206 allocations of 16 KB are
// golang.org/x/crypto/ssh's, which sealed-secrets' pkg/crypto imports for the
// fingerprints of keys; 95 of 15 KB are runtime/metrics', which tells how much memory a
// run has taken without stopping it.
const (
	maxAllocations = 2650
	maxBytes       = 340_000
	ours           = 20 // of each of our own packages: a few errors and values that are made once
)

// TestStartup reads the Go runtime's trace of package initialisation.
func TestStartup(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "unfold")
	build := exec.Command("go", "build", "-o", binary, "../../cmd/unfold")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(binary, "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	var packages, allocations, size int
	for lines := bufio.NewScanner(&trace); lines.Scan(); {
		var name string
		var at, clock float64
		var b, n int
		if _, err := fmt.Sscanf(lines.Text(), "init %s @%f ms, %f ms clock, %d bytes, %d allocs", &name, &at, &clock, &b, &n); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		if strings.HasPrefix(name, "github.com/unfold-gitops/") && n > ours {
			t.Errorf("%s allocates before main: %s", name, lines.Text())
		}
		packages, allocations, size = packages+1, allocations+n, size+b
	}
	t.Logf("%d packages, %d allocations, %d bytes", packages, allocations, size)
	if packages == 0 || allocations > maxAllocations || size > maxBytes {
		t.Errorf("start-up takes %d allocations and %d bytes in %d packages; the budget is %d and %d", allocations, size, packages,
			maxAllocations, maxBytes)
	}
}
