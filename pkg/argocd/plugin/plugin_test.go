package plugin_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/argocd/plugin"
)

var update = flag.Bool("update", false, "write the files that are made from the table")

// TestPluginFiles holds the files that operators install to the table.
func TestPluginFiles(t *testing.T) {
	for file, want := range map[string][]byte{
		"../../../plugin.yaml":                   plugin.Plugin(true),
		"../../../deploy/plugin-named-only.yaml": plugin.Plugin(false),
	} {
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is stale; run make update (-want +got):\n%s", file, diff)
		}
	}
}
