package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/secret/seal"
)

func newSeal(s Streams) *cobra.Command {
	var f sealFlags
	var raw, validate bool
	cmd := &cobra.Command{
		Use:   "seal [DIR] --env ENV KEY...",
		Short: "Seal secrets and write them to app.yaml",
		Long: `seal encrypts values for the sealed-secrets controller of an environment's
cluster and writes them to environments.ENV.secrets in the app.yaml of DIR
(default: current folder), changing nothing else in it. It asks for the values
at the terminal, or reads them from standard input (one KEY, every byte of it)
or from files. It takes no value as an argument, because others could see it. It
uses the certificate of --cert, or else of the platform file, or else the one
that kubectl fetches from the controller.

With --validate it seals nothing: it asks the controller whether it can open the
sealed values of the environment, all of them or those of the KEYs.`,
		Example: "  unfold seal --env prod DATABASE_URL\n  unfold seal --env staging --env prod --from-env-file secrets.env\n" +
			"  unfold seal --env prod --from-file tls.key=server.key --mount /etc/tls/tls.key\n  unfold seal --env prod --validate",
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.sealing.Envs = distinct(f.sealing.Envs); len(f.sealing.Envs) == 0 {
				return usagef("--env is missing: the environment to seal for")
			}
			if err := f.certificatesOnce(); err != nil {
				return err
			}
			if f.sealing.Scope != "" && !slices.Contains(seal.Scopes(), f.sealing.Scope) {
				return usagef("--scope is one of %s", strings.Join(seal.Scopes(), ", "))
			}
			dir, keys, err := sealDir(args)
			if err != nil {
				return err
			}
			if validate {
				return f.validate(cmd, s, dir, keys)
			}
			values, err := f.values(cmd.Context(), s, keys)
			if err != nil {
				return err
			}
			if f.sealing.Mount != "" && len(values) > 1 {
				return usagef("--mount is the file of one key; seal the keys one by one")
			}
			if !raw {
				return f.change.run(cmd.Context(), s, dir, func(ctx context.Context, o delivery.Options) (delivery.Result, error) {
					return delivery.Seal(ctx, dir, f.sealing, values, o)
				})
			}
			platform, err := f.change.platform.read(cmd.Context(), s, dir)
			if err != nil {
				return err
			}
			lines, err := delivery.SealRaw(cmd.Context(), dir, f.sealing, values, platform)
			for _, line := range lines {
				fmt.Fprintln(s.Out, diag.Line(line))
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&f.sealing.Envs, "env", "e", nil, "environment; can be repeated")
	flags.StringVarP(&f.sealing.Workload, "workload", "w", "", "workload, for a secret of its own")
	flags.StringVar(&f.sealing.Scope, "scope", "", "strict, namespace-wide or cluster-wide (default: the current value's, else strict)")
	flags.StringVar(&f.sealing.Mount, "mount", "", "path to mount the key at, instead of setting a variable")
	flags.StringArrayVar(&f.files, "from-file", nil, "KEY=PATH: read the value from a file; - is standard input")
	flags.StringVar(&f.envFile, "from-env-file", "", "file with a line KEY=VALUE for each secret")
	flags.BoolVar(&raw, "raw", false, "print the sealed values and change nothing")
	flags.BoolVar(&validate, "validate", false, "ask the controller whether it can open the sealed values; change nothing")
	f.registerCertificate(cmd)
	registerController(cmd, s, &f.sealing.Controller)
	f.change.register(cmd)
	completion{cmd, s, &f.change.platform, folderToSet}.environments("env").workloads()
	return cmd
}

type sealFlags struct {
	change  changeFlags
	sealing delivery.Sealing
	files   []string
	envFile string
}

func (f *sealFlags) registerCertificate(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.sealing.Certificates, "cert", nil,
		"certificate of the controller, a file or an https address; ENV=CERT for one environment of several")
}

// certificatesOnce refuses two certificates for one environment, or for all of them.
func (f *sealFlags) certificatesOnce() error {
	seen := map[string]string{}
	for _, text := range f.sealing.Certificates {
		env, certificate, ok := strings.Cut(text, "=")
		name := "--cert " + env
		if !ok || !slices.Contains(f.sealing.Envs, env) {
			env, certificate, name = "", text, "--cert"
		}
		if err := twice(seen, env, certificate, name); err != nil {
			return err
		}
	}
	return nil
}

// registerController takes kubeseal's flags for the controller, with its defaults
// and its variables.
func registerController(cmd *cobra.Command, s Streams, c *seal.Controller) {
	flags := cmd.Flags()
	flags.StringVar(&c.Context, "context", "", "kubectl context of the cluster (default: the current one)")
	flags.StringVar(&c.Namespace, "controller-namespace", cmp.Or(s.variable("SEALED_SECRETS_CONTROLLER_NAMESPACE"), "kube-system"),
		"namespace of the controller")
	flags.StringVar(&c.Name, "controller-name", cmp.Or(s.variable("SEALED_SECRETS_CONTROLLER_NAME"), "sealed-secrets-controller"),
		"name of the controller's Service")
}

// validate asks the controller about the sealed values in app.yaml.
func (f *sealFlags) validate(cmd *cobra.Command, s Streams, dir string, keys []string) error {
	if len(f.files) > 0 || f.envFile != "" || len(f.sealing.Certificates) > 0 {
		return usagef("--validate takes no values and no certificate: it checks the values in app.yaml")
	}
	for _, key := range keys {
		if !isSecretKey(key) {
			return errKey
		}
	}
	platform, err := f.change.platform.read(cmd.Context(), s, dir)
	if err != nil {
		return err
	}
	secrets := delivery.Selection{Envs: f.sealing.Envs, Keys: keys}
	lines, err := delivery.ValidateSecrets(cmd.Context(), dir, secrets, f.sealing.Controller, platform)
	for _, line := range lines {
		fmt.Fprintln(s.Out, diag.Line(line))
	}
	return err
}

var errKey = usageError{errors.New("a key is made of letters, digits, '-', '_' and '.'")}

// sealDir takes the folder off the arguments. It repeats none that is not there,
// since that may be a value.
func sealDir(args []string) (dir string, keys []string, err error) {
	if len(args) == 0 {
		return ".", nil, nil
	}
	info, err := os.Stat(args[0])
	isDir := err == nil && info.IsDir()
	// The name alone can be a key.
	isFile := err == nil && !isDir && (len(args) > 1 || filepath.Base(args[0]) != args[0])
	switch {
	case isFile && folder(args) != args[0]:
		return folder(args), args[1:], nil
	case isDir && !isSecretKey(args[0]):
		return args[0], args[1:], nil
	case isDir:
		if _, err := os.Stat(filepath.Join(args[0], descriptor.FileName)); err == nil {
			return args[0], args[1:], nil
		}
	case strings.Contains(args[0], "="):
		return "", nil, errArgument
	case !isSecretKey(args[0]):
		return "", nil, usagef("the first argument is neither a folder nor a key: a key is made of letters, digits, '-', '_' and '.'")
	}
	return ".", args, nil
}

var errArgument = usageError{errors.New("seal takes keys, and no value as an argument, because others could see it: type it, or " +
	"pass it on standard input")}

func isSecretKey(key string) bool { return types.ConfigKey(key) == "" }
