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
		Long: `secrets lists the secrets of each environment, removes them, and has the
controller seal them again with its newest key.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("secrets takes list, rm or rotate; see unfold secrets --help")
		},
	}
	cmd.AddCommand(newSecretsList(s), newSecretsRemove(s), newSecretsRotate(s))
	return cmd
}

func newSecretsList(s Streams) *cobra.Command {
	var envs []string
	var p platformFlag
	var format formatFlag
	cmd := &cobra.Command{
		Use:   "list [DIR]",
		Short: "List the secrets of each environment, with their scopes",
		Long: `list prints a line for each secret of the app in DIR (default: current folder):
environment, workload (- if all share it), key, scope, and the Secret that holds
it. With --env it lists those of these environments. It prints no values.`,
		Example: "  unfold secrets list examples/example-app\n  unfold secrets list --env prod",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := format.check(); err != nil {
				return err
			}
			platform, err := p.read(cmd.Context(), s, folder(args))
			if err != nil {
				return err
			}
			rows, err := delivery.Secrets(folder(args), distinct(envs), platform)
			switch {
			case err != nil:
				return err
			case format.text == "json":
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
	cmd.Flags().StringArrayVarP(&envs, "env", "e", nil, "environment; can be repeated (default: all)")
	format.register(cmd, "text", "json")
	p.register(cmd)
	completion{cmd, s, &p, folder}.environments("env")
	return cmd
}

func newSecretsRemove(s Streams) *cobra.Command {
	var secrets delivery.Selection
	var change changeFlags
	cmd := &cobra.Command{
		Use:   "rm [DIR] --env ENV KEY...",
		Short: "Remove sealed secrets from app.yaml",
		Long: `rm removes keys from environments.ENV.secrets in the app.yaml of DIR (default:
current folder), and changes nothing else in it.`,
		Example: "  unfold secrets rm --env prod OLD_TOKEN",
		RunE: func(cmd *cobra.Command, args []string) error {
			if secrets.Envs = distinct(secrets.Envs); len(secrets.Envs) == 0 {
				return usagef("--env is missing: the environment to remove from")
			}
			dir, keys, err := sealDir(args)
			if err != nil {
				return err
			}
			if secrets.Keys = distinct(keys); len(keys) == 0 {
				return usagef("rm takes a KEY; see unfold secrets rm --help")
			}
			return change.run(cmd.Context(), s, dir, func(ctx context.Context, o delivery.Options) (delivery.Result, error) {
				return delivery.RemoveSecrets(ctx, dir, secrets, o)
			})
		},
	}
	cmd.Flags().StringArrayVarP(&secrets.Envs, "env", "e", nil, "environment; can be repeated")
	cmd.Flags().StringVarP(&secrets.Workload, "workload", "w", "", "workload, for a secret of its own")
	change.register(cmd)
	completion{cmd, s, &change.platform, folderToSet}.environments("env").workloads()
	return cmd
}

func newSecretsRotate(s Streams) *cobra.Command {
	var secrets delivery.Selection
	var controller seal.Controller
	var change changeFlags
	cmd := &cobra.Command{
		Use:   "rotate [DIR] --env ENV [KEY...]",
		Short: "Have the controller seal secrets again with its newest key",
		Long: `rotate sends the sealed values of an environment to the sealed-secrets
controller that kubectl reaches. The controller opens them and seals them again
with its newest key, and rotate writes the result to the app.yaml of DIR
(default: current folder). No value leaves the cluster in plain text. A value
that the environment inherits from the top level is rotated there. With KEYs it
rotates only those. Without access to a cluster, type the values again: unfold
seal --env ENV KEY.`,
		Example: "  unfold secrets rotate --env prod\n  unfold secrets rotate --env prod --context prod-cluster TOKEN",
		RunE: func(cmd *cobra.Command, args []string) error {
			if secrets.Envs = distinct(secrets.Envs); len(secrets.Envs) == 0 {
				return usagef("--env is missing: the environment to rotate the secrets of")
			}
			dir, keys, err := sealDir(args)
			if err != nil {
				return err
			}
			secrets.Keys = distinct(keys)
			return change.run(cmd.Context(), s, dir, func(ctx context.Context, o delivery.Options) (delivery.Result, error) {
				return delivery.RotateSecrets(ctx, dir, secrets, controller, o)
			})
		},
	}
	cmd.Flags().StringArrayVarP(&secrets.Envs, "env", "e", nil, "environment; can be repeated")
	registerController(cmd, s, &controller)
	change.register(cmd)
	completion{cmd, s, &change.platform, folderToSet}.environments("env")
	return cmd
}
