package descriptor

import (
	"path"
	"strings"
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

// namePrefix is what a name can begin with.
func namePrefix(s string) string { return aroundName(s, s+"x") }

// nameSuffix is what a name can end with.
func nameSuffix(s string) string { return aroundName(s, "x"+s) }

func aroundName(s, whole string) string {
	if s == "" {
		return "is empty"
	}
	return dnsLabel.problem(whole)
}

// envName is what every shell and program takes as the name of an environment
// variable; Kubernetes takes more.
var envName = &check{problem: envNameProblem, pattern: `^[-._a-zA-Z]` + keyRune + `*$`}

func envNameProblem(s string) string {
	if s == "" || digit(s[0]) || !only(s, func(c byte) bool { return letterOrDigit(c) || c == '_' || c == '-' || c == '.' }) {
		return `takes letters, digits, "_", "-" and ".", and does not start with a digit`
	}
	return ""
}

// ownLabel is the key of a label that neither unfold nor Argo CD sets.
var ownLabel = &check{problem: ownLabelProblem, pattern: qualifiedPattern, notEnum: []string{
	"app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/managed-by", "app.kubernetes.io/instance"}}

func ownLabelProblem(s string) string {
	switch s {
	case "app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/managed-by":
		return "is set by unfold, since selectors depend on it"
	case "app.kubernetes.io/instance":
		return "is set by Argo CD to track the app"
	}
	return qualifiedName.problem(s)
}

// mountPath is an absolute path in a container.
var mountPath = &check{problem: mountPathProblem, pattern: `^(/[^/:]+)+$`}

func mountPathProblem(s string) string {
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

// filePath is a file in the app's folder. What is there is seen on reading.
var filePath = &check{problem: filePathProblem, pattern: filePattern, notPattern: notFilePattern}

const (
	filePattern    = `^[^/\\][^\\]*$`
	notFilePattern = `://|^\.\.(/|$)|^\.$`
)

func filePathProblem(s string) string {
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
var fileMode = &check{problem: fileModeProblem, pattern: `^(0o)?0?[0-7]{3}$`}

func fileModeProblem(s string) string {
	s = strings.TrimPrefix(s, "0o")
	if len(s) < 3 || len(s) > 4 || !only(s, func(c byte) bool { return c >= '0' && c <= '7' }) || len(s) == 4 && s[0] != '0' {
		return "is not a file mode in octal such as 0644"
	}
	return ""
}
