package types

import "strings"

// The rules for names return what is wrong with one, or "". They are those of
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

// Label1035 is RFC 1035's label, which a Service's name has to be.
func Label1035(s string) string {
	switch {
	case len(s) > 63:
		return "is longer than 63 characters"
	case s == "" || !only(s, func(c byte) bool { return c == '-' || digit(c) || c >= 'a' && c <= 'z' }),
		digit(s[0]), s[0] == '-', s[len(s)-1] == '-':
		return `takes lower-case letters, digits and "-", starts with a letter and ends with a letter or digit`
	}
	return ""
}

// Label is RFC 1123's label, which a namespace is.
func Label(s string) string {
	switch {
	case len(s) > 63:
		return "is longer than 63 characters"
	case s == "" || !only(s, func(c byte) bool { return c == '-' || digit(c) || c >= 'a' && c <= 'z' }),
		s[0] == '-', s[len(s)-1] == '-':
		return `takes lower-case letters, digits and "-", and starts and ends with a letter or digit`
	}
	return ""
}

// Subdomain is RFC 1123's subdomain, which most objects' names are.
func Subdomain(s string) string {
	if len(s) > 253 {
		return "is longer than 253 characters"
	}
	for part := range strings.SplitSeq(s, ".") {
		if Label(part) != "" && (len(part) <= 63 || Label(part[:63]) != "") {
			return `takes lower-case letters, digits, "-" and ".", and starts and ends with a letter or digit`
		}
	}
	return ""
}

// PortName is an IANA service name, which a container port's name has to be.
func PortName(s string) string {
	letters := strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' })
	switch {
	case len(s) > 15:
		return "is longer than 15 characters"
	case !letters || Label(s) != "" || strings.Contains(s, "--"):
		return `takes lower-case letters (one at least), digits and single "-" between them`
	}
	return ""
}

// MaxData is how many bytes the values of a ConfigMap or Secret can have together
// (pkg/apis/core, MaxSecretSize).
const MaxData = 1 << 20

// ConfigKey is a key of a ConfigMap or Secret, which can be the name of a file.
func ConfigKey(s string) string {
	switch {
	case len(s) > 253:
		return "is longer than 253 characters"
	case s == "" || s == "." || s == ".." || !only(s, func(c byte) bool { return letterOrDigit(c) || c == '_' || c == '-' || c == '.' }):
		return `takes letters, digits, "_", "-" and "."`
	case strings.HasPrefix(s, ".."):
		return `starts with ".."`
	}
	return ""
}

func qualifiedPart(s string) bool {
	return s != "" && len(s) <= 63 && letterOrDigit(s[0]) && letterOrDigit(s[len(s)-1]) &&
		only(s, func(c byte) bool { return letterOrDigit(c) || c == '_' || c == '-' || c == '.' })
}

// QualifiedName is the key of a label or annotation, or a resource's name.
func QualifiedName(s string) string {
	const problem = `takes an optional DNS name and "/", then up to 63 letters, digits, "-", "_" and "." that start and end with a ` +
		`letter or digit`
	prefix, name, ok := strings.Cut(s, "/")
	if !ok {
		prefix, name = "", s
	}
	if ok && Subdomain(prefix) != "" || !qualifiedPart(name) {
		return problem
	}
	return ""
}

func LabelValue(s string) string {
	if s == "" || qualifiedPart(s) {
		return ""
	}
	return `takes up to 63 letters, digits, "-", "_" and ".", and starts and ends with a letter or digit`
}
