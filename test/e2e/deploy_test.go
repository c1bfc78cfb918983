package e2e

import (
	"bytes"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// argoInstallations are the ways in which Argo CD is installed, each a file of its manifests.
var argoInstallations = []string{
	"install.yaml", "namespace-install.yaml", "core-install.yaml", "ha/install.yaml", "ha/namespace-install.yaml",
}

// kustomized builds one of Argo CD's own files with components of deploy/, as an operator does.
func kustomized(t *testing.T, installation string, components ...string) []harness.Object {
	t.Helper()
	dir := harness.ShortTempDir(t)
	kustomization := "namespace: argocd\nresources: [argocd.yaml]\ncomponents:\n"
	for _, c := range components {
		harness.CopyDir(t, harness.RepoPath(t, "deploy", c), filepath.Join(dir, c))
		kustomization += "  - " + c + "\n"
	}
	harness.WriteFile(t, filepath.Join(dir, "argocd.yaml"), harness.ReadFile(t, harness.Manifests(t, installation)))
	harness.WriteFile(t, filepath.Join(dir, "kustomization.yaml"), []byte(kustomization))
	var stderr strings.Builder
	cmd := exec.Command(harness.Kustomize(t), "build", dir)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	if stderr.Len() > 0 {
		t.Errorf("kustomize says: %s", &stderr)
	}
	objects, err := harness.ParseYAML(out)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// find returns the object of a kind and a name.
func find(t *testing.T, objects []harness.Object, kind, name string) harness.Object {
	t.Helper()
	for _, o := range objects {
		if o["kind"] == kind && o.Text("metadata", "name") == name {
			return o
		}
	}
	t.Fatalf("there is no %s %s", kind, name)
	return nil
}

// byName returns the item of a list of objects that has a name.
func byName(list any, name string) harness.Object {
	items, _ := list.([]any)
	for i := range items {
		if o, ok := item(list, i); ok && o.Text("name") == name {
			return o
		}
	}
	return nil
}

// TestDeploy adds the components to every kind of installation and has the API server judge the result.
func TestDeploy(t *testing.T) {
	cluster := harness.StartCluster(t)
	cluster.InstallCRDs(t)
	cluster.MustApply(t, harness.NewNamespace("strict", map[string]any{"pod-security.kubernetes.io/enforce": "restricted"}))
	for _, installation := range argoInstallations {
		variants := [][]string{{"component"}, {"component", "large"}, {"component", "platform"}}
		if installation != "core-install.yaml" { // which has no notifications
			variants = append(variants, []string{"component", "notifications"})
		}
		for _, components := range variants {
			t.Run(installation+"/"+components[len(components)-1], func(t *testing.T) {
				objects := kustomized(t, installation, components...)
				for _, o := range objects {
					if _, err := cluster.API.Apply(o, true); err != nil {
						t.Errorf("%s: %v", o.ID(), err)
					}
				}
				server := find(t, objects, "Deployment", "argocd-repo-server")
				checkSidecar(t, server)
				if err := podAdmitted(cluster, server); err != nil {
					t.Errorf("not admitted in a restricted namespace: %v", err)
				}
			})
		}
	}
	t.Run("admission is at work", func(t *testing.T) {
		server := find(t, kustomized(t, "install.yaml", "component"), "Deployment", "argocd-repo-server")
		sidecar := byName(server.Get("spec", "template", "spec", "containers"), "unfold")
		delete(sidecar, "securityContext")
		if err := podAdmitted(cluster, server); err == nil || !strings.Contains(err.Error(), `container "unfold"`) {
			t.Errorf("a sidecar without a security context: %v", err)
		}
	})
	t.Run("plugin.yaml in large", func(t *testing.T) {
		got := harness.ReadFile(t, harness.RepoPath(t, "deploy", "large", "plugin.yaml"))
		if want := harness.ReadFile(t, harness.RepoPath(t, "deploy", "plugin-named-only.yaml")); !bytes.Equal(got, want) {
			t.Error("deploy/large/plugin.yaml is no copy of deploy/plugin-named-only.yaml")
		}
	})
	t.Run("applicationset.yaml", func(t *testing.T) {
		cluster.ApplyFiles(t, harness.RepoPath(t, "deploy", "applicationset.yaml"))
	})
	values := harness.ReadFile(t, harness.RepoPath(t, "deploy", "helm-values.yaml"))
	for name, c := range map[string]struct {
		values     []byte
		components []string
	}{
		"helm-values.yaml":                        {values, []string{"component"}},
		"helm-values.yaml with the platform file": {commentedOut.ReplaceAll(values, []byte("$1$2")), []string{"component", "platform"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := withHelmValues(t, c.values)
			if _, err := cluster.API.Apply(server, true); err != nil {
				t.Error(err)
			}
			checkSidecar(t, server)
			if err := podAdmitted(cluster, server); err != nil {
				t.Errorf("not admitted in a restricted namespace: %v", err)
			}
			component := find(t, kustomized(t, "install.yaml", c.components...), "Deployment", "argocd-repo-server")
			for _, o := range []harness.Object{server, component} { // patches put their own first
				pod := o.Get("spec", "template", "spec").(map[string]any)
				sortByName(pod["volumes"])
				for _, container := range pod["containers"].([]any) {
					sortByName(container.(map[string]any)["env"])
					sortByName(container.(map[string]any)["volumeMounts"])
				}
			}
			for _, field := range []string{"automountServiceAccountToken", "containers", "volumes"} {
				if d := harness.Diff(field, server.Get("spec", "template", "spec", field),
					component.Get("spec", "template", "spec", field)); d != nil {
					t.Errorf("not as in the component:\n%s", strings.Join(d, "\n"))
				}
			}
		})
	}
}

// commentedOut are the lines of helm-values.yaml that are values and no comment.
var commentedOut = regexp.MustCompile(`(?m)^( *)# (- name: |  )`)

func sortByName(list any) {
	items, _ := list.([]any)
	slices.SortFunc(items, func(a, b any) int {
		return strings.Compare(fmt.Sprint(a.(map[string]any)["name"]), fmt.Sprint(b.(map[string]any)["name"]))
	})
}

// withHelmValues puts the values into Argo CD's own Deployment, at the places where the chart puts them.
func withHelmValues(t *testing.T, text []byte) harness.Object {
	t.Helper()
	values, err := harness.ParseYAML(text)
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]func(pod map[string]any, value any){
		"automountServiceAccountToken": func(pod map[string]any, value any) { pod["automountServiceAccountToken"] = value },
		"env": func(pod map[string]any, value any) {
			server := byName(pod["containers"], "argocd-repo-server")
			server["env"] = append(server["env"].([]any), value.([]any)...)
		},
		"extraContainers": func(pod map[string]any, value any) {
			pod["containers"] = append(pod["containers"].([]any), value.([]any)...)
		},
		"volumes": func(pod map[string]any, value any) { pod["volumes"] = append(pod["volumes"].([]any), value.([]any)...) },
	}
	server := find(t, kustomized(t, "install.yaml"), "Deployment", "argocd-repo-server")
	pod := server.Get("spec", "template", "spec").(map[string]any)
	for key, value := range values[0].Get("repoServer").(map[string]any) {
		place, ok := places[key]
		if !ok {
			t.Fatalf("the test does not know where the chart puts repoServer.%s", key)
		}
		place(pod, value)
	}
	return server
}

// checkSidecar checks what the sidecar may do.
func checkSidecar(t *testing.T, server harness.Object) {
	t.Helper()
	pod := harness.Object(server.Get("spec", "template", "spec").(map[string]any))
	if first, _ := item(pod.Get("containers"), 0); first.Text("name") != "argocd-repo-server" {
		t.Errorf("the first container is %q: what names no container would mean that one", first.Text("name"))
	}
	if pod.Text("automountServiceAccountToken") != "false" {
		t.Error("the pod gets a token of its service account")
	}
	sidecar := byName(pod.Get("containers"), "unfold")
	want := map[string]any{
		"runAsNonRoot": true, "readOnlyRootFilesystem": true, "allowPrivilegeEscalation": false,
		"capabilities":   map[string]any{"drop": []any{"ALL"}},
		"seccompProfile": map[string]any{"type": "RuntimeDefault"},
	}
	context, _ := sidecar.Get("securityContext").(map[string]any)
	context = maps.Clone(context)
	if user := harness.Object(context).Text("runAsUser"); user != "999" {
		t.Errorf("the sidecar's user is %q", user)
	}
	delete(context, "runAsUser")
	if d := harness.Diff("securityContext", context, want); d != nil {
		t.Errorf("the sidecar:\n%s", strings.Join(d, "\n"))
	}
	for _, field := range [][]string{{"requests", "cpu"}, {"requests", "memory"}, {"limits", "memory"}} {
		if sidecar.Text(append([]string{"resources"}, field...)...) == "" {
			t.Errorf("the sidecar has no resources.%s", strings.Join(field, "."))
		}
	}
	mounts := map[string]string{}
	list, _ := sidecar.Get("volumeMounts").([]any)
	for i := range list {
		m, _ := item(list, i)
		mounts[m.Text("mountPath")] = m.Text("name")
	}
	paths := slices.Sorted(maps.Keys(mounts))
	paths = slices.DeleteFunc(paths, func(path string) bool {
		return path == "/home/argocd/cmp-server/config" || path == "/home/argocd/platform"
	})
	if want := []string{"/home/argocd/cmp-server/plugins", "/tmp", "/var/run/argocd"}; !slices.Equal(paths, want) {
		t.Errorf("the sidecar mounts %q, want %q", paths, want)
	}
	if byName(pod.Get("volumes"), mounts["/tmp"]).Text("emptyDir", "sizeLimit") == "" {
		t.Error("the sidecar's /tmp has no size limit")
	}
	main := byName(pod.Get("containers"), "argocd-repo-server")
	if byName(main.Get("volumeMounts"), mounts["/tmp"]) != nil {
		t.Error("repo-server and the sidecar share /tmp")
	}
}

// podAdmitted tries a pod of a Deployment in the namespace that enforces the restricted standard.
func podAdmitted(cluster *harness.Cluster, deployment harness.Object) error {
	template := deployment.Get("spec", "template").(map[string]any)
	metadata := maps.Clone(template["metadata"].(map[string]any))
	metadata["name"], metadata["namespace"] = "candidate", "strict"
	_, err := cluster.API.Apply(harness.Object{
		"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"],
	}, true)
	return err
}
