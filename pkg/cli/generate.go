package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/argocd/plugin"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
)

func newGenerate(s Streams) *cobra.Command {
	var p platformFlag
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Generate the manifests of an Application, as Argo CD's plugin",
		Long: `Argo CD runs generate in the app's folder. The Application chooses the
environment and the overrides: by parameters in ARGOCD_APP_PARAMETERS, or else
by variables that begin with ARGOCD_ENV_, such as ARGOCD_ENV_NAME_SUFFIX. A
variable that unfold does not read, but that is meant for it by its name, is an
error. generate prints the manifests on standard output and one line about the
run on standard error. It never reads the operator's platform file from the
app's folder.`,
		Example: "  ARGOCD_ENV_ENVIRONMENT=prod unfold generate",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return generate(cmd.Context(), s, ".", p)
		},
	}
	p.registerPlugin(cmd)
	return cmd
}

func generate(ctx context.Context, s Streams, dir string, p platformFlag) error {
	if s.work == nil {
		s.work = &work{}
	}
	start := time.Now()
	var result *render.Result
	call, diags := plugin.ReadCall(s.Environ)
	err := bounded(ctx, s, func(operator func(*platform.Platform)) (err error) {
		result, err = manifests(s, dir, p, call, operator)
		return err
	})
	if err != nil {
		return withMistakes(err, diags)
	}
	if err := diags.Err(); err != nil {
		return err
	}
	for _, w := range result.Warnings {
		s.complain(w)
	}
	if _, err := s.data.Write(result.Manifests); err != nil {
		return err
	}
	return logRun(s, call.LogJSON, result, time.Since(start))
}

// manifests returns those that a call asks for. The platform is sent to known when
// it was read.
func manifests(s Streams, dir string, p platformFlag, call plugin.Call, known func(*platform.Platform)) (*render.Result, error) {
	s.work.doing("reading the platform file")
	operator, err := p.readBeside(s, dir)
	if err != nil {
		return nil, err
	}
	if operator != nil {
		known(operator)
	}
	s.work.doing("reading app.yaml")
	src, err := render.Open(dir, operator)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	env, err := environment(src, call.Environment)
	if err != nil {
		return nil, err
	}
	o := options(call)
	o.Stage = s.work.doing
	return src.Environment(env, o)
}

// withMistakes adds what is wrong with the call to what is wrong with the app.
func withMistakes(err error, diags diag.List) error {
	if found, ok := err.(diag.List); ok {
		return append(found, diags...)
	}
	return err
}

// environment decides which environment is asked for: the call's, else the
// only one there is.
func environment(src *render.Source, asked descriptor.Text) (string, error) {
	if asked.Text != "" {
		return asked.Text, nil
	}
	names := src.Environments()
	if len(names) == 1 {
		return names[0], nil
	}
	var diags diag.List
	diags.Errorh(diag.Pos{File: src.Document().File, Line: 1, Col: 1}, "no-environment",
		"set the parameter environment, or the variable ENVIRONMENT, in the Application's spec.source.plugin; by "+
			"hand: ARGOCD_ENV_ENVIRONMENT=ENV unfold generate",
		"the Application chooses no environment; %s", has(src))
	if err := src.Mistakes(); err != nil {
		return "", withMistakes(err, diags)
	}
	return "", diags
}

// has says which environments the app can be deployed to.
func has(src *render.Source) string {
	if names := src.Allowed(); len(names) > 0 {
		return "the app has " + join(names)
	}
	return "the platform file allows none of the app's"
}

func options(call plugin.Call) render.Options {
	return render.Options{ArgoCDNamespace: call.AppNamespace, APIs: call.APIs, Kubernetes: descriptor.KubeVersion(call.KubeVersion),
		Overrides: call.Overrides}
}

// logRun prints the one line about the run.
func logRun(s Streams, asJSON bool, r *render.Result, took time.Duration) error {
	if !asJSON {
		_, err := fmt.Fprintf(s.Err, "unfold: app=%s environment=%s objects=%d ms=%d version=%s\n", r.Name, r.Env, len(r.Objects),
			took.Milliseconds(), programVersion())
		return err
	}
	return json.NewEncoder(s.Err).Encode(struct {
		Level       string `json:"level"`
		Message     string `json:"msg"`
		App         string `json:"app"`
		Environment string `json:"environment"`
		Objects     int    `json:"objects"`
		MS          int64  `json:"ms"`
		Version     string `json:"version"`
	}{"info", "generated", r.Name, r.Env, len(r.Objects), took.Milliseconds(), programVersion()})
}
