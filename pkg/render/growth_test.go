package render_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/render"
)

// TestGrowth holds that a workload costs the same memory in a large app as in a
// small one. A rule once listed all workloads anew for each object.
func TestGrowth(t *testing.T) {
	bytes := func(workloads int) float64 {
		var app strings.Builder
		app.WriteString("apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: ghcr.io/example/shop:v1\nworkloads:\n")
		for i := range workloads {
			fmt.Fprintf(&app, "  w%d: {port: 8080, probes: /health, replicas: 2, config: {QUEUE: q%d}}\n", i, i)
		}
		app.WriteString("environments: {prod: {}}\n")
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "app.yaml"), []byte(app.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := render.RenderApp(render.Folder{Dir: dir}, nil, "", render.Options{})
		runtime.ReadMemStats(&after)
		if err != nil || len(r.Results) != 1 {
			t.Fatal(err, r.Diags)
		}
		return float64(after.TotalAlloc-before.TotalAlloc) / float64(workloads)
	}
	bytes(1) // what is made once
	small, large := bytes(20), bytes(400)
	if large > 1.5*small {
		t.Errorf("a workload takes %.0f bytes in an app of 400, %.0f in one of 20", large, small)
	}
}
