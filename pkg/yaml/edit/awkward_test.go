package edit_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/edit"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

var update = flag.Bool("update", false, "write the golden file")

// ways are what is done to each file.
var ways = []struct {
	name    string
	changes []edit.Change
}{
	{"set a tag", []edit.Change{edit.SetText("v9", "environments", "prod", "tag")}},
	{"add a key", []edit.Change{edit.SetText("5", "environments", "prod", "replicas")}},
	{"add a map", []edit.Change{edit.SetText("yes, it is", "environments", "prod", "config", "NEW")}},
	{"add at the top", []edit.Change{edit.SetText("1", "replicas")}},
	{"seal", []edit.Change{edit.Set(value.NewString(diag.Pos{}, "AQ+/=="), "environments", "prod", "secrets", "TOKEN")}},
	{"seal with a scope", sealing("AQ+/==")},
	{"remove the secret", []edit.Change{edit.Remove(2, "environments", "prod", "secrets", "TOKEN")}},
	{"remove", []edit.Change{edit.Remove(2, "environments", "prod", "tag")}},
	{"remove the environment", []edit.Change{edit.Remove(1, "environments", "prod")}},
}

type file struct {
	name string
	src  []byte
}

// awkward returns the files, and what can't stand in an archive: other line ends,
// a byte order mark, no line break at the end.
func awkward(t testing.TB) []file {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/awkward.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var files []file
	for _, f := range archive.Files {
		files = append(files, file{f.Name, f.Data})
		switch f.Name {
		case "plain", "comments everywhere", "flow of several lines with comments", "literal text before", "environment without content":
			crlf := bytes.ReplaceAll(f.Data, []byte("\n"), []byte("\r\n"))
			files = append(files, file{f.Name + ", CRLF", crlf},
				file{f.Name + ", no line break at the end", bytes.TrimRight(f.Data, "\n")},
				file{f.Name + ", byte order mark", append([]byte("\ufeff"), f.Data...)})
		}
	}
	return files
}

// TestAwkward shows what each change does to each file.
func TestAwkward(t *testing.T) {
	const golden = "testdata/awkward.golden"
	var got strings.Builder
	files := awkward(t)
	if len(files) < 50 {
		t.Errorf("%d files", len(files))
	}
	for _, f := range files {
		for _, w := range ways {
			fmt.Fprintf(&got, "=== %s: %s\n", f.name, w.name)
			out, err := edit.Apply("app.yaml", f.src, w.changes...)
			if err != nil {
				fmt.Fprintf(&got, "%v\n", err)
				continue
			}
			again, err := edit.Apply("app.yaml", out, w.changes...)
			if err != nil || !bytes.Equal(again, out) {
				t.Errorf("%s: %s: a second time gives %v\n%s", f.name, w.name, err, again)
			}
			changed := diff.Unified("", "", string(f.src), string(out))
			if changed == "" {
				got.WriteString("unchanged\n")
			}
			for i, line := range strings.SplitAfter(changed, "\n") {
				if i > 1 && line != "" && line[0] != '@' {
					got.WriteString(strings.ReplaceAll(line, "\r", "␍"))
				}
			}
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("run make update and look (-want +got):\n%s", d)
	}
}
