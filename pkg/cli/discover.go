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
		Short: "Say whether a folder holds a descriptor of ours",
		Long: `discover prints the name of the descriptor if the folder's app.yaml is one of
ours, and nothing otherwise. It can stand under discover.find.command in
plugin.yaml where other tools' files are called app.yaml too.`,
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
