package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// odd are the goldens with objects that the API server refuses: how the IDs of those begin, and why.
var odd = map[string]struct{ objects, reason string }{
	"manifest-scalars-of-yaml-1.1": {"example.com/v1 Widget ", "no cluster has that kind"},
	"manifests-of-all-sorts":       {"example.com/v1 Widget ", "no cluster has that kind"},
}

// TestGoldensAreAccepted has the real API server judge, strictly, every object of every golden, custom resources
// included.
func TestGoldensAreAccepted(t *testing.T) {
	cluster := harness.StartCluster(t)
	installAllCRDs(t, cluster)
	files, err := filepath.Glob(harness.RepoPath(t, "test", "golden", "testdata", "golden", "*", "manifests", "*.yaml"))
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	judge, seen := judge{cluster: cluster, namespaces: map[string]bool{}}, map[string]bool{}
	for _, file := range files {
		parts := strings.Split(filepath.ToSlash(file), "/")
		name, environment := parts[len(parts)-3], strings.TrimSuffix(parts[len(parts)-1], ".yaml")
		seen[name] = true
		t.Run(name+"/"+environment, func(t *testing.T) {
			objects, err := harness.ParseYAML(harness.ReadFile(t, file))
			if err != nil {
				t.Fatal(err)
			}
			refused := judge.refused(t, objects)
			known, listed := odd[name]
			if listed && len(refused) == 0 {
				t.Errorf("all objects are accepted, although %s: take it from the list", known.reason)
			}
			for _, err := range refused {
				if !listed || !strings.HasPrefix(err.Error(), known.objects) {
					t.Error(err)
				}
			}
		})
	}
	for name := range odd {
		if !seen[name] {
			t.Errorf("there is no golden %s: take it from the list", name)
		}
	}
}

// TestTemplatesAreAccepted has it judge what a new app starts with.
func TestTemplatesAreAccepted(t *testing.T) {
	judge := judge{cluster: harness.StartCluster(t), namespaces: map[string]bool{}}
	dir := harness.ShortTempDir(t)
	list, err := harness.RunUnfold(t, dir, nil, "init", "--list")
	if err != nil {
		t.Fatal(err)
	}
	templates := strings.Split(strings.TrimSpace(string(list)), "\n")
	if len(templates) < 7 {
		t.Errorf("%d templates", len(templates))
	}
	for _, line := range templates {
		template := strings.Fields(line)[0]
		t.Run(template, func(t *testing.T) {
			if _, err := harness.RunUnfold(t, dir, nil, "init", "--template", template, "my-"+template); err != nil {
				t.Fatal(err)
			}
			for _, environment := range []string{"dev", "staging", "prod"} {
				out, err := harness.RunUnfold(t, dir, nil, "render", "my-"+template, "--env", environment)
				if err != nil {
					t.Fatal(err)
				}
				objects, err := harness.ParseYAML(out)
				if err != nil || len(objects) == 0 {
					t.Fatalf("%d objects, %v", len(objects), err)
				}
				for _, err := range judge.refused(t, objects) {
					t.Error(err)
				}
			}
		})
	}
}

// judge asks the API server about objects.
type judge struct {
	cluster    *harness.Cluster
	namespaces map[string]bool // that are there
}

// refused returns what the API server says of the objects that it refuses.
func (j judge) refused(t *testing.T, objects []harness.Object) []error {
	t.Helper()
	var refused []error
	for _, o := range objects {
		if namespace := o.Text("metadata", "namespace"); namespace != "" && !j.namespaces[namespace] {
			j.cluster.MustApply(t, harness.NewNamespace(namespace, nil))
			j.namespaces[namespace] = true
		}
		if _, err := j.cluster.API.Apply(o, true); err != nil {
			refused = append(refused, fmt.Errorf("%s: %w", o.ID(), err))
		}
	}
	return refused
}

// installAllCRDs defines the custom resources that unfold can write.
func installAllCRDs(t *testing.T, cluster *harness.Cluster) {
	t.Helper()
	cmd := exec.Command("go", "run", "./test/tools/kubetypes", "-crds")
	cmd.Dir = harness.RepoPath(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Fields(string(out))
	cluster.ApplyFiles(t, files...)
	for _, file := range files {
		definitions, err := harness.ParseYAML(harness.ReadFile(t, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range definitions {
			kind, group := d.Text("spec", "names", "kind"), d.Text("spec", "group")
			versions, _ := d.Get("spec", "versions").([]any)
			for i := range versions {
				v, _ := item(versions, i)
				if v.Text("served") != "true" {
					continue
				}
				harness.Eventually(t, time.Minute, "serving "+kind, func() error {
					_, err := cluster.API.List(group+"/"+v.Text("name"), kind, "default")
					return err
				})
			}
		}
	}
}
