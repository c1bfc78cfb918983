package harness

import (
	"maps"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Installation is a whole Argo CD: a cluster, the half that makes manifests, and the controllers.
type Installation struct {
	*Cluster
	*ArgoCD
	Controller, ApplicationSets *Process
}

// StartInstallation starts everything at once, as far as one part does not need another, and waits for it.
func StartInstallation(t testing.TB, options PluginOptions) *Installation {
	t.Helper()
	i := &Installation{ArgoCD: StartArgoCD(t, options)}
	i.Cluster = StartCluster(t)
	i.RunPods(t, options.HoldPods)
	i.installArgoCD(t)
	i.startControllers(t)
	return i
}

// Manifests is the path of one of Argo CD's own manifests, in the folder of its module.
func Manifests(t testing.TB, elem ...string) string {
	t.Helper()
	link := Built(t, "argo-cd")
	return filepath.Join(append([]string{link, "manifests"}, elem...)...)
}

// installArgoCD creates what Argo CD's controllers need to find in the cluster.
func (c *Cluster) installArgoCD(t testing.TB) {
	t.Helper()
	c.InstallCRDs(t)
	part := map[string]any{"app.kubernetes.io/part-of": "argocd"}
	c.MustApply(t,
		Object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "argocd-cm", "labels": part}},
		Object{
			"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "argocd-secret", "labels": part},
			"stringData": map[string]any{"server.secretkey": "end-to-end"},
		},
		Object{
			"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": map[string]any{"name": "default"},
			"spec": map[string]any{
				"sourceRepos":              []any{"*"},
				"destinations":             []any{map[string]any{"server": "*", "namespace": "*"}},
				"clusterResourceWhitelist": []any{map[string]any{"group": "*", "kind": "*"}},
			},
		},
	)
}

// Register makes the cluster known to Argo CD once more, by a name, as another cluster would be.
func (c *Cluster) Register(t testing.TB, name string, labels map[string]any) {
	t.Helper()
	labels = maps.Clone(labels)
	labels["argocd.argoproj.io/secret-type"] = "cluster"
	c.MustApply(t, Object{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "cluster-" + name, "labels": labels},
		"stringData": map[string]any{
			"name": name, "server": c.API.address,
			"config": `{"bearerToken": "` + token + `", "tlsClientConfig": {"insecure": true}}`,
		},
	})
}

// InstallCRDs installs Argo CD's own kinds and waits until they are served.
func (c *Cluster) InstallCRDs(t testing.TB) {
	t.Helper()
	for _, kind := range []string{"application", "applicationset", "appproject"} {
		c.ApplyFiles(t, Manifests(t, "crds", kind+"-crd.yaml"))
	}
	for _, kind := range []string{"Application", "ApplicationSet", "AppProject"} {
		Eventually(t, startTimeout, "serving "+kind, func() error {
			_, err := c.API.List("argoproj.io/v1alpha1", kind, "argocd")
			return err
		})
	}
}

func (i *Installation) startControllers(t testing.TB) {
	t.Helper()
	dir := ShortTempDir(t)
	makeDirs(t, filepath.Join(dir, "tmp"))
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + filepath.Join(dir, "tmp"),
		"KUBECONFIG=" + i.Kubeconfig, "NAMESPACE=argocd", "POD_NAMESPACE=argocd",
		"ARGOCD_FAKE_IN_CLUSTER=true", // they take the kubeconfig's cluster for the one they run in
	}
	metrics := FreePort(t)
	i.Controller = Start(t, Program{
		Name: "argocd-application-controller",
		Path: Built(t, "argocd/argocd-application-controller"),
		Args: []string{
			"--repo-server", i.Address, "--repo-server-plaintext", "--redis", i.RedisAddress, "--namespace", "argocd",
			"--metrics-port", metrics, "--app-resync", "10", "--app-resync-jitter", "0", "--logformat", "text",
			"--repo-error-grace-period-seconds", "1",
		},
		Env: env,
		Dir: dir,
		// It writes its last words to a store that may be gone already.
		Signal: syscall.SIGKILL,
	})
	setMetrics, setProbe, setWebhook := FreePort(t), FreePort(t), FreePort(t)
	i.ApplicationSets = Start(t, Program{
		Name: "argocd-applicationset-controller",
		Path: Built(t, "argocd/argocd-applicationset-controller"),
		Args: []string{
			"--argocd-repo-server", i.Address, "--repo-server-plaintext", "--namespace", "argocd", "--logformat", "text",
			"--metrics-addr", "127.0.0.1:" + setMetrics, "--probe-addr", "127.0.0.1:" + setProbe,
			"--webhook-addr", "127.0.0.1:" + setWebhook,
		},
		Env:    append(env, i.options.ApplicationSets...),
		Dir:    dir,
		Signal: syscall.SIGKILL,
	})
	i.Controller.Ready(t, time.Minute, func() error { return Answering("http://127.0.0.1:" + metrics + "/healthz") })
	i.ApplicationSets.Ready(t, time.Minute, func() error { return Listening("127.0.0.1:" + setWebhook) })
}
