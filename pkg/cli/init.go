package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/cli/scaffold"
	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// initFlags are the answers that the command line gives.
type initFlags struct {
	template, templates, name, image string
	port                             int
	environments                     []string
	list                             bool
}

func newInit(s Streams) *cobra.Command {
	var f initFlags
	var platformFile platformFlag
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Create the app.yaml of a new app, and other files from a template",
		Long: `init writes DIR/app.yaml (default: current folder). It takes what no flag sets
from package.json, pyproject.toml, go.mod and the Dockerfile's EXPOSE, and the
environments from the platform file, and asks for the rest on a terminal.

With --template it also writes the template's other files: source, tests,
Dockerfile. It never replaces existing files.`,
		Example: "  unfold init --template python-app my-app\n  unfold init --image ghcr.io/example/shop --port 8080 --env dev --env prod",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			templates, err := allTemplates(f.templates)
			if err != nil {
				return err
			}
			if f.list {
				for _, t := range templates {
					fmt.Fprintf(s.Out, "%-14s %s\n", diag.Line(t.Name), diag.Line(t.Summary))
				}
				return nil
			}
			p, err := platformFile.read(cmd.Context(), s, folder(args))
			if err != nil {
				return err
			}
			return initialisation{f, s, folder(args), templates, p}.run(cmd.Context())
		},
	}
	cmd.Flags().StringVarP(&f.template, "template", "t", "", "template to start from; --list prints them")
	cmd.Flags().StringVar(&f.templates, "templates", "", "folder with your own templates, each a folder with an app.yaml")
	cmd.Flags().BoolVar(&f.list, "list", false, "list the templates")
	cmd.Flags().StringVar(&f.name, "name", "", "name of the app")
	cmd.Flags().StringVar(&f.image, "image", "", "container image, as REPOSITORY[:TAG]")
	cmd.Flags().IntVar(&f.port, "port", 0, "port that the app listens on")
	cmd.Flags().StringArrayVar(&f.environments, "env", nil,
		"environment; can be repeated (default: the platform's, else dev, staging, prod)")
	platformFile.register(cmd)
	return cmd
}

// allTemplates returns the built-in templates, under those in a folder.
func allTemplates(dir string) ([]scaffold.Template, error) {
	templates, err := scaffold.Templates()
	if err != nil || dir == "" {
		return templates, err
	}
	own, err := scaffold.ReadTemplates(dir)
	if err != nil {
		return nil, usageError{err}
	}
	for _, t := range own {
		templates = slices.DeleteFunc(templates, func(x scaffold.Template) bool { return x.Name == t.Name })
	}
	return append(templates, own...), nil
}

// initialisation is a call of init.
type initialisation struct {
	initFlags
	streams   Streams
	dir       string
	templates []scaffold.Template
	platform  *platform.Platform
}

func (i initialisation) run(ctx context.Context) error {
	s, dir := i.streams, i.dir
	facts, err := look(dir)
	if err != nil {
		return err
	}
	usual, err := usualEnvironments(i.platform)
	if err != nil {
		return err
	}
	root, remote := repositoryOf(ctx, dir)
	a := asker{Streams: s, facts: facts, environments: usual, remote: remote}
	whole := i.template != ""
	if !whole {
		i.template = a.ask("template", "template", facts.Template, "go-service")
	}
	t, err := scaffold.Find(i.templates, i.template)
	if err != nil {
		return usageError{err}
	}
	answers, err := a.answers(dir, t, i.initFlags)
	if err != nil {
		return err
	}
	files, err := t.Fill(answers)
	if err != nil {
		return err
	}
	if !whole {
		files = tree.Tree{descriptor.FileName: files[descriptor.FileName]}
	}
	if err := s.work.write(ctx, func() error { return tree.Write(ctx, dir, files, false) }); errors.Is(err, tree.ErrExists) {
		return usagef("%w: nothing was written; remove it, or give another folder", err)
	} else if err != nil {
		return err
	}
	fmt.Fprintf(s.Err, "wrote %s to %s\n", diag.Plural(len(files), "file"), dir)
	notes(s, root, dir, files, answers.Image)
	apps, err := render.Find([]string{dir})
	if err != nil {
		return err
	}
	summary, err := render.CheckAll(ctx, apps, func(string) *platform.Platform { return i.platform }, func(int) {})
	if err != nil {
		return err
	}
	if err := summary.Diags.Err(); err != nil {
		return err
	}
	fmt.Fprintf(s.Err, "next: look at %s, then run\n  unfold check %s\n  unfold render %s --env %s\n",
		filepath.Join(dir, descriptor.FileName), diag.Word(dir), diag.Word(dir), answers.Environments[0])
	return nil
}

// placeholder begins the image of an app that nobody gave one.
const placeholder = "registry.example.com/"

// notes says what of the written files does not work as it is. The root is that of
// the folder's repository, or "".
func notes(s Streams, root, dir string, files tree.Tree, image string) {
	if strings.HasPrefix(image, placeholder) {
		in := slices.DeleteFunc(files.Paths(), func(name string) bool { return !bytes.Contains(files[name], []byte(placeholder)) })
		fmt.Fprintf(s.Err, "note: the image %s is a placeholder; replace it in %s, or give --image next time\n", image,
			strings.Join(in, ", "))
	}
	if root == "" || len(files.Under(".github")) == 0 {
		return
	}
	if rel, err := tree.Rel(root, dir); err == nil && rel != "." {
		fmt.Fprintf(s.Err, "note: GitHub runs only workflows in the repository's top folder; make one there of %s\n",
			filepath.Join(dir, ".github"))
	}
}

// usualEnvironments returns those of an app that lists none.
func usualEnvironments(p *platform.Platform) ([]string, error) {
	if p == nil {
		builtin, diags := platform.Builtin()
		if err := diags.Err(); err != nil {
			return nil, err
		}
		p = builtin
	}
	var names []string
	for _, e := range p.Defaults.Environments {
		names = append(names, e.Key)
	}
	return names, nil
}

// repositoryOf returns the git repository that a folder, or the one it will be in,
// belongs to: its root and its remote's address, "" where there is none.
func repositoryOf(ctx context.Context, dir string) (root, url string) {
	if _, err := os.Lstat(dir); err != nil {
		dir = filepath.Dir(dir)
	}
	root, url, err := delivery.Origin(ctx, dir)
	if err != nil {
		return "", ""
	}
	return root, url
}

// look infers from a folder that may not be there yet.
func look(dir string) (scaffold.Facts, error) {
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return scaffold.Facts{}, nil
	}
	folder, err := tree.Open(dir)
	if err != nil {
		return scaffold.Facts{}, usageError{err}
	}
	defer folder.Close()
	return scaffold.Infer(folder), nil
}

// asker fills in what the flags leave open: from the folder, on a terminal by
// asking, else with what is usual.
type asker struct {
	Streams
	facts        scaffold.Facts
	environments []string // there usually are
	remote       string   // git's, or ""
	lines        *bufio.Scanner
}

func (a *asker) answers(dir string, t scaffold.Template, f initFlags) (scaffold.Answers, error) {
	name := f.name
	if name == "" {
		absolute, err := filepath.Abs(dir)
		if err != nil {
			return scaffold.Answers{}, err
		}
		name = a.ask("name", "name", a.facts.Name, scaffold.Name(filepath.Base(absolute)))
	}
	out := scaffold.Answers{Name: name, Image: f.image, Port: f.port, Environments: f.environments}
	if out.Image == "" {
		out.Image = a.ask("image", "image", scaffold.Image(a.remote, name), placeholder+name)
	}
	switch {
	case f.port != 0 && t.Port == 0:
		return out, usagef("the template %q takes no port", t.Name)
	case f.port == 0 && t.Port != 0:
		inferred := ""
		if a.facts.Port != 0 {
			inferred = strconv.Itoa(a.facts.Port)
		}
		port, err := strconv.Atoi(a.ask("port", "port", inferred, strconv.Itoa(t.Port)))
		if err != nil {
			return out, usagef("the port is no number: %w", err)
		}
		out.Port = port
	}
	if len(out.Environments) == 0 {
		out.Environments = strings.Fields(strings.ReplaceAll(a.ask("environments", "environments", "", strings.Join(a.environments, " ")),
			",", " "))
	}
	return out, checkAnswers(out)
}

// ask returns what was inferred, else on a terminal what a person types, else the
// fallback.
func (a *asker) ask(what, prompt, inferred, fallback string) string {
	if inferred != "" {
		from := a.facts.From[what]
		if from == "" {
			from = "git's remote"
		}
		fmt.Fprintf(a.Err, "%s: %s (from %s)\n", what, diag.Line(inferred), diag.Line(from))
		return inferred
	}
	if !isTerminal(a.In) || !isTerminal(a.Err) {
		return fallback
	}
	if a.lines == nil {
		a.lines = bufio.NewScanner(a.In)
	}
	fmt.Fprintf(a.Err, "%s [%s]: ", prompt, fallback)
	if a.lines.Scan() {
		if text := strings.TrimSpace(a.lines.Text()); text != "" {
			return text
		}
	}
	return fallback
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	file, ok := behind(stream).(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && info.Name() != os.DevNull
}

// checkAnswers holds the answers to the rules of their fields.
func checkAnswers(a scaffold.Answers) error {
	diags := descriptor.Check("name", value.NewString(diag.Pos{File: "--name"}, a.Name))
	diags = append(diags, descriptor.Check("image", value.NewString(diag.Pos{File: "--image"}, a.Image))...)
	if a.Port != 0 {
		diags = append(diags, descriptor.Check("port", value.NewInt(diag.Pos{File: "--port"}, int64(a.Port)))...)
	}
	at := diag.Pos{File: "--env"}
	environments := value.NewMap(at)
	for _, env := range a.Environments {
		if environments.Has(env) {
			return usagef("the environment %q is given twice", env)
		}
		environments.SetEntry(value.Entry{Key: env, KeyPos: at, Value: value.NewMap(at)})
	}
	return append(diags, descriptor.Check("environments", environments)...).Err()
}
