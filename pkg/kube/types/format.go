package types

import (
	"net/netip"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// textProblem says what is wrong with a text of a format of the table, or "". No
// text is the same as none.
func textProblem(format, s string) string {
	if s == "" {
		return ""
	}
	switch format {
	case "annotation":
		return QualifiedName(strings.ToLower(s))
	case "below":
		return below(s)
	case "cidr":
		return cidr(s)
	case "clusterip":
		return clusterIP(s)
	case "env":
		return EnvName(s)
	case "forward":
		return forward(s)
	case "header":
		return header(s)
	case "host":
		return Host(s)
	case "ip":
		return ip(s)
	case "key":
		return ConfigKey(s)
	case "label":
		return Label(s)
	case "labelvalue":
		return LabelValue(s)
	case "percent":
		return percent(s)
	case "port":
		return PortName(s)
	case "qualified":
		return QualifiedName(s)
	case "resource":
		return resource(s)
	case "service":
		return Label1035(s)
	case "subdomain":
		return Subdomain(s)
	case "sysctl":
		return sysctl(s)
	case "trimmed":
		return trimmed(s)
	}
	return ""
}

// problem says what is wrong with a value of a format, or "".
func problem(format string, v *value.Value) string {
	if n, ok := v.Int64(); ok { // of an int-or-string type
		switch {
		case format == "port" && (n < 1 || n > 65535):
			return "is not between 1 and 65535"
		case format == "percent" && n < 0:
			return "is negative"
		}
		return ""
	}
	return textProblem(format, v.Text)
}

// EnvName is what Kubernetes takes as the name of an environment variable.
func EnvName(s string) string {
	if !only(s, func(c byte) bool { return c >= ' ' && c <= '~' && c != '=' }) || s == "" {
		return `takes printable ASCII characters but "="`
	}
	return ""
}

// Host is a DNS name, or one that stands for all below a domain.
func Host(s string) string {
	if _, err := netip.ParseAddr(s); err == nil {
		return "is an address, not a name"
	}
	return Subdomain(strings.TrimPrefix(s, "*."))
}

// below is a path inside a folder.
func below(s string) string {
	if strings.HasPrefix(s, "/") {
		return "is not a relative path"
	}
	return forward(s)
}

func forward(s string) string {
	for part := range strings.SplitSeq(s, "/") {
		if part == ".." {
			return `holds ".."`
		}
	}
	return ""
}

func cidr(s string) string {
	if _, err := netip.ParsePrefix(strings.TrimSpace(s)); err != nil {
		return "is not a range of addresses such as 10.0.0.0/8"
	}
	return ""
}

func ip(s string) string {
	if a, err := netip.ParseAddr(s); err != nil || a.Zone() != "" {
		return "is not an IP address"
	}
	return ""
}

func clusterIP(s string) string {
	if s == "None" {
		return ""
	}
	return ip(s)
}

func header(s string) string {
	if !only(s, func(c byte) bool { return letterOrDigit(c) || c == '-' }) {
		return `takes letters, digits and "-"`
	}
	return ""
}

func percent(s string) string {
	number, ok := strings.CutSuffix(s, "%")
	if !ok || number == "" || len(number) > 3 || !only(number, digit) || len(number) == 3 && number != "100" {
		return `is neither a whole number nor a percentage up to "100%"`
	}
	return ""
}

// resource is something that a container can ask for.
func resource(s string) string {
	switch {
	case s == "cpu", s == "memory", s == "ephemeral-storage", strings.HasPrefix(s, "hugepages-"):
		return ""
	case !strings.Contains(s, "/"):
		return "is neither cpu, memory, ephemeral-storage, hugepages-SIZE nor the name of an extended resource such as example.com/gpu"
	}
	return QualifiedName(s)
}

func sysctl(s string) string {
	if !only(s, func(c byte) bool { return c >= 'a' && c <= 'z' || digit(c) || strings.IndexByte("._-/", c) >= 0 }) ||
		strings.Trim(s, "._-/") != s {
		return `takes lower-case letters, digits, ".", "_", "-" and "/"`
	}
	return ""
}

func trimmed(s string) string {
	if strings.TrimSpace(s) != s {
		return "starts or ends with a space"
	}
	return ""
}
