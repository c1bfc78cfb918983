package e2e

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// appsURL is the repository that the ApplicationSet in deploy/ is written for.
const appsURL = "https://git.example.com/team/apps.git"

// onboard applies the ApplicationSet of deploy/ for the test's repository.
func (i *installation) onboard(t *testing.T) {
	t.Helper()
	manifest := string(harness.ReadFile(t, harness.RepoPath(t, "deploy", "applicationset.yaml")))
	if n := strings.Count(manifest, appsURL); n != 2 {
		t.Fatalf("deploy/applicationset.yaml names its repository %d times, not twice", n)
	}
	objects, err := harness.ParseYAML([]byte(strings.ReplaceAll(manifest, appsURL, i.repo.URL())))
	if err != nil {
		t.Fatal(err)
	}
	i.MustApply(t, objects...)
}

// applications waits until exactly these Applications exist. Where a set may not have seen the newest commit it is told to look,
// as a webhook does.
func (i *installation) applications(t *testing.T, want ...string) {
	t.Helper()
	want = slices.Sorted(slices.Values(want))
	var last time.Time
	harness.Eventually(t, 90*time.Second, "the Applications of the sets", func() error {
		if time.Since(last) > 3*time.Second {
			last = time.Now()
			sets, err := i.API.List("argoproj.io/v1alpha1", "ApplicationSet", "argocd")
			if err != nil {
				return err
			}
			for _, set := range sets {
				err := i.API.Patch("argoproj.io/v1alpha1", "ApplicationSet", "argocd", set.Text("metadata", "name"), harness.Object{
					"metadata": map[string]any{"annotations": map[string]any{"argocd.argoproj.io/application-set-refresh": "true"}},
				})
				if err != nil {
					return err
				}
			}
		}
		list, err := i.API.List("argoproj.io/v1alpha1", "Application", "argocd")
		if err != nil {
			return err
		}
		var got []string
		for _, a := range list {
			got = append(got, a.Text("metadata", "name"))
		}
		slices.Sort(got)
		return harness.Same(got, want)
	})
}

// images are what the Deployments of a namespace run, by name.
func (d *delivery) images(t *testing.T, namespace string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, o := range d.Objects(t, namespace) {
		if o["kind"] == "Deployment" {
			container, _ := item(o.Get("spec", "template", "spec", "containers"), 0)
			out[o.Text("metadata", "name")] = container.Text("image")
		}
	}
	return out
}

// adopted is the Application that the set made for an environment of an app, as printed needs it.
func (i *installation) adopted(app, environment string) harness.Application {
	a := i.application(app, environment)
	a.Source.Plugin = named(byVariable(environment))
	return a
}

// TestApplicationSet onboards apps by pushing them, and overrides one by parameters of its Application.
func TestApplicationSet(t *testing.T) {
	i := startInstallation(t, harness.PluginOptions{})
	i.onboard(t)
	names := []string{
		"example-app-dev", "example-app-prod", "example-app-staging", "multi-dev", "multi-prod", "multi-staging",
	}
	i.applications(t, names...)
	for _, environment := range []string{"dev", "staging", "prod"} {
		i.synced(t, i.adopted("example-app", environment), i.adopted("multi", environment))
	}

	t.Run("a new folder is a new app", func(t *testing.T) {
		i.repo.Write("apps/single/app.yaml", string(harness.ReadFile(t, harness.Testdata(t, "single-environment.yaml"))))
		i.repo.Write("apps/default/app.yaml", "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: default\nimage: nginx:1.29\n")
		i.repo.Write("apps/single/notes/app.yaml", "no: descriptor\n")
		i.repo.Write("apps/off/app.yaml", "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: off\nimage: nginx:1.29\n"+
			"environments: {dev: {enabled: false}, live: }\n")
		i.repo.Write("apps/broken/app.yaml", "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: broken\nimage: nginx:1.29\n"+
			"environments: [dev]\n")
		i.revision = i.repo.Commit("more apps")
		names = append(names, "single-live", "default-dev", "default-staging", "default-prod", "off-live",
			"broken-dev", "broken-staging", "broken-prod") // which say what is wrong
		i.applications(t, names...)
		i.synced(t, i.adopted("single", "live"), i.adopted("default", "prod"))
	})
	t.Run("parameters arrive", func(t *testing.T) {
		a := i.adopted("example-app", "dev")
		a.Source.Plugin.Parameters = []harness.Parameter{
			text("image", "registry.example.com/preview"), text("tag", "pr-17"), text("replicas", "2"),
			{Name: "config", Map: map[string]string{"EXTRA": "yes"}},
		}
		i.setParameters(t, a.Name, a.Source.Plugin.Parameters)
		i.Refresh(t, a.Name, "normal")
		harness.Eventually(t, time.Minute, "the overrides in the cluster", func() error {
			return i.CompareLive(t, a.Namespace, i.printed(t, a))
		})
		deployment := the(t, i.Objects(t, a.Namespace), "Deployment")
		container, _ := item(deployment.Get("spec", "template", "spec", "containers"), 0)
		config := the(t, i.Objects(t, a.Namespace), "ConfigMap")
		got := []string{container.Text("image"), deployment.Text("spec", "replicas"), config.Text("data", "EXTRA")}
		if want := []string{"registry.example.com/preview:pr-17", "2", "yes"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}

		// The set looks again and leaves them alone.
		i.repo.Write("apps/late/app.yaml", "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: late\nimage: nginx:1.29\n"+
			"environments: {live: }\n")
		i.revision = i.repo.Commit("one more app")
		names = append(names, "late-live")
		i.applications(t, names...)
		if list, _ := i.App(t, a.Name).Get("spec", "source", "plugin", "parameters").([]any); len(list) != 4 {
			t.Errorf("the ApplicationSet took the parameters away: %v", list)
		}
	})
	t.Run("an unknown parameter is an error", func(t *testing.T) {
		const name = "multi-dev"
		before := i.Settled(t, name)
		i.setParameters(t, name, []harness.Parameter{text("replcias", "2")})
		i.Refresh(t, name, "normal")
		i.WaitCondition(t, name, "ComparisonError", `"replcias"`, "replicas")
		if after := i.Versions(t, name); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("it wrote:\n%v\n%v", before, after)
		}
		i.setParameters(t, name, nil)
		i.Refresh(t, name, "normal")
		i.WaitCompared(t, name, i.revision)
	})
	t.Run("a removed folder is a removed app", func(t *testing.T) {
		i.repo.Remove("apps/late")
		i.revision = i.repo.Commit("one app less")
		i.applications(t, names[:len(names)-1]...)
		harness.Eventually(t, time.Minute, "what it deployed is gone", func() error {
			if left := i.Objects(t, "late-live"); len(left) > 0 {
				return errors.New(strings.Join(objectIDs(left), ", "))
			}
			return nil
		})
	})
}

// setParameters sets the parameters of an Application as an image updater does.
func (i *installation) setParameters(t *testing.T, name string, parameters []harness.Parameter) {
	t.Helper()
	err := i.API.Patch("argoproj.io/v1alpha1", "Application", "argocd", name, harness.Object{
		"spec": map[string]any{"source": map[string]any{"plugin": map[string]any{"parameters": parameters}}},
	})
	if err != nil {
		t.Fatal(err)
	}
}
