// Package schema_test holds the reference of the descriptor, its JSON Schema and
// what editors make of it to what the program does.
package schema_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestExamples renders every example of the table, in each of its environments.
// An example can refer to the files in testdata/folder.
func TestExamples(t *testing.T) {
	for _, x := range descriptor.Examples() {
		t.Run(x.Field, func(t *testing.T) {
			src := whole(t, x.Text)
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS("testdata/folder")); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, descriptor.FileName), []byte(src), 0o644); err != nil {
				t.Fatal(err)
			}
			app, err := render.RenderApp(render.Folder{Dir: dir}, nil, "", render.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := app.Diags.Err(); err != nil {
				t.Errorf("%v\n%s", err, src)
			}
			if len(app.Results) == 0 || len(app.Results[0].Manifests) == 0 {
				t.Errorf("no manifests:\n%s", src)
			}
		})
	}
}

// TestEveryFieldHasAnExample looks at the rows of the top level.
func TestEveryFieldHasAnExample(t *testing.T) {
	var with []string
	for _, x := range descriptor.Examples() {
		with = append(with, x.Field)
		if keys := top(t, x.Text).Keys(); !strings.Contains(x.Field, ".") && !shows(top(t, x.Text), x.Field) {
			t.Errorf("the example of %s shows %v", x.Field, keys)
		}
	}
	for _, name := range descriptor.FieldNames() {
		if !slices.Contains(with, name) {
			t.Errorf("the field %s has no example", name)
		}
	}
}

// shows reports whether a field stands in an example: at its top, in an
// environment or in a workload.
func shows(v *value.Value, field string) bool {
	if v.Has(field) {
		return true
	}
	for _, e := range slices.Concat(v.Get("environments").AllEntries(), v.Get("workloads").AllEntries()) {
		if shows(e.Value, field) {
			return true
		}
	}
	return false
}

// whole completes an example to a descriptor: what it does not say itself is
// that of the smallest app.
func whole(t *testing.T, example string) string {
	t.Helper()
	has := top(t, example)
	var b strings.Builder
	add := func(key, line string, others ...string) {
		if !slices.ContainsFunc(append(others, key), has.Has) {
			b.WriteString(line + "\n")
		}
	}
	add("apiVersion", "apiVersion: "+descriptor.APIVersion)
	add("kind", "kind: App")
	add("name", "name: app")
	add("image", "image: ghcr.io/example/app:v1")
	if kind := has.StringAt("kind"); kind != "Job" && kind != "CronJob" {
		add("port", "port: 8080", "ports", "workloads")
	}
	b.WriteString(example + "\n")
	add("environments", "environments: {prod: {}}")
	return b.String()
}

func top(t *testing.T, example string) *value.Value {
	t.Helper()
	v, diags := value.Read("example", []byte(example))
	if diags.HasErrors() || !v.Is(value.Map) {
		t.Fatalf("%v\n%s", diags, example)
	}
	return v
}
