package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// TestTheseTestsFail breaks the plugin on purpose and checks that the tests notice.
func TestTheseTestsFail(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const intact = `exec "$UNFOLD" "$@"`
	for _, c := range []struct{ name, script, complaint string }{
		{"intact", intact, ""},
		{"empty output, exit 0", `[ "$1" = generate ] && exit 0; ` + intact, "got , want "},
		{"a changed byte", `PATH=/usr/bin:/bin; "$UNFOLD" "$@" | sed 's/LOG_LEVEL: WARNING/LOG_LEVEL: WARNINH/'`, "WARNINH"},
		{
			"a missing environment",
			`case "$ARGOCD_ENV_ENVIRONMENT$ARGOCD_APP_PARAMETERS" in *staging*) echo "no staging" >&2; exit 1; esac; ` + intact,
			"no staging",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := harness.Wrapped(t, c.script)
			cmd := exec.Command(self, "-test.run=^TestExampleTable$", "-test.timeout=2m")
			cmd.Env = harness.Broken(dir)
			out, err := cmd.CombinedOutput()
			if c.complaint == "" {
				if err != nil {
					t.Errorf("%v\n%s", err, out)
				}
				return
			}
			if err == nil {
				t.Error("all tests pass")
			} else if !strings.Contains(string(out), c.complaint) {
				t.Errorf("the tests fail, and not with %q:\n%s", c.complaint, out)
			}
		})
	}
}
