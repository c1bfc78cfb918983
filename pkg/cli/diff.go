package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/diag/report"
	"github.com/unfold-gitops/unfold/pkg/platform/locate"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// diffFlags are those of diff.
type diffFlags struct {
	envs                      []string
	against, manifests, color string
	format                    formatFlag
	platform                  platformFlag
}

func newDiff(s Streams) *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff [DIR]",
		Short: "Show the differences between environments, since a revision, or to manifests",
		Long: `diff compares, object by object, two environments (--env A --env B) of the app
in DIR (default: current folder); or the work tree with the git revision
--against (default: HEAD), in the environments given or in all. If DIR has no
app.yaml, it compares all apps below. Each side has its own platform file, unless
you name one. Secrets are masked. A line with ! marks what is deleted and made
anew, what is lost, and what the API server refuses, with the way to avoid it.
With --format markdown it prints a comment for a pull request, with --format json
a list for programs.

With --manifests it compares the objects that kustomize, Helm or a cluster has for
one environment with those that the app has: PATH is a kustomization, a folder of
manifests, a file, or - for standard input. What the API server stores as the same
is the same, such as a default that only one side writes; notes on standard error
name such fields, and the objects that are not compared.

It exits with 0 if nothing differs, with 1 if something does, and with 2 if it
could not compare everything.`,
		Example: "  unfold diff --env staging --env prod\n  unfold diff apps --against origin/main --format markdown\n" +
			"  unfold diff --env prod --manifests k8s/overlays/prod",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			if len(args) > 0 && !isThere(args[0]) && delivery.IsRevision(cmd.Context(), ".", args[0]) {
				return usagef("%s", diag.WithHint(fmt.Sprintf("%q is a git revision, and no folder", args[0]),
					"write "+cmd.CommandPath()+" --against "+diag.Word(args[0])))
			}
			found, err := f.compare(cmd, s, folder(args))
			if err == nil || len(found) > 0 {
				if err := f.print(s, found, err != nil); err != nil {
					return err
				}
			}
			var diags diag.List
			switch {
			case errors.As(err, &diags):
				s.complain(diags...)
				return errTrouble
			case err != nil:
				return usageError{err}
			case len(found) > 0:
				return errFound
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&f.envs, "env", "e", nil, "environment; give two to compare them")
	flags.StringVar(&f.against, "against", "", "git revision to compare with (default: HEAD)")
	flags.StringVar(&f.manifests, "manifests", "", "kustomization, folder or file of manifests to compare with; - is standard input")
	f.format.register(cmd, "text", "markdown", "json")
	flags.StringVar(&f.color, "color", "auto", "auto, always or never")
	f.platform.register(cmd)
	completion{cmd, s, &f.platform, folder}.environments("env")
	// The only error is a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(diffColors(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func diffColors() []string { return []string{"auto", "always", "never"} }

// check reports flags that don't go together.
func (f *diffFlags) check() error {
	if err := f.format.check(); err != nil {
		return err
	}
	switch {
	case !slices.Contains(diffColors(), f.color):
		return usagef("--color %q is not known: %s", f.color, join(diffColors()))
	case f.manifests != "" && f.against != "":
		return usagef("--manifests and --against can't be given together")
	case f.manifests != "" && len(f.envs) != 1:
		return usagef("--manifests needs one --env: the environment whose objects they are")
	case f.against == "" && len(f.envs) > 2:
		return usagef("--env can be given twice, to compare two environments")
	case f.against == "" && len(f.envs) == 2 && f.envs[0] == f.envs[1]:
		return usagef("--env names one environment twice: there is nothing to compare")
	}
	return nil
}

func (f *diffFlags) compare(cmd *cobra.Command, s Streams, dir string) ([]delivery.Difference, error) {
	ctx := cmd.Context()
	if f.manifests != "" {
		return f.compareManifests(ctx, s, dir)
	}
	if f.against == "" && len(f.envs) == 2 {
		p, err := f.platform.read(ctx, s, dir)
		if err != nil {
			return nil, err
		}
		return delivery.CompareEnvironments(dir, f.envs[0], f.envs[1], p)
	}
	platforms, err := f.platform.all(ctx, s)
	if err != nil {
		return nil, err
	}
	against := f.against
	if against == "" {
		against = "HEAD"
	}
	var bar progress
	defer func() { bar.clear() }()
	return delivery.CompareRevision(ctx, dir, delivery.Since{
		Revision: against, Envs: f.envs, Platforms: platforms,
		Chosen: func(c locate.Chosen) { notePlatform(s, c) },
		Progress: func(done, total int) {
			if done == 0 {
				bar = newProgress(s, "compared", total)
			}
			bar.show(done)
		},
	})
}

// print prints the differences; partial means that not everything could be compared.
func (f *diffFlags) print(s Streams, found []delivery.Difference, partial bool) error {
	switch f.format.text {
	case "markdown":
		text := markdown(found)
		if partial {
			text += "\nSome apps have mistakes and are not compared: `unfold check` shows them.\n"
		}
		_, err := fmt.Fprint(s.data, text)
		return err
	case "json":
		return report.EncodeJSON(s.data, differences(found))
	}
	paint, out := f.painter(s), s.painted()
	for i, d := range found {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if _, err := fmt.Fprintln(out, paint('=', diag.Line(title(d, found)))); err != nil {
			return err
		}
		for _, line := range diff.Lines(d.Objects) {
			if _, err := fmt.Fprintln(out, paint(line[0], line)); err != nil {
				return err
			}
		}
	}
	return nil
}

// difference is one in JSON: what differs in an environment of an app.
type difference struct {
	App         string          `json:"app"`
	Dir         string          `json:"dir"`
	Environment string          `json:"environment"`
	Note        string          `json:"note,omitempty"`
	Objects     []changedObject `json:"objects"`
}

type changedObject struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Name       string         `json:"name"`
	Change     string         `json:"change"`              // added, removed or changed
	Recreated  bool           `json:"recreated,omitempty"` // deleted and made anew
	Fields     []changedField `json:"fields,omitempty"`
	Warnings   []string       `json:"warnings,omitempty"`
}

type changedField struct {
	Path string       `json:"path"`
	Old  *value.Value `json:"old"` // null where there was nothing
	New  *value.Value `json:"new"`
}

func differences(found []delivery.Difference) []difference {
	out := []difference{}
	for _, d := range found {
		x := difference{App: d.App, Dir: d.Dir, Environment: d.Env, Note: d.Note, Objects: []changedObject{}}
		for _, o := range d.Objects {
			object := changedObject{APIVersion: o.APIVersion, Kind: o.Kind, Name: o.Name, Change: "changed", Recreated: o.Recreated,
				Warnings: o.Warnings}
			switch {
			case o.Added:
				object.Change = "added"
			case o.Removed:
				object.Change = "removed"
			}
			for _, f := range o.Fields {
				object.Fields = append(object.Fields, changedField{f.Path, f.Old, f.New})
			}
			x.Objects = append(x.Objects, object)
		}
		out = append(out, x)
	}
	return out
}

// title names an app and its environment; of several apps by the folder, since
// names can be the same.
func title(d delivery.Difference, all []delivery.Difference) string {
	text := d.App + ": " + d.Env
	if slices.ContainsFunc(all, func(x delivery.Difference) bool { return x.Dir != d.Dir }) {
		text = d.Dir + ": " + d.Env
	}
	if d.Note != "" {
		text += " (" + d.Note + ")"
	}
	return text
}

// painter returns a function that colours lines on a terminal.
func (f *diffFlags) painter(s Streams) func(kind byte, line string) string {
	colored := f.color == "always" || f.color == "auto" && colourful(s)
	return func(kind byte, line string) string {
		code := ""
		switch kind {
		case '+':
			code = "32"
		case '-':
			code = "31"
		case '!':
			code = "33"
		case '=':
			code = "1"
		}
		if !colored || code == "" {
			return line
		}
		return "\x1b[" + code + "m" + line + "\x1b[0m"
	}
}

// colourful reports whether standard output is a terminal that wants colours.
func colourful(s Streams) bool { return s.paint(s.Out)("0", "") != "" }

// markdown returns the differences as a comment on a pull request, within what
// GitHub takes.
func markdown(found []delivery.Difference) string {
	const most = 60000 // characters; GitHub takes 65536
	if len(found) == 0 {
		return "No manifest changes.\n"
	}
	var b strings.Builder
	for i, d := range found {
		lines := diff.Lines(d.Objects)
		fence := "```"
		var warnings []string
		for _, line := range lines {
			for strings.Contains(line, fence) {
				fence += "`"
			}
			if w, ok := strings.CutPrefix(line, "! "); ok {
				warnings = append(warnings, "> - "+inline(w)+"\n")
			}
		}
		var part strings.Builder
		fmt.Fprintf(&part, "### %s\n\n", inline(title(d, found)))
		if len(warnings) > 0 {
			part.WriteString("> [!WARNING]\n" + strings.Join(warnings, "") + "\n")
		}
		fmt.Fprintf(&part, "<details%s><summary>%s</summary>\n\n%sdiff\n%s\n%s\n\n</details>\n\n", opened(lines), counts(d.Objects), fence,
			strings.Join(lines, "\n"), fence)
		if b.Len()+part.Len() > most {
			fmt.Fprintf(&b, "%s more: `unfold diff` shows all.\n", diag.Plural(len(found)-i, "environment"))
			break
		}
		b.WriteString(part.String())
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// opened shows a short difference at once.
func opened(lines []string) string {
	const short = 30
	if len(lines) <= short {
		return " open"
	}
	return ""
}

func counts(objects []diff.Object) string {
	added, removed := 0, 0
	for _, o := range objects {
		if o.Added {
			added++
		}
		if o.Removed {
			removed++
		}
	}
	return fmt.Sprintf("%s changed, %d added, %d removed", diag.Plural(len(objects)-added-removed, "object"), added, removed)
}
