package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/secret/seal"
)

func newSecrets(s Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "secrets",
		Short:   "List, remove and rotate the secrets of app.yaml",
		Example: "  unfold secrets list\n  unfold secrets rm --env prod OLD_TOKEN\n  unfold secrets rotate --env prod",
		Long: "secrets shows which environment has which secret, removes them from it, and has\n" +
			"the controller seal them anew with its newest key.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("secrets takes list, rm or rotate; see unfold secrets --help")
		},
	}
	cmd.AddCommand(newSecretsList(s), newSecretsRemove(s), newSecretsRotate(s))
	return cmd
}

func newSecretsList(s Streams) *cobra.Command {
	var p platformFlag
	var output string
	cmd := &cobra.Command{
		Use:   "list [DIR]",
		Short: "List which environment has which secret, in which scope",
		Long: `list prints a line for each secret of the app in DIR (the current folder unless
given): environment, workload (- where all share it), key, scope, and the Secret
that holds it. No value is printed.`,
		Example: "  unfold secrets list examples/example-app",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if output != "text" && output != "json" {
				return usagef("--output is text or json")
			}
			var how delivery.How
			var err error
			if how.Platform, err = p.read(s); err != nil {
				return err
			}
			rows, err := delivery.Secrets(folder(args), how)
			switch {
			case err != nil:
				return err
			case output == "json":
				e := json.NewEncoder(s.Out)
				e.SetIndent("", "  ")
				return e.Encode(rows)
			case len(rows) == 0:
				return nil
			}
			w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "ENVIRONMENT\tWORKLOAD\tKEY\tSCOPE\tSECRET")
			for _, r := range rows {
				if r.Workload == "" {
					r.Workload = "-"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Env, r.Workload, diag.Line(r.Key), diag.Line(r.Scope), diag.Line(r.Secret))
			}
			return w.Flush()
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	p.register(cmd)
	return cmd
}

func newSecretsRemove(s Streams) *cobra.Command {
	var envs []string
	var workload string
	var how howFlags
	cmd := &cobra.Command{
		Use:   "rm [DIR] --env ENV KEY...",
		Short: "Remove sealed secrets from app.yaml",
		Long: "rm removes keys from environments.ENV.secrets in the app.yaml of DIR (the current\n" +
			"folder unless given), and changes nothing else in it.",
		Example: "  unfold secrets rm --env prod OLD_TOKEN",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(envs) == 0 {
				return usagef("--env is missing: the environment to remove from")
			}
			dir, keys, err := sealDir(args)
			if err != nil {
				return err
			}
			if len(keys) == 0 {
				return usagef("rm takes a KEY; see unfold secrets rm --help")
			}
			return how.run(cmd.Context(), s, func(ctx context.Context, how delivery.How) (delivery.Outcome, error) {
				return delivery.RemoveSecrets(ctx, dir, envs, workload, keys, how)
			})
		},
	}
	cmd.Flags().StringArrayVarP(&envs, "env", "e", nil, "environment; several by several flags")
	cmd.Flags().StringVarP(&workload, "workload", "w", "", "workload of an app with several, for a secret of its own")
	how.register(cmd)
	completeEnvironments(cmd, s, &how.platform, folderToSet)
	completeWorkloads(cmd, s, &how.platform, folderToSet)
	return cmd
}

func newSecretsRotate(s Streams) *cobra.Command {
	var envs []string
	var controller seal.Controller
	var how howFlags
	cmd := &cobra.Command{
		Use:   "rotate [DIR] --env ENV [KEY...]",
		Short: "Have the controller seal secrets anew with its newest key",
		Long: `rotate sends the sealed values of an environment to the sealed-secrets controller
that kubectl reaches, which opens them and seals them anew with its newest key,
and puts the result into the app.yaml of DIR (the current folder unless given).
No value leaves the cluster in plain text. A value at the top level that the
environment uses is rotated where it stands. All values are rotated unless KEYs
are given. Without a cluster, type the values anew: unfold seal --env ENV KEY.`,
		Example: "  unfold secrets rotate --env prod\n  unfold secrets rotate --env prod --context prod-cluster TOKEN",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(envs) == 0 {
				return usagef("--env is missing: the environment to rotate the secrets of")
			}
			dir, keys, err := sealDir(args)
			if err != nil {
				return err
			}
			return how.run(cmd.Context(), s, func(ctx context.Context, how delivery.How) (delivery.Outcome, error) {
				return delivery.RotateSecrets(ctx, dir, envs, keys, controller, how)
			})
		},
	}
	cmd.Flags().StringArrayVarP(&envs, "env", "e", nil, "environment; several by several flags")
	registerController(cmd, s, &controller)
	how.register(cmd)
	completeEnvironments(cmd, s, &how.platform, folderToSet)
	return cmd
}
