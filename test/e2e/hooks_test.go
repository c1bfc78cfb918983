package e2e

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

const hooksDescriptor = `apiVersion: unfold.dev/v1alpha1
kind: App
name: shop
image: ghcr.io/example/shop
port: 8080
config: {DB: db.example.com}
files: {/etc/shop.conf: "colour=blue\n"}
rbac: {configmaps: [get]}
hooks:
  migrate: {command: [/app, migrate], volumes: {/tmp: emptyDir}, spec: {backoffLimit: 0}}
  smoke-test: {phase: PostSync, command: [/app, smoke-test], spec: {backoffLimit: 0}}
  report: {phase: SyncFail, command: [/app, report]}
environments:
  prod: {tag: v1}
  staging: {tag: v1}
`

// deployment is an app whose pods start when the test says so.
type deployment struct {
	*installation
	harness.Application
}

// has tells whether an object of the app is there.
func (d deployment) has(t *testing.T, apiVersion, kind, name string) bool {
	t.Helper()
	_, err := d.API.Get(apiVersion, kind, d.Namespace, name)
	if err != nil && !harness.IsNotFound(err) {
		t.Fatal(err)
	}
	return err == nil
}

// waiting waits until a sync waits for something, so that what comes after it would be there if it came too early.
func (d deployment) waiting(t *testing.T, what string) {
	t.Helper()
	harness.Eventually(t, 90*time.Second, d.Name+" waiting for "+what, func() error {
		state := d.App(t, d.Name).Text("status", "operationState", "message")
		if !strings.Contains(state, what) {
			return errors.New(state)
		}
		return nil
	})
}

// ended waits until a sync of the revision has ended.
func (d deployment) ended(t *testing.T, phase string) {
	t.Helper()
	harness.Eventually(t, 90*time.Second, d.Name+" "+phase, func() error {
		state := harness.Object{"state": d.App(t, d.Name).Get("status", "operationState")}
		got := state.Text("state", "phase") + " " + state.Text("state", "syncResult", "revision")
		if want := phase + " " + d.revision; got != want {
			return fmt.Errorf("it is %s: %s", got, state.Text("state", "message"))
		}
		return nil
	})
}

// job waits for the Job of a hook with an image.
func (d deployment) job(t *testing.T, name, image string) harness.Object {
	t.Helper()
	var job harness.Object
	harness.Eventually(t, 90*time.Second, "the Job "+name, func() (err error) {
		if job, err = d.API.Get("batch/v1", "Job", d.Namespace, name); err != nil {
			return err
		}
		if got := imageOf(job); got != image || job.Text("metadata", "deletionTimestamp") != "" {
			return fmt.Errorf("it has the image %s", got)
		}
		return nil
	})
	return job
}

func imageOf(o harness.Object) string {
	containers, _ := o.Get("spec", "template", "spec", "containers").([]any)
	if len(containers) == 0 {
		return ""
	}
	container, _ := containers[0].(map[string]any)
	return harness.Object(container).Text("image")
}

// finish lets a Job's pod end.
func (d deployment) finish(t *testing.T, name string, succeeded bool) {
	t.Helper()
	labels := map[string]string{"batch.kubernetes.io/job-name": name}
	harness.Eventually(t, 90*time.Second, "a pod of the Job "+name, func() error {
		if d.Release(t, d.Namespace, labels, succeeded) == 0 {
			return errors.New("there is none")
		}
		return nil
	})
}

// running waits for the Deployment with an image, and lets its pods start.
func (d deployment) running(t *testing.T, image string) {
	t.Helper()
	harness.Eventually(t, 90*time.Second, "the Deployment", func() error {
		o, err := d.API.Get("apps/v1", "Deployment", d.Namespace, "shop")
		if err == nil && imageOf(o) != image {
			err = errors.New("it has the image " + imageOf(o))
		}
		return err
	})
	d.waiting(t, "apps/Deployment/shop")
	if smoke, err := d.API.Get("batch/v1", "Job", d.Namespace, "shop-smoke-test"); err == nil && imageOf(smoke) == image {
		t.Error("the smoke test runs before the Deployment is healthy")
	}
	harness.Eventually(t, 90*time.Second, "the Deployment's pods", func() error {
		o, err := d.API.Get("apps/v1", "Deployment", d.Namespace, "shop")
		if err != nil {
			return err
		}
		d.Release(t, d.Namespace, selector(o), true) // a rollout makes one pod after the other
		return d.RolledOut(d.Namespace)
	})
}

// selector is what a Deployment selects its pods by.
func selector(o harness.Object) map[string]string {
	labels := map[string]string{}
	fields, _ := o.Get("spec", "selector", "matchLabels").(map[string]any)
	for key, value := range fields {
		labels[key] = fmt.Sprint(value)
	}
	return labels
}

// uses are the objects that a Job's pod refers to, and those that give its account its rights.
func uses(job harness.Object) [][3]string {
	account := job.Text("spec", "template", "spec", "serviceAccountName")
	list := [][3]string{
		{"v1", "ServiceAccount", account},
		{"rbac.authorization.k8s.io/v1", "Role", account},
		{"rbac.authorization.k8s.io/v1", "RoleBinding", account},
	}
	each := func(items any, path ...string) {
		fields, _ := items.([]any)
		for _, item := range fields {
			x, _ := item.(map[string]any)
			if name := harness.Object(x).Text(path...); name != "" {
				list = append(list, [3]string{"v1", "ConfigMap", name})
			}
		}
	}
	pod := job.Get("spec", "template", "spec").(map[string]any)
	each(pod["volumes"], "configMap", "name")
	container := pod["containers"].([]any)[0].(map[string]any)
	each(container["envFrom"], "configMapRef", "name")
	return list
}

// TestHooks follows a first deploy, an update and two failures in the order that DESIGN.md asks for.
func TestHooks(t *testing.T) {
	i := startInstallation(t, harness.PluginOptions{HoldPods: true})
	i.repo.Write("apps/hooks/app.yaml", hooksDescriptor)
	i.revision = i.repo.Commit("an app with hooks")
	d := deployment{i, i.application("hooks", "prod")}
	failing := deployment{i, i.application("hooks", "staging")}
	for _, a := range []harness.Application{d.Application, failing.Application} {
		o := a.Object(t)
		// Or it repeats a failed sync, with its hooks, and never says that it failed.
		o.Get("spec", "syncPolicy").(map[string]any)["retry"] = map[string]any{"limit": 0}
		i.MustApply(t, o)
	}
	const migration = "completion of hook batch/Job/shop-migrate"

	// The first deploy: all that the migration uses, then it alone.
	v1 := "ghcr.io/example/shop:v1"
	job := d.job(t, "shop-migrate", v1)
	d.waiting(t, migration)
	used := uses(job)
	if len(used) != 5 {
		t.Errorf("the migration uses %q, want a service account with its rights, config and files", used)
	}
	for _, x := range used {
		if !d.has(t, x[0], x[1], x[2]) {
			t.Errorf("the migration runs before there is the %s %q that it uses", x[1], x[2])
		}
	}
	absent := func(d deployment) {
		t.Helper()
		for _, x := range [][3]string{{"apps/v1", "Deployment", "shop"}, {"v1", "Service", "shop"},
			{"batch/v1", "Job", "shop-smoke-test"}} {
			if d.has(t, x[0], x[1], x[2]) {
				t.Errorf("%s: the %s %q is there before the migration succeeded", d.Name, x[1], x[2])
			}
		}
	}
	absent(d)
	d.finish(t, "shop-migrate", true)
	d.running(t, v1)
	d.job(t, "shop-smoke-test", v1)
	d.finish(t, "shop-smoke-test", true)
	d.ended(t, "Succeeded")
	if d.has(t, "batch/v1", "Job", "shop-report") {
		t.Error("the hook for failures ran in a sync that succeeded")
	}

	// A first deploy whose migration fails.
	failing.job(t, "shop-migrate", v1)
	failing.waiting(t, migration)
	failing.finish(t, "shop-migrate", false)
	failing.job(t, "shop-report", v1)
	absent(failing)
	failing.finish(t, "shop-report", true)
	failing.ended(t, "Failed")
	absent(failing)

	// A new tag: the migration runs again, and the app stays as it is until that succeeded.
	i.repo.Replace("apps/hooks/app.yaml", "prod: {tag: v1}", "prod: {tag: v2}")
	i.commit(t, "v2", d.Application)
	v2 := "ghcr.io/example/shop:v2"
	again := d.job(t, "shop-migrate", v2)
	d.waiting(t, migration)
	if again.Text("metadata", "uid") == job.Text("metadata", "uid") {
		t.Error("the Job of the first migration was changed, and not made anew")
	}
	old, err := d.API.Get("apps/v1", "Deployment", d.Namespace, "shop")
	if err != nil || imageOf(old) != v1 {
		t.Errorf("during the migration the Deployment has the image %s, want %s: %v", imageOf(old), v1, err)
	}
	d.finish(t, "shop-migrate", true)
	d.running(t, v2)
	d.job(t, "shop-smoke-test", v2)
	d.finish(t, "shop-smoke-test", false)
	d.job(t, "shop-report", v2)
	d.finish(t, "shop-report", true)
	d.ended(t, "Failed") // what a failed smoke test says, though the app is there
}
