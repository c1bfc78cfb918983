// Package e2e tests the plugin as Argo CD runs it.
package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// plugin is one repo-server with the plugin's sidecar, and a repository that holds the examples below apps/.
type plugin struct {
	argocd   *harness.ArgoCD
	client   *harness.RepoClient
	repo     *harness.Repo
	revision string
}

// startPlugin starts a plugin with the examples committed.
func startPlugin(t *testing.T, options harness.PluginOptions) *plugin {
	t.Helper()
	p := &plugin{argocd: harness.StartArgoCD(t, options), repo: harness.NewRepo(t)}
	p.client = harness.NewRepoClient(t, p.argocd.Address)
	p.repo.CopyDir(harness.RepoPath(t, "examples"), "apps")
	p.repo.Write("apps/single/app.yaml", string(harness.ReadFile(t, harness.Testdata(t, "single-environment.yaml"))))
	p.commit("the examples")
	return p
}

func (p *plugin) commit(message string) {
	p.revision = p.repo.Commit(message)
}

// request asks for the manifests of an app as the application-controller does.
func (p *plugin) request(app, namespace string, source *harness.Plugin) harness.ManifestRequest {
	return harness.ManifestRequest{
		AppName:   app,
		Namespace: namespace,
		Revision:  p.revision,
		Source: harness.Source{
			RepoURL: p.repo.URL(), Path: "apps/" + app, TargetRevision: "main", Plugin: source,
		},
		ProjectName: "default",
		KubeVersion: "1.34.4",
		APIVersions: []string{"v1", "v1/Service", "apps/v1", "apps/v1/Deployment", "batch/v1", "batch/v1/CronJob", "batch/v1/Job",
			"policy/v1", "policy/v1/PodDisruptionBudget"},
		AppLabelKey:    "app.kubernetes.io/instance",
		TrackingMethod: "annotation",
	}
}

// printed is what the plugin prints when it is run by hand in the app's folder with the same environment.
func (p *plugin) printed(t *testing.T, q harness.ManifestRequest) []harness.Object {
	t.Helper()
	dir := filepath.Join(p.repo.Dir, q.Source.Path)
	out, err := harness.RunUnfold(t, dir, q.Environ(t, p.revision), "generate")
	if err != nil {
		t.Fatal(err)
	}
	objects, err := harness.ParseYAML(out)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// returned is what the repo-server returns for a request, after a check that it is what the plugin printed.
func (p *plugin) returned(t *testing.T, q harness.ManifestRequest) []harness.Object {
	t.Helper()
	objects, err := p.client.Generate(q)
	if err != nil {
		t.Fatal(err)
	}
	if err := harness.CompareReturned(q.AppName, objects, p.printed(t, q)); err != nil {
		t.Fatal(err)
	}
	return objects
}

// refused is the text of the error that the repo-server returns for a request.
func (p *plugin) refused(t *testing.T, q harness.ManifestRequest) string {
	t.Helper()
	objects, err := p.client.Generate(q)
	if err == nil {
		t.Fatalf("no error, but %d objects", len(objects))
	}
	return err.Error()
}

// byVariable and byParameter are the two ways in which an Application names its environment.
func byVariable(environment string) *harness.Plugin {
	return &harness.Plugin{Env: []harness.Variable{{Name: "ENVIRONMENT", Value: environment}}}
}

func byParameter(environment string) *harness.Plugin {
	return &harness.Plugin{Parameters: []harness.Parameter{text("environment", environment)}}
}

func text(name, value string) harness.Parameter {
	return harness.Parameter{Name: name, String: &value}
}

// named is the same configuration with the plugin chosen by name instead of discovery.
func named(source *harness.Plugin) *harness.Plugin {
	chosen := *source
	chosen.Name = "unfold"
	return &chosen
}

// environments lists the environments of a committed app.
func (p *plugin) environments(t *testing.T, app string) []string {
	t.Helper()
	var descriptor struct {
		Environments map[string]any `json:"environments"`
	}
	if err := yaml.Unmarshal([]byte(p.repo.Read("apps/"+app+"/app.yaml")), &descriptor); err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range descriptor.Environments {
		names = append(names, name)
	}
	if len(names) == 0 {
		return []string{"dev", "prod", "staging"}
	}
	slices.Sort(names)
	return names
}

func TestManifestsOfEachEnvironment(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{})
	for _, app := range []string{"example-app", "multi"} {
		var last []harness.Object
		for _, environment := range p.environments(t, app) {
			ways := []struct {
				name   string
				source *harness.Plugin
			}{
				{"named, by variable", named(byVariable(environment))},
				{"named, by parameter", named(byParameter(environment))},
				{"discovered, by variable", byVariable(environment)},
				{"discovered, by parameter", byParameter(environment)},
			}
			var first []harness.Object
			for i, way := range ways {
				t.Run(fmt.Sprintf("%s/%s/%s", app, environment, way.name), func(t *testing.T) {
					objects := p.returned(t, p.request(app, app+"-"+environment, way.source))
					if i == 0 {
						first = objects
					} else if d := harness.DiffObjects(objects, first); d != nil {
						t.Errorf("not the same as %s:\n%s", ways[0].name, strings.Join(d, "\n"))
					}
				})
			}
			if harness.DiffObjects(first, last) == nil {
				t.Errorf("%s: %s is the same as the environment before it", app, environment)
			}
			last = first
		}
	}
}

// TestExampleTable holds the returned manifests to figures that do not come from the plugin: those of the app
// that the first example describes.
func TestExampleTable(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{})
	rows := []struct{ environment, replicas, memory, memoryLimit, cpu, cpuLimit, image, logLevel string }{
		{"dev", "1", "64Mi", "128Mi", "100m", "250m", "ashik9001/demo-app:dev-latest", "DEBUG"},
		{"staging", "2", "128Mi", "256Mi", "200m", "500m", "ashik9001/demo-app:staging-latest", "INFO"},
		{"prod", "3", "256Mi", "512Mi", "500m", "1000m", "ashik9001/demo-app:v1.0.0", "WARNING"},
	}
	for _, row := range rows {
		t.Run(row.environment, func(t *testing.T) {
			namespace := "example-app-" + row.environment
			objects := p.returned(t, p.request("example-app", namespace, byVariable(row.environment)))
			deployment := the(t, objects, "Deployment")
			container, ok := item(deployment.Get("spec", "template", "spec", "containers"), 0)
			if !ok {
				t.Fatal("the Deployment has no container")
			}
			config := the(t, objects, "ConfigMap")
			got := []string{
				deployment.Text("spec", "replicas"),
				container.Text("resources", "requests", "memory"), container.Text("resources", "limits", "memory"),
				container.Text("resources", "requests", "cpu"), container.Text("resources", "limits", "cpu"),
				container.Text("image"), config.Text("data", "LOG_LEVEL"), deployment.Text("metadata", "namespace"),
			}
			want := []string{
				row.replicas, row.memory, row.memoryLimit, row.cpu, row.cpuLimit, row.image, row.logLevel, namespace,
			}
			// One CPU may be written either way.
			if got[4] == "1" {
				got[4] = "1000m"
			}
			if !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// the returns the only object of a kind.
func the(t *testing.T, objects []harness.Object, kind string) harness.Object {
	t.Helper()
	var found []harness.Object
	for _, o := range objects {
		if o["kind"] == kind {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d objects of kind %s, not one", len(found), kind)
	}
	return found[0]
}

// item returns an object of a list.
func item(list any, i int) (harness.Object, bool) {
	items, _ := list.([]any)
	if i >= len(items) {
		return nil, false
	}
	fields, ok := items[i].(map[string]any)
	return fields, ok
}

// TestDiscoveryAlone runs an app of a single environment, which needs nothing said about the plugin.
func TestDiscoveryAlone(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{})
	for name, source := range map[string]*harness.Plugin{"plugin: {}": {}, "no plugin": nil} {
		t.Run(name, func(t *testing.T) {
			objects := p.returned(t, p.request("single", "elsewhere", source))
			deployment := the(t, objects, "Deployment")
			if ns := deployment.Text("metadata", "namespace"); ns != "elsewhere" {
				t.Errorf("the namespace is %q, not that of the Application's destination", ns)
			}
			container, _ := item(deployment.Get("spec", "template", "spec", "containers"), 0)
			if image := container.Text("image"); image != "registry.example.com/single:v1" {
				t.Errorf("the image is %q", image)
			}
		})
	}
}

func TestEnvironmentIsAsked(t *testing.T) {
	p := startPlugin(t, harness.PluginOptions{})
	for name, source := range map[string]*harness.Plugin{"none": {}, "unknown": byVariable("qa")} {
		t.Run(name, func(t *testing.T) {
			message := p.refused(t, p.request("example-app", "example-app-dev", source))
			for _, want := range []string{"dev", "staging", "prod"} {
				if !strings.Contains(message, want) {
					t.Errorf("the error does not list %q: %s", want, message)
				}
			}
		})
	}
}
