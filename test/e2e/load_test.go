//go:build load

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/template"
	"time"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

const loadApps = 300

var loadEnvironments = []string{"dev", "staging", "prod"}

// fleet is a repository of many apps, and what each environment of each has to give.
type fleet struct {
	repo     *harness.Repo
	requests []harness.ManifestRequest
	printed  [][]harness.Object
	plugin   *plugin
}

// newFleet fills a repository: half of the apps have one workload, half have three.
func newFleet(t *testing.T) *fleet {
	t.Helper()
	f := &fleet{repo: harness.NewRepo(t)}
	for i := range loadApps {
		name, example, was := fmt.Sprintf("app-%03d", i), "example-app", "name: example-app"
		if i%2 == 1 {
			example, was = "multi", "name: shop"
		}
		descriptor := string(harness.ReadFile(t, harness.RepoPath(t, "examples", example, "app.yaml")))
		f.repo.Write("apps/"+name+"/app.yaml", strings.Replace(descriptor, was, "name: "+name, 1))
	}
	f.plugin = &plugin{repo: f.repo, revision: f.repo.Commit("the fleet")}
	for i := range loadApps {
		for _, environment := range loadEnvironments {
			name := fmt.Sprintf("app-%03d", i)
			q := f.plugin.request(name, name+"-"+environment, named(byVariable(environment)))
			q.AppName, q.NoCache = name+"-"+environment, true
			f.requests = append(f.requests, q)
			f.printed = append(f.printed, f.plugin.printed(t, q))
		}
	}
	return f
}

// run is what one way of asking for everything has shown.
type run struct {
	Name          string
	Parallel      int
	PerSecond     float64
	P50, P99, Max time.Duration
	CPU           time.Duration // of the sidecar, for one manifest
	Memory        int64         // of the sidecar, MiB
}

// everything asks a fresh repo-server for the first so many manifests and checks each.
func (f *fleet) everything(t *testing.T, name string, requests, parallel int, paths string, options harness.PluginOptions) run {
	t.Helper()
	var r run
	t.Run(name, func(t *testing.T) {
		options.RepoServer = append(options.RepoServer, "--parallelismlimit", fmt.Sprint(parallel))
		argocd := harness.StartArgoCD(t, options)
		client := harness.NewRepoClient(t, argocd.Address)
		if _, err := client.Generate(f.requests[0]); err != nil { // it clones the repository
			t.Fatal(err)
		}
		stop := argocd.Plugin.Measure(t)
		durations := make([]time.Duration, requests)
		start := time.Now()
		var workers sync.WaitGroup
		next := make(chan int)
		for range parallel {
			workers.Go(func() {
				for i := range next {
					q := f.requests[i]
					q.GeneratePaths = paths
					asked := time.Now()
					objects, err := client.Generate(q)
					durations[i] = time.Since(asked)
					if err == nil {
						err = harness.CompareReturned(q.AppName, objects, f.printed[i])
					}
					if err != nil {
						t.Errorf("%s: %v", q.AppName, err)
					}
				}
			})
		}
		for i := range requests {
			next <- i
		}
		close(next)
		workers.Wait()
		elapsed, usage := time.Since(start), stop()
		slices.Sort(durations)
		r = run{
			Name: name, Parallel: parallel,
			PerSecond: float64(len(durations)) / elapsed.Seconds(),
			P50:       durations[len(durations)/2], P99: durations[len(durations)*99/100], Max: durations[len(durations)-1],
			CPU: usage.CPU / time.Duration(len(durations)), Memory: usage.PeakMemory >> 20,
		}
		t.Logf("%+v", r)
	})
	return r
}

// TestLoad measures and writes docs/load.md.
func TestLoad(t *testing.T) {
	f := newFleet(t)
	var report struct {
		Machine     string
		Apps, Total int
		Sample      int
		Runs, Ways  []run
		Alone       time.Duration
		Faults      []fault
	}
	report.Machine, report.Apps, report.Total = machine(t), loadApps, len(f.requests)
	named := harness.PluginOptions{Config: harness.RepoPath(t, "deploy", "plugin-named-only.yaml")}
	paths := named
	paths.RepoServer = []string{"--plugin-use-manifest-generate-paths"}

	report.Alone = f.alone(t)
	for _, parallel := range []int{1, 2, 8, 32} {
		report.Runs = append(report.Runs, f.everything(t, fmt.Sprintf("parallelism %d", parallel), len(f.requests), parallel, ".", paths))
	}
	report.Sample = 60 // of the slow ways
	withoutGit := named
	withoutGit.RepoServer = []string{"--plugin-tar-exclude", ".git"}
	report.Ways = []run{
		f.everything(t, "only the app's folder, plugin without discovery", report.Sample, 8, ".", paths),
		f.everything(t, "the repository without .git, plugin without discovery", report.Sample, 8, "", withoutGit),
		f.everything(t, "the whole repository, plugin without discovery", report.Sample, 8, "", named),
		f.everything(t, "the whole repository, plugin with discovery", report.Sample, 8, "", harness.PluginOptions{}),
	}
	report.Faults = f.faults(t)
	if t.Failed() {
		t.Fatal("no report is written")
	}

	functions := template.FuncMap{
		"ms": func(d time.Duration) string { return fmt.Sprintf("%.0f", float64(d)/float64(time.Millisecond)) },
		"s":  func(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) },
	}
	page := template.Must(template.New("load.md.tmpl").Funcs(functions).ParseFiles(harness.Testdata(t, "load.md.tmpl")))
	out, err := os.Create(harness.RepoPath(t, "docs", "load.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := page.Execute(out, report); err != nil {
		t.Fatal(err)
	}
}

// alone runs unfold by itself for every request: how long one takes.
func (f *fleet) alone(t *testing.T) time.Duration {
	t.Helper()
	var total time.Duration
	for _, q := range f.requests {
		cmd := exec.Command(harness.Unfold(t), "generate")
		cmd.Dir, cmd.Env = filepath.Join(f.repo.Dir, q.Source.Path), q.Environ(t, f.plugin.revision)
		start := time.Now()
		if _, err := cmd.Output(); err != nil {
			t.Fatal(err)
		}
		total += time.Since(start)
	}
	return total / time.Duration(len(f.requests))
}

// machine describes the machine without naming it.
func machine(t *testing.T) string {
	t.Helper()
	var info syscall.Sysinfo_t
	if err := syscall.Sysinfo(&info); err != nil {
		t.Fatal(err)
	}
	memory := uint64(info.Totalram) * uint64(info.Unit)
	return fmt.Sprintf("%d cores, %d GiB", runtime.NumCPU(), (memory+1<<29)>>30)
}
