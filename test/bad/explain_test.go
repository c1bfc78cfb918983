package bad_test

import (
	"bytes"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/cli"
)

// TestExplainBad asks for the values of every bad descriptor: mistakes do not stop the answer, let alone break it.
// What check refuses ends with 1.
func TestExplainBad(t *testing.T) {
	for _, c := range cases(t) {
		if c.file("app.yaml") == "" || c.file(commandFile) != "" || c.file(environFile) != "" || c.file(platformFile) != "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			c.unpack(t)
			wrong := c.check(t).HasErrors()
			for _, args := range [][]string{{"explain", "--value"}, {"render", "--explain"}} {
				var out, stderr bytes.Buffer
				code := cli.Run(t.Context(), args, cli.Streams{Out: &out, Err: &stderr})
				if code > 1 || code == 1 && stderr.Len() == 0 {
					t.Errorf("unfold %v: exit code %d\n%s", args, code, &stderr)
				}
				if args[0] == "render" && (code == 1) != wrong {
					t.Errorf("unfold %v: exit code %d, and check finds errors: %t\n%s", args, code, wrong, &stderr)
				}
			}
		})
	}
}
