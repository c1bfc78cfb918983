package harness

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// RunUnfold runs the product in a folder with exactly the given environment, as the sidecar does, and returns
// its stdout. The error holds its stderr.
func RunUnfold(t testing.TB, dir string, env []string, args ...string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, Unfold(t), args...)
	cmd.Dir, cmd.Env = dir, append([]string{"TMPDIR=" + t.TempDir()}, env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("unfold %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return stdout.Bytes(), nil
}

// Wrapped makes a folder with an unfold that is a shell script; in it $UNFOLD is the product and $STATE the path of a
// file that does not exist at first.
func Wrapped(t testing.TB, script string) (dir, state string) {
	t.Helper()
	dir = ShortTempDir(t)
	state = filepath.Join(dir, "state")
	path := filepath.Join(dir, "unfold")
	WriteFile(t, path, fmt.Appendf(nil, "#!/bin/sh\nUNFOLD='%s' STATE='%s'\n%s\n", Unfold(t), state, script))
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir, state
}
