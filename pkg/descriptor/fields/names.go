package fields

import (
	"path"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/schema"
)

// namePrefix is what a name can begin with.
func namePrefix(s string) string { return aroundName(s, s+"x") }

// nameSuffix is what a name can end with.
func nameSuffix(s string) string { return aroundName(s, "x"+s) }

func aroundName(s, whole string) string {
	if s == "" {
		return "is empty"
	}
	return schema.Label1035.Problem(whole)
}

// OwnLabel is the key of a label that neither unfold nor Argo CD sets.
var OwnLabel = &schema.Check{Problem: ownLabelProblem, Pattern: schema.QualifiedPattern, NotEnum: []string{
	"app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/managed-by", "app.kubernetes.io/instance"}}

func ownLabelProblem(s string) string {
	switch s {
	case "app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/managed-by":
		return "is set by unfold, since selectors depend on it"
	case "app.kubernetes.io/instance":
		return "is set by Argo CD to track the app"
	}
	return schema.QualifiedName.Problem(s)
}

// filePath is a file in the app's folder. What is there is seen on reading.
var filePath = &schema.Check{Problem: filePathProblem, Pattern: filePattern, NotPattern: notFilePattern}

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
