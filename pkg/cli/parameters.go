package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/argocd/plugin"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag/report"
	"github.com/unfold-gitops/unfold/pkg/render"
)

func newParameters(s Streams) *cobra.Command {
	var p platformFlag
	cmd := &cobra.Command{
		Use:   "parameters",
		Short: "Print the parameters that an Application can set, for Argo CD's UI",
		Long: `parameters prints Argo CD's parameter announcements as JSON: each parameter with
its current value in the environment that the Application chooses.`,
		Example: "  ARGOCD_ENV_ENVIRONMENT=prod unfold parameters",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return parameters(s, ".", p)
		},
	}
	p.registerPlugin(cmd)
	return cmd
}

func parameters(s Streams, dir string, p platformFlag) error {
	operator, err := p.readBeside(s, dir)
	if err != nil {
		return err
	}
	call, diags := plugin.ReadCall(s.Environ)
	if err := diags.Err(); err != nil {
		return err
	}
	src, err := render.Open(dir, operator)
	if err != nil {
		return err
	}
	defer src.Close()
	if err := src.Mistakes(); err != nil {
		return err
	}
	app := &descriptor.App{}
	// Without an environment there are no values yet, but the list to choose
	// from is what the user needs most.
	if env, err := environment(src, call.Environment); err == nil {
		if app, err = src.App(env, options(call)); err != nil {
			return err
		}
	}
	out := []plugin.Announcement{}
	for _, p := range plugin.Parameters() {
		if p.Current == nil {
			continue
		}
		if p.Name == "environment" {
			p.Tooltip += ": " + join(src.Allowed())
		}
		out = append(out, plugin.Announce(p, app))
	}
	return report.EncodeJSON(s.data, out)
}

func join(names []string) string { return strings.Join(names, ", ") }
