package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/test/e2e/harness"
)

// TestReject holds unfold to the real API server: what that refuses in the cases of testdata/reject.txtar, unfold
// refuses first, with the line.
func TestReject(t *testing.T) {
	cases := readArchive(t, "testdata/reject.txtar")
	for name, text := range cases {
		cases[name] = long.ReplaceAllStringFunc(text, letters)
	}
	cluster := harness.StartCluster(t)
	const least = 60
	n := 0
	for name, text := range cases {
		object := text
		dir, folder := t.TempDir(), strings.HasSuffix(name, "/app.yaml")
		switch {
		case strings.HasSuffix(name, "/object.yaml"):
			continue
		case folder:
			object = cases[strings.TrimSuffix(name, "app.yaml")+"object.yaml"]
			harness.WriteFile(t, filepath.Join(dir, "app.yaml"), []byte(text))
		default:
			harness.WriteFile(t, filepath.Join(dir, "object.yaml"), []byte(text))
			harness.WriteFile(t, filepath.Join(dir, "app.yaml"), []byte(bringing))
		}
		n++
		t.Run(strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), "/app"), func(t *testing.T) {
			objects, err := harness.ParseYAML([]byte(object))
			if err != nil || len(objects) != 1 {
				t.Fatalf("%d objects, %v", len(objects), err)
			}
			var status *harness.StatusError
			if err := cluster.API.Create(objects[0], "argocd", true); !errors.As(err, &status) {
				t.Errorf("the API server takes the object, or fails: %v", err)
			} else {
				t.Logf("API server: %v", err)
			}
			file := "object.yaml"
			if folder {
				file = "app.yaml"
			}
			want := fmt.Sprintf("%s:%d:", file, markedLine(t, text))
			_, err = harness.RunUnfold(t, dir, []string{"ARGOCD_ENV_ENVIRONMENT=prod"}, "generate")
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("unfold does not refuse it at %s: %v", want, err)
			}
		})
	}
	if n < least {
		t.Errorf("%d cases, at least %d wanted", n, least)
	}
}

// long stands for a text of so many bytes.
var long = regexp.MustCompile(`\{\{[0-9]+}}`)

func letters(mark string) string {
	n, err := strconv.Atoi(strings.Trim(mark, "{}"))
	if err != nil {
		panic(err)
	}
	return strings.Repeat("a", n)
}

// bringing is a descriptor of nothing but an object.
const bringing = `apiVersion: unfold.dev/v1alpha1
kind: App
name: shop
image: ghcr.io/example/shop:v1
environments: {prod: {}}
manifests: [object.yaml]
`

// markedLine returns the number of the only line that is marked as wrong.
func markedLine(t testing.TB, text string) int {
	t.Helper()
	marked := 0
	for i, line := range strings.Split(text, "\n") {
		if strings.HasSuffix(line, "# wrong") {
			if marked > 0 {
				t.Fatalf("lines %d and %d are marked", marked, i+1)
			}
			marked = i + 1
		}
	}
	if marked == 0 {
		t.Fatal("no line is marked")
	}
	return marked
}

// readArchive reads the files of an archive in the format of txtar.
func readArchive(t testing.TB, path string) map[string]string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files, name := map[string]string{}, ""
	for line := range strings.Lines(string(content)) {
		if next, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(line, " --\n") {
			name = strings.TrimSuffix(next, " --\n")
		} else if name != "" {
			files[name] += line
		}
	}
	return files
}
