// Package golden_test holds what apps unfold into, for people to read: each case
// is a folder testdata/golden/NAME with the app in app/, the manifests of each
// environment in manifests/ and the ejected tree in tree/.
package golden_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/test/internal/oracle"
)

var update = flag.Bool("update", false, "write the goldens")

const root = "testdata/golden"

func TestGolden(t *testing.T) {
	kustomize := oracle.Stock(t)
	cases, err := filepath.Glob(root + "/*/app")
	if err != nil || len(cases) < 25 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	team, err := platform.Read("../../examples/team-repo/platform.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type app struct {
		dir      string
		platform *platform.Platform
	}
	apps := map[string]app{
		"example-app":    {"../../examples/example-app", nil},
		"multi":          {"../../examples/multi", nil},
		"team-repo-web":  {"../../examples/team-repo/apps/web", team},
		"team-repo-api":  {"../../examples/team-repo/apps/api", team},
		"team-repo-jobs": {"../../examples/team-repo/apps/jobs", team},
	}
	for _, dir := range cases {
		apps[filepath.Base(filepath.Dir(dir))] = app{dir, nil}
	}
	for name, app := range apps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, err := oracle.UnfoldUnder(app.dir, app.platform, render.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := kustomize.Hold(u, t.TempDir()); err != nil {
				t.Error(err)
			}
			want := tree.Tree{}
			want.Merge("tree", u.Tree)
			for env, manifests := range u.Manifests {
				want["manifests/"+env+".yaml"] = manifests
			}
			compare(t, filepath.Join(root, name), want)
		})
	}
}

// compare holds the files of a case to what came out, and writes them with
// -update.
func compare(t *testing.T, dir string, want tree.Tree) {
	t.Helper()
	if *update {
		if err := tree.Write(t.Context(), dir, want, true); err != nil {
			t.Fatal(err)
		}
	}
	got := tree.Tree{}
	for _, part := range []string{"tree", "manifests"} {
		files, err := oracle.Read(filepath.Join(dir, part))
		if err != nil {
			t.Fatal(err)
		}
		got.Merge(part, files)
	}
	if diff := cmp.Diff(texts(want), texts(got)); diff != "" {
		t.Errorf("%s differs; look at it and run make update (-unfold +golden):\n%s", dir, diff)
	}
}

func texts(t tree.Tree) map[string]string {
	out := map[string]string{}
	for path, content := range t {
		out[path] = string(content)
	}
	return out
}
