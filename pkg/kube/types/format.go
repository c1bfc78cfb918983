package types

import (
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// textProblem says what is wrong with a text of a format of the table, or "". No
// text is the same as none.
func textProblem(format, s string) string {
	if s == "" {
		return ""
	}
	switch format {
	case "absolute":
		return absolute(s)
	case "annotation":
		return QualifiedName(strings.ToLower(s))
	case "below":
		return below(s)
	case "cidr":
		return cidr(s)
	case "clusterip":
		return clusterIP(s)
	case "domainpath":
		return domainPath(s)
	case "duration":
		return duration(s)
	case "env":
		return EnvName(s)
	case "finalizer":
		return finalizer(s)
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
	case "regexp":
		return Regexp(s)
	case "resource":
		return resource(s)
	case "search":
		return searchDomain(s)
	case "segment":
		return Segment(s)
	case "service":
		return Label1035(s)
	case "subdomain":
		return Subdomain(s)
	case "sysctl":
		return sysctl(s)
	case "timezone":
		return timeZone(s)
	case "windowsuser":
		return windowsUser(s)
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

// Segment is a part of a URL's path, which the names of roles and of metrics are.
func Segment(s string) string {
	if s == "." || s == ".." || strings.ContainsAny(s, "/%") {
		return `holds "/" or "%", or is "." or ".."`
	}
	return ""
}

// finalizer is one of Kubernetes' own, or one with its owner's domain.
func finalizer(s string) string {
	switch {
	case s == "orphan" || s == "foregroundDeletion" || s == "kubernetes":
		return ""
	case !strings.Contains(s, "/"):
		return "does not begin with the domain of its owner, as in example.com/finalizer"
	}
	return QualifiedName(s)
}

func absolute(s string) string {
	if !strings.HasPrefix(s, "/") {
		return "is not an absolute path"
	}
	return ""
}

// domainPath is a path below a domain, such as example.com/jobs.
func domainPath(s string) string {
	domain, path, ok := strings.Cut(s, "/")
	if !ok || path == "" || Subdomain(domain) != "" {
		return "is not a path below a domain such as example.com/jobs"
	}
	return ""
}

// duration is a time as Go's time.ParseDuration reads it, which controllers do; some take a number of seconds too.
func duration(s string) string {
	if _, err := time.ParseDuration(s); err != nil && !only(s, digit) {
		return "is not a duration such as 30s, 5m or 1h30m"
	}
	return ""
}

// Regexp is a regular expression of RE2.
func Regexp(s string) string {
	if _, err := regexp.Compile(s); err != nil {
		return "is not a regular expression: " + strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	}
	return ""
}

// windowsUser is a user of Windows, with or without a domain.
func windowsUser(s string) string {
	domain, user, ok := strings.Cut(s, `\`)
	if !ok {
		domain, user = "a", s
	}
	if domain == "" || len(domain) > 255 || user == "" || len(user) > 104 || strings.ContainsAny(user, `"/\:;|=,+*?<>@[]`) ||
		strings.Trim(user, ". ") == "" {
		return `is not a user such as NAME or DOMAIN\NAME`
	}
	return ""
}

// searchDomain is a domain that names are looked up in, which may have underscores.
func searchDomain(s string) string {
	if s == "." {
		return ""
	}
	return Subdomain(strings.ReplaceAll(strings.TrimSuffix(s, "."), "_", "-"))
}

// timeZone tells what can't be the name of one; whether there is such a zone is
// known to the cluster alone.
func timeZone(s string) string {
	if len(s) > 64 || !only(s, func(c byte) bool { return letterOrDigit(c) || strings.IndexByte("_+-/", c) >= 0 }) ||
		strings.HasPrefix(s, "/") {
		return "is not a time zone such as Europe/Berlin"
	}
	return ""
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
