//go:build !race

// The race detector would take ten times as long, and there is nothing for it to see: make limits runs this alone.

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

// dimension is something that an app can have much of.
type dimension struct {
	name string
	// most is the greatest number that the limits allow, as far as they are about this
	// alone.
	most int
	// fields returns top-level fields of app.yaml with n of it, and write the files that
	// they name.
	fields func(n int) string
	files  func(n int) map[string]string
}

const component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"

func dimensions() []dimension {
	configMaps := func(prefix, data string) func(n int) string {
		return func(n int) string {
			return each(n, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: "+prefix+"%d}\ndata: {key: "+data+"}\n")
		}
	}
	objects, large := configMaps("m", "value"), configMaps("l", strings.Repeat("x", 20_000))
	return []dimension{
		{name: "workloads", most: 5000, fields: func(n int) string {
			return "workloads:\n" +
				each(n, "  w%d: {port: 8080, command: [run]}\n")
		}},
		{name: "shared config", most: 50_000, fields: func(n int) string { return "config:\n" + each(n, "  KEY%d: value\n") }},
		{name: "mistakes", most: 50_000, fields: func(n int) string { return each(n, "feld%d: 1\n") }},
		{name: "environments", most: 90_000, fields: func(n int) string {
			return "environments: {prod: {}, " + each(n, "e%d: {}, ") +
				"}\n"
		}},
		{name: "objects", most: 1000, fields: func(int) string { return "manifests: [objects.yaml]\n" },
			files: func(n int) map[string]string { return map[string]string{"objects.yaml": objects(n)} }},
		{name: "large objects", most: 95, fields: func(int) string { return "manifests: [large.yaml]\n" },
			files: func(n int) map[string]string { return map[string]string{"large.yaml": large(n)} }},
		{name: "entries of a map", most: 15_000, fields: func(int) string { return "manifests: [wide.yaml]\n" },
			files: func(n int) map[string]string {
				return map[string]string{"wide.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wide}\ndata:\n" +
					each(n, "  k%d: v\n")}
			}},
		{name: "patches", most: 500, fields: func(n int) string {
			return "patches:\n" + each(n, "  - target: {kind: ConfigMap, name: '(m|l|.*-c).{0,250}'}\n"+
				"    patch: '[{\"op\": \"add\", \"path\": \"/data/p%d\", \"value\": \"x\"}]'\n")
		}},
		{name: "component", most: 500, fields: func(int) string { return "components: [part]\n" },
			files: func(n int) map[string]string {
				return map[string]string{
					"part/objects.yaml": configMaps("c", "value")(n),
					"part/kustomization.yaml": component + "resources: [objects.yaml]\nreplacements:\n" +
						each(n/50, "- source: {kind: ConfigMap, name: c0, fieldPath: data.key}\n"+
							"  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.r%d], options: {create: true}}]\n"),
				}
			}},
	}
}

// each repeats a text with numbers from 0 in it.
func each(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestLimits holds what the worst app costs at every pair of limits: one thing at
// its limit, and as much of another as is not refused beside it. It counts what is
// allocated, which goes with the time and is the same on every machine.
func TestLimits(t *testing.T) {
	const (
		mostAllocations = 40_000_000 // some twenty seconds
		mostBytes       = 6 << 30
		// A refusal must come before the work.
		mostRefused = 6_000_000
	)
	all := dimensions()
	for i, a := range all {
		for _, b := range all[i:] {
			t.Run(a.name+" and "+b.name, func(t *testing.T) {
				for n := b.most; n > 0; n /= 8 {
					got := cost(t, a, a.most, b, n)
					t.Logf("%d %s and %d %s: %d allocations, %d MiB, refused %v", a.most, a.name, n, b.name, got.allocations, got.bytes>>20,
						got.refused)
					if got.refused && got.allocations > mostRefused || got.allocations > mostAllocations || got.bytes > mostBytes {
						t.Errorf("too much")
					}
					if !got.refused || a.name == b.name {
						break
					}
				}
			})
		}
	}
}

type spent struct {
	allocations, bytes uint64
	refused            bool // as too large
}

// cost renders an app with so much of two things.
func cost(t *testing.T, a dimension, n int, b dimension, m int) spent {
	t.Helper()
	dir := t.TempDir()
	app := "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: ghcr.io/example/shop:v1\n" + a.fields(n)
	files := map[string]string{}
	use := func(d dimension, n int) {
		if d.files != nil {
			for name, content := range d.files(n) {
				files[name] = content
			}
		}
	}
	use(a, n)
	if b.name != a.name {
		use(b, m)
		app += b.fields(m)
	}
	if list := manifests(files); len(list) > 1 {
		for _, name := range list {
			app = strings.ReplaceAll(app, "manifests: ["+name+"]\n", "")
		}
		app += "manifests: [" + strings.Join(list, ", ") + "]\n"
	}
	if !strings.Contains(app, "\nenvironments:") {
		app += "environments: {prod: {}}\n"
	}
	files["app.yaml"] = app
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := render.RenderApp(render.Folder{Dir: dir}, nil, "prod", render.Options{})
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	got := spent{allocations: after.Mallocs - before.Mallocs, bytes: after.TotalAlloc - before.TotalAlloc}
	for _, d := range r.Diags {
		got.refused = got.refused || d.Code == "too-large"
	}
	if r.Diags.HasErrors() && !got.refused && a.name != "mistakes" && b.name != "mistakes" {
		t.Fatal(r.Diags)
	}
	return got
}

// manifests lists the files of objects at the top.
func manifests(files map[string]string) []string {
	var out []string
	for _, name := range []string{"objects.yaml", "large.yaml", "wide.yaml"} {
		if files[name] != "" {
			out = append(out, name)
		}
	}
	return out
}
