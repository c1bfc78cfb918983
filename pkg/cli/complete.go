package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/render"
)

// completion lets the shell complete a command's flags by what the app has.
type completion struct {
	cmd      *cobra.Command
	streams  Streams
	platform *platformFlag
	dir      func(args []string) string // the app's folder
}

// environments completes flags by the environments of the app.
func (c completion) environments(flags ...string) completion {
	for _, flag := range flags {
		c.register(flag, (*render.Source).Allowed)
	}
	return c
}

// workloads completes --workload by the workloads of the app.
func (c completion) workloads() {
	c.register("workload", func(src *render.Source) []string { return src.Document().Workloads() })
}

func (c completion) register(flag string, names func(*render.Source) []string) {
	// The only error is a flag that does not exist.
	_ = c.cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		dir := c.dir(args)
		quiet := c.streams
		quiet.Err = io.Discard
		operator, err := c.platform.read(c.cmd.Context(), quiet, dir)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		src, err := render.Open(dir, operator)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer src.Close()
		return names(src), cobra.ShellCompDirectiveNoFileComp
	})
}
