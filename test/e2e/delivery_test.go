package e2e

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// delivery is an installation whose repository is cloned by somebody who delivers with unfold.
type delivery struct {
	*installation
	clone *harness.Repo
}

func startDelivery(t *testing.T, platform string) *delivery {
	t.Helper()
	d := &delivery{installation: startInstallation(t, harness.PluginOptions{})}
	d.clone = d.repo.Clone()
	harness.WriteFile(t, d.clone.Dir+"/../platform.yaml", []byte("apiVersion: unfold.dev/v1alpha1\nkind: Platform\n"+platform))
	return d
}

// unfold runs a command in the clone.
func (d *delivery) unfold(t *testing.T, args ...string) string {
	t.Helper()
	out, err := harness.RunUnfold(t, d.clone.Dir, d.clone.Environ(), args...)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// pushes runs a command that pushes, and asks for a refresh of all Applications, as a webhook would.
func (d *delivery) pushes(t *testing.T, args ...string) {
	t.Helper()
	before := d.repo.Head()
	out := d.unfold(t, append(args, "--commit", "--push")...)
	if d.revision = d.repo.Head(); d.revision == before || !strings.Contains(out, "pushed "+d.revision[:12]) {
		t.Fatalf("%q did not push: %s", args, out)
	}
	list, err := d.API.List("argoproj.io/v1alpha1", "Application", "argocd")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		d.Refresh(t, a.Text("metadata", "name"), "normal")
	}
}

// printedObjects are what unfold argocd prints for the clone, which the API server accepts.
func (d *delivery) printedObjects(t *testing.T, args ...string) []harness.Object {
	t.Helper()
	args = append([]string{"argocd", "--repo-url", d.repo.URL(), "--platform", d.clone.Dir + "/../platform.yaml"}, args...)
	objects, err := harness.ParseYAML([]byte(d.unfold(t, args...)))
	if err != nil {
		t.Fatal(err)
	}
	d.MustApply(t, objects...)
	return objects
}

// made is the Application of an environment of an app as unfold argocd prints it.
func (d *delivery) made(folder, app, environment string) harness.Application {
	a := d.adopted(folder, environment)
	a.Name, a.Namespace = app+"-"+environment, app+"-"+environment
	return a
}

// image is what the Deployment of an app with one workload runs.
func (d *delivery) image(t *testing.T, namespace string) string {
	t.Helper()
	container, _ := item(the(t, d.Objects(t, namespace), "Deployment").Get("spec", "template", "spec", "containers"), 0)
	return container.Text("image")
}

const teams = `applications:
  namespaceLabels: {pod-security.kubernetes.io/enforce: baseline}
environments:
  dev: {}
  staging: {applications: {syncWindows: [{kind: deny, schedule: "* * * * *", duration: 1h, manualSync: true}]}}
  prod: {applications: {selfHeal: true}}
teams:
  demo:
    apps: [apps/example-app, apps/scaled]
    roles: {developer: {groups: [demo-developers], environments: [dev]}}
    notify: {slack: demo}
  shop:
    apps: [apps/multi]
`

// TestDelivery brings an image to one environment after the other with Applications that unfold argocd prints, and back.
func TestDelivery(t *testing.T) {
	d := startDelivery(t, "environments: {dev: {}, staging: {}, prod: {}}\n"+
		"teams: {demo: {apps: [apps/example-app]}, shop: {apps: [apps/multi]}}\n")
	d.printedObjects(t, "apps")
	dev, staging, prod := d.made("example-app", "example-app", "dev"), d.made("example-app", "example-app", "staging"),
		d.made("example-app", "example-app", "prod")
	shop := d.made("multi", "shop", "prod")
	d.synced(t, dev, staging, prod, shop)

	// goes runs a command after which one environment, and no other, runs an image.
	goes := func(to harness.Application, image string, args ...string) {
		t.Helper()
		before := map[string]map[string]string{}
		for _, a := range []harness.Application{dev, staging, prod, shop} {
			before[a.Name] = d.Settled(t, a.Namespace)
		}
		d.pushes(t, args...)
		d.synced(t, to)
		if got := d.image(t, to.Namespace); got != image {
			t.Errorf("%s runs %s, want %s", to.Name, got, image)
		}
		for _, a := range []harness.Application{dev, staging, prod, shop} {
			if a.Name == to.Name {
				continue
			}
			if a.Name != shop.Name { // whose folder has no commit
				d.WaitCompared(t, a.Name, d.revision)
			}
			if after := d.Versions(t, a.Namespace); !maps.Equal(after, before[a.Name]) {
				t.Errorf("%q wrote in %s:\n%v\n%v", args, a.Name, before[a.Name], after)
			}
		}
	}
	const app, repository = "apps/example-app", "ashik9001/demo-app"
	goes(dev, repository+":v2.0.0", "set", "image", app, "--env", "dev", repository+":v2.0.0")
	goes(staging, repository+":v2.0.0", "promote", app, "--from", "dev", "--to", "staging")
	goes(prod, repository+":v2.0.0", "promote", app, "--from", "staging", "--to", "prod")
	goes(prod, repository+":v1.0.0", "rollback", app, "--env", "prod")
	if history := d.unfold(t, "history", app, "--env", "prod"); strings.Count(history, repository) != 3 {
		t.Errorf("the history is\n%s", history)
	}
	// Another team's app, in one of its workloads.
	d.pushes(t, "set", "image", "apps/multi", "--env", "prod", "api=ghcr.io/example/shop-api:v2.1.0")
	d.synced(t, shop)
}

// TestPrintedProjects holds that the AppProjects of teams let through what is theirs, and nothing else.
func TestPrintedProjects(t *testing.T) {
	d := startDelivery(t, teams)
	d.clone.Write("apps/scaled/app.yaml", "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: scaled\nimage: nginx:1.29\n"+
		"resources: {requests: {cpu: 100m}}\nautoscaling: {min: 2, max: 9, cpu: 80}\nenvironments: {dev: }\n")
	d.revision = d.clone.Commit("an app with an autoscaler")
	d.clone.Push()
	d.printedObjects(t, "apps")
	dev, scaled := d.made("example-app", "example-app", "dev"), d.made("scaled", "scaled", "dev")
	d.synced(t, dev, d.made("multi", "shop", "prod"))
	d.WaitSynced(t, scaled.Name, d.revision)

	t.Run("the namespace has its labels", func(t *testing.T) {
		namespace, err := d.API.Get("v1", "Namespace", "", dev.Namespace)
		if err != nil {
			t.Fatal(err)
		}
		if got := namespace.Text("metadata", "labels", "pod-security.kubernetes.io/enforce"); got != "baseline" {
			t.Errorf("its labels are %v", namespace.Get("metadata", "labels"))
		}
	})
	t.Run("an autoscaler keeps its replicas", func(t *testing.T) {
		err := d.API.Patch("apps/v1", "Deployment", scaled.Namespace, "scaled", harness.Object{"spec": map[string]any{"replicas": 7}})
		if err != nil {
			t.Fatal(err)
		}
		d.Refresh(t, scaled.Name, "hard")
		d.WaitCompared(t, scaled.Name, d.revision)
		d.Sync(t, scaled.Name)
		if got := the(t, d.Objects(t, scaled.Namespace), "Deployment").Text("spec", "replicas"); got != "7" {
			t.Errorf("%s replicas after a sync", got)
		}
	})
	t.Run("a drift is healed", func(t *testing.T) {
		deployment := the(t, d.Objects(t, dev.Namespace), "Deployment").Text("metadata", "name")
		err := d.API.Patch("apps/v1", "Deployment", dev.Namespace, deployment, harness.Object{"spec": map[string]any{"replicas": 4}})
		if err != nil {
			t.Fatal(err)
		}
		harness.Eventually(t, time.Minute, "the replicas of git", func() error {
			if got := the(t, d.Objects(t, dev.Namespace), "Deployment").Text("spec", "replicas"); got == "4" {
				return errors.New("there are 4")
			}
			return nil
		})
	})
	t.Run("a sync window holds syncs back", func(t *testing.T) {
		const name = "example-app-staging"
		d.WaitStatus(t, name, "OutOfSync")
		if app := d.App(t, name); app.Get("status", "operationState") != nil || len(d.Objects(t, name)) > 0 {
			t.Errorf("it was synced: %v", app.Get("status", "operationState"))
		}
		d.Sync(t, name) // which a person may do
		d.WaitCompared(t, name, d.revision)
	})
	t.Run("elsewhere is refused", func(t *testing.T) {
		object := find(t, d.printedObjects(t, "apps"), "Application", dev.Name)
		for _, c := range []struct {
			name      string
			change    func(spec harness.Object)
			condition []string
		}{
			{"another namespace", func(spec harness.Object) {
				spec["destination"] = map[string]any{"server": "https://kubernetes.default.svc", "namespace": "shop-prod"}
			}, []string{"InvalidSpecError", "shop-prod", "do not match any of the allowed destinations in project 'demo'"}},
			{"another repository", func(spec harness.Object) {
				spec["source"].(map[string]any)["repoURL"] = "file:///other"
			}, []string{"InvalidSpecError", "file:///other is not permitted in project 'demo'"}},
		} {
			name := "intruder-" + strings.Fields(c.name)[1]
			spec := harness.Object(maps.Clone(object.Get("spec").(map[string]any)))
			spec["source"] = maps.Clone(spec["source"].(map[string]any))
			c.change(spec)
			d.MustApply(t, harness.Object{
				"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
				"metadata": map[string]any{"name": name}, "spec": map[string]any(spec),
			})
			d.WaitCondition(t, name, c.condition...)
			if app := d.App(t, name); app.Get("status", "operationState") != nil {
				t.Errorf("%s: it was synced: %v", c.name, app.Get("status", "operationState"))
			}
		}
	})
	t.Run("a kind that is not allowed is refused", func(t *testing.T) {
		role := "manifests:\n  - {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: everything}, rules: []}\n"
		d.clone.Write("apps/scaled/app.yaml", d.clone.Read("apps/scaled/app.yaml")+role)
		d.revision = d.clone.Commit("a cluster role")
		d.clone.Push()
		d.Refresh(t, scaled.Name, "normal")
		harness.Eventually(t, time.Minute, "the sync to fail", func() error {
			state := fmt.Sprint(d.App(t, scaled.Name).Get("status", "operationState"))
			if !strings.Contains(state, "ClusterRole is not permitted in project demo") {
				return errors.New(state)
			}
			return nil
		})
		if _, err := d.API.Get("rbac.authorization.k8s.io/v1", "ClusterRole", "", "everything"); !harness.IsNotFound(err) {
			t.Errorf("it is there: %v", err)
		}
	})
}

// TestAppOfApps follows the files that unfold argocd writes: a new app, and one that is gone.
func TestAppOfApps(t *testing.T) {
	d := startDelivery(t, "environments: {dev: {}, staging: {}, prod: {}}\nfurtherEnvironments: [live]\n"+
		"teams: {shop: {apps: [apps/multi]}}\n")
	write := func(message string) {
		t.Helper()
		d.printedObjects(t, "apps", "--revision", "main", "--output", "argocd", "--another-argocd")
		d.revision = d.clone.Commit(message)
		d.clone.Push()
		if out := d.unfold(t, "argocd", "apps", "--repo-url", d.repo.URL(), "--revision", "main", "--platform",
			d.clone.Dir+"/../platform.yaml", "--output", "argocd", "--another-argocd", "--check"); out != "" {
			t.Errorf("the check prints %s", out)
		}
		d.Refresh(t, "unfold-apps", "normal")
	}
	write("the Applications")
	d.WaitSynced(t, "unfold-apps", d.revision)
	d.synced(t, d.made("example-app", "example-app", "prod"), d.made("multi", "shop", "dev"))

	d.clone.Write("apps/late/app.yaml", "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: late\nimage: nginx:1.29\n"+
		"environments: {live: }\n")
	write("one more app")
	d.WaitSynced(t, "unfold-apps", d.revision)
	d.synced(t, d.made("late", "late", "live"))

	d.clone.Remove("apps/late")
	write("one app less")
	d.gone(t, "late-live")
}

// gone waits until an Application and what it deployed are gone.
func (i *installation) gone(t *testing.T, name string) {
	t.Helper()
	harness.Eventually(t, 90*time.Second, name+" to go", func() error {
		if _, err := i.API.Get("argoproj.io/v1alpha1", "Application", "argocd", name); !harness.IsNotFound(err) {
			return fmt.Errorf("the Application is there: %v", err)
		}
		if left := i.Objects(t, name); len(left) > 0 {
			return errors.New(strings.Join(objectIDs(left), ", "))
		}
		return nil
	})
}
