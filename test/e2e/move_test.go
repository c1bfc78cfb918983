package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// TestMove moves a running app from a kustomize tree to a descriptor and back, by the commands of docs/migrating.md: no
// object is written, and no pod is replaced.
func TestMove(t *testing.T) {
	i := startInstallation(t, harness.PluginOptions{})
	for name, text := range readArchive(t, "testdata/move.txtar") {
		i.repo.Write(name, text)
	}
	i.revision = i.repo.Commit("a kustomize tree")
	clone := i.repo.Clone()
	tree := harness.Application{
		Name: "shop-prod", Namespace: "shop", Options: []string{"ServerSideApply=true"},
		Source: harness.Source{RepoURL: i.repo.URL(), Path: "k8s/overlays/prod", TargetRevision: "main"},
	}
	i.create(t, tree)
	i.WaitSynced(t, tree.Name, i.revision)
	before, contents := i.everything(t, tree.Namespace), i.contents(t, tree.Namespace)
	const objects, pods = 10, 5
	if len(before) != objects+pods {
		t.Fatalf("%d objects: %v", len(before), before)
	}
	unchanged := func(what string) {
		t.Helper()
		if after := i.everything(t, tree.Namespace); !maps.Equal(before, after) {
			t.Errorf("%s wrote:\n%v\n%v", what, before, after)
		}
	}

	shell := i.shell(t, clone.Dir, clone.Environ())
	for _, b := range moving(t) {
		out, err := shell.run(b)
		if err != nil {
			t.Fatalf("%v\n%s%s", err, b.text, out)
		}
		unchanged(b.text)
	}

	// A sync of all notes who sets which field, and changes nothing else.
	revision := i.repo.Head()
	for _, path := range []string{"kustomize/overlays/prod", "apps/shop"} {
		tree.Source.Path, tree.Source.Plugin = path, nil
		if path == "apps/shop" {
			tree.Source.Plugin = i.application("shop", "prod").Source.Plugin
		}
		i.create(t, tree)
		i.Refresh(t, tree.Name, "hard")
		i.Sync(t, tree.Name)
		i.WaitCompared(t, tree.Name, revision)
		after := i.everything(t, tree.Namespace)
		noted := []string{"apps/v1 Deployment shop/shop-web", "v1 Service shop/shop-http"} // the tree leaves out their ports' protocol
		if got := changed(before, after); !slices.Equal(got, noted) {
			t.Errorf("%s: a sync wrote %q, want %q", path, got, noted)
		}
		if now := i.contents(t, tree.Namespace); !maps.Equal(contents, now) {
			t.Errorf("%s: a sync changed\n%v\n%v", path, contents, now)
		}
	}
}

// changed returns the keys with another value, in order.
func changed(before, after map[string]string) []string {
	var keys []string
	for key := range before {
		if before[key] != after[key] {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// contents returns a namespace's objects without what the API server notes about their writers.
func (i *installation) contents(t *testing.T, namespace string) map[string]string {
	t.Helper()
	contents := map[string]string{}
	for _, o := range i.Objects(t, namespace) {
		metadata := o.Get("metadata").(map[string]any)
		delete(metadata, "managedFields")
		delete(metadata, "resourceVersion")
		contents[o.ID()] = fmt.Sprint(map[string]any(o))
	}
	return contents
}

// everything returns the versions of a namespace's objects at rest, and of its pods.
func (i *installation) everything(t *testing.T, namespace string) map[string]string {
	t.Helper()
	versions := i.Settled(t, namespace)
	pods, err := i.API.List("v1", "Pod", namespace)
	if err != nil {
		t.Fatal(err)
	}
	for _, pod := range pods {
		versions["Pod "+pod.Text("metadata", "name")] = fmt.Sprint(pod.Get("metadata", "uid"), pod.Get("metadata", "resourceVersion"))
	}
	return versions
}

// moving returns the commands of the section of docs/migrating.md about an app that runs.
func moving(t *testing.T) []block {
	t.Helper()
	_, section, _ := strings.Cut(string(harness.ReadFile(t, harness.RepoPath(t, "docs", "migrating.md"))), "\n## Move an app that runs\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var list []block
	for _, b := range blocks(section) {
		if b.language == "bash" {
			list = append(list, b)
		}
	}
	if len(list) != 4 {
		t.Fatalf("the section has %d blocks of commands", len(list))
	}
	return list
}
