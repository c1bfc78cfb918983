package e2e

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// block is a fenced part of a document.
type block struct {
	language, text string
	line           int
}

func blocks(document string) []block {
	var list []block
	var open *block
	for i, line := range strings.Split(document, "\n") {
		fence, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && open == nil:
			open = &block{language: fence, line: i + 1}
		case isFence:
			list, open = append(list, *open), nil
		case open != nil:
			open.text += line + "\n"
		}
	}
	return list
}

// shell runs the commands of a page in a folder.
type shell struct {
	dir string
	env []string
}

// shell returns one with kubectl for the cluster, kustomize and unfold at hand.
func (i *installation) shell(t *testing.T, dir string, env []string) shell {
	t.Helper()
	bin := harness.ShortTempDir(t)
	for name, path := range map[string]string{
		"kubectl": harness.Built(t, "kubernetes/kubectl"), "kustomize": harness.Kustomize(t), "unfold": harness.Unfold(t),
	} {
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	return shell{dir, append(slices.Clone(env), "PATH="+bin+":/usr/bin:/bin", "KUBECONFIG="+i.Kubeconfig)}
}

// run returns what the commands of a block print.
func (s shell) run(b block) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", b.text)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestOperatingGuide follows docs/operating.md from its top to its end, and then docs/notifications.md: it installs with
// their YAML, parses the others, and runs all commands against a real Argo CD.
func TestOperatingGuide(t *testing.T) {
	i := startInstallation(t, harness.PluginOptions{})
	i.create(t, i.application("example-app", "prod"))
	i.synced(t, i.application("example-app", "prod"))

	dir := harness.ShortTempDir(t)
	for _, folder := range []string{"deploy", "examples"} {
		harness.CopyDir(t, harness.RepoPath(t, folder), filepath.Join(dir, folder))
	}
	harness.WriteFile(t, filepath.Join(dir, "argocd.yaml"), harness.ReadFile(t, harness.Manifests(t, "install.yaml")))
	shell := i.shell(t, dir, []string{"HOME=" + dir})

	installed := false
	guide := blocks(string(harness.ReadFile(t, harness.RepoPath(t, "docs", "operating.md"))))
	for _, b := range append(guide, blocks(string(harness.ReadFile(t, harness.RepoPath(t, "docs", "notifications.md"))))...) {
		switch b.language {
		case "json":
			if !json.Valid([]byte(b.text)) {
				t.Errorf("line %d: this is no JSON", b.line)
			}
		case "yaml":
			var content map[string]any
			if err := yaml.UnmarshalStrict([]byte(b.text), &content); err != nil {
				t.Errorf("line %d: %v", b.line, err)
			}
			if content["kind"] == "Kustomization" {
				harness.WriteFile(t, filepath.Join(dir, "kustomization.yaml"), []byte(b.text))
				installed = true
			}
		case "bash":
			out, err := shell.run(b)
			// The API server has found the pod and its container. The node has no kubelet that it could ask for the log.
			if strings.Contains(b.text, " logs ") && strings.Contains(out, "no preferred addresses found") {
				err = nil
			}
			if err != nil {
				t.Errorf("line %d: %v\n%s%s", b.line, err, b.text, out)
			}
		default:
			t.Errorf("line %d: a block in %q, which this test does not check", b.line, b.language)
		}
	}
	if !installed {
		t.Error("the guide installs nothing")
	}

	// The guide has installed the sidecar, and left unfold with one app.
	server, err := i.API.Get("apps/v1", "Deployment", "argocd", "argocd-repo-server")
	if err != nil {
		t.Fatal(err)
	}
	checkSidecar(t, server)
	if image := byName(server.Get("spec", "template", "spec", "containers"), "unfold").Text("image"); !strings.HasSuffix(image, ":v0.1.0") {
		t.Errorf("the sidecar's image is %q", image)
	}
	app := i.App(t, "example-app-prod")
	if app.Get("spec", "source", "plugin") != nil || app.Text("spec", "source", "path") != "k8s/overlays/prod" {
		t.Errorf("the Application was not changed: %v", app.Get("spec", "source"))
	}
}

// TestLeave ejects an app, as the guide says, and checks that nothing is deployed anew.
func TestLeave(t *testing.T) {
	i := startInstallation(t, harness.PluginOptions{})
	a := i.application("multi", "prod")
	i.create(t, a)
	i.synced(t, a)
	before := i.Settled(t, a.Namespace)

	cmd := exec.Command(harness.Unfold(t), "eject", "apps/multi", "--output", "k8s", "--namespace", a.Namespace)
	cmd.Dir = i.repo.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	i.commit(t, "leave")
	left := a
	left.Source.Plugin, left.Source.Path = nil, "k8s/overlays/prod"
	if err := i.API.Delete("argoproj.io/v1alpha1", "Application", "argocd", a.Name); err != nil { // without its objects
		t.Fatal(err)
	}
	i.create(t, left)
	i.WaitCompared(t, left.Name, i.revision)
	if after := i.Versions(t, a.Namespace); !maps.Equal(before, after) {
		t.Errorf("leaving wrote:\n%v\n%v", before, after)
	}
}
