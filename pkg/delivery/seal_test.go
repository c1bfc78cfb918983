package delivery

import (
	"bytes"
	"crypto/rsa"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"reflect"
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
	certificate := certificateFile(t, cert.Raw)
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
			s := Sealing{Envs: []string{c.env}, Workload: c.workload, Scope: c.scope, Certificates: []string{certificate}}
			if _, err := Seal(t.Context(), dir, s, []Plain{{"TOKEN", c.plain}}, Options{}); err != nil {
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
			rows, err := Secrets(dir, nil, nil)
			if err != nil || len(rows) != 1 || rows[0].Env != c.env || rows[0].Key != "TOKEN" {
				t.Errorf("%v %v", rows, err)
			}
			if _, err := RemoveSecrets(t.Context(), dir, Selection{[]string{c.env}, c.workload, []string{"TOKEN"}}, Options{}); err != nil {
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
	s := Sealing{Envs: []string{"prod"}, Certificates: []string{certificate}}
	_, err := Seal(t.Context(), dir, s, []Plain{{"TOKEN", make([]byte, 2<<20)}}, Options{})
	if src, _ := os.ReadFile(file); err == nil || !strings.Contains(err.Error(), "larger than 2 MiB") || string(src) != sealed {
		t.Errorf("%v", err)
	}
}

// TestCertificate chooses the certificate of an environment.
func TestCertificate(t *testing.T) {
	all, dev, operators := throwAway(t), throwAway(t), throwAway(t)
	pemText, err := os.ReadFile(operators)
	if err != nil {
		t.Fatal(err)
	}
	fromFile, fromText := platform.Certificate{File: operators}, platform.Certificate{PEM: string(pemText)}
	tests := []struct {
		name     string
		given    []string
		env      string
		platform platform.Certificate
		want     string // the file
		err      string
	}{
		{"for all", []string{all}, "prod", fromFile, all, ""},
		{"for one", []string{"dev=" + dev, all}, "dev", fromFile, dev, ""},
		{"for the others", []string{"dev=" + dev, all}, "prod", fromFile, all, ""},
		{"for another only", []string{"dev=" + dev}, "prod", fromFile, operators, ""},
		{"the platform's text", nil, "prod", fromText, operators, ""},
		{"none of several", []string{"dev=" + dev}, "prod", platform.Certificate{}, "", `there is no certificate for "prod"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Sealing{Envs: []string{"dev", "prod"}, Certificates: tt.given}
			got, err := s.certificate(t.Context(), tt.env, tt.platform)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want, err := seal.Read(t.Context(), tt.want)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Error("another certificate")
			}
		})
	}
}

// throwAway returns the file of a certificate whose key nobody has.
func throwAway(t *testing.T) string {
	t.Helper()
	_, cert, err := crypto.GeneratePrivateKeyAndCert(2048, time.Hour, "test")
	if err != nil {
		t.Fatal(err)
	}
	return certificateFile(t, cert.Raw)
}

func certificateFile(t *testing.T, der []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "certificate.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
