package lint

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// pathTypes finds patterns in paths that are taken as they are written: "*" or "(.*)" of a path of type Prefix or
// Exact stands for itself.
func pathTypes(in *Input, r *report) {
	for _, x := range in.items {
		if x.Kind != "Ingress" {
			continue
		}
		for _, rule := range x.value.Get("spec", "rules").Elements() {
			for _, p := range rule.Get("http", "paths").Elements() {
				path, typ := p.Get("path"), p.StringAt("pathType")
				if typ == "ImplementationSpecific" || !strings.ContainsAny(path.StringAt(), `*()[]{}^$|\`) {
					continue
				}
				r.about(x).Warnh(x.at(path), "path-pattern", "write the beginning of the path alone, or add pathType: ImplementationSpecific for what the controller knows",
					"the path %q of %s is no pattern: its pathType is %s", path.Text, x.ID, typ)
			}
		}
	}
}

// unusedCertificates finds hosts for which an Ingress has a certificate and no rule.
func unusedCertificates(in *Input, r *report) {
	for _, x := range in.items {
		spec := x.value.Get("spec")
		if x.Kind != "Ingress" || !spec.Get("defaultBackend").Empty() {
			continue
		}
		var hosts []string
		all := false
		for _, rule := range spec.Get("rules").Elements() {
			hosts = append(hosts, rule.StringAt("host"))
			all = all || rule.StringAt("host") == ""
		}
		if all {
			continue
		}
		for _, t := range spec.Get("tls").Elements() {
			for _, host := range t.Get("hosts").Elements() {
				if !covers(host.StringAt(), hosts) {
					r.about(x).Warnh(x.at(host), "unused-certificate", diag.Hint(host.StringAt(), "the hosts are", hosts), "%s has a certificate for %q, a host that it does not have", x.ID, host.StringAt())
				}
			}
		}
	}
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
