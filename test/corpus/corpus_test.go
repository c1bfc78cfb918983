// Package corpus_test imports real kustomize trees, where there are some: see the target
// import-corpus of the Makefile.
package corpus_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/adopt"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
)

// variable names the folder of the trees, which trees.json lists.
const variable = "UNFOLD_TEST_CORPUS"

// TestImport imports each tree and prints what became of its objects. A tree that can't
// be imported is in the table, and is no failure: the table is for people.
func TestImport(t *testing.T) {
	dir := os.Getenv(variable)
	if dir == "" {
		t.Skipf("%s does not name a folder of kustomize trees", variable)
	}
	list, err := os.ReadFile(filepath.Join(dir, "trees.json"))
	if err != nil {
		t.Skipf("there are no trees: %v", err)
	}
	var trees []struct {
		Folder   string
		Overlays []struct{ Env, Path string }
	}
	if err := json.Unmarshal(list, &trees); err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	overlays, exact, objects, fields := 0, 0, 0, 0
	for _, tree := range trees {
		var sources []adopt.Source
		for _, o := range tree.Overlays {
			sources = append(sources, adopt.Source{Env: o.Env, Path: filepath.Join(dir, tree.Folder, o.Path)})
		}
		overlays += len(sources)
		app, err := adopt.Import(sources, nil, "", nil)
		if err != nil {
			fmt.Fprintf(&table, "%s: %v\n", tree.Folder, err)
			continue
		}
		for _, e := range app.Environments {
			if len(e.Differences) == 0 {
				exact++
			}
			objects, fields = objects+e.Objects-len(e.Secrets), fields+e.FirstClass
			fmt.Fprintf(&table, "%-45s %-12s %3d objects, %3d by fields, %3d manifests, %d secrets, %d differ\n", tree.Folder, e.Name,
				e.Objects, e.FirstClass, e.Manifests, len(e.Secrets), len(e.Differences))
			for _, d := range e.Differences {
				if types.Known(d.APIVersion) {
					t.Errorf("%s, %s: %s comes out otherwise", tree.Folder, e.Name, d.ID)
				}
			}
		}
		fmt.Fprintf(&table, "%-45s %d lines\n", tree.Folder, strings.Count(string(app.Source), "\n"))
	}
	t.Logf("\n%s%d of %d overlays are exact; fields make %d of their %d objects", &table, exact, overlays, fields, objects)
}
