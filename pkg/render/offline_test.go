package render_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/kustomize"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

// outside counts requests to a server on this machine, and starts of git.
type outside struct {
	url      string
	requests atomic.Int32
	marker   string
}

func watch(t *testing.T) *outside {
	t.Helper()
	o := &outside{marker: filepath.Join(t.TempDir(), "git-was-started")}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		o.requests.Add(1)
		_, _ = w.Write([]byte("apiVersion: v1\nkind: Pod\nmetadata: {name: fetched}\n"))
	}))
	t.Cleanup(server.Close)
	o.url = server.URL
	bin := t.TempDir()
	script := "#!/bin/sh\ntouch '" + o.marker + "'\nexit 1\n"
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return o
}

func (o *outside) untouched(t *testing.T) {
	t.Helper()
	if n := o.requests.Load(); n > 0 {
		t.Errorf("%d requests were made", n)
	}
	if _, err := os.Stat(o.marker); err == nil {
		t.Error("git was started")
	}
}

const aComponent = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"

// TestNothingIsFetched renders apps that try to reach a server or git in all ways
// that kustomize has.
func TestNothingIsFetched(t *testing.T) {
	const app = "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: shop:v1\nenvironments: {dev: {}}\n"
	for name, files := range map[string]map[string]string{
		"a generator's file": {"app.yaml": app + "components: [c]\n", "c/kustomization.yaml": aComponent +
			"configMapGenerator:\n  - {name: a, !!binary ZmlsZXM=: ['k=URL/']}\n"},
		"a generator's envs": {"app.yaml": app + "components: [c]\n", "c/kustomization.yaml": aComponent +
			"secretGenerator:\n  - {name: a, Envs: [URL/]}\n"},
		"a patch": {"app.yaml": app + "components: [c]\n", "c/kustomization.yaml": aComponent +
			"patches:\n  - {target: {kind: Deployment}, !!binary cGF0aA==: URL/}\n"},
		"a replacement": {"app.yaml": app + "components: [c]\n", "c/kustomization.yaml": aComponent +
			"replacements:\n  - !!binary cGF0aA==: URL/\n"},
		"a resource":      {"app.yaml": app + "components: [c]\n", "c/kustomization.yaml": aComponent + "resources: [URL/]\n"},
		"a configuration": {"app.yaml": app + "components: [c]\n", "c/kustomization.yaml": aComponent + "configurations: [URL/]\n"},
		"a strategic merge": {"app.yaml": app + "components: [c]\n", "c/kustomization.yaml": aComponent +
			"patchesStrategicMerge: [URL/]\n"},
		"a git URL": {"app.yaml": app + "components: [c]\n", "c/kustomization.yaml": aComponent +
			"resources: ['git@127.0.0.1:a/b']\n"},
		"a file with the name of a git URL that kustomize can't build": {
			"app.yaml": app + "components: [c]\n", "c/kustomization.yaml": aComponent +
				"resources: [github.com/org/repo.yaml, github.com/org/repo.yaml]\n",
			"c/github.com/org/repo.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n"},
		"a manifest with the name of a git URL": {
			"app.yaml":                 app + "manifests: [github.com/org/repo.yaml, more.yaml]\n",
			"github.com/org/repo.yaml": "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n",
			"more.yaml":                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\nbinaryData: {a: text}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			o := watch(t)
			dir := t.TempDir()
			for file, content := range files {
				file = filepath.Join(dir, filepath.FromSlash(file))
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(strings.ReplaceAll(content, "URL", o.url)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			out, err := render.RenderApp(render.Folder{Dir: dir}, nil, "dev", render.Options{})
			if err != nil {
				t.Errorf("a fault and no mistake: %v", err)
			}
			if !out.Diags.HasErrors() && !strings.HasPrefix(name, "a manifest") { // whose file is written under another name
				t.Errorf("no error: %s", out.Results[0].Manifests)
			}
			for _, d := range out.Diags {
				if d.Pos.Line == 0 {
					t.Errorf("%v has no line", d)
				}
			}
			o.untouched(t)
		})
	}
}

// TestBuildIsOffline builds trees that unfold does not write, and asks the way
// that kustomize does.
func TestBuildIsOffline(t *testing.T) {
	o := watch(t)
	for _, k := range []string{
		"resources: [URL/]\n", "components: ['git@127.0.0.1:a/b']\n", "resources: [github.com/a/b]\n",
		"resources: ['https://127.0.0.1/a/b']\n",
		"configMapGenerator: [{name: a, files: ['k=URL/']}]\n", "configMapGenerator: [{name: a, envs: [URL/]}]\n",
		"configMapGenerator: [{name: a, env: URL/}]\n",
		"patches: [{path: URL/}]\n", "replacements: [{path: URL/}]\n", "configurations: [URL/]\n", "transformers: [URL/]\n",
		"crds: [URL/]\n", "openapi: {path: URL/}\n",
		"patchesStrategicMerge: [URL/]\n", "generators: [URL/]\n", "validators: [URL/]\n", "helmCharts: [{name: a, repo: URL/}]\n",
		"Resources: [URL/]\n",
		"resources: [/etc/passwd]\n", "resources: [../outside.yaml]\n",
	} {
		k = strings.ReplaceAll(k, "URL", o.url)
		if _, err := kustomize.Run(tree.Tree{"kustomization.yaml": []byte(k)}, "."); err == nil {
			t.Errorf("no error for %s", k)
		}
	}
	if _, err := http.Get(o.url); err == nil || !strings.Contains(err.Error(), "unfold fetches nothing") {
		t.Errorf("a request as kustomize makes it: got %v", err)
	}
	o.untouched(t)
}

// TestPanicOfKustomize makes kustomize panic in one app: its error has the line,
// and the next app is looked at.
func TestPanicOfKustomize(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const head = "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: shop:v1\nenvironments: {dev: {}}\n"
	write("a/app.yaml", head+"patches:\n  - target: {kind: Deployment}\n"+
		"    patch: \"- {op: add, path: /spec/minReadySeconds, value: 1}\"\ncomponents:\n  - c\n")
	// A replacement that takes metadata away.
	write("a/c/kustomization.yaml", aComponent+
		"replacements:\n  - source: {kind: Deployment, name: shop, fieldPath: spec.replicas}\n    targets:\n"+
		"      - {select: {kind: Deployment}, fieldPaths: [metadata]}\n")
	write("b/app.yaml", head)
	folders := []render.Folder{{Dir: filepath.Join(dir, "a")}, {Dir: filepath.Join(dir, "b")}}
	s, err := render.CheckAll(t.Context(), folders, func(string) *platform.Platform { return nil }, func(int) {})
	if err != nil {
		t.Fatalf("a fault and no mistake: %v", err)
	}
	if s.Apps != 2 || s.Environments != 2 {
		t.Errorf("looked at %d apps in %d environments", s.Apps, s.Environments)
	}
	if !strings.Contains(s.Diags.Error(), "app.yaml:10:5: ") {
		t.Errorf("the error has no line: %v", s.Diags)
	}
	t.Log(s.Diags)
}
