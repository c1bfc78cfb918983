package seal

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Certificate holds the public key of a controller.
type Certificate struct{ key *rsa.PublicKey }

const (
	largest = 1 << 20 // bytes of a file of certificates
	patient = 20 * time.Second
	skew    = time.Hour // that a clock may be behind the cluster's
	fetch   = "fetch the cluster's present one: kubeseal --fetch-cert, or leave --cert out where kubectl reaches the cluster"
)

// Parse reads certificates in PEM. Of several, as a controller serves while it
// renews its key, that counts which is valid and began last. From names their
// origin in messages.
func Parse(from string, src []byte, now time.Time) (*Certificate, error) {
	var newest *x509.Certificate
	var wrong string
	for rest := src; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if strings.Contains(block.Type, "PRIVATE KEY") {
			return nil, &Failure{fmt.Sprintf("%s holds a private key: sealing needs only the certificate", from),
				"keep the key off this machine, and renew it if it left the cluster by mistake"}
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, &Failure{fmt.Sprintf("%s holds a certificate that can't be read: %v", from, err), fetch}
		}
		_, isRSA := c.PublicKey.(*rsa.PublicKey)
		switch {
		case !isRSA:
			wrong = "is of a key that is not RSA, so it is none of sealed-secrets'"
		case now.Add(skew).Before(c.NotBefore):
			wrong = "is not valid before " + day(c.NotBefore)
		case now.After(c.NotAfter):
			wrong = "expired on " + day(c.NotAfter)
		case newest == nil || c.NotBefore.After(newest.NotBefore):
			newest = c
		}
	}
	switch {
	case newest != nil:
		return &Certificate{newest.PublicKey.(*rsa.PublicKey)}, nil
	case wrong != "":
		return nil, &Failure{fmt.Sprintf("the certificate of %s %s", from, wrong), fetch}
	}
	return nil, &Failure{from + " holds no certificate", "give the PEM file that kubeseal --fetch-cert prints"}
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// Read reads the certificate at a path or an http or https address, or the one
// that is the text itself.
func Read(ctx context.Context, from string) (*Certificate, error) {
	if strings.HasPrefix(strings.TrimSpace(from), "-----BEGIN ") {
		return ParseNow("the text", []byte(from))
	}
	var src []byte
	var err error
	if u, bad := url.Parse(from); bad == nil && (u.Scheme == "https" || u.Scheme == "http") {
		from = u.Redacted()
		if !trusted(u) {
			return nil, &Failure{fmt.Sprintf("the certificate %s can't be trusted: by http anybody on the way can put one in its place, "+
				"and read what is sealed with it", from),
				"give an https address, or the file"}
		}
		src, err = download(ctx, u)
	} else {
		src, err = readFile(from)
	}
	if err != nil {
		var why *os.PathError
		var where *url.Error
		switch {
		case errors.As(err, &why):
			err = why.Err
		case errors.As(err, &where): // its text repeats the address
			err = where.Err
		}
		return nil, &Failure{fmt.Sprintf("the certificate %s can't be read: %v", from, err), ""}
	}
	return Parse(from, src, time.Now())
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f)
}

// trusted reports whether what comes from an address is what stands there.
func trusted(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

func download(ctx context.Context, u *url.URL) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	// A transport of its own: that of the process fails once kustomize has run.
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, DisableKeepAlives: true}
	client := http.Client{Transport: transport, CheckRedirect: func(to *http.Request, before []*http.Request) error {
		if !trusted(to.URL) || len(before) > 5 {
			return errors.New("the server leads to an address that can't be trusted")
		}
		return nil
	}}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s", response.Status)
	}
	return readAll(response.Body)
}

func readAll(r io.Reader) ([]byte, error) {
	src, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err == nil && len(src) > largest {
		err = errors.New("it is larger than 1 MiB")
	}
	return src, err
}

// ParseNow is Parse at the present time.
func ParseNow(from string, src []byte) (*Certificate, error) { return Parse(from, src, time.Now()) }
