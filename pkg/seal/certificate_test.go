package seal

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
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
	if _, err := Read(t.Context(), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"); err == nil || strings.Contains(err.Error(), "AAAA") || !strings.Contains(err.Error(), "holds a private key") {
		t.Errorf("%v", err)
	}
	if _, err := Read(t.Context(), server.URL+"/other"); err == nil || !strings.Contains(err.Error(), "404 Not Found") {
		t.Errorf("%v", err)
	}
}
