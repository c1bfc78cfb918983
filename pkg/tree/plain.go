package tree

import (
	"path"
	"strings"
)

// PlainName returns a name for a file of a tree like p, in which nothing can be
// taken for an address, an option or a kustomization: of letters, digits, -, _
// and, in the last part, dots.
func PlainName(p string) string {
	parts := strings.Split(path.Clean(p), "/")
	for i, part := range parts {
		last := i == len(parts)-1
		part = strings.Map(func(r rune) rune {
			if isPlain(r) || last && r == '.' {
				return r
			}
			return '-'
		}, part)
		if last {
			for strings.Contains(part, "..") {
				part = strings.ReplaceAll(part, "..", ".")
			}
			if strings.HasPrefix(part, ".") || strings.EqualFold(strings.TrimSuffix(part, path.Ext(part)), "kustomization") {
				part = "file" + strings.TrimPrefix("-"+part, "-.")
			}
		}
		if strings.HasPrefix(part, "-") || part == "" {
			part = "_" + strings.TrimPrefix(part, "-")
		}
		parts[i] = part
	}
	return strings.Join(parts, "/")
}

// PlainYAML is PlainName for a file that holds YAML, with a name that says so.
func PlainYAML(p string) string {
	name := PlainName(p)
	switch ext := path.Ext(name); ext {
	case ".yaml", ".yml":
		return name
	case ".json":
		return strings.TrimSuffix(name, ext) + ".yaml"
	}
	return name + ".yaml"
}

// PlainFolder reports whether kustomize can only take a path for a folder. Dots
// and signs could make it a git URL, such as the path github.com/team/app, and
// kustomize looks for those first (api/internal/git, repospec.go).
func PlainFolder(p string) bool {
	for part := range strings.SplitSeq(p, "/") {
		if part == "." || part == ".." || part == "" {
			continue
		}
		if part == "_git" || strings.ContainsFunc(part, func(r rune) bool { return !isPlain(r) }) {
			return false
		}
	}
	return true
}

func isPlain(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
}
