package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// sealing is a cluster with the real sealed-secrets controller, and an app whose secrets it opens.
type sealing struct {
	*harness.Cluster
	controller *harness.SealedSecrets
	dir        string
}

const sealedApp = `# The shop.
apiVersion: unfold.dev/v1alpha1
kind: App
name: shop
image: ghcr.io/example/shop:v1
workloads:
  web: {port: 8080}
  worker: {command: [work]}
environments:
  prod:
    namespace: shop   # the first one
  test: {namespace: shop-test}
`

func startSealing(t *testing.T) *sealing {
	t.Helper()
	s := &sealing{Cluster: harness.StartCluster(t), dir: harness.ShortTempDir(t)}
	s.controller = harness.StartSealedSecrets(t, s.Cluster)
	for _, name := range []string{"shop", "shop-test", "elsewhere"} {
		s.MustApply(t, harness.NewNamespace(name, nil))
	}
	s.reset(t)
	return s
}

// reset returns the app its first descriptor.
func (s *sealing) reset(t *testing.T) {
	t.Helper()
	harness.WriteFile(t, filepath.Join(s.dir, "app.yaml"), []byte(sealedApp))
}

func (s *sealing) unfold(t *testing.T, stdin []byte, args ...string) (string, error) {
	t.Helper()
	out, err := s.RunSealing(t, s.dir, stdin, harness.Unfold(t), args...)
	return string(out), err
}

func (s *sealing) seal(t *testing.T, plain []byte, args ...string) {
	t.Helper()
	out, err := s.unfold(t, plain, append([]string{"seal"}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	if len(plain) > 8 && strings.Contains(out, string(plain)) {
		t.Errorf("seal prints the secret: %.200s", out)
	}
}

// generate returns the SealedSecrets of what the plugin prints, by name.
func (s *sealing) generate(t *testing.T, environment, namespace string) map[string]harness.Object {
	t.Helper()
	out, err := harness.RunUnfold(t, s.dir, []string{"ARGOCD_ENV_ENVIRONMENT=" + environment, "ARGOCD_APP_NAMESPACE=" + namespace},
		"generate")
	if err != nil {
		t.Fatal(err)
	}
	objects, err := harness.ParseYAML(out)
	if err != nil {
		t.Fatal(err)
	}
	sealed := map[string]harness.Object{}
	for _, o := range objects {
		if o.Text("kind") == "SealedSecret" {
			sealed[o.Text("metadata", "name")] = o
		}
	}
	return sealed
}

// opened waits until the controller has made a Secret, and holds it to the bytes that went in.
func (s *sealing) opened(t *testing.T, namespace, name string, want map[string][]byte) {
	t.Helper()
	harness.Eventually(t, harness.SettleTimeout, "the Secret "+namespace+"/"+name, func() error {
		o, err := s.API.Get("v1", "Secret", namespace, name)
		if err != nil {
			return err
		}
		data, _ := o.Get("data").(map[string]any)
		if len(data) != len(want) {
			return fmt.Errorf("it has %d keys, want %d", len(data), len(want))
		}
		for key, plain := range want {
			got, err := base64.StdEncoding.DecodeString(o.Text("data", key))
			if err != nil || !bytes.Equal(got, plain) {
				return fmt.Errorf("%s has %d bytes, want %d: %v", key, len(got), len(plain), err)
			}
		}
		return nil
	})
}

// stays waits until the controller has refused a SealedSecret, and proves that there is no Secret.
func (s *sealing) refused(t *testing.T, namespace, name string) {
	t.Helper()
	harness.Eventually(t, harness.SettleTimeout, "the refusal of "+namespace+"/"+name, func() error {
		o, err := s.API.Get("bitnami.com/v1alpha1", "SealedSecret", namespace, name)
		if err != nil {
			return err
		}
		if why := fmt.Sprint(o.Get("status", "conditions")); !strings.Contains(why, "no key could decrypt secret") {
			return errors.New("its conditions are " + why)
		}
		return nil
	})
	if _, err := s.API.Get("v1", "Secret", namespace, name); !harness.IsNotFound(err) {
		t.Errorf("there is a Secret %s/%s: %v", namespace, name, err)
	}
}

// moved is a SealedSecret in another namespace, under another name.
func moved(o harness.Object, namespace, name string) harness.Object {
	metadata, annotations := map[string]any{"namespace": namespace, "name": name}, o.Get("metadata", "annotations")
	if annotations != nil {
		metadata["annotations"] = annotations
	}
	return harness.Object{"apiVersion": o["apiVersion"], "kind": o["kind"], "metadata": metadata, "spec": o["spec"]}
}

// awkwardValues are what people seal: every byte has to arrive.
func awkwardValues() map[string][]byte {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	return map[string][]byte{
		"BINARY": every, "EMPTY": {}, "NEWLINE": []byte("one line\n"), "LINES": []byte("one\r\ntwo\n\n"),
		"UNICODE": []byte("пароль 🔑 ﷺ"), "YAML": []byte("{a: 'b', c: \"d\"} # e"), "SPACES": []byte("  \t "), "ONE": []byte("x"),
	}
}

// TestSealedSecretsOpen has the real controller open what seal wrote and generate printed, in every scope, for all
// workloads and for one of its own, and refuse what was sealed for another place.
func TestSealedSecretsOpen(t *testing.T) {
	s := startSealing(t)
	want := awkwardValues()
	for key, plain := range want {
		s.seal(t, plain, "--env", "prod", key)
		s.seal(t, plain, "--env", "prod", "--scope", "namespace-wide", "WIDE_"+key)
		s.seal(t, plain, "--env", "prod", "--scope", "cluster-wide", "--workload", "worker", "FREE_"+key)
	}
	s.seal(t, []byte("of the worker"), "--env", "prod", "--workload", "worker", "OWN")
	file := filepath.Join(harness.ShortTempDir(t), "value")
	harness.WriteFile(t, file, want["BINARY"])
	s.seal(t, nil, "--env", "prod", "--from-file", "tls.key="+file, "--mount", "/etc/tls/tls.key")
	want["tls.key"] = want["BINARY"]
	if out, err := s.unfold(t, nil, "seal", "--validate", "--env", "prod"); err != nil || strings.Count(out, "can open") != 4 {
		t.Errorf("%s%v", out, err)
	}

	sealed := s.generate(t, "prod", "shop")
	for _, name := range []string{"shop-secrets", "shop-secrets-namespace-wide", "shop-worker-secrets",
		"shop-worker-secrets-cluster-wide"} {
		if sealed[name] == nil {
			t.Fatalf("generate prints no SealedSecret %s", name)
		}
		s.MustApply(t, sealed[name])
	}
	s.opened(t, "shop", "shop-secrets", want)
	s.opened(t, "shop", "shop-secrets-namespace-wide", prefixed("WIDE_", awkwardValues()))
	s.opened(t, "shop", "shop-worker-secrets", map[string][]byte{"OWN": []byte("of the worker")})
	s.opened(t, "shop", "shop-worker-secrets-cluster-wide", prefixed("FREE_", awkwardValues()))
	secret, err := s.API.Get("v1", "Secret", "shop", "shop-worker-secrets")
	if err != nil || secret.Text("metadata", "labels", "app.kubernetes.io/name") != "shop" ||
		secret.Text("metadata", "labels", "app.kubernetes.io/component") != "worker" || secret.Text("type") != "Opaque" {
		t.Errorf("%v, labels %v, type %s", err, secret.Get("metadata", "labels"), secret.Text("type"))
	}

	s.MustApply(t,
		moved(sealed["shop-secrets"], "elsewhere", "shop-secrets"), moved(sealed["shop-secrets"], "shop", "other"),
		moved(sealed["shop-secrets-namespace-wide"], "elsewhere", "wide"), moved(sealed["shop-secrets-namespace-wide"], "shop", "wide"),
		moved(sealed["shop-worker-secrets-cluster-wide"], "elsewhere", "free"))
	s.refused(t, "elsewhere", "shop-secrets")
	s.refused(t, "shop", "other")
	s.refused(t, "elsewhere", "wide")
	s.opened(t, "shop", "wide", prefixed("WIDE_", awkwardValues()))
	s.opened(t, "elsewhere", "free", prefixed("FREE_", awkwardValues()))

	// The namespace of the Application is another: the plugin says so before the controller does.
	_, err = harness.RunUnfold(t, s.dir, []string{"ARGOCD_ENV_ENVIRONMENT=prod",
		`ARGOCD_APP_PARAMETERS=[{"name":"namespace","string":"elsewhere"}]`}, "generate")
	if err == nil || !strings.Contains(err.Error(),
		`the secret "OWN" is sealed for the namespace "shop", but the app runs in "elsewhere"`) {
		t.Errorf("%v", err)
	}
	if out, err := s.unfold(t, nil, "set", "--env", "prod", "namespace=elsewhere"); err != nil {
		t.Fatal(out, err)
	}
	out, err := s.unfold(t, nil, "seal", "--validate", "--env", "prod", "OWN", "FREE_ONE")
	if err == nil || !strings.Contains(err.Error(), `can't open the secret "OWN" of prod`) ||
		!strings.Contains(out, "shop-worker-secrets-cluster-wide, 1 key") {
		t.Errorf("%s%v", out, err)
	}
}

func prefixed(prefix string, values map[string][]byte) map[string][]byte {
	out := map[string][]byte{}
	for key, plain := range values {
		out[prefix+key] = plain
	}
	return out
}

// TestKubesealOutputIsTheSame pastes what kubeseal prints into app.yaml, and has kubeseal judge what seal prints.
func TestKubesealOutputIsTheSame(t *testing.T) {
	s := startSealing(t)
	kubeseal := harness.Built(t, "sealedsecrets/kubeseal")
	cert, err := s.RunSealing(t, s.dir, nil, kubeseal, "--fetch-cert")
	if err != nil {
		t.Fatal(err)
	}
	harness.WriteFile(t, filepath.Join(s.dir, "cert.pem"), cert)
	var text strings.Builder
	text.WriteString("    secrets:\n")
	want := awkwardValues()
	for key, plain := range want {
		raw, err := s.RunSealing(t, s.dir, plain, kubeseal, "--raw", "--from-file=/dev/stdin", "--namespace", "shop", "--name",
			"shop-secrets")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "      %s: %s\n", key, raw)
	}
	raw, err := s.RunSealing(t, s.dir, []byte("free"), kubeseal, "--raw", "--from-file=/dev/stdin", "--scope", "cluster-wide", "--cert",
		"cert.pem")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&text, "      FREE: {value: %s, scope: cluster-wide}\n", raw)
	descriptor := strings.Replace(sealedApp, "# the first one\n", "# the first one\n"+text.String(), 1)
	harness.WriteFile(t, filepath.Join(s.dir, "app.yaml"), []byte(descriptor))
	for _, o := range s.generate(t, "prod", "shop") {
		s.MustApply(t, o)
	}
	s.opened(t, "shop", "shop-secrets", want)
	s.opened(t, "shop", "shop-secrets-cluster-wide", map[string][]byte{"FREE": []byte("free")})
	if out, err := s.unfold(t, nil, "seal", "--validate", "--env", "prod"); err != nil {
		t.Error(out, err)
	}

	// The other way round: kubeseal merges what seal --raw printed, and finds it valid.
	out, err := s.unfold(t, []byte("raw"), "seal", "--env", "prod", "--cert", "cert.pem", "--raw", "TOKEN")
	if err != nil {
		t.Fatal(err)
	}
	manifest := fmt.Sprintf("apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: shop-secrets, namespace: shop}\n"+
		"spec: {encryptedData: {TOKEN: %s}}\n", strings.TrimSpace(out))
	if _, err := s.RunSealing(t, s.dir, []byte(manifest), kubeseal, "--validate"); err != nil {
		t.Error(err)
	}
}

// TestSealedSecretsRotate has a new key made, rotates, and takes the old key away.
func TestSealedSecretsRotate(t *testing.T) {
	s := startSealing(t)
	old := s.controller.Keys(t)
	s.seal(t, []byte("a token"), "--env", "prod", "TOKEN")
	s.seal(t, []byte("free"), "--env", "prod", "--scope", "cluster-wide", "FREE")
	s.seal(t, []byte("wide"), "--env", "prod", "--scope", "namespace-wide", "--workload", "web", "WIDE")
	s.seal(t, []byte("a test's token"), "--env", "test", "TOKEN")
	s.controller.Renew(t)
	for _, environment := range []string{"prod", "test"} {
		if out, err := s.unfold(t, nil, "seal", "--validate", "--env", environment); err != nil {
			t.Errorf("with the old key and a new one: %s%v", out, err)
		}
	}
	before := string(harness.ReadFile(t, filepath.Join(s.dir, "app.yaml")))
	out, err := s.unfold(t, nil, "secrets", "rotate", "--env", "prod")
	if err != nil || strings.Count(out, "rotated ") != 3 {
		t.Fatal(out, err)
	}
	after := string(harness.ReadFile(t, filepath.Join(s.dir, "app.yaml")))
	touched := 0
	for i, line := range strings.Split(before, "\n") {
		if now := strings.Split(after, "\n"); i >= len(now) || now[i] != line {
			touched++
		}
	}
	if touched != 3 || len(before) != len(after) {
		t.Errorf("%d lines are touched, %d bytes were %d:\n%s", touched, len(after), len(before), after)
	}

	// Without the old key only what was rotated opens.
	s.controller.Stop()
	for _, name := range old {
		if err := s.API.Delete("v1", "Secret", "kube-system", name); err != nil {
			t.Fatal(err)
		}
	}
	s.controller.Start(t)
	if out, err := s.unfold(t, nil, "seal", "--validate", "--env", "prod"); err != nil {
		t.Error(out, err)
	}
	if _, err := s.unfold(t, nil, "seal", "--validate", "--env", "test"); err == nil ||
		!strings.Contains(err.Error(), `can't open the secret "TOKEN" of test`) {
		t.Errorf("what was not rotated: %v", err)
	}
	if _, err := s.unfold(t, nil, "secrets", "rotate", "--env", "test"); err == nil ||
		!strings.Contains(err.Error(), "can't open all of shop-secrets") {
		t.Errorf("what can't be rotated any more: %v", err)
	}
	for _, o := range s.generate(t, "prod", "shop") {
		s.MustApply(t, o)
	}
	s.opened(t, "shop", "shop-secrets", map[string][]byte{"TOKEN": []byte("a token")})
	s.opened(t, "shop", "shop-secrets-cluster-wide", map[string][]byte{"FREE": []byte("free")})
	s.opened(t, "shop", "shop-web-secrets-namespace-wide", map[string][]byte{"WIDE": []byte("wide")})
}

// TestSealedSecretsThatAreLarge finds the limits that docs/secrets.md names: what a Secret holds, and what client-side
// apply, which Argo CD does unless told otherwise, can keep in its annotation.
func TestSealedSecretsThatAreLarge(t *testing.T) {
	s := startSealing(t)
	apply := func(how ...string) error {
		out := s.generate(t, "prod", "shop")["shop-secrets-cluster-wide"]
		if out == nil {
			t.Fatal("generate prints no SealedSecret")
		}
		text, err := harness.RunUnfold(t, s.dir, nil, "render", "--env", "prod")
		if err != nil {
			t.Fatal(err)
		}
		for document := range strings.SplitSeq(string(text), "\n---\n") {
			if strings.Contains(document, "kind: SealedSecret") {
				_, err = s.RunSealing(t, s.dir, []byte(document), harness.Built(t, "kubernetes/kubectl"),
					append([]string{"apply", "--filename", "-"}, how...)...)
			}
		}
		return err
	}
	for _, x := range []struct {
		size               int
		sealed, clientSide bool
	}{
		{190 << 10, true, true},
		{200 << 10, true, false},
		{1 << 20, true, false}, // the largest that a Secret can hold
		{1<<20 + 1, false, false},
	} {
		t.Run(fmt.Sprint(x.size, " bytes"), func(t *testing.T) {
			s.reset(t)
			plain := make([]byte, x.size)
			rand.Read(plain)
			_, err := s.unfold(t, plain, "seal", "--env", "prod", "--scope", "cluster-wide", "LARGE")
			if (err == nil) != x.sealed {
				t.Fatalf("sealed: %v", err)
			}
			if !x.sealed {
				return
			}
			if err := apply(); (err == nil) != x.clientSide || err != nil &&
				!strings.Contains(err.Error(), "may not be more than 262144 bytes") {
				t.Errorf("client-side: %.300v", err)
			}
			if err := apply("--server-side", "--force-conflicts"); err != nil {
				t.Errorf("server-side: %.300v", err)
			}
			s.opened(t, "shop", "shop-secrets-cluster-wide", map[string][]byte{"LARGE": plain})
		})
	}
}
