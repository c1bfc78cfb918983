// Package library_test asks Argo CD as a library. deploy/notifications runs in its notifications controller, with a
// Kubernetes that is kept in memory, and what it sends to Slack, by e-mail and to a webhook is received. AppProjects are
// held to its validation and its RBAC.
package library_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/fake"
	k8sfake "k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-cd/v3/notification_controller/controller"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/notification/expression/shared"
	engine "github.com/argoproj/notifications-engine/pkg/controller"
)

const (
	cmName, secretName = "argocd-notifications-cm", "argocd-notifications-secret"
	first, second      = "4f2a9c1d0e8b7a6f5c4d3e2b1a09f8e7d6c5b4a3", "b7e6d5c4b3a2918f7e6d5c4b3a2918f7e6d5c4b3"
)

func manifest(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "deploy", "notifications", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(content, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// commits tells about commits in place of a repo-server.
type commits struct{}

func (commits) GetCommitMetadata(_ context.Context, repoURL, revision, project string) (*shared.CommitMetadata, error) {
	if repoURL != "https://git.example.com/apps.git" || project != "shop" {
		return nil, fmt.Errorf("asked for %s of %s", repoURL, project)
	}
	return &shared.CommitMetadata{Message: `chore(shop): set "prod" to v2 <!channel>` + "\n\nApp: shop\n", Author: "Jo <jo@example.com>",
		Date: time.Unix(0, 0)}, nil
}

func (commits) GetAppDetails(context.Context, *v1alpha1.Application) (*shared.AppDetail, error) {
	return nil, errors.New("not for this test")
}

// running is the controller, an Application that it watches, and what it has sent.
type running struct {
	t    *testing.T
	apps dynamic.ResourceInterface
	inbox
}

// start runs the controller for an Application whose subscriptions are as `unfold argocd` prints them.
func start(t *testing.T) *running {
	t.Helper()
	r := &running{t: t}
	slack, smtp, webhook := r.serve(t)

	var cm corev1.ConfigMap
	manifest(t, cmName+".yaml", &cm)
	cm.Namespace = "argocd"
	replace := func(key, old, new string) {
		if !strings.Contains(cm.Data[key], old) {
			t.Fatalf("%s has no %q", key, old)
		}
		cm.Data[key] = strings.Replace(cm.Data[key], old, new, 1)
	}
	host, port, _ := strings.Cut(smtp, ":")
	replace("service.slack", "token:", "apiURL: "+slack+"/\ntoken:")
	replace("service.email", "smtp.example.com", host)
	replace("service.email", "587", port)
	var secret corev1.Secret
	manifest(t, secretName+".yaml", &secret)
	secret.Namespace, secret.Data = "argocd", map[string][]byte{}
	for key := range secret.StringData {
		secret.Data[key] = []byte("the-" + key)
	}
	secret.Data["webhook-url"] = []byte(webhook + "/hook")

	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	client := fake.NewSimpleDynamicClient(scheme)
	r.apps = client.Resource(schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1",
		Resource: "applications"}).Namespace("argocd")
	c := controller.NewController(k8sfake.NewClientset(&cm, &secret), client, commits{}, "argocd", nil, "",
		engine.NewMetricsRegistry("argocd"), secretName, cmName, false)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	if err := c.Init(ctx); err != nil {
		t.Fatal(err)
	}
	go c.Run(ctx, 1)
	return r
}

// application is an Application in a state.
func application(status map[string]any) *unstructured.Unstructured {
	annotations := map[string]any{}
	for _, trigger := range []string{"on-deployed", "on-health-degraded", "on-sync-failed"} {
		for service, recipient := range map[string]string{"slack": "shop-deployments", "email": "shop@example.com", "deployments": ""} {
			annotations["notifications.argoproj.io/subscribe."+trigger+"."+service] = recipient
		}
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
		"metadata": map[string]any{"name": "shop-prod", "namespace": "argocd", "annotations": annotations,
			"labels": map[string]any{"unfold.dev/environment": "prod"}},
		"spec":   map[string]any{"project": "shop", "source": map[string]any{"repoURL": "https://git.example.com/apps.git"}},
		"status": status,
	}}
}

// operation is the state of a sync of a revision, finished a minute before the Application was looked at.
func operation(phase, revision, message string) map[string]any {
	return map[string]any{
		"phase": phase, "message": message, "startedAt": "2026-01-01T10:00:00Z", "finishedAt": "2026-01-01T10:01:00Z",
		"syncResult": map[string]any{"revision": revision},
	}
}

func state(health string, operation map[string]any, more map[string]any) map[string]any {
	status := map[string]any{
		"reconciledAt": "2026-01-01T10:02:00Z", "sync": map[string]any{"status": "Synced"},
		"summary": map[string]any{"images": []any{"ghcr.io/example/shop:v2", "ghcr.io/example/shop-api:v7"}},
	}
	if health != "" {
		status["health"] = map[string]any{"status": health, "lastTransitionTime": "2026-01-01T10:00:30Z"}
	}
	if operation != nil {
		status["operationState"] = operation
	}
	maps.Copy(status, more)
	return status
}

// becomes brings the Application into a state and returns what is sent: a line for each message, its service and what its
// webhook's body calls the state.
func (r *running) becomes(status map[string]any) []string {
	r.t.Helper()
	ctx := r.t.Context()
	app, err := r.apps.Get(ctx, "shop-prod", metav1.GetOptions{})
	if err != nil {
		_, err = r.apps.Create(ctx, application(status), metav1.CreateOptions{})
	} else {
		app.Object["status"] = status
		_, err = r.apps.Update(ctx, app, metav1.UpdateOptions{})
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return r.settle()
}

const failure = "Failed to load target state: rpc error: code = Unknown desc = %s`unfold generate` failed exit status 1: app.yaml:7:1: " +
	"unknown field \"replcias\"\n  hint: did you mean \"replicas\"?"

func failed(prefix, line string) map[string]any {
	message := strings.Replace(fmt.Sprintf(failure, prefix), "app.yaml:7", "app.yaml:"+line, 1)
	return map[string]any{
		"sync":       map[string]any{"status": "Unknown", "revision": "main"},
		"conditions": []any{map[string]any{"type": "ComparisonError", "message": message}},
	}
}

// TestTriggers takes an Application through a life, and holds which messages are sent at each step.
func TestTriggers(t *testing.T) {
	r := start(t)
	three := func(state string) []string {
		return []string{"deployments " + state, "email " + state, "slack " + state}
	}
	for _, step := range []struct {
		name   string
		status map[string]any
		want   []string
	}{
		{"it is new", map[string]any{}, nil},
		{"nobody has synced it", state("Missing", nil, nil), nil},
		{"a sync runs", state("Missing", operation("Running", first, ""), nil), nil},
		{"the sync is done, its pods start", state("Progressing", operation("Succeeded", first, ""), nil), nil},
		{"it is healthy", state("Healthy", operation("Succeeded", first, ""), nil), three("deployed")},
		{"it is looked at again", state("Healthy", operation("Succeeded", first, "the same"), nil), nil},
		{"it drifts", state("Healthy", operation("Succeeded", first, ""), map[string]any{"sync": map[string]any{"status": "OutOfSync"}}),
			nil},
		{"a pod crashes", state("Degraded", operation("Succeeded", first, ""), nil), three("degraded")},
		{"it recovers", state("Healthy", operation("Succeeded", first, ""), nil), nil},
		{"it crashes again", state("Degraded", operation("Succeeded", first, ""), nil), nil},
		{"a mistake is committed", state("Healthy", operation("Succeeded", first, ""), failed("", "7")), three("not-rendered")},
		{"the failure is cached", state("Healthy", operation("Succeeded", first, ""), failed("Manifest generation error (cached): ", "7")),
			nil},
		{"another mistake", state("Healthy", operation("Succeeded", first, ""), failed("", "9")), three("not-rendered")},
		{"the cure, and a sync fails", state("Healthy", operation("Failed", second, "one or more objects failed to apply"), nil),
			three("sync-failed")},
		{"it fails again", state("Healthy", operation("Error", second, "again"), nil), nil},
		{"it is synced after all", state("Healthy", operation("Succeeded", second, ""), nil), three("deployed")},
		{"it crashes once more", state("Degraded", operation("Succeeded", second, ""), nil), three("degraded")},
		{"the newest state is not known yet", state("Healthy", operation("Succeeded", "c0ffee", ""),
			map[string]any{"reconciledAt": "2026-01-01T10:00:10Z"}), nil},
	} {
		if diff := cmp.Diff(step.want, r.becomes(step.status)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}

// TestMessages holds every template, word for word, with texts that would break JSON written by hand.
func TestMessages(t *testing.T) {
	resources := map[string]any{"resources": []any{
		map[string]any{"kind": "Service", "name": "shop"},
		map[string]any{"kind": "Deployment", "name": "shop", "health": map[string]any{"status": "Degraded",
			"message": `Deployment "shop" exceeded its progress deadline & <!here>`}},
	}}
	const url = "https://argocd.example.com/applications/argocd/shop-prod"
	hook := func(state, revision, message string) map[string]any {
		return map[string]any{
			"state": state, "app": "shop-prod", "project": "shop", "environment": "prod", "revision": revision, "message": message,
			"url":    url,
			"images": []any{"ghcr.io/example/shop:v2", "ghcr.io/example/shop-api:v7"},
		}
	}
	field := func(title, value string, short bool) any {
		return map[string]any{"title": title, "value": value, "short": short}
	}
	slack := func(color string, fields ...any) []any {
		return []any{map[string]any{"blocks": nil, "color": color, "title": "shop-prod", "title_link": url, "fields": fields}}
	}
	images := field("Images", "ghcr.io/example/shop:v2\nghcr.io/example/shop-api:v7", false)
	revision := field("Revision", first[:12], true)
	unrendered := fmt.Sprintf(failure, "")
	for _, c := range []struct {
		name, subject, email string
		status               map[string]any
		slack                []any
		webhook              map[string]any
	}{
		{
			"deployed", "shop-prod is deployed: ghcr.io/example/shop:v2, ghcr.io/example/shop-api:v7",
			"Images:   ghcr.io/example/shop:v2 ghcr.io/example/shop-api:v7\nRevision: " + first +
				"\nCommit:   chore(shop): set \"prod\" to v2 <!channel>\nAuthor:   Jo <jo@example.com>\n\n" + url,
			state("Healthy", operation("Succeeded", first, ""), nil),
			slack("#18be52", images, revision, field("Author", "Jo &lt;jo@example.com&gt;", true),
				field("Commit", `chore(shop): set "prod" to v2 &lt;!channel&gt;`, false)),
			hook("deployed", first, `chore(shop): set "prod" to v2 <!channel>`),
		},
		{
			"sync-failed", "shop-prod could not be synced",
			"Revision: " + first + "\n\none \"or more\"\nobjects failed\n\n" + url,
			state("Healthy", operation("Failed", first, "one \"or more\"\nobjects failed"), nil),
			slack("#e96d76", revision, field("Message", "one \"or more\"\nobjects failed", false)),
			hook("sync-failed", first, "one \"or more\"\nobjects failed"),
		},
		{
			"degraded", "shop-prod does not work: its health is Degraded",
			"Images:   ghcr.io/example/shop:v2 ghcr.io/example/shop-api:v7\nRevision: " + first +
				"\n\nDeployment shop: Deployment \"shop\" exceeded its progress deadline & <!here>\n\n" + url,
			state("Degraded", operation("Succeeded", first, ""), resources),
			slack("#f4c030", images, revision,
				field("Degraded", `Deployment shop: Deployment "shop" exceeded its progress deadline &amp; &lt;!here&gt;`, false)),
			hook("degraded", first, ""),
		},
		{
			"not-rendered", "shop-prod can not be deployed: no manifests could be made",
			unrendered + "\n\n" + url,
			state("Healthy", nil, failed("", "7")),
			slack("#e96d76", field("Message", unrendered, false)),
			hook("not-rendered", "", unrendered),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t)
			if got := r.becomes(c.status); len(got) != 3 {
				t.Fatalf("%q was sent", got)
			}
			want := []message{
				{service: "deployments", to: "Bearer the-webhook-token application/json", body: c.webhook, text: "POST /hook"},
				{service: "email", to: "shop@example.com", subject: c.subject, text: c.email},
				{service: "slack", to: "shop-deployments the-slack-token", text: c.subject, body: c.slack},
			}
			if diff := cmp.Diff(want, r.last(), cmp.AllowUnexported(message{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSecret holds that the Secret has each key that the ConfigMap names, no other, and no value.
func TestSecret(t *testing.T) {
	var cm corev1.ConfigMap
	var secret corev1.Secret
	manifest(t, cmName+".yaml", &cm)
	manifest(t, secretName+".yaml", &secret)
	var named []string
	for key, value := range cm.Data {
		for line := range strings.Lines(value) {
			if _, name, ok := strings.Cut(line, "$"); ok && strings.HasPrefix(key, "service.") {
				named = append(named, strings.TrimSpace(name))
			}
		}
	}
	slices.Sort(named)
	if diff := cmp.Diff(named, slices.Sorted(maps.Keys(secret.StringData))); diff != "" {
		t.Errorf("named in the ConfigMap, in the Secret:\n%s", diff)
	}
	for key, value := range secret.StringData {
		if value != "" {
			t.Errorf("%s has a value", key)
		}
	}
}

// decode returns JSON as it is.
func decode(text string) any {
	var out any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return err
	}
	return out
}
