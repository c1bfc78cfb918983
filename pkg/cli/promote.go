package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/delivery"
)

func newPromote(s Streams) *cobra.Command {
	var p delivery.Promotion
	var change changeFlags
	cmd := &cobra.Command{
		Use:   "promote [DIR] --from ENV --to ENV",
		Short: "Copy the image of one environment to another",
		Long: `promote sets the images of the environments --to to those of --from, in the
app.yaml of DIR (default: current folder). With --field it also copies the value
of a field; if the field is a map, entries that only --to has stay.`,
		Example: "  unfold promote examples/example-app --from staging --to prod\n" +
			"  unfold promote --from staging --to prod --field config.FEATURES --commit --push",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if p.To = distinct(p.To); p.From == "" || len(p.To) == 0 {
				return usagef("--from and --to are needed: the environments to promote between")
			}
			if slices.Contains(p.To, p.From) {
				return usagef("--from and --to are the same environment: there is nothing to promote")
			}
			return change.run(cmd.Context(), s, folder(args), func(ctx context.Context, o delivery.Options) (delivery.Result, error) {
				return delivery.Promote(ctx, folder(args), p, o)
			})
		},
	}
	cmd.Flags().StringVar(&p.From, "from", "", "environment to copy the image from")
	cmd.Flags().StringArrayVar(&p.To, "to", nil, "environment to copy it to; can be repeated")
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
	var envs []string
	var to string
	var change changeFlags
	cmd := &cobra.Command{
		Use:   "rollback [DIR] --env ENV",
		Short: "Set the previous image of an environment again",
		Long: `rollback finds the previous images of the environments --env in git's history,
or those of the revision --to, and sets them in the app.yaml of DIR (default:
current folder). It changes nothing else: fields that changed since then stay.`,
		Example: "  unfold rollback --env prod --dry-run\n  unfold rollback --env prod --to 4f2a9c1 --commit --push",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if envs = distinct(envs); len(envs) == 0 {
				return usagef("--env is missing: the environment to roll back")
			}
			return change.run(cmd.Context(), s, folder(args), func(ctx context.Context, o delivery.Options) (delivery.Result, error) {
				return delivery.Rollback(ctx, folder(args), envs, to, o)
			})
		},
	}
	cmd.Flags().StringArrayVarP(&envs, "env", "e", nil, "environment; can be repeated")
	cmd.Flags().StringVar(&to, "to", "", "revision to take the images from (default: the last one with other images)")
	change.register(cmd)
	completion{cmd, s, &change.platform, folder}.environments("env")
	return cmd
}
