//go:build load

package e2e

import (
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// hostileCopies is how many repositories there are of each hostile kind.
const hostileCopies = 9

// fault is one row of the report: what was done, and what requests for good apps saw meanwhile and after.
type fault struct {
	Name         string
	Asked, Wrong int
	Failed       int
	P50, P99     time.Duration // of those that succeeded
	Recovery     time.Duration // from the end of the fault to the first success
	Note         string
}

// during asks for good apps, eight at once, while something happens, and until they succeed again. act returns when
// the fault is over.
func (f *fleet) during(t *testing.T, name, note string, client *harness.RepoClient, act func()) fault {
	t.Helper()
	result := fault{Name: name, Note: note}
	var (
		mu        sync.Mutex
		workers   sync.WaitGroup
		durations []time.Duration
		over      time.Time
	)
	quit := make(chan struct{})
	for w := range 8 {
		workers.Go(func() {
			for i := w; ; i = (i + 8) % len(f.requests) {
				select {
				case <-quit:
					return
				default:
				}
				q := f.requests[i]
				q.GeneratePaths = "."
				start := time.Now()
				objects, err := client.Generate(q)
				end := time.Now()
				mu.Lock()
				result.Asked++
				switch {
				case err != nil:
					result.Failed++
				case harness.CompareReturned(q.AppName, objects, f.printed[i]) != nil:
					result.Wrong++
				default:
					durations = append(durations, end.Sub(start))
					if !over.IsZero() && result.Recovery == 0 && start.After(over) {
						result.Recovery = end.Sub(over)
					}
				}
				mu.Unlock()
			}
		})
	}
	time.Sleep(time.Second)
	act()
	mu.Lock()
	over = time.Now()
	mu.Unlock()
	harness.Eventually(t, 3*time.Minute, name+": good apps succeed again", func() error {
		mu.Lock()
		defer mu.Unlock()
		if result.Recovery == 0 {
			return fmt.Errorf("%d of %d requests failed", result.Failed, result.Asked)
		}
		return nil
	})
	close(quit)
	workers.Wait()
	slices.Sort(durations)
	result.P50, result.P99 = durations[len(durations)/2], durations[len(durations)*99/100]
	if result.Wrong > 0 {
		t.Errorf("%s: %d wrong answers", name, result.Wrong)
	}
	t.Logf("%+v", result)
	return result
}

// faults does to a busy sidecar what operators fear.
func (f *fleet) faults(t *testing.T) []fault {
	t.Helper()
	var results []fault
	add := func(name, note string, options harness.PluginOptions, act func(t *testing.T, p *plugin)) {
		t.Run(name, func(t *testing.T) {
			options.RepoServer = []string{"--plugin-use-manifest-generate-paths"}
			if options.Config == "" {
				options.Config = harness.RepoPath(t, "deploy", "plugin-named-only.yaml")
			}
			p := &plugin{argocd: harness.StartArgoCD(t, options), repo: f.repo, revision: f.plugin.revision}
			p.client = harness.NewRepoClient(t, p.argocd.Address)
			p.client.Timeout = 20 * time.Second
			results = append(results, f.during(t, name, note, p.client, func() { act(t, p) }))
		})
	}
	add("nothing", "for comparison", harness.PluginOptions{}, func(*testing.T, *plugin) { time.Sleep(5 * time.Second) })
	add("argocd-cmp-server killed and restarted, 5 times", "requests in flight fail, or wait for their deadline of 20 s",
		harness.PluginOptions{}, func(t *testing.T, p *plugin) {
			for range 5 {
				p.argocd.Plugin.Kill()
				time.Sleep(200 * time.Millisecond)
				p.argocd.StartPlugin(t)
				time.Sleep(time.Second)
			}
		})
	for _, signal := range []string{"KILL", "TERM"} {
		dir, state := harness.Wrapped(t, `[ -e "$STATE" ] && kill -`+signal+` $$; exec "$UNFOLD" "$@"`)
		add("unfold killed by SIG"+signal+" for 5 s, each time it runs", "the error names the signal",
			harness.PluginOptions{BinDir: dir}, func(t *testing.T, p *plugin) {
				harness.WriteFile(t, state, nil)
				time.Sleep(5 * time.Second)
				if err := os.Remove(state); err != nil {
					t.Fatal(err)
				}
			})
	}
	dir, _ := harness.Wrapped(t, `[ "$ARGOCD_APP_NAME" = hung ] && exec /bin/sleep 600; exec "$UNFOLD" "$@"`)
	add("4 apps hang until their deadline", "each an error then; the others do not wait", harness.PluginOptions{BinDir: dir},
		func(t *testing.T, p *plugin) {
			client := harness.NewRepoClient(t, p.argocd.Address)
			client.Timeout = 5 * time.Second
			var hung sync.WaitGroup
			for range 4 {
				hung.Go(func() {
					q := f.requests[0]
					q.AppName = "hung"
					if _, err := client.Generate(q); err == nil {
						t.Error("an app that hangs has an answer")
					}
				})
			}
			hung.Wait()
		})
	add("/tmp full: one app sends 3 MB to a /tmp of 1 MiB, 10 times", "cmp-server frees the space at its next garbage collection",
		harness.PluginOptions{Confined: true, TmpSize: "1m"}, func(t *testing.T, p *plugin) {
			big := harness.NewRepo(t)
			noise := make([]byte, 3<<20)
			if _, err := rand.Read(noise); err != nil {
				t.Fatal(err)
			}
			big.CopyDir(harness.RepoPath(t, "examples"), "apps")
			big.Write("apps/example-app/noise", string(noise))
			q := p.request("example-app", "example-app-prod", named(byVariable("prod")))
			q.NoCache, q.Source.RepoURL, q.Revision = true, big.URL(), big.Commit("too much")
			for range 10 {
				p.refused(t, q)
			}
		})
	limited, _ := harness.Wrapped(t, `ulimit -d 200000; exec "$UNFOLD" "$@"`)
	add("a greedy descriptor under a memory limit of 200 MB, 20 times", "an error of that app", harness.PluginOptions{BinDir: limited},
		func(t *testing.T, p *plugin) {
			repo := harness.NewRepo(t)
			repo.Write("apps/greedy/app.yaml", greedy())
			q := p.request("greedy", "greedy", named(byVariable("live")))
			q.NoCache, q.Source.RepoURL, q.Revision = true, repo.URL(), repo.Commit("greed")
			for range 20 {
				p.refused(t, q)
			}
		})
	add(fmt.Sprintf("%d hostile repositories among the good ones", hostileCopies*len(hostileApps)), "each an error that gives nothing away",
		harness.PluginOptions{Env: []string{"CANARY=" + canary}}, func(t *testing.T, p *plugin) {
			var hostile sync.WaitGroup
			for name, make := range hostileApps {
				for range hostileCopies {
					repo, revision := hostileRepo(t, make)
					q := p.request("hostile", "hostile", named(byVariable("live")))
					q.NoCache, q.Source.RepoURL, q.Revision, q.Source.Path = true, repo.URL(), revision, "apps/hostile"
					hostile.Go(func() {
						objects, err := p.client.Generate(q)
						if err == nil {
							t.Errorf("%s: no error, but %v", name, objects)
						} else if strings.Contains(err.Error(), canary) {
							t.Errorf("%s: the error gives something away: %v", name, err)
						}
					})
				}
			}
			hostile.Wait()
		})
	return results
}
