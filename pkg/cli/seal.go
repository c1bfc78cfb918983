package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/secret/seal"
)

func newSeal(s Streams) *cobra.Command {
	var f sealFlags
	var raw, validate bool
	cmd := &cobra.Command{
		Use:   "seal [DIR] --env ENV KEY...",
		Short: "Seal secrets and put them into app.yaml",
		Long: `seal encrypts values for the sealed-secrets controller of an environment's
cluster and writes them to environments.ENV.secrets in the app.yaml of DIR (the
current folder unless given), changing nothing else in it. Values are asked for
at the terminal, or read from standard input (one KEY, every byte of it) or from
files; never from an argument, which others could see. The certificate is that
of --cert, else of the platform file, else what kubectl fetches from the
controller.

With --validate nothing is sealed: the controller is asked whether it can open
what app.yaml holds for the environment, all of it unless KEYs are given.`,
		Example: "  unfold seal --env prod DATABASE_URL\n  unfold seal --env staging --env prod --from-env-file secrets.env\n" +
			"  unfold seal --env prod --from-file tls.key=server.key --mount /etc/tls/tls.key\n  unfold seal --env prod --validate",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(f.sealing.Envs) == 0 {
				return usagef("--env is missing: the environment to seal for")
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
			values, err := f.values(s, keys)
			if err != nil {
				return err
			}
			if f.sealing.Mount != "" && len(values) > 1 {
				return usagef("--mount is the file of one key; seal the keys one by one")
			}
			f.sealing.Certificate = f.certificate
			if !raw {
				return f.how.run(cmd.Context(), s, func(ctx context.Context, how delivery.How) (delivery.Outcome, error) {
					return delivery.Seal(ctx, dir, f.sealing, values, how)
				})
			}
			var how delivery.How
			if how.Platform, err = f.how.platform.read(s); err != nil {
				return err
			}
			lines, err := delivery.SealRaw(cmd.Context(), dir, f.sealing, values, how)
			for _, line := range lines {
				fmt.Fprintln(s.Out, diag.Line(line))
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&f.sealing.Envs, "env", "e", nil, "environment; several by several flags")
	flags.StringVarP(&f.sealing.Workload, "workload", "w", "", "workload of an app with several, for a secret of its own")
	flags.StringVar(&f.sealing.Scope, "scope", "", "strict, namespace-wide or cluster-wide; that of the value which is there, else strict")
	flags.StringVar(&f.sealing.Mount, "mount", "", "the file that the key becomes, in place of a variable")
	flags.StringArrayVar(&f.files, "from-file", nil, "KEY=PATH: the value is what the file holds; - is standard input")
	flags.StringVar(&f.envFile, "from-env-file", "", "file with a line KEY=VALUE for each secret")
	flags.BoolVar(&raw, "raw", false, "print the sealed values and change nothing")
	flags.BoolVar(&validate, "validate", false, "ask the controller whether it can open what is sealed; change nothing")
	f.registerCertificate(cmd)
	registerController(cmd, s, &f.controller)
	f.how.register(cmd)
	completeEnvironments(cmd, s, &f.how.platform, folderToSet)
	completeWorkloads(cmd, s, &f.how.platform, folderToSet)
	return cmd
}

type sealFlags struct {
	how        howFlags
	sealing    delivery.Sealing
	files      []string
	envFile    string
	certs      []string
	controller seal.Controller
}

func (f *sealFlags) registerCertificate(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.certs, "cert", nil,
		"the controller's certificate, a file or an https address; ENV=CERT for one environment of several")
}

// registerController takes kubeseal's flags for the controller, with its defaults
// and its variables.
func registerController(cmd *cobra.Command, s Streams, c *seal.Controller) {
	flags := cmd.Flags()
	flags.StringVar(&c.Context, "context", "", "kubectl's context of the cluster; the current one unless given")
	flags.StringVar(&c.Namespace, "controller-namespace", cmp.Or(s.variable("SEALED_SECRETS_CONTROLLER_NAMESPACE"), "kube-system"),
		"namespace of the controller")
	flags.StringVar(&c.Name, "controller-name", cmp.Or(s.variable("SEALED_SECRETS_CONTROLLER_NAME"), "sealed-secrets-controller"),
		"name of the controller's Service")
}

// validate asks the controller about what is there.
func (f *sealFlags) validate(cmd *cobra.Command, s Streams, dir string, keys []string) error {
	if len(f.files) > 0 || f.envFile != "" || len(f.certs) > 0 {
		return usagef("--validate takes no values and no certificate: it is about what app.yaml holds")
	}
	for _, key := range keys {
		if !isSecretKey(key) {
			return errKey
		}
	}
	var how delivery.How
	var err error
	if how.Platform, err = f.how.platform.read(s); err != nil {
		return err
	}
	lines, err := delivery.ValidateSecrets(cmd.Context(), dir, f.sealing.Envs, keys, f.controller, how)
	for _, line := range lines {
		fmt.Fprintln(s.Out, diag.Line(line))
	}
	return err
}

// certificate returns an environment's: what a flag says, the platform file, or the
// cluster that kubectl reaches.
func (f *sealFlags) certificate(ctx context.Context, env string, p platform.Certificate) (*seal.Certificate, error) {
	var given string
	for _, text := range f.certs {
		if name, cert, ok := strings.Cut(text, "="); ok && slices.Contains(f.sealing.Envs, name) {
			if name == env {
				return seal.Read(ctx, cert)
			}
		} else {
			given = text
		}
	}
	switch {
	case given != "":
		return seal.Read(ctx, given)
	case p.PEM != "":
		return seal.ParseNow("the platform file", []byte(p.PEM))
	case p.File != "":
		return seal.Read(ctx, p.File)
	case p.URL != "":
		return seal.Read(ctx, p.URL)
	case len(f.sealing.Envs) > 1:
		return nil, &seal.Failure{Message: fmt.Sprintf("no certificate is given for %q, and of several environments it is not fetched "+
			"from a cluster, since they may run in different ones", env),
			Hint: "give --cert " + env + "=FILE, or seal for one environment at a time"}
	}
	return f.controller.Certificate(ctx)
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
	switch {
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

var errArgument = usageError{errors.New("seal takes keys, and no value as an argument, since others can see it: type it, or give it on " +
	"standard input")}

func isSecretKey(key string) bool { return types.ConfigKey(key) == "" }

// values reads what is to be sealed. No message repeats an argument that might
// be a value.
func (f *sealFlags) values(s Streams, keys []string) ([]delivery.Plain, error) {
	var out []delivery.Plain
	stdin := false
	add := func(key string, plain []byte) error {
		switch {
		case !isSecretKey(key):
			return errKey
		case slices.ContainsFunc(out, func(p delivery.Plain) bool { return p.Key == key }):
			return usagef("the key %q is given twice", key)
		case len(plain) > types.MaxData:
			return &seal.Failure{Message: fmt.Sprintf("the value of %q is larger than a Secret can be, 1 MiB", key)}
		}
		if len(plain) == 0 {
			fmt.Fprintf(s.Err, "note: the value of %q is empty\n", key)
		}
		out = append(out, delivery.Plain{Key: key, Value: plain})
		return nil
	}
	for _, text := range f.files {
		key, path, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef("--from-file takes KEY=PATH")
		}
		if path == "-" && stdin {
			return nil, usagef("standard input can be the value of one key only")
		}
		stdin = stdin || path == "-"
		if !isSecretKey(key) {
			return nil, errKey
		}
		plain, err := readSecret(s, path, "the file of --from-file for "+key)
		if err != nil {
			return nil, err
		}
		if err := add(key, plain); err != nil {
			return nil, err
		}
	}
	if f.envFile != "" {
		src, err := readSecret(s, f.envFile, "the file of --from-env-file")
		if err != nil {
			return nil, err
		}
		for i, line := range strings.Split(strings.TrimPrefix(string(src), "\ufeff"), "\n") {
			line = strings.TrimSuffix(line, "\r")
			if text := strings.TrimSpace(line); text == "" || text[0] == '#' {
				continue
			}
			key, plain, ok := strings.Cut(line, "=")
			if !ok || !isSecretKey(strings.TrimSpace(key)) {
				return nil, &seal.Failure{Message: fmt.Sprintf("line %d of %s is not KEY=VALUE", i+1, f.envFile),
					Hint: "a value of several lines has to be sealed with --from-file"}
			}
			if err := add(strings.TrimSpace(key), []byte(plain)); err != nil {
				return nil, err
			}
			if quoted(plain) {
				fmt.Fprintf(s.Err, "note: the value of %q is in quotes, which are a part of it\n", strings.TrimSpace(key))
			}
		}
	}
	for _, key := range keys {
		if strings.Contains(key, "=") {
			return nil, errArgument
		}
		if !isSecretKey(key) {
			return nil, errKey
		}
		plain, err := f.ask(s, key, len(keys) > 1 || stdin || f.envFile == "-")
		if err != nil {
			return nil, err
		}
		if err := add(key, plain); err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, usagef("seal takes a KEY, --from-file or --from-env-file; see unfold seal --help")
	}
	return out, nil
}

// ask reads a value at the terminal, without echo, or all of standard input.
func (f *sealFlags) ask(s Streams, key string, several bool) ([]byte, error) {
	in, ok := s.In.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		if several {
			return nil, usagef("standard input can be the value of one key only: give the others by --from-file or --from-env-file")
		}
		plain, err := readSecret(s, "-", "standard input")
		if n := bytes.IndexByte(plain, '\n'); n >= 0 && n == len(plain)-1 {
			fmt.Fprintf(s.Err, "note: the value of %q ends with a line break, which is a part of it; printf %%s writes none\n", key)
		}
		return plain, err
	}
	// Interrupted, the terminal must show again what is typed.
	state, err := term.GetState(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	defer func() {
		signal.Stop(interrupted)
		close(done)
	}()
	go func() {
		select {
		case <-interrupted:
			term.Restore(int(in.Fd()), state)
			fmt.Fprintln(s.Err)
			os.Exit(130)
		case <-done:
		}
	}()
	fmt.Fprintf(s.Err, "%s: ", key)
	plain, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(s.Err)
	if err == nil && len(plain) == 0 {
		return nil, &seal.Failure{Message: fmt.Sprintf("no value was typed for %q", key),
			Hint: "an empty value can be given on standard input: </dev/null"}
	}
	return plain, err
}

// quoted reports whether a text is in quotes, as a shell's file would have it.
func quoted(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) > 1 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0]
}

// readSecret reads a value from a path, which no message repeats: it could be a
// value in the wrong place.
func readSecret(s Streams, path, name string) ([]byte, error) {
	in := s.In
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, unreadable(name, err)
		}
		defer f.Close()
		in = f
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(in, types.MaxData+1)); err != nil {
		return nil, unreadable(name, err)
	}
	return b.Bytes(), nil
}

func unreadable(name string, err error) error {
	var why *fs.PathError
	if errors.As(err, &why) {
		err = why.Err
	}
	return &seal.Failure{Message: fmt.Sprintf("%s can't be read: %v", name, err)}
}
