package diff_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
)

func TestUnified(t *testing.T) {
	a := "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n"
	b := "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\nnew"
	want := "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n@@ -10,3 +10,4 @@\n 10\n 11\n 12\n+new\n" +
		"\\ No newline at end of file\n"
	if d := cmp.Diff(want, diff.Unified("a", "b", a, b)); d != "" {
		t.Error(d)
	}
	if got := diff.Unified("a", "b", a, a); got != "" {
		t.Errorf("no difference is %q", got)
	}
}

// TestUnifiedApplies applies differences of random texts with git.
func TestUnifiedApplies(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	for i := range 40 {
		a, b := text(random), text(random)
		if i%4 == 0 {
			b = a + b
		}
		d := diff.Unified("a/f", "b/f", a, b)
		if a == b || a == "" || b == "" {
			continue // git names a file that is not there in its own way
		}
		if err := os.WriteFile(file, []byte(a), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("git", "apply", "--unidiff-zero", "-")
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(d)
		cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s\n%s", err, out, d)
		}
		if got, _ := os.ReadFile(file); string(got) != b {
			t.Fatalf("applied gives %q, want %q\n%s", got, b, d)
		}
	}
}

func text(random *rand.Rand) string {
	var b strings.Builder
	for range random.IntN(30) {
		fmt.Fprintf(&b, "%d\n", random.IntN(6))
	}
	return b.String() + strings.Repeat("x", random.IntN(2))
}
