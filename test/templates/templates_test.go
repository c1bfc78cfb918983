// Package templates_test holds examples/example-app to the template that it was
// made from. `make templates` runs what the templates contain.
package templates_test

import (
	"flag"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/cli/scaffold"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/test/internal/oracle"
)

var update = flag.Bool("update", false, "write the example anew")

// TestExampleApp wants the example to be what `unfold init` makes, but for its
// app.yaml, which is smaller.
func TestExampleApp(t *testing.T) {
	const dir = "../../examples/example-app"
	templates, err := scaffold.Templates()
	if err != nil {
		t.Fatal(err)
	}
	python, err := scaffold.Find(templates, "python-app")
	if err != nil {
		t.Fatal(err)
	}
	want, err := python.Fill(scaffold.Answers{Name: "example-app", Image: "ashik9001/demo-app", Environments: []string{"dev"}})
	if err != nil {
		t.Fatal(err)
	}
	delete(want, descriptor.FileName)
	if *update {
		if err := tree.Write(t.Context(), dir, want, true); err != nil {
			t.Fatal(err)
		}
	}
	got, err := oracle.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	delete(got, descriptor.FileName)
	maps.DeleteFunc(got, func(path string, _ []byte) bool { // what the example's own tests leave
		return strings.Contains(path, "__pycache__/") || strings.HasPrefix(path, ".pytest_cache/")
	})
	if diff := cmp.Diff(texts(want), texts(got)); diff != "" {
		t.Errorf("run make update (-template +example):\n%s", diff)
	}
}

func texts(t tree.Tree) map[string]string {
	out := map[string]string{}
	for path, content := range t {
		out[path] = string(content)
	}
	return out
}
