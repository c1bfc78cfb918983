package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/adopt"
	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

func newImport(s Streams) *cobra.Command {
	var i importing
	var p platformFlag
	cmd := &cobra.Command{
		Use:   "import [PATH...]",
		Short: "Write the descriptor of an app that runs already",
		Long: `import writes an app.yaml for an app that exists as Kubernetes objects: as a
kustomize tree, as manifests, or as the output of helm template or kubectl get.
Each PATH is a kustomization, a folder of manifests or a file, and its
environment has the folder's or file's name; --env NAME=PATH names it otherwise,
and - is standard input. import renders what it wrote, and compares it with the
objects: it writes only what comes to the same objects in the cluster. A field
that can't be written keeps its object as it is, under manifests. With --tidy it
goes on to the names, labels and defaults of a new app, and lists what that
changes, the greatest risk first.`,
		Example: "  unfold import k8s/overlays/* --output apps\n  unfold import --env prod=k8s/overlays/production --env dev=dev.yaml",
		RunE: func(cmd *cobra.Command, args []string) error {
			sources, err := i.sources(args)
			if err != nil {
				return err
			}
			platform, err := p.read(cmd.Context(), s, cmp.Or(i.output, "."))
			if err != nil {
				return err
			}
			got, err := adopt.Read(sources, s.In, adopt.Options{Name: i.name, Split: i.split, Tidy: i.tidy}, platform)
			if err != nil {
				return err
			}
			return i.write(cmd.Context(), s, got)
		},
	}
	cmd.Flags().StringArrayVarP(&i.envs, "env", "e", nil, "environment and its source, as NAME=PATH; can be repeated")
	cmd.Flags().StringVarP(&i.output, "output", "o", "", "folder to write to, as OUT/APP/app.yaml (default: standard output)")
	cmd.Flags().StringVar(&i.name, "name", "",
		"the app's name (default: what the objects have in common); of several apps, what their names begin with")
	cmd.Flags().BoolVar(&i.split, "split", false,
		"write an app for each workload with what belongs to it (default: one for each namespace)")
	cmd.Flags().BoolVar(&i.tidy, "tidy", false,
		"go on to the names, labels and defaults of a new app, and list what that changes, by risk")
	cmd.Flags().BoolVar(&i.force, "force", false, "replace an app.yaml that exists, and write one that is not exact")
	p.register(cmd)
	return cmd
}

// importing is a call of import.
type importing struct {
	envs         []string
	output, name string
	force, split bool
	tidy         bool
}

// sources returns where the objects of each environment are.
func (i importing) sources(args []string) ([]adopt.Source, error) {
	var out []adopt.Source
	for _, arg := range args {
		name := filepath.Base(filepath.Clean(arg))
		out = append(out, adopt.Source{Env: strings.TrimSuffix(name, filepath.Ext(name)), Path: arg})
	}
	for _, arg := range i.envs {
		name, path, ok := strings.Cut(arg, "=")
		if !ok || name == "" || path == "" {
			return nil, usagef("%q is not NAME=PATH\n  hint: write --env prod=%s", arg, arg)
		}
		out = append(out, adopt.Source{Env: name, Path: path})
	}
	if len(out) == 0 {
		return nil, usagef("there is nothing to import\n  hint: name the overlays, such as unfold import k8s/overlays/*")
	}
	for n, x := range out {
		if slices.ContainsFunc(out[:n], func(y adopt.Source) bool { return y.Env == x.Env }) {
			return nil, usagef("the environment %q has two sources", x.Env)
		}
	}
	return out, nil
}

// write writes the descriptors, and for people what became of the objects.
func (i importing) write(ctx context.Context, s Streams, got adopt.Import) error {
	i.table(s.Err, got)
	for _, env := range slices.Sorted(maps.Keys(got.Made)) {
		if made := got.Made[env]; len(made) > 0 {
			fmt.Fprintf(s.Err, "note: %s: left out, since the cluster makes them: %s\n", diag.Line(env), some(texts(made)))
		}
	}
	exact := true
	for _, app := range got.Apps {
		exact = i.notes(s.Err, app, i.folder(app, len(got.Apps) == 1)) && exact
	}
	if !exact && !i.force {
		fmt.Fprintln(s.Err, "nothing was written: it would not come to the same objects\n  hint: --force writes it all the same")
		return errFound
	}
	if i.output == "" {
		for n, app := range got.Apps {
			head := ""
			if len(got.Apps) > 1 {
				head = "# " + filepath.Join(app.Name, descriptor.FileName) + "\n"
			}
			if n > 0 {
				head = "---\n" + head
			}
			if _, err := s.data.Write([]byte(head + string(app.Source))); err != nil {
				return err
			}
		}
		return nil
	}
	if err := i.free(got.Apps); err != nil {
		return err
	}
	for _, app := range got.Apps {
		dir := i.folder(app, len(got.Apps) == 1)
		err := s.work.write(ctx, func() error {
			return existing(tree.Write(ctx, dir, tree.Tree{descriptor.FileName: app.Source}, i.force))
		})
		if err != nil {
			return err
		}
		if _, err = fmt.Fprintln(s.Out, "wrote", diag.Line(filepath.Join(dir, descriptor.FileName))); err != nil {
			return err
		}
	}
	return nil
}

// free fails if one of several descriptors exists, before any is written. For one alone tree.Write says so.
func (i importing) free(apps []adopt.App) error {
	if len(apps) == 1 || i.force {
		return nil
	}
	for _, app := range apps {
		file := filepath.Join(i.folder(app, false), descriptor.FileName)
		if _, err := os.Lstat(file); err == nil {
			return existing(&fs.PathError{Op: "write", Path: file, Err: tree.ErrExists})
		}
	}
	return nil
}

// folder returns where an app is written to: a folder of its name in the output, or the
// output itself where that is the folder of the only app.
func (i importing) folder(app adopt.App, only bool) string {
	if abs, err := filepath.Abs(i.output); only && err == nil && filepath.Base(abs) == app.Name {
		return i.output
	}
	return filepath.Join(i.output, app.Name)
}

// notes prints what a person has to know about an app in a folder, and reports whether it is exact.
func (i importing) notes(w io.Writer, app adopt.App, dir string) (exact bool) {
	if len(app.Accepted) > 0 {
		fmt.Fprintf(w, "note: the app has mistakes that app.yaml accepts for now: %s; unfold explain accept\n",
			strings.Join(app.Accepted, ", "))
	}
	exact = true
	for _, e := range app.Environments {
		for _, x := range e.Secrets {
			i.sealing(w, dir, e.Name, x)
		}
		if app.Tidied != nil {
			continue
		}
		for _, line := range diff.Lines(e.Differences) {
			fmt.Fprintf(w, "%s: %s\n", diag.Line(e.Name), line)
		}
		exact = exact && len(e.Differences) == 0
	}
	if app.Tidied != nil {
		tidied(w, *app.Tidied)
	}
	return exact
}

// sealing prints why a Secret is not in app.yaml, and what puts it there. The values are
// asked for, or are in the Secret of the cluster.
func (i importing) sealing(w io.Writer, dir, env string, x adopt.PlainSecret) {
	fmt.Fprintf(w, "note: %s: %s holds values in plain text, so it is only referred to, and stays in the cluster\n", diag.Line(env),
		diag.Line(x.ID.String()))
	if len(x.Keys) == 0 {
		return
	}
	words := []string{"unfold", "seal", diag.Word(dir), "--env", diag.Word(env)}
	for _, key := range x.Keys {
		words = append(words, diag.Word(key))
	}
	fields := fmt.Sprintf("names: {Secret/secrets: %s}", diag.Line(x.ID.Name))
	if x.Type != "" {
		fields += fmt.Sprintf(" and secrets: {type: %s}", diag.Line(x.Type))
	}
	fmt.Fprintf(w, "  hint: to have it in app.yaml, write %s, and seal its values: %s\n", fields, strings.Join(words, " "))
}

// tidied prints what the standard form of an app changes, by risk.
func tidied(w io.Writer, t adopt.Tidied) {
	if len(t.Changes) > 0 {
		fmt.Fprintf(w, "%-16s %-16s %s\n", "RISK", "ENVIRONMENT", "CHANGE")
	}
	for _, c := range t.Changes {
		fmt.Fprintf(w, "%-16s %-16s %s\n", c.Risk, diag.Line(c.Env), diag.Line(c.ID.String()+": "+c.What))
	}
	for _, k := range t.Kept {
		fmt.Fprintf(w, "note: %s stay as they are: %s\n", k.Step, diag.Line(k.Reason))
	}
}

// table prints what became of the objects, and of the lines that described them.
func (i importing) table(w io.Writer, got adopt.Import) {
	fmt.Fprintf(w, "%-24s %-16s %8s %8s %10s %8s %8s\n", "APP", "ENVIRONMENT", "OBJECTS", "FIELDS", "MANIFESTS", "SECRETS", "DIFFER")
	lines := 0
	for _, app := range got.Apps {
		for _, e := range app.Environments {
			fmt.Fprintf(w, "%-24s %-16s %8d %8d %10d %8d %8d\n", app.Name, diag.Line(e.Name), e.Objects, e.FirstClass, e.Manifests,
				len(e.Secrets), len(e.Differences))
		}
		lines += app.Lines()
	}
	fmt.Fprintf(w, "%d lines become %d\n", got.Lines, lines)
}
