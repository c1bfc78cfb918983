package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
)

func newVersion(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "version prints the program's version and that of the descriptors it reads.",
		Example: "  unfold version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(s.Out, "unfold %s\nreads %s\nbuilt with %s for %s/%s\n",
				version, descriptor.APIVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
