package script_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/unfold-gitops/unfold/pkg/cli"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// sealer is a process that seals a value for prod.
func sealer(t *testing.T, dir, key string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("unfold", "seal", "--env", "prod", key)
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, strings.NewReader("plaintext of "+key), os.Stderr
	cmd.Env = append(os.Environ(), "WORK="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// sealedIn returns the keys that have a whole sealed value.
func sealedIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(dir, "app.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	top, diags := value.Read("app.yaml", src)
	if len(diags) > 0 {
		t.Fatalf("%v\n%s", diags, src)
	}
	keys := map[string]bool{}
	for _, e := range top.Get("environments", "prod", "secrets").AllEntries() {
		if _, problem := credential.Sealed(e.Value.StringAt()); problem != "" {
			t.Errorf("%s is %q", e.Key, e.Value.StringAt())
		}
		keys[e.Key] = true
	}
	return keys
}

func startSealing(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "app.yaml"), []byte(leakApp), 0o640); err != nil {
		t.Fatal(err)
	}
	t.Setenv("WORK", dir)
	// The controller's key is there before several ask for it.
	if out, err := exec.Command("kubectl", "renew").CombinedOutput(); err != nil {
		t.Fatal(string(out), err)
	}
	return dir
}

// TestSealAtOnce seals in several processes: none loses another's key.
func TestSealAtOnce(t *testing.T) {
	dir := startSealing(t)
	var all []*exec.Cmd
	const processes = 8
	for i := range processes {
		all = append(all, sealer(t, dir, "KEY_"+strconv.Itoa(i)))
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	if keys := sealedIn(t, dir); len(keys) != processes {
		t.Errorf("%d keys of %d: %v", len(keys), processes, keys)
	}
	if code := cli.Run(context.Background(), []string{"seal", dir, "--env", "prod", "--validate"},
		cli.Streams{Out: io.Discard, Err: os.Stderr, Environ: os.Environ()}); code != 0 {
		t.Errorf("validate ends with %d", code)
	}
}

// TestSealKilled kills processes while they seal: the file is the old one or the new
// one, keeps its mode, and the next one can go on.
func TestSealKilled(t *testing.T) {
	dir := startSealing(t)
	before := 0
	for i := range 20 {
		key := "KEY_" + strconv.Itoa(i)
		cmd := sealer(t, dir, key)
		time.Sleep(time.Duration(i) * 4 * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		keys := sealedIn(t, dir)
		if len(keys) != before && (len(keys) != before+1 || !keys[key]) {
			t.Errorf("after %s there are %v", key, keys)
		}
		before = len(keys)
	}
	if err := sealer(t, dir, "LAST").Wait(); err != nil {
		t.Error(err)
	}
	if keys := sealedIn(t, dir); len(keys) != before+1 || !keys["LAST"] {
		t.Errorf("in the end there are %v", keys)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if e.Name() == "controller" {
			continue
		}
		if err != nil || e.Name() != "app.yaml" || info.Mode() != 0o640 {
			t.Errorf("the folder holds %s, %v, %v", e.Name(), info.Mode(), err)
		}
	}
}
