package e2e

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// installation is a whole Argo CD and a repository that holds the examples below apps/.
type installation struct {
	*harness.Installation
	repo     *harness.Repo
	revision string
}

// startInstallation starts one.
func startInstallation(t *testing.T, options harness.PluginOptions) *installation {
	t.Helper()
	i := &installation{Installation: harness.StartInstallation(t, options), repo: harness.NewRepo(t)}
	i.repo.CopyDir(harness.RepoPath(t, "examples"), "apps")
	i.revision = i.repo.Commit("the examples")
	return i
}

// application is an Application for one environment of an app, whose objects go to a namespace of the same name.
func (i *installation) application(app, environment string) harness.Application {
	name := app + "-" + environment
	plugin := byParameter(environment)
	plugin.Name = "unfold"
	return harness.Application{
		Name: name, Namespace: name, Options: []string{"ServerSideApply=true"},
		Source: harness.Source{RepoURL: i.repo.URL(), Path: "apps/" + app, TargetRevision: "main", Plugin: plugin},
	}
}

// printed is what the plugin prints by hand for an Application at the revision of the work tree.
func (i *installation) printed(t *testing.T, a harness.Application) []harness.Object {
	t.Helper()
	q := harness.ManifestRequest{
		AppName: a.Name, Namespace: a.Namespace, ProjectName: "default", Source: a.Source,
		KubeVersion: "1.34.4", APIVersions: []string{"v1", "apps/v1", "batch/v1", "policy/v1"},
	}
	out, err := harness.RunUnfold(t, filepath.Join(i.repo.Dir, a.Source.Path), q.Environ(t, i.revision), "generate")
	if err != nil {
		t.Fatal(err)
	}
	objects, err := harness.ParseYAML(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(objects) == 0 {
		t.Fatal("the plugin printed no objects")
	}
	return objects
}

// create creates Applications without waiting for them.
func (i *installation) create(t *testing.T, applications ...harness.Application) {
	t.Helper()
	for _, a := range applications {
		i.MustApply(t, a.Object(t))
	}
}

// synced waits until Applications have synced the revision, and compares the cluster with what the plugin prints.
func (i *installation) synced(t *testing.T, applications ...harness.Application) {
	t.Helper()
	for _, a := range applications {
		i.WaitSynced(t, a.Name, i.revision)
		if err := i.CompareLive(t, a.Namespace, i.printed(t, a)); err != nil {
			t.Errorf("%s at %s:\n%v", a.Name, i.revision[:7], err)
		}
	}
}

// commit commits the work tree and asks for a refresh, as a webhook would.
func (i *installation) commit(t *testing.T, message string, applications ...harness.Application) {
	t.Helper()
	i.revision = i.repo.Commit(message)
	for _, a := range applications {
		i.Refresh(t, a.Name, "normal")
	}
}

// TestSync follows both examples through all their environments and through changes of the descriptor.
func TestSync(t *testing.T) {
	i := startInstallation(t, harness.PluginOptions{})
	var applications []harness.Application
	for _, app := range []string{"example-app", "multi"} {
		for _, environment := range []string{"dev", "staging", "prod"} {
			applications = append(applications, i.application(app, environment))
		}
	}
	// Many installations still apply on the client, with an annotation that holds the last applied object.
	client := i.application("multi", "prod")
	client.Name, client.Namespace, client.Options = "multi-client", "multi-client", nil
	applications = append(applications, client)
	i.create(t, applications...)
	i.synced(t, applications...)

	t.Run("nothing changed", func(t *testing.T) {
		i.unchanged(t, applications)
	})
	t.Run("a commit is followed", func(t *testing.T) {
		const descriptor = "apps/multi/app.yaml"
		dev, prod := i.application("multi", "dev"), i.application("multi", "prod")
		before := objectIDs(i.Objects(t, dev.Namespace))
		i.repo.Replace(descriptor, "    tag: main\n    workloads: {api: {tag: main}}", "    tag: next\n    workloads: {api: {tag: main}}")
		i.repo.Replace(descriptor, "    port: 8080\n    probes: /healthz\n", "")
		i.repo.Replace(descriptor, "      metrics: {port: 9091, expose: false}\n", "")
		i.repo.Replace(descriptor, "  worker:\n", "  mailer:\n    command: [shop, mail]\n    port: 2525\n  worker:\n")
		i.commit(t, "a tag, a workload more, a port less", dev, prod, client)
		i.synced(t, dev, prod, client)

		after := objectIDs(i.Objects(t, dev.Namespace))
		gone := slices.DeleteFunc(slices.Clone(before), func(id string) bool { return slices.Contains(after, id) })
		added := slices.DeleteFunc(slices.Clone(after), func(id string) bool { return slices.Contains(before, id) })
		if want := []string{"v1 Service multi-dev/shop-web"}; !slices.Equal(gone, want) {
			t.Errorf("pruned: %q, want %q", gone, want)
		}
		want := []string{"apps/v1 Deployment multi-dev/shop-mailer", "v1 Service multi-dev/shop-mailer"}
		if !slices.Equal(added, want) {
			t.Errorf("added: %q, want %q", added, want)
		}
	})
}

func objectIDs(objects []harness.Object) []string {
	var list []string
	for _, o := range objects {
		list = append(list, o.ID())
	}
	slices.Sort(list)
	return list
}

// unchanged refreshes and syncs Applications with nothing changed, and checks that they never show a difference and
// that nothing is written.
func (i *installation) unchanged(t *testing.T, applications []harness.Application) {
	t.Helper()
	var mu sync.Mutex
	seen := map[string]int{}
	stop, err := i.API.Watch("argoproj.io/v1alpha1", "Application", "argocd", func(app harness.Object) {
		mu.Lock()
		defer mu.Unlock()
		seen[app.Text("metadata", "name")+" "+app.Text("status", "sync", "status")]++
	})
	if err != nil {
		t.Fatal(err)
	}
	before := map[string]map[string]string{}
	for _, a := range applications {
		before[a.Namespace] = i.Settled(t, a.Namespace)
	}
	for _, how := range []string{"hard", "normal", "hard"} {
		for _, a := range applications {
			i.Refresh(t, a.Name, how)
		}
	}
	for _, a := range applications {
		i.Sync(t, a.Name)
	}
	for _, a := range applications {
		i.Refresh(t, a.Name, "hard")
		if after := i.Versions(t, a.Namespace); !maps.Equal(after, before[a.Namespace]) {
			t.Errorf("%s: a sync with nothing changed wrote\n%v\n%v", a.Name, before[a.Namespace], after)
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	for _, a := range applications {
		delete(seen, a.Name+" Synced")
	}
	if len(seen) > 0 {
		t.Errorf("not always Synced: %v", seen)
	}
}

// TestBrokenCommit checks that a mistake leaves the running objects alone, tells what is wrong, and is over with the
// next good commit.
func TestBrokenCommit(t *testing.T) {
	i := startInstallation(t, harness.PluginOptions{})
	a := i.application("example-app", "prod")
	other := i.application("multi", "dev")
	i.create(t, a, other)
	i.synced(t, a, other)

	const descriptor = "apps/example-app/app.yaml"
	before, good := i.Settled(t, a.Namespace), i.repo.Read(descriptor)
	i.repo.Write(descriptor, good+"replcias: 3\nreplicas: many\n")
	i.commit(t, "two mistakes", a, other)
	line := strings.Count(good, "\n") + 1
	at := func(line int) string { return "app.yaml:" + strconv.Itoa(line) + ":" }
	i.WaitCondition(t, a.Name, "ComparisonError", at(line)+"1: ", `"replcias"`, at(line+1))
	i.WaitCompared(t, other.Name, i.revision)
	i.Refresh(t, a.Name, "hard")
	if after := i.Versions(t, a.Namespace); !maps.Equal(after, before) {
		t.Errorf("a broken commit wrote:\n%v\n%v", before, after)
	}

	i.repo.Write(descriptor, strings.Replace(good, "tag: v1.0.0", "tag: v1.0.1", 1))
	i.commit(t, "the cure", a)
	i.synced(t, a)
}

// TestNothingIsNeverPruned checks that a descriptor without objects is an error, even where Argo CD would let an
// Application become empty.
func TestNothingIsNeverPruned(t *testing.T) {
	i := startInstallation(t, harness.PluginOptions{})
	const descriptor = "apps/example-app/app.yaml"
	a := i.application("example-app", "dev")
	a.AllowEmpty = true
	workloads := strings.Replace(i.repo.Read(descriptor), "port: 5000\nprobes: /health\n", "workloads:\n  web: {port: 5000}\n", 1)
	i.repo.Write(descriptor, workloads)
	i.revision = i.repo.Commit("a workload with a name")
	i.create(t, a)
	i.synced(t, a)
	before := i.Settled(t, a.Namespace)

	for _, c := range []struct{ name, content, condition string }{
		{
			"no workload left",
			strings.Replace(workloads, "dev: {tag: dev-latest}", "dev: {tag: dev-latest, config: null, workloads: {web: null}}", 1),
			"app.yaml",
		},
		{"an empty file", "", "app.yaml"},
		{"comments alone", "# to do\n", "app.yaml"},
		{"an environment that is gone", strings.Replace(workloads, "  dev: {tag: dev-latest}\n", "", 1), `"dev"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.content == workloads {
				t.Fatal("the descriptor is the same as before")
			}
			i.repo.Write(descriptor, c.content)
			i.commit(t, c.name, a)
			i.WaitCondition(t, a.Name, "ComparisonError", c.condition)
			i.Refresh(t, a.Name, "hard")
			if after := i.Versions(t, a.Namespace); !maps.Equal(after, before) {
				t.Errorf("it wrote:\n%v\n%v", before, after)
			}
			i.repo.Write(descriptor, workloads)
			i.commit(t, "back", a)
			i.WaitCompared(t, a.Name, i.revision)
		})
	}
}
