package delivery

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"

	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/secret/seal"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

const sealed = `apiVersion: unfold.dev/v1alpha1
kind: App
name: shop # the name
image: ghcr.io/example/shop:v1

workloads:
  web: {port: 8080}
  worker: {command: [work]}

environments:
  dev:   {namespace: 'shop-dev'}
  prod: # the real one
    namespace: "shop"
    replicas: 3
`

// TestSeal opens what was sealed as the controller does, with the label that
// kubeseal would have given it, and holds the rest of the file to its bytes.
func TestSeal(t *testing.T) {
	key, cert, err := crypto.GeneratePrivateKeyAndCert(2048, time.Hour, "test")
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := seal.ParseNow("test", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		env, workload, scope, label string
		plain                       []byte
	}{
		{"prod", "", "", "shop/shop-secrets", []byte("a value\n")},
		{"prod", "", "strict", "shop/shop-secrets", nil},
		{"dev", "", "namespace-wide", "shop-dev", []byte{0, 255, 10, 13, 128}},
		{"dev", "web", "", "shop-dev/shop-web-secrets", []byte("ключ 🔑")},
		{"prod", "worker", "cluster-wide", "", bytes.Repeat([]byte("x"), 700<<10)},
	} {
		t.Run(c.env+c.workload+c.scope, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "app.yaml")
			if err := os.WriteFile(file, []byte(sealed), 0o640); err != nil {
				t.Fatal(err)
			}
			s := Sealing{Envs: []string{c.env}, Workload: c.workload, Scope: c.scope,
				Certificate: func(context.Context, string, platform.Certificate) (*seal.Certificate, error) {
					return certificate, nil
				}}
			if _, err := Seal(t.Context(), dir, s, []Plain{{"TOKEN", c.plain}}, How{}); err != nil {
				t.Fatal(err)
			}
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			top, _ := value.Read(file, src)
			path := []string{"environments", c.env, "workloads", c.workload, "secrets", "TOKEN"}
			if c.workload == "" {
				path = []string{"environments", c.env, "secrets", "TOKEN"}
			}
			text := top.StringAt(path...)
			if text == "" {
				text = top.StringAt(append(path, "value")...)
			}
			b, err := base64.StdEncoding.DecodeString(text)
			if err != nil || text == "" {
				t.Fatalf("no sealed value: %v\n%.500s", err, src)
			}
			plain, err := crypto.HybridDecrypt(nil, map[string]*rsa.PrivateKey{"": key}, b, []byte(c.label))
			if err != nil || !bytes.Equal(plain, c.plain) {
				t.Errorf("%v, %d bytes of %d", err, len(plain), len(c.plain))
			}
			for line := range strings.Lines(sealed) {
				if !strings.Contains(string(src), strings.TrimRight(line, "}\n")) {
					t.Errorf("lost %q in\n%.500s", line, src)
				}
			}
			rows, err := Secrets(dir, How{})
			if err != nil || len(rows) != 1 || rows[0].Env != c.env || rows[0].Key != "TOKEN" {
				t.Errorf("%v %v", rows, err)
			}
			if _, err := RemoveSecrets(t.Context(), dir, []string{c.env}, c.workload, []string{"TOKEN"}, How{}); err != nil {
				t.Fatal(err)
			}
			if src, _ = os.ReadFile(file); string(src) != sealed {
				t.Errorf("not as before:\n%s", src)
			}
		})
	}
}

// TestSealTooLarge refuses what would make a descriptor that can't be read.
func TestSealTooLarge(t *testing.T) {
	certificate := throwAway(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "app.yaml")
	if err := os.WriteFile(file, []byte(sealed), 0o640); err != nil {
		t.Fatal(err)
	}
	s := Sealing{Envs: []string{"prod"}, Certificate: func(context.Context, string, platform.Certificate) (*seal.Certificate, error) {
		return certificate, nil
	}}
	_, err := Seal(t.Context(), dir, s, []Plain{{"TOKEN", make([]byte, 2<<20)}}, How{})
	if src, _ := os.ReadFile(file); err == nil || !strings.Contains(err.Error(), "larger than 2 MiB") || string(src) != sealed {
		t.Errorf("%v", err)
	}
}

// throwAway returns a certificate whose key nobody has.
func throwAway(t *testing.T) *seal.Certificate {
	t.Helper()
	_, cert, err := crypto.GeneratePrivateKeyAndCert(2048, time.Hour, "test")
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := seal.ParseNow("test", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}
