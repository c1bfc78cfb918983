package schema_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestExamplesHaveAnEffect renders every example of the table with and without its
// field. A row whose field changes nothing has to say why.
func TestExamplesHaveAnEffect(t *testing.T) {
	for _, x := range descriptor.Examples() {
		t.Run(x.Field, func(t *testing.T) {
			t.Parallel()
			with := top(t, whole(t, x.Text))
			without := withoutField(with, strings.Split(x.Field, "."))
			if value.Equal(with, without) {
				t.Fatalf("the example does not set the field:\n%s", x.Text)
			}
			same := outcome(t, encode(t, with)) == outcome(t, encode(t, without))
			switch {
			case same && x.NoEffect == "":
				t.Errorf("the field has no effect, and its row gives no reason:\n%s", x.Text)
			case !same && x.NoEffect != "":
				t.Errorf("the field has an effect, but its row says: %s", x.NoEffect)
			}
		})
	}
}

// withoutField returns a copy of a descriptor in which a field is set nowhere:
// neither at the top level, nor in an environment or a workload.
func withoutField(v *value.Value, path []string) *value.Value {
	out := deleteAt(v, path)
	for _, in := range [][]string{{"environments", "NAME"}, {"workloads", "NAME"}, {"environments", "NAME", "workloads", "NAME"}} {
		out = deleteAt(out, slices.Concat(in, path))
	}
	return out
}

// deleteAt returns a copy of a value without what is at a path. NAME in it stands
// for each key.
func deleteAt(v *value.Value, path []string) *value.Value {
	if !v.Is(value.Map) {
		return v
	}
	out := value.NewMap(v.Pos)
	for _, e := range v.Entries {
		if path[0] == "NAME" || path[0] == e.Key {
			if len(path) == 1 {
				continue
			}
			e.Value = deleteAt(e.Value, path[1:])
		}
		out.SetEntry(e)
	}
	return out
}

func encode(t *testing.T, v *value.Value) string {
	t.Helper()
	out, err := value.EncodeSource(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// outcome returns all that a descriptor comes to, in the folder that examples can
// refer to: the manifests of each environment and what is reported.
func outcome(t *testing.T, src string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/folder")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, descriptor.FileName), []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	app, err := render.RenderApp(render.Folder{Dir: dir}, nil, "", render.Options{})
	if err != nil && !errors.As(err, new(diag.List)) {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, d := range app.Diags {
		fmt.Fprintf(&b, "%s: %s\n", d.Code, d.Message)
	}
	for _, r := range app.Results {
		fmt.Fprintf(&b, "--- %s\n%s", r.Env, r.Manifests)
	}
	return b.String()
}
