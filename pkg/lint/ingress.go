package lint

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// pathTypes finds patterns in paths that are taken as they are written: "*" or "(.*)" of a path of type Prefix or
// Exact stands for itself.
func pathTypes(in *Input, r *reporter) {
	for _, x := range in.items {
		if x.Kind != "Ingress" {
			continue
		}
		for _, rule := range x.value.Get("spec", "rules").AllItems() {
			for _, p := range rule.Get("http", "paths").AllItems() {
				path, typ := p.Get("path"), p.StringAt("pathType")
				if typ == "ImplementationSpecific" || !strings.ContainsAny(path.StringAt(), `*()[]{}^$|\`) {
					continue
				}
				r.report(x, path, "write only the beginning of the path, or add pathType: ImplementationSpecific for what the "+
					"controller knows",
					"the path %q of %s is no pattern: its pathType is %s", path.Text, x.ID, typ)
			}
		}
	}
}

// unusedCertificates finds hosts for which an Ingress has a certificate and no rule. Where Ingresses have a line of
// the descriptor in common, one of them that has the host is enough.
func unusedCertificates(in *Input, r *reporter) {
	used := map[diag.Pos]bool{}
	for _, x := range in.items {
		for _, c := range certificates(x) {
			used[x.at(c.host)] = used[x.at(c.host)] || covers(c.host.StringAt(), c.of)
		}
	}
	for _, x := range in.items {
		for _, c := range certificates(x) {
			if host := c.host.StringAt(); !used[x.at(c.host)] {
				r.report(x, c.host, diag.Hint(host, "the hosts are", c.of),
					"%s has a certificate for %q, a host that it does not have", x.ID, host)
			}
		}
	}
}

// certified is a host of a certificate, and the hosts of the Ingress that has the certificate.
type certified struct {
	host *value.Value
	of   []string
}

// certificates returns the hosts that an Ingress has certificates for; none where it takes requests for every host.
func certificates(x item) (out []certified) {
	spec := x.value.Get("spec")
	if x.Kind != "Ingress" || !spec.Get("defaultBackend").Empty() {
		return nil
	}
	var hosts []string
	for _, rule := range spec.Get("rules").AllItems() {
		if rule.StringAt("host") == "" {
			return nil
		}
		hosts = append(hosts, rule.StringAt("host"))
	}
	for _, t := range spec.Get("tls").AllItems() {
		for _, host := range t.Get("hosts").AllItems() {
			out = append(out, certified{host: host, of: hosts})
		}
	}
	return out
}

// covers reports whether a certificate's host is, or stands for, one of the hosts.
func covers(certificate string, hosts []string) bool {
	for _, h := range hosts {
		_, domain, _ := strings.Cut(h, ".")
		if h == certificate || certificate == "*."+domain {
			return true
		}
	}
	return false
}
