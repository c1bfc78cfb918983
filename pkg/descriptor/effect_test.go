package descriptor_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestEveryFieldHasAnEffect takes each field of the table out of the goldens that set
// it, until one of them comes out differently. TestExamplesHaveAnEffect in test/schema
// holds the examples to the same.
func TestEveryFieldHasAnEffect(t *testing.T) {
	apps, err := filepath.Glob("../../test/golden/testdata/golden/*/app")
	if err != nil || len(apps) < 50 {
		t.Fatalf("%d goldens, %v", len(apps), err)
	}
	shown := map[row]bool{}
	for _, app := range apps {
		g := openGolden(t, app)
		var with string
		g.eachField(descriptor.DocumentType(), g.doc, nil, func(r row, path []string) {
			if shown[r] {
				return
			}
			if with == "" {
				with = g.outcome(t, g.doc)
			}
			shown[r] = g.outcome(t, without(g.doc, path)) != with
		})
	}
	for r, effect := range shown {
		switch f := r.field(); {
		case !effect && f.NoEffect == "":
			t.Errorf("%s of %s has no effect in any golden: set it in one so that it has, or say why not in NoEffect", r.name, r.what())
		case effect && f.NoEffect != "":
			t.Errorf("%s of %s has an effect, but its row says: %s", r.name, r.what(), f.NoEffect)
		}
	}
	if len(shown) < 300 {
		t.Errorf("only %d rows", len(shown))
	}
}

// row is a field of a type. An app, an environment and a workload have copies of the
// same fields, which count as one.
type row struct {
	in   *schema.Type
	name string
}

func rowOf(in *schema.Type, name string) row {
	if descriptor.SharedRows(in) {
		in = nil
	}
	return row{in, name}
}

func (r row) field() *schema.Field {
	in := r.in
	if in == nil {
		in = descriptor.DocumentType()
	}
	if f := in.Field(r.name); f != nil {
		return f
	}
	return in.More
}

func (r row) what() string {
	if r.in == nil {
		return "an app"
	}
	return r.in.What
}

// golden is an app of test/golden, copied to a folder where it can be changed.
type golden struct {
	dir string
	doc *value.Value
}

func openGolden(t *testing.T, app string) golden {
	t.Helper()
	g := golden{dir: t.TempDir()}
	if err := os.CopyFS(g.dir, os.DirFS(app)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(g.dir, descriptor.FileName)
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, diags := value.Read(file, src)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	g.doc = doc
	return g
}

// eachField calls f for each field that a value sets, with its path. A shorthand sets
// the field that it stands for.
func (g golden) eachField(in *schema.Type, v *value.Value, path []string, f func(row, []string)) {
	if in == nil {
		return
	}
	if v.IsScalar() && in.ShorthandKey != "" {
		f(rowOf(in, in.ShorthandKey), path)
	}
	for i, item := range v.AllItems() {
		g.eachField(in.Elem, item, append(slices.Clone(path), strconv.Itoa(i)), f)
	}
	for _, e := range v.AllEntries() {
		at := append(slices.Clone(path), e.Key)
		switch {
		case e.Value.Is(value.Null) || in.Kind != schema.ObjectKind:
		case in.Field(e.Key) != nil:
			f(rowOf(in, e.Key), at)
		case in.More != nil:
			f(rowOf(in, in.More.Name), at)
		}
		g.eachField(in.Child(e.Key), e.Value, at, f)
	}
}

// without returns a copy of a value that lacks what is at a path.
func without(v *value.Value, path []string) *value.Value {
	out := v.Copy()
	if i, err := strconv.Atoi(path[0]); err == nil && v.Is(value.List) {
		if len(path) == 1 {
			out.Items = slices.Delete(out.Items, i, i+1)
		} else {
			out.Items[i] = without(out.Items[i], path[1:])
		}
		return out
	}
	if len(path) == 1 {
		out.Delete(path[0])
	} else {
		e := out.Entry(path[0])
		e.Value = without(e.Value, path[1:])
	}
	return out
}

// outcome returns all that a descriptor comes to in the app's folder: the manifests of
// each environment and what is reported.
func (g golden) outcome(t *testing.T, doc *value.Value) string {
	t.Helper()
	src, err := value.EncodeSource(doc)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(g.dir, descriptor.FileName), src, 0o644); err != nil {
		t.Fatal(err)
	}
	app, err := render.RenderApp(render.Folder{Dir: g.dir}, nil, "", render.Options{})
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
