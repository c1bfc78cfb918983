// Package script_test runs unfold as Argo CD and people do, one script in
// testdata/script for each behaviour that they see, all messages word for word.
package script_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/unfold-gitops/unfold/pkg/cli"
)

var update = flag.Bool("update", false, "write what the scripts compare with")

const examples = "../../examples"

// TestMain lets the test binary stand in for the program.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"unfold": unfold, "kubectl-unfold": unfold, "kubectl": kubectl})
}

// unfold runs the program, and keeps all that it prints for TestScript.
func unfold() {
	name := os.Getenv(printed)
	if name == "" {
		os.Exit(cli.Main())
	}
	kept, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		panic(err)
	}
	os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Streams{
		Program: os.Args[0], In: os.Stdin, Out: io.MultiWriter(os.Stdout, kept), Err: io.MultiWriter(os.Stderr, kept),
		Environ: os.Environ(),
	}))
}

const (
	// printed is the variable that names the file of what was printed.
	printed = "UNFOLD_TEST_PRINTED"
	// secretWord is in every secret of the scripts, and in nothing else.
	secretWord = "plaintext"
)

// TestScript runs the scripts, and finds no secret in all that they print.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			name := filepath.Join(t.TempDir(), "printed")
			env.Setenv(printed, name)
			// Under the race detector each program sleeps for a second at its end unless told not to.
			env.Setenv("GORACE", os.Getenv("GORACE"))
			env.Defer(func() {
				if all, _ := os.ReadFile(name); bytes.Contains(bytes.ToLower(all), []byte(secretWord)) {
					t.Errorf("%s: a secret was printed", env.WorkDir)
				}
			})
			return os.CopyFS(filepath.Join(env.WorkDir, "examples"), os.DirFS(examples))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs a program that has to fail with an exit code: exits CODE PROGRAM
// ARGS.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS")
	}
	err := ts.Exec(args[1], args[2:]...)
	if err == nil || err.Error() != "exit status "+args[0] {
		ts.Fatalf("%v ends with %v, want exit status %s", args[1:], err, args[0])
	}
}
