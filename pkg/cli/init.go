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
	"github.com/spf13/pflag"

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
from the files there: a Dockerfile, the sources, package.json, pyproject.toml,
go.mod, a docker-compose file, the Kubernetes manifest or the Helm values that
run the app today; and the environments from the platform file. It asks for the
rest on a terminal. A comment says where each value is from, or that it is
guessed.

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
				fmt.Fprint(s.Out, scaffold.List(templates))
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
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		said := c.Root().FlagErrorFunc()(c, err)
		var missing *pflag.ValueRequiredError
		if !errors.As(err, &missing) || missing.GetFlag().Name != "template" {
			return said
		}
		templates, err := allTemplates(f.templates)
		if err != nil {
			return said
		}
		return usagef("%w\n%s", said, strings.TrimSuffix(scaffold.List(templates), "\n"))
	})
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
	if err := refuseMisnamed(dir); err != nil {
		return err
	}
	facts, err := look(dir)
	if err != nil {
		return err
	}
	usual, err := usualEnvironments(i.platform)
	if err != nil {
		return err
	}
	root, remote := repositoryOf(ctx, dir)
	a := asker{Streams: s, facts: facts, environments: usual, remote: remote, comments: map[string]string{}}
	if i.template == "" && i.name == "" && i.image == "" && i.port == 0 && facts.Empty() {
		i.template = a.choose(i.templates)
	}
	files, answers, err := i.files(&a)
	if err != nil {
		return err
	}
	if err := s.work.write(ctx, func() error { return tree.Write(ctx, dir, files, false) }); errors.Is(err, tree.ErrExists) {
		return usagef("%w: nothing was written; remove it, or give another folder", err)
	} else if err != nil {
		return err
	}
	fmt.Fprintf(s.Err, "wrote %s to %s\n", diag.Plural(len(files), "file"), dir)
	if facts.User.Text != "" {
		fmt.Fprintf(s.Err, "note: %s %s, and Kubernetes refuses to start it: add USER 10001 to it, or write security: baseline in "+
			"app.yaml\n",
			facts.User.From, diag.Line(facts.User.Text))
	}
	for _, note := range facts.Notes {
		fmt.Fprintln(s.Err, "note: "+diag.Line(note))
	}
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
		fmt.Fprintf(s.Err, "%s is not complete:\n", filepath.Join(dir, descriptor.FileName))
		return err
	}
	fmt.Fprintf(s.Err, "next: look at %s, then run\n  unfold check %s\n  unfold render %s --env %s\n",
		filepath.Join(dir, descriptor.FileName), diag.Word(dir), diag.Word(dir), answers.Environments[0])
	return nil
}

// refuseMisnamed returns an error for a folder whose descriptor has another name: a new one
// beside it would not say what it says.
func refuseMisnamed(dir string) error {
	if _, err := os.Lstat(filepath.Join(dir, descriptor.FileName)); err == nil {
		return nil // which is never replaced
	}
	var files []string
	for _, name := range render.MisnamedFiles() {
		files = append(files, filepath.ToSlash(filepath.Join(dir, name)))
	}
	for _, x := range render.Misnamed(files) {
		return usagef("%s", diag.WithHint(diag.Line(x.Pos.File)+
			" is a descriptor, but nothing looks for one of this name: nothing was written",
			x.Hint))
	}
	return nil
}

// files returns what init writes, and the answers that it is made with.
func (i initialisation) files(a *asker) (tree.Tree, scaffold.Answers, error) {
	if i.template == "" {
		usual := scaffold.Template{Port: guessedPort}
		if a.facts.Completes() {
			usual.Name, usual.Port = a.facts.Kind.Text, 0
		}
		answers, err := a.answers(i.dir, usual, i.initFlags)
		if err != nil {
			return nil, answers, err
		}
		return scaffold.Describe(answers, a.facts), answers, nil
	}
	t, err := scaffold.Find(i.templates, i.template)
	if err != nil {
		return nil, scaffold.Answers{}, usageError{err}
	}
	answers, err := a.answers(i.dir, t, i.initFlags)
	if err != nil {
		return nil, answers, err
	}
	files, err := t.Fill(answers)
	return files, answers, err
}

// guessedPort is that of an app of which no file says what it listens on.
const guessedPort = 8080

// schemaAddress returns where the JSON Schema of a version of the program is published.
func schemaAddress(version string) string {
	at := "main"
	if strings.HasPrefix(version, "v") && !strings.Contains(version, "-") { // no release has a dash
		at = version
	}
	return "https://raw.githubusercontent.com/unfold-gitops/unfold/" + at + "/docs/app.schema.json"
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
	root, err := os.OpenRoot(dir)
	if err != nil {
		return scaffold.Facts{}, usageError{err}
	}
	defer root.Close()
	facts := scaffold.Infer(root.FS())
	if text := facts.Schedule.Text; text != "" && descriptor.Check("schedule", value.NewString(diag.Pos{}, text)).HasErrors() {
		facts.Schedule = scaffold.Fact{}
	}
	if v, diags := value.Read("", []byte(facts.Selector.Text)); diags.HasErrors() || v != nil &&
		descriptor.Check("selector", v).HasErrors() {
		facts.Selector = scaffold.Fact{}
	}
	return facts, nil
}

// asker fills in what the flags leave open: from the folder, on a terminal by
// asking, else with what is usual.
type asker struct {
	Streams
	facts        scaffold.Facts
	environments []string // there usually are
	remote       string   // git's, or ""
	lines        *bufio.Scanner
	// comments say of the fields that nobody gave where their values are from.
	comments map[string]string
}

// choose offers the templates for a folder that says nothing about an app, and returns the one that a person chooses, or "".
func (a *asker) choose(templates []scaffold.Template) string {
	fmt.Fprintf(a.Err, "there is no app here yet; unfold init --template NAME also writes one:\n%s",
		"  "+strings.ReplaceAll(strings.TrimSuffix(scaffold.List(templates), "\n"), "\n", "\n  ")+"\n")
	return a.prompt("template, or nothing for app.yaml alone", "")
}

// noPort says what takes no port: a template, or the kind of a workload that is there already.
func noPort(template string, t scaffold.Template) string {
	if template != "" {
		return "the template " + strconv.Quote(t.Name)
	}
	return "a " + t.Name
}

func (a *asker) answers(dir string, t scaffold.Template, f initFlags) (scaffold.Answers, error) {
	name := f.name
	if name == "" {
		absolute, err := filepath.Abs(dir)
		if err != nil {
			return scaffold.Answers{}, err
		}
		folder := filepath.Base(absolute)
		name = a.ask("name", a.facts.Name, scaffold.Name(folder), "the folder's name")
		if name == "" {
			return scaffold.Answers{}, usagef("the folder's name %q has no letters for the name of an app: give one with --name", folder)
		}
	}
	out := scaffold.Answers{Name: name, Image: f.image, Port: f.port, Environments: f.environments,
		Schema: schemaAddress(programVersion()), Comments: a.comments}
	if out.Image == "" {
		known := a.facts.Image
		if known.Text == "" {
			if image := scaffold.Image(a.remote, name); image != "" {
				known = scaffold.Fact{Text: image, From: "git's remote"}
			}
		}
		out.Image = a.ask("image", known, placeholder+name, "a placeholder: write the image that CI pushes")
	}
	switch {
	case f.port != 0 && t.Port == 0:
		return out, usagef("%s takes no port", noPort(f.template, t))
	case f.port == 0 && t.Port != 0:
		guess := ""
		if f.template == "" {
			guess = "guessed: write what the app listens on, or remove the line if it takes no requests"
		}
		port, err := strconv.Atoi(a.ask("port", a.facts.Port, strconv.Itoa(t.Port), guess))
		if err != nil {
			return out, usagef("the port is no number: %w", err)
		}
		out.Port = port
	}
	if len(out.Environments) == 0 {
		out.Environments = strings.Fields(strings.ReplaceAll(a.prompt("environments", strings.Join(a.environments, " ")), ",", " "))
	}
	return out, checkAnswers(out)
}

// ask returns what the folder says of a field, else on a terminal what a person types, else the fallback. It notes a comment for
// the field if nobody typed it: guess for the fallback.
func (a *asker) ask(field string, known scaffold.Fact, fallback, guess string) string {
	if known.Text != "" {
		fmt.Fprintf(a.Err, "%s: %s (from %s)\n", field, diag.Line(known.Text), diag.Line(known.From))
		a.comments[field] = "from " + known.From
		return known.Text
	}
	text := a.prompt(field, fallback)
	if text == fallback {
		a.comments[field] = guess
	}
	return text
}

// prompt returns on a terminal what a person types, else the fallback.
func (a *asker) prompt(what, fallback string) string {
	if !isTerminal(a.In) || !isTerminal(a.Err) {
		return fallback
	}
	if a.lines == nil {
		a.lines = bufio.NewScanner(a.In)
	}
	fmt.Fprintf(a.Err, "%s [%s]: ", what, fallback)
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
