package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	argoVersion = "argoproj.io/v1alpha1"
	// syncTimeout bounds how long the controller may take from a refresh to what it leads to.
	syncTimeout = 90 * time.Second
)

// Application is an Argo CD Application that syncs and prunes by itself.
type Application struct {
	Name      string
	Namespace string // of the destination
	Source    Source
	// Options are sync options besides those that every test needs.
	Options []string
	// AllowEmpty lets Argo CD prune everything, so that nothing but the plugin protects the objects.
	AllowEmpty bool
}

// Object is the Application's manifest.
func (a Application) Object(t testing.TB) Object {
	t.Helper()
	options := []any{"CreateNamespace=true"}
	for _, option := range a.Options {
		options = append(options, option)
	}
	text, err := json.Marshal(a.Source)
	if err != nil {
		t.Fatal(err)
	}
	source, err := parseJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return Object{
		"apiVersion": argoVersion, "kind": "Application",
		"metadata": map[string]any{"name": a.Name, "namespace": "argocd"},
		"spec": map[string]any{
			"project":     "default",
			"source":      map[string]any(source),
			"destination": map[string]any{"server": "https://kubernetes.default.svc", "namespace": a.Namespace},
			"syncPolicy": map[string]any{
				"automated":   map[string]any{"prune": true, "selfHeal": true, "allowEmpty": a.AllowEmpty},
				"syncOptions": options,
			},
		},
	}
}

// App reads an Application.
func (c *Cluster) App(t testing.TB, name string) Object {
	t.Helper()
	o, err := c.API.Get(argoVersion, "Application", "argocd", name)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Refresh asks for a refresh of an Application, "normal" or "hard", and waits until the controller has done it.
func (c *Cluster) Refresh(t testing.TB, name, how string) {
	t.Helper()
	const annotation = "argocd.argoproj.io/refresh"
	err := c.API.Patch(argoVersion, "Application", "argocd", name, Object{
		"metadata": map[string]any{"annotations": map[string]any{annotation: how}},
	})
	if err != nil {
		t.Fatal(err)
	}
	Eventually(t, syncTimeout, "a refresh of "+name, func() error {
		if c.App(t, name).Text("metadata", "annotations", annotation) != "" {
			return errors.New("it is still to come")
		}
		return nil
	})
}

// Sync asks for a sync of an Application with nothing changed and waits until it has succeeded.
func (c *Cluster) Sync(t testing.TB, name string) {
	t.Helper()
	before := c.App(t, name).Text("status", "operationState", "startedAt")
	if now := time.Now().UTC().Format(time.RFC3339); now == before {
		time.Sleep(time.Second) // times are in seconds
	}
	err := c.API.Patch(argoVersion, "Application", "argocd", name, Object{
		"operation": map[string]any{"initiatedBy": map[string]any{"username": "e2e"}, "sync": map[string]any{
			"syncOptions": c.App(t, name).Get("spec", "syncPolicy", "syncOptions"), "prune": true,
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	Eventually(t, syncTimeout, "a sync of "+name, func() error {
		state := Object(asFields(c.App(t, name).Get("status", "operationState")))
		if state.Text("startedAt") == before || state.Text("phase") != "Succeeded" {
			return fmt.Errorf("%s since %s: %s", state.Text("phase"), state.Text("startedAt"), state.Text("message"))
		}
		return nil
	})
}

// WaitSynced waits until an Application has synced a revision and nothing is wrong with it.
func (c *Cluster) WaitSynced(t testing.TB, name, revision string) {
	t.Helper()
	c.waitStatus(t, name, revision, true)
}

// WaitCompared waits until an Application is found to be as a revision says and nothing is wrong with it, whether or
// not that took a sync.
func (c *Cluster) WaitCompared(t testing.TB, name, revision string) {
	t.Helper()
	c.waitStatus(t, name, revision, false)
}

func (c *Cluster) waitStatus(t testing.TB, name, revision string, synced bool) {
	t.Helper()
	Eventually(t, syncTimeout, name+" at "+revision[:7], func() error {
		app := c.App(t, name)
		if conditions := Conditions(app); len(conditions) > 0 {
			return errors.New(strings.Join(conditions, "\n"))
		}
		operation := Object(asFields(app.Get("status", "operationState")))
		got := []string{app.Text("status", "sync", "status"), app.Text("status", "sync", "revision")}
		want := []string{"Synced", revision}
		if synced {
			got = append(got, operation.Text("phase"), operation.Text("syncResult", "revision"))
			want = append(want, "Succeeded", revision)
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("it is %q: %s", got, operation.Text("message"))
		}
		return nil
	})
}

// WaitStatus waits until the sync status of an Application is this one.
func (c *Cluster) WaitStatus(t testing.TB, name, status string) {
	t.Helper()
	Eventually(t, syncTimeout, name+" to be "+status, func() error {
		if got := c.App(t, name).Text("status", "sync", "status"); got != status {
			return fmt.Errorf("it is %q", got)
		}
		return nil
	})
}

// WaitCondition waits until an Application has a condition whose text holds all of the words, and returns it.
func (c *Cluster) WaitCondition(t testing.TB, name string, words ...string) string {
	t.Helper()
	var found string
	Eventually(t, syncTimeout, fmt.Sprintf("a condition of %s with %q", name, words), func() error {
		conditions := Conditions(c.App(t, name))
		for _, found = range conditions {
			if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(found, w) }) {
				return nil
			}
		}
		return fmt.Errorf("it has %q", conditions)
	})
	return found
}

// Conditions are what an Application's status complains of, as "TYPE: MESSAGE".
func Conditions(app Object) []string {
	list, _ := app.Get("status", "conditions").([]any)
	conditions := make([]string, len(list))
	for i, item := range list {
		c := Object(asFields(item))
		conditions[i] = c.Text("type") + ": " + c.Text("message")
	}
	return conditions
}

func asFields(value any) map[string]any {
	fields, _ := value.(map[string]any)
	return fields
}

// generated are the kinds that the plugin makes in these tests.
var generated = [][2]string{
	{"v1", "ConfigMap"}, {"v1", "Secret"}, {"v1", "Service"}, {"v1", "ServiceAccount"}, {"v1", "PersistentVolumeClaim"},
	{"apps/v1", "Deployment"}, {"apps/v1", "StatefulSet"}, {"apps/v1", "DaemonSet"}, {"batch/v1", "Job"},
	{"batch/v1", "CronJob"}, {"policy/v1", "PodDisruptionBudget"}, {"networking.k8s.io/v1", "Ingress"},
	{"networking.k8s.io/v1", "NetworkPolicy"}, {"autoscaling/v2", "HorizontalPodAutoscaler"},
}

// Objects lists what a namespace holds of the kinds that the plugin makes.
func (c *Cluster) Objects(t testing.TB, namespace string) []Object {
	t.Helper()
	var objects []Object
	for _, kind := range generated {
		items, err := c.API.List(kind[0], kind[1], namespace)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range items {
			o["apiVersion"], o["kind"] = kind[0], kind[1] // lists leave them out
			objects = append(objects, o)
		}
	}
	return objects
}

// Versions are the resource versions of a namespace's objects: equal ones mean that nothing was written. A hook's are
// not among them, since every sync makes it anew.
func (c *Cluster) Versions(t testing.TB, namespace string) map[string]string {
	t.Helper()
	versions := map[string]string{}
	for _, o := range c.Objects(t, namespace) {
		if o.Text("metadata", "annotations", "argocd.argoproj.io/hook") != "" {
			continue
		}
		versions[o.ID()] = o.Text("metadata", "uid") + " " + o.Text("metadata", "resourceVersion")
	}
	return versions
}

// CompareLive compares a namespace with what the plugin printed: the same objects, each with every printed field.
// The server adds fields of its own. It also has to accept the printed object under strict validation, and to
// keep all its fields.
func (c *Cluster) CompareLive(t testing.TB, namespace string, printed []Object) error {
	t.Helper()
	live := map[string]Object{}
	for _, o := range c.Objects(t, namespace) {
		live[o.ID()] = o
	}
	var differences []string
	for _, want := range printed {
		id := want.ID()
		got, ok := live[id]
		delete(live, id)
		if !ok {
			differences = append(differences, id+": missing")
			continue
		}
		differences = append(differences, Missing(id, map[string]any(got), map[string]any(want))...)
		applied, err := c.API.Apply(want, true)
		if err != nil {
			differences = append(differences, fmt.Sprintf("%s: %v", id, err))
			continue
		}
		differences = append(differences, Missing(id+", applied", map[string]any(applied), map[string]any(want))...)
	}
	for id := range live {
		differences = append(differences, id+": is there and was not printed")
	}
	if len(differences) > 0 {
		return errors.New(strings.Join(differences, "\n"))
	}
	return nil
}
