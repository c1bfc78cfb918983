package e2e

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// TestSidecarRestarts kills argocd-cmp-server under a running Argo CD. Nothing is pruned meanwhile, and everything goes
// on by itself once it is back.
func TestSidecarRestarts(t *testing.T) {
	i := startInstallation(t, harness.PluginOptions{})
	a := i.application("example-app", "prod")
	i.create(t, a)
	i.synced(t, a)
	before := i.Settled(t, a.Namespace)

	i.Plugin.Kill()
	i.repo.Replace("apps/example-app/app.yaml", "tag: v1.0.0", "tag: v1.0.1")
	i.commit(t, "a release while the sidecar is gone", a)
	i.WaitCondition(t, a.Name, "ComparisonError", "plugin")
	for range 3 { // after three failures Argo CD no longer asks the plugin each time
		i.Refresh(t, a.Name, "normal")
	}
	if after := i.Versions(t, a.Namespace); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("without its sidecar Argo CD wrote:\n%v\n%v", before, after)
	}
	i.StartPlugin(t)
	// No refresh: the next one that Argo CD does by itself is enough.
	i.synced(t, a)
}

// TestSidecarKilledInTheMiddle restarts argocd-cmp-server while it answers. Every answer is right or an error.
func TestSidecarKilledInTheMiddle(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{})
	q := p.request("multi", "multi-prod", named(byVariable("prod")))
	q.NoCache = true
	want := p.printed(t, q)
	// repo-server goes on trying to reach a sidecar that was there a moment ago until the request's deadline.
	p.client.Timeout = 5 * time.Second
	var (
		workers sync.WaitGroup
		mu      sync.Mutex
		failed  int
	)
	stop := make(chan struct{})
	for range 4 {
		workers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				objects, err := p.client.Generate(q)
				if err == nil {
					err = harness.CompareReturned(q.AppName, objects, want)
					if err != nil {
						t.Errorf("a wrong answer: %v", err)
					}
					continue
				}
				mu.Lock()
				failed++
				mu.Unlock()
			}
		})
	}
	for range 3 {
		time.Sleep(300 * time.Millisecond)
		p.argocd.Plugin.Kill()
		p.argocd.StartPlugin(t)
	}
	close(stop)
	workers.Wait()
	if failed == 0 {
		t.Error("no request failed: the sidecar was not killed in the middle of one")
	}
	p.returned(t, q)
}

// TestPluginKilled has unfold killed while it runs.
func TestPluginKilled(t *testing.T) {
	dir, state := harness.Wrapped(t, `[ -e "$STATE" ] && kill -$(/bin/cat "$STATE") $$; exec "$UNFOLD" "$@"`)
	p := startPlugin(t, harness.PluginOptions{BinDir: dir})
	q := p.request("example-app", "example-app-prod", named(byVariable("prod")))
	q.NoCache = true
	p.returned(t, q)
	for signal, want := range map[string]string{"KILL": "signal: killed", "TERM": "signal: terminated"} {
		harness.WriteFile(t, state, []byte(signal))
		if message := p.refused(t, q); !strings.Contains(message, want) {
			t.Errorf("the error does not hold %q: %s", want, message)
		}
		if err := os.Remove(state); err != nil {
			t.Fatal(err)
		}
		p.returned(t, q)
	}
}

// TestDeadline has unfold hang. The request ends in time, the process with it, and other requests do not wait.
func TestDeadline(t *testing.T) {
	dir, state := harness.Wrapped(t, `[ -e "$STATE" ] && [ "$ARGOCD_APP_NAME" = example-app ] && exec /bin/sleep 600; exec "$UNFOLD" "$@"`)
	p := startPlugin(t, harness.PluginOptions{BinDir: dir})
	q := p.request("example-app", "example-app-prod", named(byVariable("prod")))
	q.NoCache = true
	harness.WriteFile(t, state, nil)
	hasty := harness.NewRepoClient(t, p.argocd.Address)
	hasty.Timeout = 3 * time.Second

	start := time.Now()
	hung := make(chan error)
	go func() {
		_, err := hasty.Generate(q)
		hung <- err
	}()
	harness.Eventually(t, hasty.Timeout, "the plugin hangs", func() error {
		if len(p.argocd.Plugin.Children(t)) == 0 {
			return errors.New("it does not run")
		}
		return nil
	})
	p.returned(t, p.request("multi", "multi-prod", named(byVariable("prod"))))
	if waited := time.Since(start); waited > hasty.Timeout {
		t.Errorf("another request took %s beside the one that hangs", waited)
	}
	if err := <-hung; err == nil {
		t.Error("the request that hung has an answer")
	}
	if took := time.Since(start); took > 2*hasty.Timeout {
		t.Errorf("the request ended after %s", took)
	}
	harness.Eventually(t, harness.SettleTimeout, "the end of the process", func() error {
		if children := p.argocd.Plugin.Children(t); len(children) > 0 {
			return fmt.Errorf("processes %v are left", children)
		}
		return nil
	})
	if err := os.Remove(state); err != nil {
		t.Fatal(err)
	}
	p.returned(t, q)
}

// TestFullDisk sends more than the sidecar's /tmp holds. It is an error for that repository alone.
func TestFullDisk(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{Confined: true, TmpSize: "1m"})
	q := p.request("example-app", "example-app-prod", named(byVariable("prod")))
	q.NoCache = true
	p.returned(t, q)

	big := harness.NewRepo(t)
	noise := make([]byte, 3<<20)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	big.CopyDir(harness.RepoPath(t, "examples"), "apps")
	big.Write("apps/example-app/noise", string(noise))
	hostile := q
	hostile.Source.RepoURL, hostile.Revision = big.URL(), big.Commit("too much")
	for range 3 {
		p.refused(t, hostile)
		if log := p.argocd.Plugin.Log(); !strings.Contains(log, "no space left on device") && !strings.Contains(log, "file too large") {
			t.Error("the disk was not full")
		}
		// cmp-server loses the file that it could not write, and with it the space, until its next garbage collection.
		harness.Eventually(t, 2*time.Minute, "a good app after a full disk", func() error {
			objects, err := p.client.Generate(q)
			if err != nil {
				return err
			}
			return harness.CompareReturned(q.AppName, objects, p.printed(t, q))
		})
	}
}

// TestMemoryLimit returns unfold a descriptor that asks for more memory than it may have.
func TestMemoryLimit(t *testing.T) {
	dir, _ := harness.Wrapped(t, `ulimit -d 100000; exec "$UNFOLD" "$@"`)
	p := startPlugin(t, harness.PluginOptions{BinDir: dir})
	p.repo.Write("apps/greedy/app.yaml", greedy())
	p.commit("an app that asks for too much")
	good := p.request("example-app", "example-app-prod", named(byVariable("prod")))
	good.NoCache = true
	greedy := p.request("greedy", "greedy", named(byVariable("live")))
	greedy.NoCache = true
	var workers sync.WaitGroup
	for range 3 {
		workers.Go(func() {
			if objects, err := p.client.Generate(greedy); err == nil {
				t.Errorf("no error, but %d objects", len(objects))
			}
		})
		p.returned(t, good)
	}
	workers.Wait()
	p.returned(t, good)
}

// greedy is a small descriptor of many workloads, each of which inherits many variables.
func greedy() string {
	var b strings.Builder
	b.WriteString("apiVersion: unfold.dev/v1alpha1\nkind: App\nname: greedy\nimage: a/b:c\nenvironments: {live: }\nenv:\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "  A%d: x\n", i)
	}
	b.WriteString("workloads:\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "  w%d: {}\n", i)
	}
	return b.String()
}
