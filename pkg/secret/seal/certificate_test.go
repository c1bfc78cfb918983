package seal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"
)

func TestParse(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	newer, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2030, 6, 1, 0, 0, 0, 0, time.UTC)
	cert := func(key *rsa.PrivateKey, from time.Time) string {
		c, err := crypto.SignKeyWithNotBefore(rand.Reader, key, from, 48*time.Hour, "test")
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	old, next := cert(key, now.Add(-9*24*time.Hour)), cert(key, now.Add(24*time.Hour))
	valid, fresh := cert(key, now.Add(-2*time.Hour)), cert(newer, now.Add(-time.Hour))
	for _, c := range []struct {
		src, problem string
		want         *rsa.PrivateKey
	}{
		{src: valid, want: key},
		{src: fresh + valid + old, want: newer},
		{src: old + valid, want: key},
		{src: old, problem: "expired on 2030-05-25"},
		{src: cert(key, now.Add(5*time.Minute)), want: key},
		{src: next, problem: "is not valid before 2030-06-02"},
		{src: curved(t, now), problem: "is of a key that is not RSA"},
		{src: curved(t, now) + valid, want: key},
		{src: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", problem: "holds no certificate"},
		{src: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", problem: "holds a certificate that can't be read"},
		{src: "hello", problem: "holds no certificate"},
		{src: valid + "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", problem: "holds a private key"},
	} {
		got, err := Parse("cert.pem", []byte(c.src), now)
		switch {
		case c.problem == "" && (err != nil || !c.want.PublicKey.Equal(got.key)):
			t.Errorf("%v", err)
		case c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)):
			t.Errorf("got %v, want %s", err, c.problem)
		}
	}
}

func TestReadAddress(t *testing.T) {
	_, c, err := crypto.GeneratePrivateKeyAndCert(2048, time.Hour, "test")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/there":
			http.Redirect(w, r, "/v1/cert.pem", http.StatusFound)
			return
		case "/elsewhere":
			http.Redirect(w, r, "http://sealing.example.com/cert.pem", http.StatusFound)
			return
		}
		if r.URL.Path != "/v1/cert.pem" {
			http.NotFound(w, r)
			return
		}
		pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}))
	defer server.Close()
	if _, err := Read(t.Context(), server.URL+"/v1/cert.pem"); err != nil {
		t.Error(err)
	}
	if _, err := Read(t.Context(), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"); err == nil ||
		strings.Contains(err.Error(), "AAAA") || !strings.Contains(err.Error(), "holds a private key") {
		t.Errorf("%v", err)
	}
	if _, err := Read(t.Context(), server.URL+"/there"); err != nil {
		t.Error(err)
	}
	if _, err := Read(t.Context(), server.URL+"/elsewhere"); err == nil ||
		!strings.Contains(err.Error(), "leads to an address that can't be trusted") {
		t.Errorf("%v", err)
	}
	if _, err := Read(t.Context(), "http://user:word@sealing.example.com/cert.pem"); err == nil ||
		!strings.Contains(err.Error(), "by http anybody on the way") || strings.Contains(err.Error(), "word@") {
		t.Errorf("%v", err)
	}
	if _, err := Read(t.Context(), server.URL+"/other"); err == nil || !strings.Contains(err.Error(), "404 Not Found") {
		t.Errorf("%v", err)
	}
}

// curved returns a certificate of a key that is not RSA.
func curved(t *testing.T, now time.Time) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
