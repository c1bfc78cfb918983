package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/diag/report"
)

func newPromote(s Streams) *cobra.Command {
	var from, to string
	var workloads, fields []string
	var how howFlags
	cmd := &cobra.Command{
		Use:   "promote [DIR] --from ENV --to ENV",
		Short: "Give one environment the image of another",
		Long: `promote sets the images of the environment --to to those of --from, in the
app.yaml of DIR (the current folder unless given), and with --field what app.yaml
says of that field. Of a field that is a map, entries that only --to has stay.`,
		Example: "  unfold promote examples/example-app --from staging --to prod\n" +
			"  unfold promote --from staging --to prod --field config.FEATURES --commit --push",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if from == "" || to == "" {
				return usagef("--from and --to are needed: the environments to promote between")
			}
			return how.run(cmd.Context(), s, func(ctx context.Context, how delivery.How) (delivery.Outcome, error) {
				return delivery.Promote(ctx, folder(args), from, to, workloads, fields, how)
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "environment that has the image")
	cmd.Flags().StringVar(&to, "to", "", "environment that gets it")
	cmd.Flags().StringArrayVarP(&workloads, "workload", "w", nil, "workload to promote, all unless given; can be repeated")
	cmd.Flags().StringArrayVar(&fields, "field", nil, "field to promote too, such as config.FEATURES; can be repeated")
	how.register(cmd)
	completeEnvironmentsOf(cmd, "from", s, &how.platform, folder)
	completeEnvironmentsOf(cmd, "to", s, &how.platform, folder)
	completeWorkloads(cmd, s, &how.platform, folder)
	// The only error is a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("field", func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		return completeField(begun), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
	return cmd
}

func newRollback(s Streams) *cobra.Command {
	var env, to string
	var how howFlags
	cmd := &cobra.Command{
		Use:   "rollback [DIR] --env ENV",
		Short: "Give an environment the image that it had before",
		Long: `rollback looks in git's history for the last images of the environment that are
not those of now, or for those of the revision --to, and sets them in the
app.yaml of DIR (the current folder unless given). Nothing else is taken back:
fields that changed since stay.`,
		Example: "  unfold rollback --env prod --dry-run\n  unfold rollback --env prod --to 4f2a9c1 --commit --push",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if env == "" {
				return usagef("--env is missing: the environment to roll back")
			}
			return how.run(cmd.Context(), s, func(ctx context.Context, how delivery.How) (delivery.Outcome, error) {
				return delivery.Rollback(ctx, folder(args), env, to, how)
			})
		},
	}
	cmd.Flags().StringVarP(&env, "env", "e", "", "environment")
	cmd.Flags().StringVar(&to, "to", "", "revision to take the images from; the last with others unless given")
	how.register(cmd)
	completeEnvironments(cmd, s, &how.platform, folder)
	return cmd
}

func newHistory(s Streams) *cobra.Command {
	var env, format string
	var p platformFlag
	cmd := &cobra.Command{
		Use:   "history [DIR] --env ENV",
		Short: "List the images that an environment had, from git",
		Long: `history lists the commits since which an environment of the app in DIR (the
current folder unless given) has other images than before, the newest first.`,
		Example: "  unfold history --env prod\n  unfold history --env prod --format json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if env == "" {
				return usagef("--env is missing: the environment to list the images of")
			}
			if format != "text" && format != "json" {
				return usagef("--format %q is not known: text, json", format)
			}
			platform, err := p.read(s)
			if err != nil {
				return err
			}
			h, err := delivery.ReadHistory(cmd.Context(), folder(args), env, platform)
			if err != nil {
				return err
			}
			return printHistory(s, h, format)
		},
	}
	cmd.Flags().StringVarP(&env, "env", "e", "", "environment")
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	p.register(cmd)
	completeEnvironments(cmd, s, &p, folder)
	// The only error is a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func printHistory(s Streams, h delivery.History, format string) error {
	if format == "json" {
		type release struct {
			Revision string            `json:"revision"`
			Time     time.Time         `json:"time"`
			Author   string            `json:"author"`
			Subject  string            `json:"subject"`
			Images   map[string]string `json:"images"`
		}
		out := []release{}
		for _, r := range h.Releases {
			images := map[string]string{}
			for key, image := range r.Images {
				if key == "" {
					key = h.App
				}
				images[key] = image.String()
			}
			out = append(out, release{r.Hash, r.When, r.Author, r.Subject, images})
		}
		return report.EncodeJSON(s.data, out)
	}
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "REVISION\tWHEN\tWHO\tIMAGE")
	for _, r := range h.Releases {
		fmt.Fprintf(w, "%.12s\t%s\t%s\t%s\n", r.Hash, r.When.Format("2006-01-02 15:04"), diag.Line(r.Author), diag.Line(r.Text()))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if h.Shallow {
		fmt.Fprintln(s.Err, "the clone is shallow, so older images may be missing: git fetch --unshallow")
	}
	return nil
}
