// Package cli is the command line: one file for each verb, each of which turns
// flags into one call and prints what comes back.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/adopt"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/secret/seal"
)

// The exit codes. Argo CD only tells 0 from the others; people and CI can tell
// a mistake in the descriptor from one on the command line.
const (
	exitMistake = 1 // the descriptor, or what the Application says, is wrong
	exitUsage   = 2 // the command line is wrong
	exitFault   = 3 // the machine failed, or unfold has a bug
)

// Streams are what a command reads and writes, its environment variables, and the
// path by which it was started.
type Streams struct {
	Program  string
	In       io.Reader
	Out, Err io.Writer
	Environ  []string
	// data is Out for what programs read, such as manifests; Out and Err are for
	// people.
	data io.Writer

	work *work // nil where nothing ends the command but itself
}

// forPeople lets Out and Err show what they are given without obeying it, data only
// where it goes to a terminal.
func (s Streams) forPeople() Streams {
	s.data = s.Out
	to := s.Err
	if width := s.width(s.Err); width > 0 {
		to = folding{s.Err, width}
	}
	s.Out, s.Err = diag.NewPrinter(s.Out), diag.NewPrinter(to)
	if isTerminal(s.data) {
		s.data = s.Out
	}
	return s
}

// behind returns the stream behind one for people.
func behind(stream any) any {
	for {
		switch x := stream.(type) {
		case *diag.Printer:
			stream = x.Unwrap()
		case folding:
			stream = x.to
		default:
			return stream
		}
	}
}

// painted returns standard output for texts with colours, which are escaped already.
func (s Streams) painted() io.Writer { return behind(s.Out).(io.Writer) }

// variable returns the value of an environment variable, "" for one that is not set.
func (s Streams) variable(name string) string {
	out := ""
	for _, kv := range s.Environ {
		if text, ok := strings.CutPrefix(kv, name+"="); ok {
			out = text
		}
	}
	return out
}

// Main runs the program on the process's own arguments and streams and returns
// its exit code.
func Main() int {
	return process(os.Args[1:], Streams{Program: os.Args[0], In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ()})
}

// Run runs one command and returns its exit code.
func Run(ctx context.Context, args []string, s Streams) int {
	s = s.forPeople()
	root := newRoot(s, args)
	root.SetArgs(args)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return flagError(c, err, args) })
	setUsageErrors(root, args)
	wrapHelp(root, s)
	strictFlags(root)
	err := unknownVerb(ctx, root, args)
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	if err == nil {
		return 0
	}
	var diags diag.List
	var usage usageError
	var unsealed *seal.Failure
	var foreign *adopt.Mistake
	var mistaken interface{ Mistake() bool }
	var signal interrupted
	switch {
	case errors.As(context.Cause(ctx), &signal): // what failed because of it says how far it came
		fmt.Fprintf(s.Err, "unfold: %v\n", err)
		return signal.code()
	case errors.Is(err, errFound):
		return exitMistake
	case errors.Is(err, errTrouble):
		return exitUsage
	case errors.As(err, &diags):
		s.complain(diags...)
		return exitMistake
	case errors.As(err, &unsealed), errors.As(err, &foreign), errors.As(err, &mistaken) && mistaken.Mistake():
		s.fail(err)
		return exitMistake
	case errors.As(err, &usage):
		s.fail(err)
		return exitUsage
	}
	s.fail(err)
	return exitFault
}

// errFound is returned by a command that has found and printed mistakes.
var errFound = errors.New("mistakes were found")

// errTrouble is returned by a command that compares things and could not, and has
// printed why.
var errTrouble = errors.New("could not compare")

// usageError is a mistake on the command line.
type usageError struct{ error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

func newRoot(s Streams, args []string) *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "unfold",
		Short: "Generate the manifests of every environment from one app.yaml",
		Long: `You write one app.yaml; unfold generates the manifests of each environment, and
Argo CD deploys them. Argo CD runs unfold as a config management plugin.`,
		Example:       "  unfold render --env prod\n  unfold check",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return printVersion(s, "text")
			}
			return cmd.Help()
		},
	}
	root.Flags().BoolVar(&version, "version", false, "print the version")
	// As a plugin of kubectl's the program is found by its name, and called by two words.
	if name := filepath.Base(s.Program); strings.TrimSuffix(name, ".exe") == "kubectl-unfold" {
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl unfold"}
	}
	root.SetOut(s.data)
	root.SetErr(s.Err)
	plugin := []*cobra.Command{newGenerate(s), newParameters(s), newDiscover(s)}
	root.AddCommand(plugin...)
	if len(args) > 0 && slices.ContainsFunc(plugin, func(c *cobra.Command) bool { return c.Name() == args[0] }) {
		// Argo CD starts these for each app, and making the other commands takes a twentieth of such a run.
		root.CompletionOptions.DisableDefaultCmd = true
		return root
	}
	root.AddCommand(
		newRender(s), newEject(s), newImport(s), newCheck(s), newInit(s), newArgoCD(s), newExplain(s), newSchema(s), newVersion(s),
		newSet(s), newPromote(s), newRollback(s), newHistory(s), newDiff(s), newSeal(s), newSecrets(s),
	)
	return root
}

// folder returns the app's folder: the first argument, or the current one. The argument
// may be the path of its app.yaml too.
func folder(args []string) string {
	if len(args) == 0 {
		return "."
	}
	dir, name := filepath.Split(args[0])
	dir = filepath.Clean(dir)
	_, err := os.Lstat(filepath.Join(dir, descriptor.FileName))
	misnamed := slices.Contains(render.MisnamedFiles(), name) && err != nil // whose folder says so
	if !isDir(args[0]) && (name == descriptor.FileName || misnamed) {
		return dir
	}
	return args[0]
}
