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
	var p delivery.Promotion
	var change changeFlags
	cmd := &cobra.Command{
		Use:   "promote [DIR] --from ENV --to ENV",
		Short: "Copy the image of one environment to another",
		Long: `promote sets the images of the environment --to to those of --from, in the
app.yaml of DIR (default: current folder). With --field it also copies the value
of a field; if the field is a map, entries that only --to has stay.`,
		Example: "  unfold promote examples/example-app --from staging --to prod\n" +
			"  unfold promote --from staging --to prod --field config.FEATURES --commit --push",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if p.From == "" || p.To == "" {
				return usagef("--from and --to are needed: the environments to promote between")
			}
			return change.run(cmd.Context(), s, folder(args), func(ctx context.Context, o delivery.Options) (delivery.Result, error) {
				return delivery.Promote(ctx, folder(args), p, o)
			})
		},
	}
	cmd.Flags().StringVar(&p.From, "from", "", "environment to copy the image from")
	cmd.Flags().StringVar(&p.To, "to", "", "environment to copy it to")
	cmd.Flags().StringArrayVarP(&p.Workloads, "workload", "w", nil, "workload to promote; can be repeated (default: all)")
	cmd.Flags().StringArrayVar(&p.Fields, "field", nil, "field to promote too, such as config.FEATURES; can be repeated")
	change.register(cmd)
	completion{cmd, s, &change.platform, folder}.environments("from", "to").workloads()
	// The only error is a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("field", func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		return completeField(begun), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
	return cmd
}

func newRollback(s Streams) *cobra.Command {
	var env, to string
	var change changeFlags
	cmd := &cobra.Command{
		Use:   "rollback [DIR] --env ENV",
		Short: "Set the previous image of an environment again",
		Long: `rollback finds the previous images of the environment in git's history, or those
of the revision --to, and sets them in the app.yaml of DIR (default: current
folder). It changes nothing else: fields that changed since then stay.`,
		Example: "  unfold rollback --env prod --dry-run\n  unfold rollback --env prod --to 4f2a9c1 --commit --push",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if env == "" {
				return usagef("--env is missing: the environment to roll back")
			}
			return change.run(cmd.Context(), s, folder(args), func(ctx context.Context, o delivery.Options) (delivery.Result, error) {
				return delivery.Rollback(ctx, folder(args), env, to, o)
			})
		},
	}
	cmd.Flags().StringVarP(&env, "env", "e", "", "environment")
	cmd.Flags().StringVar(&to, "to", "", "revision to take the images from (default: the last one with other images)")
	change.register(cmd)
	completion{cmd, s, &change.platform, folder}.environments("env")
	return cmd
}

func newHistory(s Streams) *cobra.Command {
	var env, format string
	var p platformFlag
	cmd := &cobra.Command{
		Use:   "history [DIR] --env ENV",
		Short: "List the images that an environment had, from git",
		Long: `history lists the commits that changed an environment's image, newest first, for
the app in DIR (default: current folder).`,
		Example: "  unfold history --env prod\n  unfold history --env prod --format json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if env == "" {
				return usagef("--env is missing: the environment to list the images of")
			}
			if format != "text" && format != "json" {
				return usagef("--format %q is not known: text, json", format)
			}
			platform, err := p.read(cmd.Context(), s, folder(args))
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
	completion{cmd, s, &p, folder}.environments("env")
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
