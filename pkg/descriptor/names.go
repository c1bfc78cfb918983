package descriptor

import (
	"path"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube"
)

// The rules for names give what is wrong with one, or "".

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
func dnsLabel(s string) string { return kube.Label1035(s) }

// dnsLabel1123 is RFC 1123's label, which a namespace is.
func dnsLabel1123(s string) string { return kube.Label(s) }

// dnsSubdomain is RFC 1123's subdomain, which most objects' names are.
func dnsSubdomain(s string) string { return kube.Subdomain(s) }

// namePrefix is what a name can begin with.
func namePrefix(s string) string { return aroundName(s, s+"x") }

// nameSuffix is what a name can end with.
func nameSuffix(s string) string { return aroundName(s, "x"+s) }

func aroundName(s, whole string) string {
	if s == "" {
		return "is empty"
	}
	return dnsLabel(whole)
}

// portName is an IANA service name, which a container port's name has to be.
func portName(s string) string { return kube.PortName(s) }

// envName is what every shell and program takes as an environment variable's
// name; Kubernetes takes more.
func envName(s string) string {
	if s == "" || digit(s[0]) || !only(s, func(c byte) bool { return letterOrDigit(c) || c == '_' || c == '-' || c == '.' }) {
		return `takes letters, digits, "_", "-" and ".", and does not start with a digit`
	}
	return ""
}

// configKey is a key of a ConfigMap or Secret.
func configKey(s string) string { return kube.ConfigKey(s) }

// qualifiedName is the key of a label or annotation, or a resource's name.
func qualifiedName(s string) string { return kube.QualifiedName(s) }

func labelValue(s string) string { return kube.LabelValue(s) }

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

// quantity is a Kubernetes quantity that is not negative.
func quantity(s string) string {
	_, ok := kube.ParseQuantity(s)
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
