// Command bench measures what unfold costs beside the programs that people use
// today, in one run, interleaved, so that a busy machine slows all of them. It
// prints a table and, with -write, puts it into docs/performance.md and its
// figures into test/bench/results.json. It fails when an app costs more than
// 1.5 times of what it did before the descriptor had all its fields.
//
//	go run ./test/bench -tools bin/tools -unfold bin/unfold
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	var c config
	flag.StringVar(&c.unfold, "unfold", "bin/unfold", "the program that is measured")
	flag.StringVar(&c.tools, "tools", "bin/tools", "folder with kustomize and helm")
	flag.IntVar(&c.rounds, "rounds", 60, "how often each process is started")
	flag.BoolVar(&c.large, "large", false, "also a repository of 10000 apps")
	write := flag.Bool("write", false, "write docs/performance.md and test/bench/results.json")
	flag.Parse()
	if err := run(c, *write); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type config struct {
	unfold, tools string
	rounds        int
	large         bool
}

const (
	resultsFile = "test/bench/results.json"
	reportFile  = "docs/performance.md"
	// What generate for the example may cost: times what it did with the fields of
	// a web app alone, both as times of an empty program, since a machine's own
	// speed does not matter then. earlier is of the commit before the others came.
	limited, earlier, limit = "unfold generate, example-app / empty Go program", 2.928, 1.5
)

func run(c config, write bool) error {
	work, err := os.MkdirTemp("", "unfold-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	b, err := prepare(c, work)
	if err != nil {
		return err
	}
	results := map[string]float64{}
	report := b.machine()
	table, err := b.processes(results)
	if err != nil {
		return err
	}
	report += table
	if table, err = b.batches(results); err != nil {
		return err
	}
	report += table
	if table, err = b.growth(results); err != nil {
		return err
	}
	report += table
	fmt.Print(report)
	compare(results)
	if write {
		if err := save(report, results); err != nil {
			return err
		}
	}
	times := results[limited] / earlier
	fmt.Printf("generate for the example takes %.2f times what it took before the whole descriptor; the limit is %.1f\n", times, limit)
	if times > limit {
		return errors.New("generate takes too long")
	}
	return nil
}

// machine describes what matters of the machine and nothing that names it.
func (b *bench) machine() string {
	return fmt.Sprintf("%d cores, %s/%s, %s; medians of %d rounds.\n\n", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(),
		b.rounds)
}

// compare says how far the ratios are from the committed ones: figures in
// milliseconds depend on the machine, ratios hardly.
func compare(results map[string]float64) {
	committed := map[string]float64{}
	content, err := os.ReadFile(resultsFile)
	if err != nil || json.Unmarshal(content, &committed) != nil {
		return
	}
	fmt.Println("against the committed result:")
	for _, name := range names(results) {
		if before := committed[name]; before > 0 {
			fmt.Printf("  %-55s %10.3f, was %10.3f (%+.0f %%)\n", name, results[name], before, (results[name]/before-1)*100)
		}
	}
}

func save(report string, results map[string]float64) error {
	encoded, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(resultsFile, append(encoded, '\n'), 0o644); err != nil {
		return err
	}
	doc, err := os.ReadFile(reportFile)
	if err != nil {
		return err
	}
	const start, end = "<!-- figures: written by make bench -->\n", "<!-- end -->"
	head, rest, ok := strings.Cut(string(doc), start)
	_, tail, okEnd := strings.Cut(rest, end)
	if !ok || !okEnd {
		return fmt.Errorf("%s has no place for the figures", reportFile)
	}
	return os.WriteFile(reportFile, []byte(head+start+report+end+tail), 0o644)
}

// bench is what the measurements share.
type bench struct {
	config
	work string
}

// prepare builds the small programs and copies what is rendered.
func prepare(c config, work string) (*bench, error) {
	b := &bench{config: c, work: work}
	for _, path := range []*string{&b.unfold, &b.tools} {
		abs, err := filepath.Abs(*path)
		if err != nil {
			return nil, err
		}
		*path = abs
	}
	for _, name := range []string{"empty", "launch"} {
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.path(name), "./test/bench/"+name)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w: %s", err, out)
		}
	}
	if err := os.CopyFS(b.path("examples"), os.DirFS("examples")); err != nil {
		return nil, err
	}
	if err := os.CopyFS(b.path("chart"), os.DirFS("test/bench/testdata/chart")); err != nil {
		return nil, err
	}
	for name, text := range descriptors() {
		if err := writeFile(b.path(name, "app.yaml"), text); err != nil {
			return nil, err
		}
	}
	for _, app := range []string{"examples/example-app", "five", "patched"} {
		cmd := exec.Command(b.unfold, "eject", b.path(app), "--output", b.path("ejected", filepath.Base(app)))
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w: %s", err, out)
		}
	}
	return b, nil
}

func (b *bench) path(parts ...string) string {
	return filepath.Join(append([]string{b.work}, parts...)...)
}

func writeFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// descriptors returns the apps that are measured beside the examples.
func descriptors() map[string]string {
	const patched = `apiVersion: unfold.dev/v1alpha1
kind: App
name: example-app
image: ashik9001/demo-app
port: 5000
probes: /health
patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: example-app
      spec:
        template:
          spec:
            terminationGracePeriodSeconds: 45
environments:
  dev: {tag: dev-latest}
  staging: {tag: staging-latest}
  prod: {tag: v1.0.0}
`
	return map[string]string{"five": workloads(5), "patched": patched}
}

// workloads returns a descriptor with n workloads.
func workloads(n int) string {
	var b bytes.Buffer
	b.WriteString("apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: ghcr.io/example/shop\nworkloads:\n")
	for i := range n {
		fmt.Fprintf(&b, "  w%d:\n    port: %d\n    probes: /health\n    command: [shop, serve, w%d]\n"+
			"    env: {MODE: batch, PASSWORD: {secret: shop-db/password}}\n    config: {QUEUE: q%d}\n", i, 8000+i, i, i)
	}
	b.WriteString("environments:\n  dev: {tag: main}\n  staging: {tag: v1.1.0-rc.1}\n  prod: {tag: v1.0.0}\n")
	return b.String()
}
