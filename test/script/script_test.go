// Package script_test runs unfold as Argo CD and people do, one script in
// testdata/script for each behaviour that they see, all messages word for word.
package script_test

import (
	"flag"
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
	testscript.Main(m, map[string]func(){"unfold": func() { os.Exit(cli.Main()) }, "kubectl": kubectl})
}

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
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
