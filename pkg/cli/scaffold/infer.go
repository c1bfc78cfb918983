package scaffold

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/image"
)

// Fact is something that a folder says about the app in it, and where it says so; both are empty for what it does not say.
type Fact struct{ Text, From string }

// Facts are what a folder says about the app in it.
type Facts struct {
	Name, Image, Port Fact
	// Probe is the path of a route for health checks.
	Probe Fact
	// Kind and Schedule are those of a workload that is no Deployment.
	Kind, Schedule Fact
	// Selector is that of the workload that runs today, which nobody can change.
	Selector Fact
	// User says what is wrong with the user that the image runs as.
	User Fact
	// Variables are the names of environment variables.
	Variables Fact
	// Notes say which files of other tools there are, and what to do with them.
	Notes []string
}

// Empty reports whether the folder says nothing about an app.
func (f *Facts) Empty() bool {
	for _, x := range []Fact{f.Name, f.Image, f.Port, f.Probe, f.Kind, f.User, f.Variables} {
		if x != (Fact{}) {
			return false
		}
	}
	return len(f.Notes) == 0
}

// first keeps the fact that was found first.
func (f *Fact) first(text, from string) {
	if f.Text == "" && text != "" {
		*f = Fact{text, from}
	}
}

// port keeps a number that can be a port.
func (f *Facts) port(text, from string) {
	if n, err := strconv.Atoi(text); err == nil && n > 0 && n < 1<<16 {
		f.Port.first(strconv.Itoa(n), from)
	}
}

// image keeps a reference that is right and complete.
func (f *Facts) image(text, from string) {
	if _, problem := image.Parse(text); problem == "" {
		f.Image.first(text, from)
	}
}

// find returns the first group of a pattern's first match, or "". Patterns are
// compiled where they are needed: no other command pays for them.
func find(pattern string, content []byte) string {
	if m := regexp.MustCompile(pattern).FindSubmatch(content); m != nil {
		return string(m[1])
	}
	return ""
}

// Infer looks at the files that projects have, those that run it today first. A file that can't be read, or says nothing, is
// passed over.
func Infer(root fs.FS) Facts {
	var f Facts
	files := walk(root)
	f.manifests(files)
	for _, source := range []struct {
		file string
		name func(content []byte) string
	}{
		{"package.json", nodeName}, {"pyproject.toml", pyprojectName}, {"go.mod", moduleName},
	} {
		if content, ok := files.read(source.file); ok {
			f.Name.first(Name(source.name(content)), source.file)
		}
	}
	unread := f.dockerfile(files)
	f.compose(files)
	f.charts(files)
	if unread != "" && f.Port.Text == "" {
		f.Notes = append(f.Notes, unread)
	}
	f.procfile(files)
	f.route(files)
	return f
}

// Limits on what init looks at in a folder.
const (
	maxDepth = 4
	maxFiles = 2000
	maxSize  = 256 << 10
)

// files are those of a folder that may say something, by their paths.
type files struct {
	root  fs.FS
	paths []string
}

// otherFolders hold what is not the app's own.
var otherFolders = []string{"node_modules", "vendor", "dist", "target", "venv", "__pycache__", "test", "tests", "testdata", "spec"}

// walk lists the files of a folder but for those of other people's code, tests, other apps, and folders that begin with a dot.
func walk(root fs.FS) files {
	out := files{root: root}
	// Only what stops the walk is an error of WalkDir, and nothing does but the limit.
	_ = fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && d != nil && d.IsDir():
			return fs.SkipDir
		case err != nil:
			return nil
		case len(out.paths) == maxFiles:
			return fs.SkipAll
		case !d.IsDir():
			if d.Type().IsRegular() {
				out.paths = append(out.paths, p)
			}
		case p == ".":
		case strings.HasPrefix(d.Name(), ".") || strings.Count(p, "/") >= maxDepth || slices.Contains(otherFolders, d.Name()):
			return fs.SkipDir
		default:
			if _, err := fs.Stat(root, path.Join(p, "app.yaml")); err == nil {
				return fs.SkipDir
			}
		}
		return nil
	})
	return out
}

// read returns the content of a file, if it is there and not larger than a file for people.
func (f files) read(name string) ([]byte, bool) {
	if !slices.Contains(f.paths, name) {
		return nil, false
	}
	info, err := fs.Stat(f.root, name)
	if err != nil || info.Size() > maxSize {
		return nil, false
	}
	content, err := fs.ReadFile(f.root, name)
	return content, err == nil
}

// sources are the extensions of files in which a route is looked for.
var sources = []string{".go", ".py", ".js", ".mjs", ".ts", ".rb", ".java", ".kt", ".php", ".rs", ".cs", ".ex"}

// routes matches the usual routes for health checks, as a text of a source file.
const routes = "[\"'`](?:GET )?(/(?:api/)?(?:_?health(?:z|check|/live|/ready)?|livez|readyz|live|ready|ping|actuator/health))/?[\"'`]"

// route looks for the route of health checks in the sources.
func (f *Facts) route(in files) {
	pattern := regexp.MustCompile(routes)
	for _, p := range in.paths {
		base := strings.ToLower(path.Base(p))
		if !slices.Contains(sources, path.Ext(p)) || strings.Contains(base, "test") || strings.Contains(base, ".spec.") {
			continue
		}
		content, _ := in.read(p)
		if m := pattern.FindSubmatchIndex(content); m != nil {
			line := 1 + strings.Count(string(content[:m[0]]), "\n")
			f.Probe.first(string(content[m[2]:m[3]]), p+":"+strconv.Itoa(line))
			return
		}
	}
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
