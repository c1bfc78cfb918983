package harness

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serviceAccount is where a pod finds its account, and so where the controller looks for the API server's.
const serviceAccount = "var/run/secrets/kubernetes.io/serviceaccount"

// SealedSecrets is the sealed-secrets controller of a cluster, behind the Service that its own manifests have.
type SealedSecrets struct {
	*Process
	cluster    *Cluster
	root, port string
}

// StartSealedSecrets starts the controller in kube-system, with its kind and its Service, and waits until it answers.
func StartSealedSecrets(t testing.TB, c *Cluster) *SealedSecrets {
	t.Helper()
	c.ApplyFiles(t, filepath.Join(Built(t, "sealed-secrets"), "helm", "sealed-secrets", "crds", "bitnami.com_sealedsecrets.yaml"))
	Eventually(t, startTimeout, "serving SealedSecret", func() error {
		_, err := c.API.List("bitnami.com/v1alpha1", "SealedSecret", "kube-system")
		return err
	})
	s := &SealedSecrets{cluster: c, root: ShortTempDir(t), port: FreePort(t)}
	// It runs as in a pod: with a root of its own, where its account is.
	account := filepath.Join(s.root, serviceAccount)
	WriteFile(t, filepath.Join(account, "token"), []byte(token))
	WriteFile(t, filepath.Join(account, "ca.crt"), ReadFile(t, filepath.Join(filepath.Dir(c.Kubeconfig), "certs", "apiserver.crt")))
	WriteFile(t, filepath.Join(s.root, "controller"), ReadFile(t, Built(t, "sealedsecrets/controller")))
	if err := os.Chmod(filepath.Join(s.root, "controller"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.expose(t)
	s.Start(t)
	return s
}

// expose makes the Service, and the Pod and the Endpoints that the API server wants to see before it passes requests
// on to the controller.
func (s *SealedSecrets) expose(t testing.TB) {
	t.Helper()
	c, address := s.cluster, machine(t)
	named := map[string]any{"name": "sealed-secrets-controller", "namespace": "kube-system"}
	c.MustApply(t,
		Object{"apiVersion": "v1", "kind": "Service", "metadata": named, "spec": map[string]any{
			"ports": []any{map[string]any{"port": 8080, "protocol": "TCP"}},
		}},
		Object{"apiVersion": "v1", "kind": "Endpoints", "metadata": named, "subsets": []any{map[string]any{
			"addresses": []any{map[string]any{"ip": address, "targetRef": map[string]any{"kind": "Pod", "name": named["name"],
				"namespace": "kube-system"}}},
			"ports": []any{map[string]any{"port": number(s.port), "protocol": "TCP"}},
		}}},
		Object{"apiVersion": "v1", "kind": "Pod", "metadata": named, "spec": map[string]any{
			"containers": []any{map[string]any{"name": "controller", "image": "sealed-secrets-controller"}},
		}},
	)
	status := Object{"podIP": address, "podIPs": []any{map[string]any{"ip": address}}}
	if err := c.API.PatchStatus("v1", "Pod", "kube-system", "sealed-secrets-controller", status); err != nil {
		t.Fatal(err)
	}
}

// Start starts the controller, for the first time or again.
func (s *SealedSecrets) Start(t testing.TB) {
	t.Helper()
	host, port, err := net.SplitHostPort(strings.TrimPrefix(s.cluster.API.address, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	s.Process = Start(t, Program{
		Name: "sealed-secrets-controller",
		Path: "/controller",
		Args: []string{"--listen-addr", ":" + s.port, "--listen-metrics-addr", "127.0.0.1:" + FreePort(t), "--key-size", "2048",
			"--key-renew-period", "0"},
		Env:  []string{"POD_NAMESPACE=kube-system", "KUBERNETES_SERVICE_HOST=" + host, "KUBERNETES_SERVICE_PORT=" + port, "TMPDIR=/"},
		Dir:  "/",
		Attr: &syscall.SysProcAttr{Chroot: s.root},
	})
	s.Ready(t, time.Minute, func() error { return Answering("http://127.0.0.1:" + s.port + "/healthz") })
	if len(s.Keys(t)) == 0 {
		s.Renew(t)
	}
}

// Keys lists the Secrets that hold the controller's keys.
func (s *SealedSecrets) Keys(t testing.TB) []string {
	t.Helper()
	secrets, err := s.cluster.API.List("v1", "Secret", "kube-system")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, o := range secrets {
		if o.Text("metadata", "labels", "sealedsecrets.bitnami.com/sealed-secrets-key") != "" {
			out = append(out, o.Text("metadata", "name"))
		}
	}
	return out
}

// Renew has the controller make a new key, and waits until it seals with that.
func (s *SealedSecrets) Renew(t testing.TB) {
	t.Helper()
	before := len(s.Keys(t))
	if err := syscall.Kill(s.PID(), syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	Eventually(t, startTimeout, "a new key", func() error {
		if len(s.Keys(t)) == before {
			return errors.New("there is none yet")
		}
		return Answering("http://127.0.0.1:" + s.port + "/v1/cert.pem")
	})
}

// machine is an address of this machine that the API server may pass requests on to; it refuses loopback.
func machine(t testing.TB) string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.To4() != nil && ip.IP.IsGlobalUnicast() {
			return ip.IP.String()
		}
	}
	t.Fatal("this machine has no address but loopback, so the API server can't reach the controller's Service")
	return ""
}

func number(port string) int {
	n := 0
	fmt.Sscan(port, &n)
	return n
}

// Environ is an environment in which kubectl is on the path and reaches the cluster.
func (c *Cluster) Environ(t testing.TB) []string {
	t.Helper()
	return []string{"KUBECONFIG=" + c.Kubeconfig, "HOME=" + t.TempDir(), "PATH=" + filepath.Dir(Built(t, "kubernetes/kubectl"))}
}

// RunSealing runs a program, the product or kubeseal, in a folder, with kubectl and the cluster at hand, and returns its
// stdout. The error holds its stderr.
func (c *Cluster) RunSealing(t testing.TB, dir string, stdin []byte, program string, args ...string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.Stdin = dir, c.Environ(t), strings.NewReader(string(stdin))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("%s %s: %w: %s", filepath.Base(program), strings.Join(args, " "), err, stderr.String())
	}
	return out, nil
}
