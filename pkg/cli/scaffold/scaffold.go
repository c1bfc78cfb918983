// Package scaffold makes what a new app starts with: a folder from a template,
// with app.yaml in it.
package scaffold

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

//go:embed all:templates
var embedded embed.FS

const (
	// aboutFile says what a template is; it is not part of what it makes.
	aboutFile = "template.yaml"
	// suffix is taken off file names. It keeps Go from compiling a template's files.
	suffix = ".template"
)

// Template is a folder with placeholders: @NAME@, @IMAGE@, @REGISTRY@, @PORT@,
// @FIRST_ENV@ and @ENVIRONMENTS@.
type Template struct {
	Name, Summary string
	// Port is what the app listens on unless told otherwise, 0 for one that
	// takes no port.
	Port  int
	files tree.Tree
}

// Answers are what a template is filled with.
type Answers struct {
	Name         string
	Image        string
	Port         int // 0 for the template's own
	Environments []string
	// Schema is the address of the JSON Schema by which editors complete app.yaml, "" for none.
	Schema string
	// Comments are put behind the fields of app.yaml whose values nobody gave: where they are from, or that they are guessed.
	Comments map[string]string
}

// Templates returns the built-in templates, by name.
func Templates() ([]Template, error) {
	root, err := fs.Sub(embedded, "templates")
	if err != nil {
		return nil, err
	}
	return read(root)
}

// ReadTemplates returns the templates in a folder, each a folder of its own.
func ReadTemplates(dir string) ([]Template, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return read(root.FS())
}

func read(root fs.FS) ([]Template, error) {
	entries, err := fs.ReadDir(root, ".")
	if err != nil {
		return nil, err
	}
	var out []Template
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		t := Template{Name: entry.Name(), files: tree.Tree{}}
		sub, err := fs.Sub(root, entry.Name())
		if err != nil {
			return nil, err
		}
		err = fs.WalkDir(sub, ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			t.files[p], err = fs.ReadFile(sub, p)
			return err
		})
		if err != nil {
			return nil, err
		}
		if t.files[descriptor] == nil {
			continue // another folder that lies there
		}
		if err := t.about(); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// about reads the template's own description, if it has one.
func (t *Template) about() error {
	file := path.Join(t.Name, aboutFile)
	v, diags := value.Read(file, t.files[aboutFile])
	delete(t.files, aboutFile)
	for _, e := range v.AllEntries() {
		switch number, isInt := e.Value.Int64(); {
		case e.Key == "summary" && e.Value.IsScalar():
			t.Summary = e.Value.Text
		case e.Key == "port" && isInt && number > 0 && number < 1<<16:
			t.Port = int(number)
		default:
			return fmt.Errorf("%s: a template has a summary, a text, and a port, a number, not %q: %s", e.KeyPos, e.Key, e.Value.Describe())
		}
	}
	return diags.Err()
}

// Fill returns the files of a new app. The answers are put in as they are: the
// caller has checked them.
func (t Template) Fill(a Answers) (tree.Tree, error) {
	if a.Port == 0 {
		a.Port = t.Port
	}
	if len(a.Environments) == 0 {
		return nil, errors.New("an app needs an environment")
	}
	fill := strings.NewReplacer(
		"@NAME@", a.Name, "@IMAGE@", a.Image, "@REGISTRY@", registry(a.Image), "@PORT@", strconv.Itoa(a.Port),
		"@FIRST_ENV@", a.Environments[0], "@ENVIRONMENTS@\n", environments(a))
	placeholder := regexp.MustCompile(`@[A-Z][A-Z_]*@`)
	whole := regexp.MustCompile(`(?m): @(NAME|IMAGE)@( |$)`) // a value of its own, which can need quotes
	out := tree.Tree{}
	for _, p := range t.files.Paths() {
		content := string(t.files[p])
		if p == descriptor {
			content = whole.ReplaceAllStringFunc(content, func(found string) string {
				return strings.NewReplacer("@NAME@", scalar(a.Name), "@IMAGE@", scalar(a.Image)).Replace(found)
			})
		}
		text := fill.Replace(content)
		if left := placeholder.FindString(text); left != "" {
			return nil, fmt.Errorf("the template %q has the placeholder %s in %s, which is not known", t.Name, left, p)
		}
		if p == descriptor {
			text = finish(text, a)
		}
		out[strings.TrimSuffix(fill.Replace(p), suffix)] = []byte(text)
	}
	return out, nil
}

// scalar returns a text as YAML has it: in quotes where the text alone is null, a number or a boolean to some reader.
func scalar(text string) string {
	// A text can always be encoded.
	encoded, _ := value.Encode(value.NewString(diag.Pos{}, text))
	return strings.TrimSuffix(string(encoded), "\n")
}

// registry returns an image's registry by the rule of Docker's references: what
// stands before the first slash, if it looks like a host.
func registry(image string) string {
	host, _, ok := strings.Cut(image, "/")
	if !ok || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return "docker.io"
	}
	return host
}

// guessedTag is the comment on a tag to start with.
const guessedTag = "guessed, until CI sets it"

// environments writes one line for each, with a tag to start with where the
// image has none.
func environments(a Answers) string {
	var b strings.Builder
	for _, env := range a.Environments {
		key := scalar(env)
		switch _, named, _ := strings.Cut(path.Base(a.Image), ":"); {
		case named != "" || strings.Contains(a.Image, "@"):
			fmt.Fprintf(&b, "  %s:\n", key)
		case strings.HasPrefix(env, "prod"):
			b.WriteString(commented(fmt.Sprintf("  %s: {tag: v1.0.0}", key), guessedTag))
		default:
			b.WriteString(commented(fmt.Sprintf("  %s: {tag: %s-latest}", key, env), guessedTag))
		}
	}
	return b.String()
}

// Find returns the template of a name, or an error that names those there are.
func Find(templates []Template, name string) (Template, error) {
	i := slices.IndexFunc(templates, func(t Template) bool { return t.Name == name })
	if i >= 0 {
		return templates[i], nil
	}
	var names []string
	for _, t := range templates {
		names = append(names, t.Name)
	}
	meant := ""
	if s := diag.Suggest(name, names); s != "" {
		meant = "; did you mean " + strconv.Quote(s) + "?"
	}
	return Template{}, fmt.Errorf("there is no template %q%s\n%s", name, meant, strings.TrimSuffix(List(templates), "\n"))
}

// List returns a line for each template.
func List(templates []Template) string {
	var b strings.Builder
	for _, t := range templates {
		fmt.Fprintf(&b, "%-14s %s\n", diag.Line(t.Name), diag.Line(t.Summary))
	}
	return b.String()
}
