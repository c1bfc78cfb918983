package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// canary is what no app may read: it is in the folder of another app and in the sidecar's environment.
const canary = "canary-7f3a9c"

const descriptorHead = "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: hostile\nimage: a/b:c\nenvironments: {live: }\n"

// hostileApps are folders of apps that try to read another's files, or to take all memory or time. Each writes one.
// git stores neither pipes nor devices; pkg/tree tests those.
var hostileApps = map[string]func(t *testing.T, dir string){
	"descriptor is a link out of the repository": func(t *testing.T, dir string) { link(t, "/etc/hostname", dir+"/app.yaml") },
	"descriptor is a link to another app":        func(t *testing.T, dir string) { link(t, "../other/app.yaml", dir+"/app.yaml") },
	"file from another app": func(t *testing.T, dir string) {
		write(t, dir, descriptorHead+"files: {/x: {from: ../other/secret.txt}}\n")
	},
	"file through a link": func(t *testing.T, dir string) {
		link(t, "../other/secret.txt", dir+"/secret.txt")
		write(t, dir, descriptorHead+"files: {/x: {from: secret.txt}}\n")
	},
	"manifest from the environment": func(t *testing.T, dir string) {
		write(t, dir, descriptorHead+"manifests: [/proc/self/environ]\n")
	},
	"component from another app": func(t *testing.T, dir string) {
		write(t, dir, descriptorHead+"components: [../other]\n")
	},
	"component from the network": func(t *testing.T, dir string) {
		write(t, dir, descriptorHead+"components: [\"https://127.0.0.1:1/x\"]\n")
	},
	"alias bomb": func(t *testing.T, dir string) {
		bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
		for i := 1; i < 12; i++ {
			bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
		}
		write(t, dir, descriptorHead+bomb)
	},
	"deep nesting": func(t *testing.T, dir string) {
		write(t, dir, descriptorHead+"config: "+strings.Repeat("{a: ", 20000)+"1"+strings.Repeat("}", 20000)+"\n")
	},
	"100 MB descriptor": func(t *testing.T, dir string) {
		write(t, dir, descriptorHead+"#"+strings.Repeat("x", 100<<20))
	},
	"directory for a descriptor": func(t *testing.T, dir string) {
		harness.WriteFile(t, dir+"/app.yaml/x", []byte("x"))
	},
	"NUL bytes": func(t *testing.T, dir string) {
		write(t, dir, descriptorHead+"args: [\"a\x00b\"]\n")
	},
}

func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, dir, descriptor string) {
	t.Helper()
	harness.WriteFile(t, filepath.Join(dir, "app.yaml"), []byte(descriptor))
}

// hostileRepo is a repository with one hostile app, beside another's folder, and its revision.
func hostileRepo(t *testing.T, make func(*testing.T, string)) (repo *harness.Repo, revision string) {
	t.Helper()
	repo = harness.NewRepo(t)
	repo.Write("apps/other/secret.txt", canary)
	repo.Write("apps/other/app.yaml", strings.Replace(descriptorHead, "name: hostile", "name: "+canary, 1))
	repo.Write("apps/other/kustomization.yaml", "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\ncommonAnnotations: {x: "+
		canary+"}\n")
	dir := filepath.Join(repo.Dir, "apps", "hostile")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	make(t, dir)
	return repo, repo.Commit("a trap")
}

// TestHostileRepositories generates hostile apps among good ones: each hostile one is an error that gives nothing away,
// and no good one notices.
func TestHostileRepositories(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{Env: []string{"CANARY=" + canary}})
	good := p.request("multi", "multi-prod", named(byVariable("prod")))
	good.NoCache = true
	want := p.printed(t, good)

	var hostile, watching sync.WaitGroup
	over := make(chan struct{})
	var slowest time.Duration
	watching.Go(func() {
		for {
			select {
			case <-over:
				return
			default:
			}
			start := time.Now()
			objects, err := p.client.Generate(good)
			if err == nil {
				err = harness.CompareReturned(good.AppName, objects, want)
			}
			if err != nil {
				t.Errorf("a good app: %v", err)
			}
			slowest = max(slowest, time.Since(start))
		}
	})
	for name, make := range hostileApps {
		repo, revision := hostileRepo(t, make)
		q := p.request("multi", "hostile", named(byVariable("live")))
		q.AppName, q.NoCache, q.Revision = "hostile", true, revision
		q.Source.RepoURL, q.Source.Path = repo.URL(), "apps/hostile"
		hostile.Go(func() {
			objects, err := p.client.Generate(q)
			switch {
			case err == nil:
				t.Errorf("%s: no error, but %v", name, objects)
			case strings.Contains(err.Error(), canary):
				t.Errorf("%s: the error gives something away: %v", name, err)
			case strings.Contains(err.Error(), "panic"), strings.Contains(err.Error(), "signal: "),
				strings.Contains(err.Error(), "DeadlineExceeded"):
				t.Errorf("%s: %v", name, err)
			default:
				t.Logf("%s: %s", name, lastLines(err.Error()))
			}
		})
	}
	hostile.Wait()
	close(over)
	watching.Wait()
	if slowest > 20*time.Second {
		t.Errorf("a good app took %s", slowest)
	}
	t.Logf("the slowest good app took %s", slowest)
}

// lastLines is what a message says after where it came from.
func lastLines(message string) string {
	if i := strings.LastIndex(message, "exit status"); i >= 0 {
		return message[i:]
	}
	return message
}
