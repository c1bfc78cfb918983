package schema

import (
	"net/netip"
	"strings"
)

// HostName is a host, maybe with a wildcard for its first label or all of it.
var HostName = Check{Problem: hostNameProblem, Pattern: `^(\*|(\*\.)?` + SubdomainPattern + `)$`}

func hostNameProblem(s string) string {
	if s == "*" {
		return ""
	}
	if problem := Subdomain.Problem(strings.TrimPrefix(s, "*.")); problem != "" {
		return "is not a host such as shop.example.com or *.example.com: it " + problem
	}
	return ""
}

// FullHostName is a host of more than one label.
var FullHostName = Check{Problem: fullHostNameProblem,
	Pattern: `^(\*\.` + SubdomainPattern + `|` + NamePattern + `(\.` + NamePattern + `)+)$`}

func fullHostNameProblem(s string) string {
	if problem := HostName.Problem(s); problem != "" {
		return problem
	}
	if !strings.Contains(s, ".") {
		return `has no "." in it`
	}
	return ""
}

// CIDR is a range of IP addresses.
var CIDR = Check{Problem: cidrProblem, Pattern: `^[0-9a-fA-F.:]+/[0-9]{1,3}$`}

func cidrProblem(s string) string {
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return "is not a CIDR such as 10.0.0.0/8"
	case p != p.Masked():
		return "has bits beyond its length: write " + p.Masked().String()
	}
	return ""
}
