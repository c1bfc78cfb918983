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
	var e ejection
	var o overrideFlags
	var p platformFlag
	cmd := &cobra.Command{
		Use:   "eject [DIR] --output OUT",
		Short: "Write a kustomize base and overlays, to go on without unfold",
		Long: `eject writes OUT/base, and OUT/overlays/ENV for each environment, for the app in
DIR (default: current folder). "kustomize build OUT/overlays/ENV" then prints
the same manifests as unfold, so you can stop using unfold for the app.`,
		Example: "  unfold eject examples/example-app --output /tmp/example-app",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if e.output.dir == "" {
				return usagef("--output is missing: the folder to write base and overlays to")
			}
			err := e.output.check(cmd)
			if err != nil {
				return err
			}
			if e.options, err = o.options(); err != nil {
				return err
			}
			if e.platform, err = p.read(cmd.Context(), s, folder(args)); err != nil {
				return err
			}
			return e.run(cmd.Context(), s, folder(args))
		},
	}
	e.output.register(cmd, "folder to write base and overlays to")
	cmd.Flags().BoolVar(&e.force, "force", false, "replace an existing base and overlays")
	o.register(cmd)
	p.register(cmd)
	return cmd
}

// ejection is a call of eject.
type ejection struct {
	output   outputFlag
	force    bool
	options  render.Options
	platform *platform.Platform
}

func (e ejection) run(ctx context.Context, s Streams, dir string) error {
	src, err := render.Open(dir, e.platform)
	if err != nil {
		return err
	}
	defer src.Close()
	t, warnings, err := src.Tree(src.Environments(), e.options)
	if err != nil {
		return err
	}
	for _, w := range warnings {
		s.complain(w)
	}
	if err := existing(s.work.write(ctx, func() error { return tree.Write(ctx, e.output.dir, t, e.force) })); err != nil {
		return err
	}
	fmt.Fprintf(s.Err, `wrote %d files to %s
next: commit them, and in each Application's spec.source remove plugin and point
path to the overlay of its environment, for example %s/overlays/%s
`, len(t), e.output.dir, e.output.dir, src.Environments()[0])
	return nil
}
