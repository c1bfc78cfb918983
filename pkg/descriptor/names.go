package descriptor

import (
	"path"
	"strconv"
	"strings"
)

// The rules for names give what is wrong with one, or "". They are those of
// Kubernetes (k8s.io/apimachinery, pkg/util/validation), whose package costs
// more at start-up than all of this program.

func letterOrDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func only(s string, ok func(c byte) bool) bool {
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}

// dnsLabel is RFC 1035's label, which a Service's name has to be.
func dnsLabel(s string) string {
	switch {
	case len(s) > 63:
		return "is longer than 63 characters"
	case s == "" || !only(s, func(c byte) bool { return c == '-' || digit(c) || c >= 'a' && c <= 'z' }),
		digit(s[0]), s[0] == '-', s[len(s)-1] == '-':
		return `takes lower-case letters, digits and "-", starts with a letter and ends with a letter or digit`
	}
	return ""
}

// dnsLabel1123 is RFC 1123's label, which a namespace is.
func dnsLabel1123(s string) string {
	switch {
	case len(s) > 63:
		return "is longer than 63 characters"
	case s == "" || !only(s, func(c byte) bool { return c == '-' || digit(c) || c >= 'a' && c <= 'z' }),
		s[0] == '-', s[len(s)-1] == '-':
		return `takes lower-case letters, digits and "-", and starts and ends with a letter or digit`
	}
	return ""
}

// dnsSubdomain is RFC 1123's subdomain, which most objects' names are.
func dnsSubdomain(s string) string {
	if len(s) > 253 {
		return "is longer than 253 characters"
	}
	for part := range strings.SplitSeq(s, ".") {
		if dnsLabel1123(part) != "" && (len(part) <= 63 || dnsLabel1123(part[:63]) != "") {
			return `takes lower-case letters, digits, "-" and ".", and starts and ends with a letter or digit`
		}
	}
	return ""
}

// portName is an IANA service name, which a container port's name has to be.
func portName(s string) string {
	letters := strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' })
	switch {
	case len(s) > 15:
		return "is longer than 15 characters"
	case !letters || dnsLabel1123(s) != "" || strings.Contains(s, "--"):
		return `takes lower-case letters (one at least), digits and single "-" between them`
	}
	return ""
}

// envName is what Kubernetes takes as an environment variable's name.
func envName(s string) string {
	if s == "" || digit(s[0]) || !only(s, func(c byte) bool { return letterOrDigit(c) || c == '_' || c == '-' || c == '.' }) {
		return `takes letters, digits, "_", "-" and ".", and does not start with a digit`
	}
	return ""
}

// configKey is a key of a ConfigMap or Secret.
func configKey(s string) string {
	switch {
	case len(s) > 253:
		return "is longer than 253 characters"
	case s == "" || s == "." || s == ".." || !only(s, func(c byte) bool { return letterOrDigit(c) || c == '_' || c == '-' || c == '.' }):
		return `takes letters, digits, "_", "-" and "."`
	}
	return ""
}

func qualifiedPart(s string) bool {
	return s != "" && len(s) <= 63 && letterOrDigit(s[0]) && letterOrDigit(s[len(s)-1]) &&
		only(s, func(c byte) bool { return letterOrDigit(c) || c == '_' || c == '-' || c == '.' })
}

// qualifiedName is the key of a label or annotation, or a resource's name.
func qualifiedName(s string) string {
	const problem = `takes an optional DNS name and "/", then up to 63 letters, digits, "-", "_" and "." that start and end with a letter or digit`
	prefix, name, ok := strings.Cut(s, "/")
	if !ok {
		prefix, name = "", s
	}
	if ok && dnsSubdomain(prefix) != "" || !qualifiedPart(name) {
		return problem
	}
	return ""
}

func labelValue(s string) string {
	if s == "" || qualifiedPart(s) {
		return ""
	}
	return `takes up to 63 letters, digits, "-", "_" and ".", and starts and ends with a letter or digit`
}

// ownLabel refuses the labels that unfold or Argo CD set.
func ownLabel(s string) string {
	switch s {
	case "app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/managed-by":
		return "is set by unfold, since selectors depend on it"
	case "app.kubernetes.io/instance":
		return "is set by Argo CD to track the app"
	}
	return qualifiedName(s)
}

// mountPath is an absolute path in a container.
func mountPath(s string) string {
	switch {
	case !strings.HasPrefix(s, "/"):
		return `is not an absolute path: it does not start with "/"`
	case strings.Contains(s, ":"):
		return `holds a ":", which Kubernetes does not take in a mount path`
	case path.Clean(s) == "/":
		return "is no path of a file"
	case path.Clean(s) != s:
		return "is not the plain path of a file: write " + path.Clean(s)
	}
	return ""
}

// quantity is a Kubernetes quantity (k8s.io/apimachinery, pkg/api/resource):
// a decimal number with a binary or decimal suffix or an exponent.
func quantity(s string) string {
	number := strings.TrimLeft(s, "+-")
	end := 0
	for end < len(number) && (digit(number[end]) || number[end] == '.') {
		end++
	}
	mantissa, suffix := number[:end], number[end:]
	digits := strings.Replace(mantissa, ".", "", 1)
	ok := digits != "" && only(digits, digit) && len(s)-len(number) <= 1
	if ok && len(suffix) > 1 && suffix != "Ei" && (suffix[0] == 'e' || suffix[0] == 'E') {
		_, err := strconv.ParseInt(strings.TrimPrefix(suffix[1:], "+"), 10, 16)
		ok = err == nil
	} else if ok {
		switch suffix {
		case "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei":
		default:
			ok = false
		}
	}
	switch {
	case !ok:
		return "is not a quantity such as 500m, 2, 64Mi or 1.5Gi"
	case strings.HasPrefix(s, "-"):
		return "is negative"
	}
	return ""
}

func percent(s string) string {
	number, ok := strings.CutSuffix(s, "%")
	if !ok || number == "" || len(number) > 3 || !only(number, digit) {
		return `is neither a whole number nor a percentage such as "25%"`
	}
	return ""
}

// filePath is a file in the app's folder. What is there is seen on reading.
func filePath(s string) string {
	switch {
	case s == "":
		return "is empty"
	case strings.Contains(s, "://"):
		return "is a URL: only files in the app's folder are read"
	case path.IsAbs(s):
		return "is an absolute path: only files in the app's folder are read"
	case strings.Contains(s, "\\"):
		return `holds a "\": separate folders with "/"`
	}
	c := path.Clean(s)
	switch {
	case c == ".":
		return "is the app's folder itself"
	case c == ".." || strings.HasPrefix(c, "../"):
		return "leads out of the app's folder"
	}
	return ""
}

// fileMode is a file's permissions in octal, as chmod takes them.
func fileMode(s string) string {
	s = strings.TrimPrefix(s, "0o")
	if len(s) < 3 || len(s) > 4 || !only(s, func(c byte) bool { return c >= '0' && c <= '7' }) || len(s) == 4 && s[0] != '0' {
		return "is not a file mode in octal such as 0644"
	}
	return ""
}
