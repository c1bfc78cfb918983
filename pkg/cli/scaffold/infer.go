package scaffold

import (
	"encoding/json"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/tree"
)

// Facts are what a folder tells about the app in it; what it does not tell is
// empty.
type Facts struct {
	Name     string
	Port     int
	Template string
	// From names the file that told each: "name", "port", "template".
	From map[string]string
}

// find returns the first group of a pattern's first match, or "". Patterns are
// compiled where they are needed: no other command pays for them.
func find(pattern string, content []byte) string {
	if m := regexp.MustCompile(pattern).FindSubmatch(content); m != nil {
		return string(m[1])
	}
	return ""
}

// Infer looks at the files that projects have. A file that can't be read, or
// says nothing, is passed over.
func Infer(folder *tree.Folder) Facts {
	f := Facts{From: map[string]string{}}
	for _, source := range []struct {
		file, template string
		name           func(content []byte) string
	}{
		{"package.json", "node-service", nodeName},
		{"pyproject.toml", "python-app", pyprojectName},
		{"go.mod", "go-service", moduleName},
		{"requirements.txt", "python-app", func([]byte) string { return "" }},
	} {
		content, err := folder.Read(source.file)
		if err != nil {
			continue
		}
		if f.Template == "" {
			f.Template, f.From["template"] = source.template, source.file
		}
		if name := Name(source.name(content)); f.Name == "" && name != "" {
			f.Name, f.From["name"] = name, source.file
		}
	}
	if content, err := folder.Read("Dockerfile"); err == nil {
		exposed := find(`(?mi)^\s*EXPOSE\s+(\d{1,5})(?:/tcp)?\s*$`, content)
		if port, err := strconv.Atoi(exposed); err == nil && port > 0 && port < 1<<16 {
			f.Port, f.From["port"] = port, "Dockerfile"
		}
	}
	return f
}

// Name makes a text into a name that an app can have, or "" where nothing of it
// is left.
func Name(text string) string {
	name := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(text), "-"), "-")
	name = strings.TrimLeft(name, "0123456789-")
	const longest = 40 // so that names made of it have room
	if len(name) > longest {
		name = strings.TrimRight(name[:longest], "-")
	}
	return name
}

func nodeName(content []byte) string {
	var project struct{ Name string }
	if json.Unmarshal(content, &project) != nil {
		return ""
	}
	return path.Base("/" + project.Name) // without its scope
}

func pyprojectName(content []byte) string {
	table := find(`(?ms)^\[(?:project|tool\.poetry)\]\s*$(.*?)(?:^\[|\z)`, content)
	return find(`(?m)^name\s*=\s*["']([^"']+)["']`, []byte(table))
}

func moduleName(content []byte) string {
	module := find(`(?m)^module\s+(\S+)`, content)
	return path.Base("/" + regexp.MustCompile(`/v\d+$`).ReplaceAllString(module, ""))
}

// Image guesses where an app's image lies from the git remote's address: the
// registry that belongs to a well-known host, else "".
func Image(remote, name string) string {
	m := regexp.MustCompile(`^(?:https?://|ssh://)?(?:[^@/]+@)?([^/:]+)(?::\d+)?[/:](.+?)(?:\.git)?/?$`).FindStringSubmatch(remote)
	if m == nil {
		return ""
	}
	owner, repository, ok := strings.Cut(strings.ToLower(m[2]), "/")
	if !ok {
		return ""
	}
	switch m[1] {
	case "github.com":
		return "ghcr.io/" + owner + "/" + name
	case "gitlab.com":
		return "registry.gitlab.com/" + owner + "/" + repository + "/" + name
	}
	return ""
}
