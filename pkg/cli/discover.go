package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

func newDiscover(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "discover [DIR]",
		Short: "Check whether a folder's app.yaml belongs to unfold",
		Long: `discover prints the file's name if the folder's app.yaml belongs to unfold, and
nothing otherwise. Use it as discover.find.command in plugin.yaml if files of
other tools are called app.yaml too.`,
		Example: "  unfold discover examples/example-app",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return discover(s, folder(args))
		},
	}
}

func discover(s Streams, dir string) error {
	f, err := tree.Open(dir)
	if err != nil {
		return nil // no folder, no descriptor
	}
	defer f.Close()
	src, err := f.Read(descriptor.FileName)
	if err != nil && !tree.IsRefusal(err) {
		return err
	}
	if err == nil && descriptor.IsDescriptor(src) {
		_, err := fmt.Fprintln(s.Out, descriptor.FileName)
		return err
	}
	return nil
}
