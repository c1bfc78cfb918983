package e2e

import (
	"os"
	"testing"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

func TestMain(m *testing.M) {
	harness.Confine()
	os.Exit(m.Run())
}
