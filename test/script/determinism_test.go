package script_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/diag/report"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

// setting is what a run of the program must not depend on.
type setting struct {
	name    string
	environ []string
	umask   string
	// elsewhere runs it in a copy of the app, in another folder.
	elsewhere bool
}

func settings() []setting {
	return []setting{
		{name: "as it is"},
		{name: "another folder", elsewhere: true},
		{name: "another time zone", environ: []string{"TZ=Asia/Kathmandu"}},
		{name: "another language", environ: []string{"LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8"}},
		{name: "another user's home", environ: []string{"HOME=/nonexistent", "USER=somebody", "XDG_CONFIG_HOME=/nonexistent/config"}},
		{name: "another umask", umask: "077", elsewhere: true},
		{name: "one processor", environ: []string{"GOMAXPROCS=1"}},
		{name: "many processors", environ: []string{"GOMAXPROCS=16", "GOGC=1"}},
		{name: "in a terminal", environ: []string{"TERM=xterm-256color", "COLUMNS=40", "NO_COLOR="}},
		{name: "in Argo CD", environ: []string{"ARGOCD_APP_NAME=x", "ARGOCD_APP_REVISION=abc", "KUBE_VERSION=1.33",
			"KUBE_API_VERSIONS=v1,apps/v1,batch/v1,policy/v1", "PWD=/"}},
	}
}

// TestDeterminism holds that generate prints the bytes that render prints, a
// hundred times, whatever the setting, several at a time.
func TestDeterminism(t *testing.T) {
	const runs = 100
	for _, app := range []string{"example-app", "multi"} {
		t.Run(app, func(t *testing.T) {
			dir := filepath.Join(examples, app)
			want := run(t, setting{}, dir, "unfold", "render", "--env", "prod")
			if len(want) == 0 {
				t.Fatal("render prints nothing")
			}
			elsewhere := filepath.Join(t.TempDir(), "ä b", app)
			if err := os.CopyFS(elsewhere, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			all := settings()
			repeat(runs, func(i int) {
				s, in := all[i%len(all)], dir
				if s.elsewhere {
					in = elsewhere
				}
				s.environ = append(s.environ, "ARGOCD_ENV_ENVIRONMENT=prod")
				if diff := cmp.Diff(want, run(t, s, in, "unfold", "generate")); diff != "" {
					t.Errorf("%s: generate differs from render (-render +generate):\n%s", s.name, diff)
				}
			})
		})
	}
}

// TestDeterministicCheck holds that the findings of many apps, which are checked
// several at a time, are always the same in the same order.
func TestDeterministicCheck(t *testing.T) {
	apps := tree.Tree{}
	for i := range 40 {
		apps[fmt.Sprintf("apps/%02d/app.yaml", i)] = fmt.Appendf(nil,
			"apiVersion: unfold.dev/v1alpha1\nkind: App\nname: app-%d\nimage: app\nmanifests: [m.yaml]\n"+
				"environments: {dev: {tga: 1}, prod: {prot: 2}}\n", i)
		apps[fmt.Sprintf("apps/%02d/m.yaml", i)] = []byte("apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: m}\n" +
			"spec: {octal: 0777}\n")
	}
	dir := t.TempDir()
	if err := tree.Write(t.Context(), dir, apps, false); err != nil {
		t.Fatal(err)
	}
	for _, format := range report.Formats() {
		t.Run(format, func(t *testing.T) {
			args := []string{"unfold", "check", "apps", "--format", format}
			want := run(t, setting{environ: []string{"GOMAXPROCS=1"}}, dir, args...)
			if n := strings.Count(want, "0777"); n != 40 {
				t.Fatalf("%d warnings, want 40:\n%s", n, want)
			}
			repeat(5, func(int) {
				if diff := cmp.Diff(want, run(t, setting{environ: []string{"GOMAXPROCS=16"}}, dir, args...)); diff != "" {
					t.Errorf("the findings differ (-one processor +many):\n%s", diff)
				}
			})
		})
	}
}

// run returns what a command prints on standard output.
func run(t *testing.T, s setting, dir string, args ...string) string {
	t.Helper()
	if s.umask != "" {
		args = append([]string{"sh", "-c", "umask " + s.umask + ` && exec "$@"`, "sh"}, args...)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.Env = append(os.Environ(), s.environ...)
	// check finds mistakes, which is exit code 1.
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%s: %v: %v\n%s", s.name, args, err, &stderr)
	}
	return stdout.String()
}

// repeat calls do for 0 to n-1, several at a time.
func repeat(n int, do func(i int)) {
	next := make(chan int)
	var workers sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
}

// TestEveryVerbHasAnExample asks each verb that the program lists for help.
func TestEveryVerbHasAnExample(t *testing.T) {
	_, commands, _ := strings.Cut(run(t, setting{}, ".", "unfold", "--help"), "Available Commands:\n")
	commands, _, _ = strings.Cut(commands, "\n\n")
	verbs := 0
	for line := range strings.Lines(commands) {
		verb := strings.Fields(line)[0]
		if verb == "help" || verb == "completion" { // cobra's own
			continue
		}
		verbs++
		help := run(t, setting{}, ".", "unfold", verb, "--help")
		_, examples, _ := strings.Cut(help, "\nExamples:\n")
		if first, _, _ := strings.Cut(examples, "\n"); !strings.Contains(first, "unfold "+verb) {
			t.Errorf("the help of %s has no example of it:\n%s", verb, help)
		}
	}
	if verbs < 7 {
		t.Errorf("%d verbs, want 7 or more", verbs)
	}
}
