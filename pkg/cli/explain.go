package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

func newExplain(s Streams) *cobra.Command {
	var recursive bool
	var v valueFlags
	cmd := &cobra.Command{
		Use:   "explain [FIELD] [DIR]",
		Short: "Explain a field of app.yaml, or show where its value comes from",
		Long: `explain describes a field of app.yaml: its shorthand and its full form, where
you can use it, its default, an example and the fields below it. Without a field
it lists all fields. For a word that is no field, such as cron, it lists the
fields that are about it.

With --value it prints the value of the field for the app in DIR (default:
current folder), with all layers applied, and the line of the layer that set it.
A value that has no effect is marked, such as replicas of a CronJob. Without a
field it prints the whole descriptor that way. Values of secrets are hidden. If
the descriptor has mistakes, it prints what they leave, and exits with 1.`,
		Example: "  unfold explain probes\n  unfold explain cron\n  unfold explain image --recursive\n" +
			"  unfold explain --value replicas examples/example-app --env prod",
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			field := ""
			if len(args) > 0 {
				field = args[0]
			}
			switch {
			case v.asked:
				return v.explain(cmd.Context(), s, args)
			case len(args) > 1:
				return usagef("a folder can only be given with --value")
			case isApp(field):
				return usagef("%q is the folder of an app: unfold explain --value %s prints its values", field, field)
			case field == "":
				return explainAll(s, recursive)
			}
			x, diags := descriptor.Explain(field)
			if found := descriptor.Search(field); len(diags) > 0 && len(found) > 0 {
				return explainFound(s, field, found)
			}
			if err := diags.Err(); err != nil {
				return err
			}
			return explainField(s, x, recursive)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveFilterDirs
			}
			return completeField(toComplete), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		},
	}
	cmd.Flags().BoolVarP(&recursive, "recursive", "r", false, "list the fields below, at any depth")
	cmd.Flags().BoolVar(&v.asked, "value", false, "print the field's value, and the layer and line that set it")
	cmd.Flags().StringArrayVarP(&v.envs, "env", "e", nil, "environment for --value; can be repeated (default: all)")
	v.overrides.register(cmd)
	v.platform.register(cmd)
	completion{cmd, s, &v.platform, folderBehind}.environments("env")
	return cmd
}

// valueFlags are the flags that a field's value depends on.
type valueFlags struct {
	asked     bool
	envs      []string
	overrides overrideFlags
	platform  platformFlag
}

func (f *valueFlags) explain(ctx context.Context, s Streams, args []string) error {
	field, dir := fieldAndFolder(args)
	if rest, ok := strings.CutPrefix(field+".", "environments."); ok {
		env, below, _ := strings.Cut(strings.TrimSuffix(rest, "."), ".")
		if env == "" || slices.ContainsFunc(f.envs, func(x string) bool { return x != env }) {
			return usagef("a value is that of an environment: name the field as it is below environments.NAME, and --env NAME")
		}
		f.envs, field = []string{env}, below
	}
	if _, diags := descriptor.Explain(field); len(diags) > 0 {
		if len(descriptor.Search(field)) > 0 {
			diags[0].Hint = "unfold explain " + field + " lists the fields that are about it"
		}
		return diags
	}
	o, err := f.overrides.options()
	if err != nil {
		return err
	}
	operator, err := f.platform.read(ctx, s, dir)
	if err != nil {
		return err
	}
	src, err := render.Open(dir, operator)
	if err != nil {
		return err
	}
	defer src.Close()
	envs := distinct(f.envs)
	if len(envs) == 0 {
		envs = src.Environments()
	}
	if err := absent(src, field, o); err != nil {
		return err
	}
	return explainValues(s, src, envs, field, o)
}

// absent refuses a field of a workload, job or the like that no environment has.
func absent(src *render.Source, field string, o render.Options) error {
	var all []*descriptor.Provenance
	for _, env := range src.Environments() {
		p, diags := src.Provenance(env, o)
		if p == nil || diags.HasErrors() { // it may be what the mistake is about
			return nil
		}
		all = append(all, p)
	}
	return src.Document().Absent(field, all).Err()
}

// fieldAndFolder returns the field and the folder among the arguments of --value. An
// app's folder can stand alone, or before the field, unless it has a field's name.
func fieldAndFolder(args []string) (field, dir string) {
	switch {
	case len(args) == 0:
		return "", "."
	case len(args) == 1 && isApp(args[0]):
		return "", folder(args)
	case len(args) == 2 && isApp(args[0]) && !isApp(args[1]):
		return args[1], folder(args)
	}
	return args[0], folderBehind(args)
}

// isApp reports whether a word is the folder of an app, or its app.yaml, and no field.
func isApp(word string) bool {
	if word == "" {
		return false
	}
	if _, diags := descriptor.Explain(word); len(diags) == 0 && word[0] != '.' && word[0] != '/' {
		return false
	}
	_, err := os.Stat(filepath.Join(folder([]string{word}), descriptor.FileName))
	return err == nil
}

// folderBehind returns the folder after the field, or the current one.
func folderBehind(args []string) string { return folder(args[min(len(args), 1):]) }

// explainAll lists the fields by topic.
func explainAll(s Streams, recursive bool) error {
	return s.table(func(w io.Writer, stacked bool) {
		for i, t := range descriptor.Topics() {
			if i > 0 {
				fmt.Fprintln(w)
			}
			fmt.Fprintln(w, strings.ToUpper(t.Title))
			lister{w, recursive, stacked}.list(t.Fields, "  ")
		}
		fmt.Fprint(w, "\nunfold explain FIELD describes one field.\n")
	})
}

// explainFound lists the fields that are about a word.
func explainFound(s Streams, word string, found []schema.Explanation) error {
	return s.table(func(w io.Writer, stacked bool) {
		fmt.Fprintf(w, "app.yaml has no field %q. These fields are about it:\n\n", word)
		for _, x := range found {
			gap := "\t"
			if stacked {
				gap = "\n      "
			}
			fmt.Fprintf(w, "  %s%s%s\n", x.Path, gap, firstSentence(x.Doc))
		}
		fmt.Fprint(w, "\nunfold explain FIELD describes one field.\n")
	})
}

// firstSentence returns the beginning of a documentation.
func firstSentence(doc string) string {
	first, _, several := strings.Cut(doc, ". ")
	if several {
		first += "."
	}
	return first
}

// explainField prints everything about a field.
func explainField(s Streams, x schema.Explanation, recursive bool) error {
	return s.table(func(w io.Writer, stacked bool) {
		line := func(head, text string) {
			if text != "" {
				fmt.Fprintf(w, "%s:\t%s\n", head, text)
			}
		}
		line("FIELD", x.Path)
		if x.OneLine != "" {
			line("SHORTHAND", x.OneLine)
			line("FULL FORM", x.Full)
		} else {
			line("TAKES", x.Full)
		}
		line("WHERE", x.Where)
		line("DEFAULT", x.Default)
		if x.Doc != "" {
			fmt.Fprintf(w, "\n%s\n", x.Doc)
		}
		if x.Example != "" {
			fmt.Fprintf(w, "\nEXAMPLE\n  %s\n", strings.ReplaceAll(strings.TrimSuffix(x.Example, "\n"), "\n", "\n  "))
		}
		if fields := x.Fields(); len(fields) > 0 {
			fmt.Fprint(w, "\nFIELDS\n")
			lister{w, recursive, stacked}.list(fields, "  ")
		}
	})
}

// lister lists fields: a line for each, or two where they are stacked.
type lister struct {
	io.Writer
	recursive, stacked bool
}

// list prints fields, and those below them if asked; not again those of a type that
// they are part of.
func (l lister) list(fields []schema.Explanation, indent string, within ...string) {
	for _, f := range fields {
		takes := f.Full
		if f.OneLine != "" {
			takes = f.OneLine + "; or " + takes
		}
		form, docs := "%s%s\t<%s>", "\t"
		if l.stacked {
			form, docs = "%s%s <%s>", "\n"+indent+"    "
		}
		fmt.Fprintf(l, form, indent, f.Name(), takes)
		if f.Doc != "" {
			fmt.Fprint(l, docs, f.Doc)
		}
		fmt.Fprintln(l)
		if l.recursive && (f.Type() == "" || !slices.Contains(within, f.Type())) {
			l.list(f.Fields(), indent+"  ", append(within, f.Type())...)
		}
	}
}

// completeField returns the paths that a shell can go on with.
func completeField(begun string) []string {
	i := strings.LastIndexByte(begun, '.')
	path, prefix := "", ""
	if i >= 0 {
		path, prefix = begun[:i], begun[:i+1]
	}
	x, diags := descriptor.Explain(path)
	if len(diags) > 0 {
		return nil
	}
	var out []string
	for _, f := range x.Fields() {
		chosen := strings.HasPrefix(f.Path, x.Path+".NAME.") // by the user first
		if strings.HasPrefix(f.Name(), begun[i+1:]) && !strings.Contains(f.Name(), ".") && !chosen {
			out = append(out, prefix+f.Name()+"\t"+f.Doc)
		}
	}
	slices.Sort(out)
	return out
}
