package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

func newEject(s Streams) *cobra.Command {
	var output string
	var force bool
	var o overrideFlags
	var p platformFlag
	cmd := &cobra.Command{
		Use:   "eject [DIR] --output OUT",
		Short: "Write the kustomize base and overlays that the app unfolds into",
		Long: `eject writes OUT/base and OUT/overlays/ENV for each environment of the app in
DIR (the current folder unless given). "kustomize build OUT/overlays/ENV" then
prints what unfold does, so the app can go on without unfold.`,
		Example: "  unfold eject examples/example-app --output /tmp/example-app",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if output == "" {
				return usagef("--output is missing: the folder to write base and overlays to")
			}
			opts, err := o.options()
			if err != nil {
				return err
			}
			operator, err := p.read(s)
			if err != nil {
				return err
			}
			return eject(cmd.Context(), s, folder(args), operator, output, force, opts)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "folder to write base and overlays to")
	cmd.Flags().BoolVar(&force, "force", false, "replace base and overlays that are there already")
	o.register(cmd)
	p.register(cmd)
	return cmd
}

func eject(ctx context.Context, s Streams, dir string, p *platform.Platform, output string, force bool, o render.Options) error {
	src, err := render.Open(dir, p)
	if err != nil {
		return err
	}
	defer src.Close()
	t, warnings, err := src.Tree(src.Environments(), o)
	if err != nil {
		return err
	}
	for _, w := range warnings {
		fmt.Fprintln(s.Err, w)
	}
	if err := existing(s.work.write(ctx, func() error { return tree.Write(ctx, output, t, force) })); err != nil {
		return err
	}
	fmt.Fprintf(s.Err, `wrote %d files to %s
next: commit them, and in each Application's spec.source remove plugin and point
path to the overlay of its environment, for example %s/overlays/%s
`, len(t), output, output, src.Environments()[0])
	return nil
}
