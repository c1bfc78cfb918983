package schema

import (
	"path"
	"strings"
)

// MountPath is an absolute path in a container.
var MountPath = Check{Problem: mountPathProblem, Pattern: `^(/[^/:]+)+$`}

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

// URLPath is the path of a URL.
var URLPath = Check{Problem: urlPathProblem, Pattern: `^/`}

func urlPathProblem(s string) string {
	if !strings.HasPrefix(s, "/") {
		return `does not start with "/"`
	}
	return ""
}

// NameAndKey is a key of an object, as NAME/KEY.
var NameAndKey = Check{Problem: nameAndKeyProblem, Pattern: `/`}

func nameAndKeyProblem(s string) string {
	if !strings.Contains(s, "/") {
		return `has no "/" between the object's name and the key`
	}
	return ""
}

// FileMode is a file's permissions in octal, as chmod takes them.
var FileMode = Check{Problem: fileModeProblem, Pattern: `^(0o)?0?[0-7]{3}$`}

func fileModeProblem(s string) string {
	digits := strings.TrimPrefix(s, "0o")
	if len(digits) < 3 || len(digits) > 4 || !Only(digits, "01234567") || len(digits) == 4 && digits[0] != '0' {
		return "is not a file mode in octal such as 0644"
	}
	// 420 and 256, with which people mean 0644 and 0400 elsewhere.
	if owner := digits[0]; len(digits) == 3 && ((digits[1]|digits[2])&^owner&7) != 0 && digits == s {
		return "gives others more than the owner: a file mode is in octal here, such as 0644 for 420"
	}
	return ""
}
