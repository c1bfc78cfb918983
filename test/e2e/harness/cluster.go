package harness

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// clusterTimeout bounds how long the API server may take: it sets up its own objects first.
const clusterTimeout = time.Minute

// token is the administrator's; the API server listens on loopback only.
const token = "e2e"

// Cluster is a Kubernetes API server with its store, and the controllers that delete what has lost its owner or its
// namespace. Nothing runs pods in it until [Cluster.RunPods].
type Cluster struct {
	Etcd, APIServer, Controllers *Process

	API *API
	// Kubeconfig is the path of a configuration with the namespace argocd.
	Kubeconfig string
}

// StartCluster starts etcd and kube-apiserver, and waits until objects can be written.
func StartCluster(t testing.TB) *Cluster {
	t.Helper()
	dir := ShortTempDir(t)
	var c Cluster
	etcd := "http://127.0.0.1:" + FreePort(t)
	peers := "http://127.0.0.1:" + FreePort(t)
	c.Etcd = Start(t, Program{
		Name: "etcd",
		Path: Installed(t, "etcd"),
		Args: []string{
			"--data-dir", filepath.Join(dir, "etcd"), "--log-level", "warn", "--logger", "zap",
			"--listen-client-urls", etcd, "--advertise-client-urls", etcd,
			"--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", "default=" + peers,
		},
		Dir:    dir,
		Signal: syscall.SIGKILL, // what it holds is thrown away
	})
	key, tokens := filepath.Join(dir, "service-accounts.pem"), filepath.Join(dir, "tokens.csv")
	WriteFile(t, key, newKey(t))
	WriteFile(t, tokens, []byte(token+",admin,admin,system:masters\n"))
	c.Etcd.Ready(t, startTimeout, func() error { return Answering(etcd + "/health") })

	port := FreePort(t)
	c.APIServer = Start(t, Program{
		Name: "kube-apiserver",
		Path: Built(t, "kubernetes/kube-apiserver"),
		Args: []string{
			"--etcd-servers=" + etcd, "--cert-dir=" + filepath.Join(dir, "certs"),
			"--bind-address=127.0.0.1", "--secure-port=" + port, "--service-cluster-ip-range=10.0.0.0/24,fd00::/108",
			"--allow-privileged=true",
			"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file=" + key,
			"--service-account-signing-key-file=" + key, "--token-auth-file=" + tokens,
			"--authorization-mode=RBAC", "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
			// It needs a newer etcd than Debian has, and complains all the time.
			"--feature-gates=SizeBasedListCostEstimate=false,WatchList=false",
		},
		Dir:    dir,
		Signal: syscall.SIGKILL, // it takes seconds to say goodbye
	})
	address := "https://127.0.0.1:" + port
	c.API = newAPI(address, token)
	c.Kubeconfig = filepath.Join(dir, "kubeconfig")
	WriteFile(t, c.Kubeconfig, fmt.Appendf(nil, kubeconfig, address, token))
	c.APIServer.Ready(t, clusterTimeout, c.API.ready)
	c.Controllers = Start(t, Program{
		Name: "kube-controller-manager",
		Path: Built(t, "kubernetes/kube-controller-manager"),
		Args: []string{
			"--kubeconfig=" + c.Kubeconfig, "--bind-address=127.0.0.1", "--secure-port=" + FreePort(t), "--leader-elect=false",
			"--cert-dir=" + filepath.Join(dir, "controllers"), "--controllers=garbage-collector-controller,namespace-controller",
		},
		Dir:    dir,
		Signal: syscall.SIGKILL,
	})
	c.MustApply(t, NewNamespace("argocd", nil))
	return &c
}

const kubeconfig = `apiVersion: v1
kind: Config
clusters:
- name: e2e
  cluster: {server: "%s", insecure-skip-tls-verify: true}
contexts:
- name: e2e
  context: {cluster: e2e, user: admin, namespace: argocd}
current-context: e2e
users:
- name: admin
  user: {token: "%s"}
`

func newKey(t testing.TB) []byte {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

// NewNamespace is a Namespace object.
func NewNamespace(name string, labels map[string]any) Object {
	metadata := map[string]any{"name": name}
	if labels != nil {
		metadata["labels"] = labels
	}
	return Object{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
}

// MustApply applies objects in their order. Those that need a namespace and have none go to argocd.
func (c *Cluster) MustApply(t testing.TB, objects ...Object) {
	t.Helper()
	for _, o := range objects {
		if o.Text("metadata", "namespace") == "" {
			if metadata, ok := o["metadata"].(map[string]any); ok && !clusterWide[o.Text("kind")] {
				metadata["namespace"] = "argocd"
			}
		}
		if _, err := c.API.Apply(o, false); err != nil {
			t.Fatalf("applying %s: %v", o.ID(), err)
		}
	}
}

// clusterWide are the kinds without a namespace among those that tests apply.
var clusterWide = map[string]bool{
	"ClusterRole": true, "ClusterRoleBinding": true, "CustomResourceDefinition": true, "Namespace": true, "PriorityClass": true,
	"Node": true, "StorageClass": true,
}

// ApplyFiles applies files of manifests.
func (c *Cluster) ApplyFiles(t testing.TB, files ...string) {
	t.Helper()
	for _, file := range files {
		objects, err := ParseYAML(ReadFile(t, file))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		c.MustApply(t, objects...)
	}
}

// Kubectl runs kubectl and returns what it printed. The error holds its stderr.
func (c *Cluster) Kubectl(t testing.TB, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, Built(t, "kubernetes/kubectl"), args...)
	cmd.Env = []string{"KUBECONFIG=" + c.Kubeconfig, "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out), nil
}
