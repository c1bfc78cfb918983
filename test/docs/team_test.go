package docs_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/cli"
)

// TestTeamRepo holds the Argo CD objects that examples/team-repo commits.
func TestTeamRepo(t *testing.T) {
	committed, err := filepath.Abs(root + "/examples/team-repo")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() // in no repository, and so the top of its own
	if err := os.CopyFS(dir, os.DirFS(committed)); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	args := strings.Fields("argocd --style applicationset --repo-url https://git.example.com/shop/apps.git --revision main --platform " +
		"platform.yaml --output argocd")
	if *update {
		run(t, args...)
		if err := os.RemoveAll(filepath.Join(committed, "argocd")); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(filepath.Join(committed, "argocd"), os.DirFS("argocd")); err != nil {
			t.Fatal(err)
		}
	}
	run(t, append(slices.Clone(args), "--check")...)
	if said := run(t, "check", "--repository"); !strings.Contains(said, "✓ argocd is current: 4 files") ||
		!strings.Contains(said, "0 errors, 0 warnings") {
		t.Error(said)
	}
}

// run returns what a command prints on both streams.
func run(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if code := cli.Run(t.Context(), args, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &out}); code != 0 {
		t.Fatalf("unfold %s: exit %d\n%s", strings.Join(args, " "), code, &out)
	}
	return out.String()
}
