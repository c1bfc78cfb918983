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
	p.register(cmd)
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
		if !p.Announced {
			continue
		}
		text, keys := inForce(p.Name, app)
		if p.Name == "environment" {
			p.Tooltip += ": " + join(src.Environments())
		}
		out = append(out, p.Announce(text, keys))
	}
	return report.EncodeJSON(s.data, out)
}

// inForce returns a parameter's value: of several workloads that differ as
// WORKLOAD=VALUE, which is how it is given too.
func inForce(name string, app *descriptor.App) (string, map[string]string) {
	switch name {
	case "environment":
		return app.Env, nil
	case "image":
		return perWorkload(app, func(w descriptor.Workload) string { return w.Repository }), nil
	case "tag":
		return perWorkload(app, func(w descriptor.Workload) string { return w.Tag }), nil
	case "host":
		return perWorkload(app, firstHost), nil
	case "replicas":
		return perWorkload(app, func(w descriptor.Workload) string { return w.Replicas.StringAt() }), nil
	}
	keys := map[string]string{}
	if app.Config != nil {
		for _, e := range app.Config.Entries {
			keys[e.Key] = e.Value.Text
		}
	}
	return "", keys
}

// firstHost returns the host that the parameter host replaces, "" for none.
func firstHost(w descriptor.Workload) string {
	if len(w.Ingresses) > 0 {
		return w.Ingresses[0].Hosts[0].Name.Text
	}
	if w.Route != nil {
		return w.Route.Hosts[0].Text
	}
	return ""
}

func perWorkload(app *descriptor.App, get func(descriptor.Workload) string) string {
	var parts []string
	same := true
	for _, w := range app.Workloads {
		text := get(w)
		if text == "" {
			same = false
			continue
		}
		same = same && text == get(app.Workloads[0])
		parts = append(parts, w.Key+"="+text)
	}
	if len(parts) > 0 && same {
		_, text, _ := strings.Cut(parts[0], "=")
		return text
	}
	return strings.Join(parts, ",")
}

func join(names []string) string { return strings.Join(names, ", ") }
