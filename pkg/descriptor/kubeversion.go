package descriptor

import (
	"strconv"
	"strings"
)

// KubeVersion is a cluster's version of Kubernetes as tools write it: 1.28,
// v1.28.3, 1.28+, v1.28.3-gke.100. "" is one that nobody knows, and so new enough
// for all that we can write.
type KubeVersion string

// Problem says why a text is no version, "" for none.
func (v KubeVersion) Problem() string {
	if _, _, ok := v.parts(); v != "" && !ok {
		return "is not a version such as 1.34 or v1.34.4"
	}
	return ""
}

// parts returns the major and the minor version.
func (v KubeVersion) parts() (major, minor int, ok bool) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(string(v), "v"), ".")
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	major, err1 := strconv.Atoi(first)
	minor, err2 := strconv.Atoi(rest[:digits])
	return major, minor, err1 == nil && err2 == nil && major > 0 && (len(rest) == digits || strings.ContainsRune(".+-", rune(rest[digits])))
}

// before reports whether the cluster is older than a version.
func (v KubeVersion) before(major, minor int) bool {
	a, b, ok := v.parts()
	return ok && (a < major || a == major && b < minor)
}

// lacksSidecars reports whether the cluster does not know an init container that
// goes on (kubernetes.io/docs/concepts/workloads/pods/sidecar-containers).
func (v KubeVersion) lacksSidecars() bool { return v.before(1, 29) }
