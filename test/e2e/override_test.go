package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// TestBrokenDescriptor checks that a mistake arrives where a user reads it, with its position.
func TestBrokenDescriptor(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{})
	const descriptor = "apps/example-app/app.yaml"
	broken := strings.TrimRight(p.repo.Read(descriptor), "\n") + "\nreplcias: 3\n"
	p.repo.Write(descriptor, broken)
	p.commit("a mistake")

	q := p.request("example-app", "example-app-dev", byVariable("dev"))
	q.NoCache = true
	message := p.refused(t, q)
	line := strings.Count(broken, "\n")
	for _, want := range []string{fmt.Sprintf("app.yaml:%d:1: ", line), `"replcias"`} {
		if !strings.Contains(message, want) {
			t.Errorf("the error does not hold %q: %s", want, message)
		}
	}
	// Argo CD counts and caches failures by their text.
	if again := p.refused(t, q); again != message {
		t.Errorf("the error changes:\n%s\n%s", message, again)
	}
	// The failure is that app's alone.
	p.returned(t, p.request("single", "single", nil))

	p.repo.Write(descriptor, strings.Replace(broken, "replcias: 3\n", "", 1))
	p.commit("the cure")
	p.returned(t, p.request("example-app", "example-app-dev", byVariable("dev")))
}

// TestCommitsAreFollowed checks that each revision gives its own manifests, before and after a change.
func TestCommitsAreFollowed(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{})
	q := p.request("single", "single", nil)
	before := p.returned(t, q)

	p.repo.Replace("apps/single/app.yaml", "tag: v1", "tag: v2")
	p.commit("a release")
	after := p.returned(t, p.request("single", "single", nil))
	differences := harness.DiffObjects(after, before)
	if len(differences) != 1 || !strings.Contains(differences[0], "image") {
		t.Errorf("a new tag changes:\n%s", strings.Join(differences, "\n"))
	}

	old, err := p.client.Generate(q)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range old {
		harness.Untrack(o)
	}
	if d := harness.DiffObjects(old, before); d != nil {
		t.Errorf("the first revision changed:\n%s", strings.Join(d, "\n"))
	}
}

// TestParametersOverride checks that an Application's parameters win over the descriptor and over variables.
func TestParametersOverride(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{})
	source := byVariable("prod")
	source.Parameters = []harness.Parameter{
		text("environment", "dev"),
		text("tag", "pr-17"),
		text("replicas", "4"),
		{Name: "config", Map: map[string]string{"LOG_LEVEL": "TRACE", "EXTRA": "yes"}},
	}
	objects := p.returned(t, p.request("example-app", "example-app-dev", source))

	deployment, config := the(t, objects, "Deployment"), the(t, objects, "ConfigMap")
	container, _ := item(deployment.Get("spec", "template", "spec", "containers"), 0)
	got := []string{
		deployment.Text("spec", "replicas"), container.Text("image"), container.Text("resources", "requests", "memory"),
		config.Text("data", "LOG_LEVEL"), config.Text("data", "EXTRA"),
	}
	want := []string{"4", "ashik9001/demo-app:pr-17", "64Mi", "TRACE", "yes"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}

	source.Parameters = append(source.Parameters, text("replcias", "4"))
	if message := p.refused(t, p.request("example-app", "example-app-dev", source)); !strings.Contains(message, `"replcias"`) {
		t.Errorf("the error does not name the unknown parameter: %s", message)
	}
}

// TestHostOverride checks that an Application can give an app another host, as previews do, and one of its workloads by
// name; and that a host which leads nowhere is refused.
func TestHostOverride(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{})
	const descriptor = "apps/hosts/app.yaml"
	p.repo.Write(descriptor, `apiVersion: unfold.dev/v1alpha1
kind: App
name: hosts
image: ghcr.io/example/hosts:v1
workloads:
  web: {port: 8080, probes: /healthz, ingress: {host: www.example.com, className: nginx, tls: web-tls}}
  api: {port: 9090, probes: /healthz}
environments:
  dev: {}
  prod: {workloads: {api: {ingress: {host: api.example.com, className: nginx}}}}
`)
	p.commit("an app with hosts")
	request := func(source *harness.Plugin) harness.ManifestRequest {
		q := p.request("hosts", "hosts-"+source.Env[0].Value, source)
		q.APIVersions = append(q.APIVersions, "networking.k8s.io/v1", "networking.k8s.io/v1/Ingress")
		return q
	}
	hosts := func(source *harness.Plugin) []string {
		var out []string
		for _, o := range p.returned(t, request(source)) {
			if o["kind"] != "Ingress" {
				continue
			}
			rule, _ := item(o.Get("spec", "rules"), 0)
			out = append(out, o.Text("metadata", "name")+"="+rule.Text("host"))
			if tls, ok := item(o.Get("spec", "tls"), 0); ok {
				out = append(out, fmt.Sprint(tls["hosts"]))
			}
		}
		slices.Sort(out)
		return out
	}
	with := func(environment, host string) *harness.Plugin {
		source := byVariable(environment)
		source.Parameters = []harness.Parameter{text("host", host)}
		return source
	}
	byHostVariable := byVariable("dev")
	byHostVariable.Env = append(byHostVariable.Env, harness.Variable{Name: "HOST", Value: "pr-18.example.com"})
	for _, tt := range []struct {
		source *harness.Plugin
		want   []string
	}{
		{byVariable("dev"), []string{"[www.example.com]", "hosts-web=www.example.com"}},
		{with("dev", "pr-17.example.com"), []string{"[pr-17.example.com]", "hosts-web=pr-17.example.com"}},
		{byHostVariable, []string{"[pr-18.example.com]", "hosts-web=pr-18.example.com"}},
		{with("prod", "api=api-17.example.com"), []string{"[www.example.com]", "hosts-api=api-17.example.com",
			"hosts-web=www.example.com"}},
	} {
		if got := hosts(tt.source); !slices.Equal(got, tt.want) {
			t.Errorf("got  %q\nwant %q", got, tt.want)
		}
	}
	for host, want := range map[string]string{"pr-17.example.com": "host", "no host": "host", "db=x.example.com": `"db"`} {
		if message := p.refused(t, request(with("prod", host))); !strings.Contains(message, want) {
			t.Errorf("the host %q: the error does not hold %q: %s", host, want, message)
		}
	}
}

// TestClusterVersion checks that a cluster without native sidecars gets ordinary containers, by what Argo CD says of it.
func TestClusterVersion(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{})
	p.repo.Write("apps/sidecar/app.yaml", `apiVersion: unfold.dev/v1alpha1
kind: App
name: sidecar
image: ghcr.io/example/sidecar:v1
sidecars: {proxy: {image: "ghcr.io/example/proxy:v1"}}
environments: {dev: {}}
`)
	p.commit("an app with a sidecar")
	for version, native := range map[string]bool{"1.28": false, "v1.28.15": false, "1.28+": false, "1.29": true, "1.34.4": true} {
		q := p.request("sidecar", "sidecar-dev", byVariable("dev"))
		q.KubeVersion = version
		deployment := the(t, p.returned(t, q), "Deployment")
		if _, ok := item(deployment.Get("spec", "template", "spec", "initContainers"), 0); ok != native {
			t.Errorf("Kubernetes %s: the sidecar is native: %v", version, ok)
		}
	}
}

// TestNamedOnly runs the variant without discovery, which answers Applications that name it and no others.
func TestNamedOnly(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{Config: harness.RepoPath(t, "deploy", "plugin-named-only.yaml")})
	p.returned(t, p.request("single", "single", &harness.Plugin{Name: "unfold"}))
	p.returned(t, p.request("example-app", "example-app-prod", named(byVariable("prod"))))

	message := p.refused(t, p.request("single", "single", &harness.Plugin{}))
	if want := "could not find plugin supporting the given repository"; !strings.Contains(message, want) {
		t.Errorf("the error is not %q: %s", want, message)
	}
}

// TestAnnouncements checks what the Argo CD UI shows as the app's parameters.
func TestAnnouncements(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{})
	q := p.request("example-app", "example-app-prod", byVariable("prod"))
	announced, err := p.client.Announcements(q.AppName, q.Source)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]harness.Announcement{}
	for _, a := range announced {
		if a.Title == "" && a.Tooltip == "" {
			t.Errorf("%s says nothing about itself", a.Name)
		}
		byName[a.Name] = a
	}
	for _, name := range []string{"environment", "image", "tag", "replicas", "config"} {
		if _, ok := byName[name]; !ok {
			t.Errorf("%s is not announced", name)
		}
	}
	got := []string{
		byName["environment"].String, byName["image"].String, byName["tag"].String,
		byName["replicas"].String, byName["config"].Map["LOG_LEVEL"],
	}
	want := []string{"prod", "ashik9001/demo-app", "v1.0.0", "3", "WARNING"}
	if !slices.Equal(got, want) {
		t.Errorf("the values in force: got %q, want %q", got, want)
	}
	listed := regexp.MustCompile(`\w+`).FindAllString(byName["environment"].Tooltip+" "+byName["environment"].Title, -1)
	for _, environment := range p.environments(t, "example-app") {
		if !slices.Contains(listed, environment) {
			t.Errorf("the parameter environment does not say that %s can be chosen", environment)
		}
	}
}
