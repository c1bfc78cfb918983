// Package corpus_test imports real kustomize trees, where there are some: see the target
// import-corpus of the Makefile.
package corpus_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

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
	overlays, exact, objects, known, fields, before, after := 0, 0, 0, 0, 0, 0, 0
	for _, tree := range trees {
		var sources []adopt.Source
		for _, o := range tree.Overlays {
			sources = append(sources, adopt.Source{Env: o.Env, Path: filepath.Join(dir, tree.Folder, o.Path)})
		}
		overlays += len(sources)
		start := time.Now()
		got, err := adopt.Read(sources, nil, adopt.Options{}, nil)
		if err != nil {
			fmt.Fprintf(&table, "%s: %v\n", tree.Folder, err)
			continue
		}
		took := time.Since(start)
		differ, lines := map[string]bool{}, 0
		for _, app := range got.Apps {
			for _, e := range app.Environments {
				objects, fields, known = objects+e.Objects-len(e.Secrets), fields+e.FirstClass, known+e.Known
				fmt.Fprintf(&table, "%-40s %-22s %-12s %3d objects, %3d of %3d by fields, %3d manifests, %d secrets, %d differ\n",
					tree.Folder,
					app.Name, e.Name, e.Objects, e.FirstClass, e.Known, e.Manifests, len(e.Secrets), len(e.Differences))
				for _, d := range e.Differences {
					differ[e.Name] = true
					if types.Known(d.APIVersion) {
						t.Errorf("%s, %s: %s comes out otherwise", tree.Folder, e.Name, d.ID)
					}
				}
				for _, id := range e.Left {
					fmt.Fprintf(&table, "    %s\n", id)
				}
			}
			lines += app.Lines()
		}
		exact += len(sources) - len(differ)
		before, after = before+got.Lines, after+lines
		fmt.Fprintf(&table, "%-40s %d lines become %d (%d %%), %d ms\n", tree.Folder, got.Lines, lines, 100*lines/got.Lines,
			took.Milliseconds())
	}
	t.Logf("\n%s%d of %d overlays are exact; fields make %d of %d objects of kinds that they know, of %d in all; %d lines become %d (%d "+
		"%%)",
		&table, exact, overlays, fields, known, objects, before, after, 100*after/before)
}
