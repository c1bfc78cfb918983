package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
)

func newExplain(s Streams) *cobra.Command {
	var recursive bool
	cmd := &cobra.Command{
		Use:   "explain [FIELD]",
		Short: "Say what a field of app.yaml means and takes",
		Long: `explain describes a field of app.yaml: what it takes on one line and in full,
where it can stand, its default, an example and the fields below. Without a field
it lists all of them.`,
		Example: "  unfold explain probes\n  unfold explain environments.prod.replicas\n  unfold explain image --recursive",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || args[0] == "" {
				return explainAll(s.Out, recursive)
			}
			x, diags := descriptor.Explain(args[0])
			if err := diags.Err(); err != nil {
				return err
			}
			return explainField(s.Out, x, recursive)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeField(toComplete), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		},
	}
	cmd.Flags().BoolVarP(&recursive, "recursive", "r", false, "list the fields below to any depth")
	return cmd
}

// explainAll lists the fields by topic.
func explainAll(out io.Writer, recursive bool) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, t := range descriptor.Topics() {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, strings.ToUpper(t.Title))
		list(w, t.Fields, "  ", recursive)
	}
	fmt.Fprint(w, "\nunfold explain FIELD says more about one.\n")
	return w.Flush()
}

// explainField prints all there is to say of a field.
func explainField(out io.Writer, x descriptor.Explanation, recursive bool) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(head, text string) {
		if text != "" {
			fmt.Fprintf(w, "%s:\t%s\n", head, text)
		}
	}
	line("FIELD", x.Path)
	if x.OneLine != "" {
		line("ONE LINE", x.OneLine)
		line("FULL FORM", x.Full)
	} else {
		line("TAKES", x.Full)
	}
	line("STANDS", x.Where)
	line("DEFAULT", x.Default)
	if x.Doc != "" {
		fmt.Fprintf(w, "\n%s\n", x.Doc)
	}
	if x.Example != "" {
		fmt.Fprintf(w, "\nEXAMPLE\n  %s\n", strings.ReplaceAll(strings.TrimSuffix(x.Example, "\n"), "\n", "\n  "))
	}
	if fields := x.Fields(); len(fields) > 0 {
		fmt.Fprint(w, "\nFIELDS\n")
		list(w, fields, "  ", recursive)
	}
	return w.Flush()
}

// list prints a line for each field, and those below it if asked.
func list(w io.Writer, fields []descriptor.Explanation, indent string, recursive bool) {
	for _, f := range fields {
		takes := f.Full
		if f.OneLine != "" {
			takes = f.OneLine + "; or " + takes
		}
		fmt.Fprintf(w, "%s%s\t<%s>\t%s\n", indent, f.Name(), takes, f.Doc)
		if recursive {
			list(w, f.Fields(), indent+"  ", true)
		}
	}
}

// completeField gives the paths that a shell can go on with.
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
		if strings.HasPrefix(f.Name(), begun[i+1:]) && !strings.Contains(f.Name(), ".") {
			out = append(out, prefix+f.Name()+"\t"+f.Doc)
		}
	}
	slices.Sort(out)
	return out
}
