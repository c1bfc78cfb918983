package platform

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// httpsAddress returns what is wrong with an address.
func httpsAddress(s string) string {
	const problem = "is not an address that starts with https://"
	if !strings.HasPrefix(s, "https://") || strings.ContainsAny(s, " \t\n") {
		return problem
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "":
		return problem + " and a host"
	case u.User != nil:
		return "holds a user, whose password anybody could read"
	}
	if _, err := netip.ParseAddr(u.Hostname()); err != nil && types.Subdomain(strings.ToLower(u.Hostname())) != "" {
		return problem + " and a host"
	}
	if port, err := strconv.ParseUint(u.Port(), 10, 16); u.Port() != "" && (err != nil || port == 0) {
		return "has a port that is not between 1 and 65535"
	}
	return ""
}

// almostAddress matches what is meant for an address, but is none: a slip in the scheme or after it, or a host with a port.
// The names of clusters and files may have colons and slashes too, such as arn:aws:eks:REGION:ACCOUNT:cluster/NAME.
var almostAddress = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?i:[a-z]*:?//|https?[:/]|[a-z0-9-]+(\.[a-z0-9-]+)+:[0-9]+(/|$))`)
})

func clusterName(s string) string {
	switch {
	case strings.TrimSpace(s) == "":
		return "is empty"
	case almostAddress().MatchString(s):
		return "looks like an address, which starts with https://"
	}
	return ""
}

// InCluster and inClusterName are the address and the name by which Argo CD knows the cluster that it runs in.
const (
	InCluster     = "https://kubernetes.default.svc"
	inClusterName = "in-cluster"
)

// nearInCluster warns of what is most likely meant for Argo CD's own cluster. Argo CD compares the texts. A cluster may be
// registered under any name and address, so none is an error.
func (r *reader) nearInCluster(v *value.Value) {
	const hint = "write " + InCluster + " or " + inClusterName + " for the cluster that Argo CD runs in"
	name, server := v.Get("name"), v.Get("server")
	switch {
	case inClusterHost(name.StringAt()), name.StringAt() != inClusterName && diag.Suggest(name.StringAt(), []string{inClusterName}) != "":
		r.diags.Warnh(name.At(), "near-cluster", hint, "the cluster's name %q is almost that of the cluster that Argo CD runs in",
			name.StringAt())
	case strings.TrimRight(server.StringAt(), "/") == InCluster:
	case inClusterHost(strings.TrimPrefix(server.StringAt(), "https://")):
		r.diags.Warnh(server.At(), "near-cluster", hint, "the cluster's address %q is almost that of the cluster that Argo CD runs in",
			server.StringAt())
	}
}

// inClusterHost reports whether a text is the host of the API server inside a cluster, or one slip away from it, whatever port or
// path follows.
func inClusterHost(s string) bool {
	host, _, _ := strings.Cut(s, "/")
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	return host == "kubernetes.default" || diag.Suggest(host, []string{strings.TrimPrefix(InCluster, "https://")}) != ""
}

func certificateFile(s string) string {
	switch {
	case strings.TrimSpace(s) == "":
		return "is empty"
	case !strings.HasPrefix(s, "//") && almostAddress().MatchString(s):
		return "looks like an address, which starts with https://"
	}
	return ""
}

const pemHead = "-----BEGIN CERTIFICATE-----"

// pemText returns what is wrong with a certificate: Sealed Secrets takes the key of the first, which has to be RSA.
func pemText(s string) string {
	if !strings.HasPrefix(strings.TrimSpace(s), pemHead) {
		return "does not start with " + pemHead
	}
	block, _ := pem.Decode([]byte(s))
	if block == nil {
		return "is not complete: it is not PEM from its first to its last line"
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "is not a certificate: what is between its first and its last line can't be read"
	}
	if _, ok := certificate.PublicKey.(*rsa.PublicKey); !ok {
		return "is not a certificate of Sealed Secrets: its key is not RSA"
	}
	return ""
}

// CertificateProblem returns what keeps a file's content from being a certificate of Sealed Secrets, or "". A file may hold
// several, and other texts around them.
func CertificateProblem(src []byte) string {
	problem := "holds no certificate"
	for block, rest := pem.Decode(src); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return "holds a certificate that can't be read"
		}
		if _, ok := certificate.PublicKey.(*rsa.PublicKey); ok {
			return ""
		}
		problem = "holds no certificate of Sealed Secrets: its key is not RSA"
	}
	return problem
}

// clusterShorthand takes a text for the name or address of a cluster.
func clusterShorthand(v *value.Value) *value.Value {
	switch {
	case !v.IsScalar():
		return nil
	case strings.Contains(v.Text, "://"):
		return value.NewMap(v.Pos).Set("server", v)
	}
	return value.NewMap(v.Pos).Set("name", v)
}

// certificateShorthand takes a text for a certificate, or for where one is.
func certificateShorthand(v *value.Value) *value.Value {
	switch {
	case !v.IsScalar():
		return nil
	case strings.HasPrefix(strings.TrimSpace(v.Text), "-----"):
		return value.NewMap(v.Pos).Set("pem", v)
	case strings.Contains(v.Text, "://"):
		return value.NewMap(v.Pos).Set("url", v)
	}
	return value.NewMap(v.Pos).Set("file", v)
}
