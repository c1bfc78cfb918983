package e2e

import (
	"os/exec"
	"testing"
)

// TestTypes holds the tables of Kubernetes' types to their sources.
func TestTypes(t *testing.T) {
	cmd := exec.Command("go", "run", "./test/tools/kubetypes", "-check")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
