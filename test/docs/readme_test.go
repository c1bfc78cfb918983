package docs_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/cli"
	"github.com/unfold-gitops/unfold/pkg/render"
)

// TestTranscript holds what README.md shows of a session to what the commands
// print.
func TestTranscript(t *testing.T) {
	readme, err := filepath.Abs(root + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	picture := picture(t)
	t.Chdir(t.TempDir())
	var out strings.Builder
	out.WriteString("```console\n")
	for _, command := range []string{
		"init --template python-app shop --image ghcr.io/example/shop",
		"check shop",
		"set image shop --env dev ghcr.io/example/shop:v1.1.0",
		"explain --value image.tag shop --env dev",
	} {
		var said bytes.Buffer
		cli.Run(t.Context(), strings.Fields(command), cli.Streams{In: strings.NewReader(""), Out: &said, Err: &said})
		fmt.Fprintf(&out, "$ unfold %s\n%s", command, &said)
	}
	out.WriteString("```\n")
	part(t, readme, "picture", picture)
	part(t, readme, "transcript", out.String())
}

// part holds what stands between two marks of a file.
func part(t *testing.T, file, mark, want string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?s)<!-- ` + mark + `:[^\n]*-->\n(.*?)<!-- end -->`).FindSubmatchIndex(content)
	if m == nil {
		t.Fatalf("%s has no part %q", file, mark)
	}
	got := string(content[m[2]:m[3]])
	if *update && got != want {
		fresh := string(content[:m[2]]) + want + string(content[m[3]:])
		if err := os.WriteFile(file, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s is stale; run make update (-want +got):\n%s", file, diff)
	}
}

// picture shows what the descriptor of example-app unfolds into.
func picture(t *testing.T) string {
	t.Helper()
	const dir = root + "/examples/example-app"
	descriptor, err := os.ReadFile(dir + "/app.yaml")
	if err != nil {
		t.Fatal(err)
	}
	src, err := render.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var out strings.Builder
	fmt.Fprintf(&out, "```text\napp.yaml, %d lines\n", bytes.Count(descriptor, []byte("\n")))
	environments := src.Environments()
	for i, env := range environments {
		r, err := src.Environment(env, render.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, o := range r.Objects {
			kinds = append(kinds, o.StringAt("kind"))
		}
		slices.Sort(kinds)
		branch := "├"
		if i == len(environments)-1 {
			branch = "└"
		}
		fmt.Fprintf(&out, " %s── %-8s %d lines: %s\n", branch, env, bytes.Count(r.Manifests, []byte("\n")), strings.Join(kinds, ", "))
	}
	out.WriteString("```\n")
	return out.String()
}
