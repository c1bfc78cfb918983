package harness

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// startTimeout bounds how long a server may take until it answers.
const startTimeout = 30 * time.Second

// PluginOptions says how the plugin's sidecar differs from the usual one.
type PluginOptions struct {
	// Config is the path of the plugin's configuration; plugin.yaml of this repository if empty.
	Config string
	// BinDir is the folder of the plugin's binary; that of the product if empty.
	BinDir string
	// Env is added to the sidecar's environment.
	Env []string
	// Confined locks the sidecar up as a container runtime does, in a file system that holds nothing else.
	Confined bool
	// TmpSize limits a confined sidecar's /tmp; at most 1m, so that it can be done without a file system too.
	TmpSize string
	// HoldPods lets no pod of the cluster start before the test releases it.
	HoldPods bool
	// RepoServer is added to the arguments of repo-server.
	RepoServer []string
	// ApplicationSets is added to the environment of the ApplicationSet controller.
	ApplicationSets []string
}

// brokenVariable names a folder whose unfold takes the place of the product's in the sidecar: for the test that the
// tests fail.
const brokenVariable = "E2E_BROKEN"

// Broken is the environment of a test binary whose sidecars run the unfold of a folder.
func Broken(dir string) []string { return append(os.Environ(), brokenVariable+"="+dir) }

// ArgoCD is the half of Argo CD that makes manifests: a repo-server, its cache, and a plugin's sidecar.
type ArgoCD struct {
	Redis      *Process
	Plugin     *Process
	RepoServer *Process
	// Address is where the repo-server answers, RedisAddress where its cache does.
	Address, RedisAddress string
	// Root is the file system of a confined sidecar.
	Root string

	sockets string
	options PluginOptions
}

// StartArgoCD starts redis, argocd-cmp-server and argocd-repo-server, and waits until all three answer.
func StartArgoCD(t testing.TB, options PluginOptions) *ArgoCD {
	t.Helper()
	a := &ArgoCD{options: options}
	a.Redis, a.RedisAddress = startRedis(t)
	if options.Confined {
		config := a.config(t)
		a.Plugin, a.sockets, a.Root = startConfined(t, options, config)
		a.pluginReady(t)
	} else {
		a.sockets = ShortTempDir(t)
		a.StartPlugin(t)
	}
	a.RepoServer, a.Address = startRepoServer(t, a.sockets, a.RedisAddress, options.RepoServer)
	return a
}

func startRedis(t testing.TB) (process *Process, address string) {
	t.Helper()
	port := FreePort(t)
	address = "127.0.0.1:" + port
	process = Start(t, Program{
		Name: "redis-server",
		Path: Installed(t, "redis-server"),
		Args: []string{"--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no", "--loglevel", "warning"},
		Dir:  t.TempDir(),
	})
	process.Ready(t, startTimeout, func() error { return Listening(address) })
	return process, address
}

// config is the plugin's configuration.
func (a *ArgoCD) config(t testing.TB) []byte {
	t.Helper()
	if a.options.Config == "" {
		return ReadFile(t, RepoPath(t, "plugin.yaml"))
	}
	return ReadFile(t, a.options.Config)
}

// StartPlugin starts argocd-cmp-server, which is running already unless it was stopped.
func (a *ArgoCD) StartPlugin(t testing.TB) {
	t.Helper()
	bin := a.options.BinDir
	if bin == "" {
		bin = os.Getenv(brokenVariable)
	}
	if bin == "" {
		bin = filepath.Dir(Unfold(t))
	}
	dir := ShortTempDir(t)
	WriteFile(t, filepath.Join(dir, "config", "plugin.yaml"), a.config(t))
	makeDirs(t, filepath.Join(dir, "tmp"))
	a.Plugin = Start(t, Program{
		Name: "argocd-cmp-server",
		Path: Built(t, "argocd/argocd-cmp-server"),
		Args: []string{"--config-dir-path", filepath.Join(dir, "config"), "--logformat", "text"},
		// The plugin inherits this environment. Nothing but the binary itself is on its PATH, as in the image.
		Env: append([]string{"PATH=" + bin, "TMPDIR=" + filepath.Join(dir, "tmp"), "ARGOCD_PLUGINSOCKFILEPATH=" + a.sockets},
			a.options.Env...),
		Dir:    dir,
		Signal: syscall.SIGKILL, // it does not end on SIGTERM
	})
	a.pluginReady(t)
}

// pluginReady waits until the plugin's socket takes connections: a killed cmp-server leaves the file behind.
func (a *ArgoCD) pluginReady(t testing.TB) {
	t.Helper()
	socket := filepath.Join(a.sockets, pluginName(t, a.config(t))+".sock")
	a.Plugin.Ready(t, startTimeout, func() error {
		connection, err := net.DialTimeout("unix", socket, time.Second)
		if err != nil {
			return err
		}
		return connection.Close()
	})
}

// pluginName is the name by which Applications choose a plugin, and that of its socket.
func pluginName(t testing.TB, config []byte) string {
	t.Helper()
	var c struct {
		Metadata struct{ Name string }
		Spec     struct{ Version string }
	}
	if err := yaml.Unmarshal(config, &c); err != nil {
		t.Fatal(err)
	}
	if c.Metadata.Name == "" || c.Spec.Version != "" {
		t.Fatalf("the plugin's name is %q and its version %q; Applications need a name, and a version would change it", c.Metadata.Name,
			c.Spec.Version)
	}
	return c.Metadata.Name
}

func startRepoServer(t testing.TB, sockets, redis string, args []string) (process *Process, address string) {
	t.Helper()
	dir := ShortTempDir(t)
	makeDirs(t, filepath.Join(dir, "tmp"))
	port, metrics := FreePort(t), FreePort(t)
	address = "127.0.0.1:" + port
	process = Start(t, Program{
		Name: "argocd-repo-server",
		Path: Built(t, "argocd/argocd-repo-server"),
		Args: append([]string{
			"--disable-tls", "--redis", redis, "--logformat", "text",
			"--address", "127.0.0.1", "--port", port,
			"--metrics-address", "127.0.0.1", "--metrics-port", metrics,
		}, args...),
		Env: []string{
			// kustomize is for apps that have left the plugin.
			"PATH=" + os.Getenv("PATH") + ":" + filepath.Dir(Kustomize(t)), "HOME=" + dir, "TMPDIR=" + filepath.Join(dir, "tmp"),
			"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
			"ARGOCD_GPG_ENABLED=false", "ARGOCD_PLUGINSOCKFILEPATH=" + sockets,
			"ARGOCD_ASK_PASS_SOCK=" + filepath.Join(dir, "ask-pass.sock"),
			"ARGOCD_PAUSE_GEN_REQUESTS=1", // as in deploy/component
		},
		Dir: dir,
	})
	health := "http://127.0.0.1:" + metrics + "/healthz"
	process.Ready(t, startTimeout, func() error {
		if err := Listening(address); err != nil {
			return err
		}
		return Answering(health)
	})
	// The folder of its clones is readable to no one, not even to itself, between two requests.
	t.Cleanup(func() { unlock(filepath.Join(dir, "tmp")) })
	return process, address
}

// unlock makes every folder below dir accessible, so that it can be removed.
func unlock(dir string) {
	_ = filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if entry != nil && entry.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
}

func makeDirs(t testing.TB, dirs ...string) {
	t.Helper()
	for _, dir := range dirs {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// Environ is the environment that Argo CD gives the plugin for a request at a revision, as it is documented.
func (q ManifestRequest) Environ(t testing.TB, revision string) []string {
	t.Helper()
	env := []string{
		"ARGOCD_APP_NAME=" + q.AppName,
		"ARGOCD_APP_NAMESPACE=" + q.Namespace,
		"ARGOCD_APP_PROJECT_NAME=" + q.ProjectName,
		"ARGOCD_APP_REVISION=" + revision,
		"ARGOCD_APP_REVISION_SHORT=" + revision[:7],
		"ARGOCD_APP_REVISION_SHORT_8=" + revision[:8],
		"KUBE_VERSION=" + q.KubeVersion,
		"KUBE_API_VERSIONS=" + strings.Join(q.APIVersions, ","),
	}
	return append(env, q.Source.environ(t)...)
}
