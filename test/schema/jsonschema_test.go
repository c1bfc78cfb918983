package schema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

var update = flag.Bool("update", false, "write docs/app.schema.json and the list of what it can't see")

const unseenFile = "testdata/unseen.txt"

// TestSchemaFiles holds the committed copies, which editors use.
func TestSchemaFiles(t *testing.T) {
	for file, make := range map[string]func() ([]byte, error){
		"../../docs/app.schema.json": descriptor.JSONSchema, "../../docs/platform.schema.json": platform.JSONSchema,
	} {
		want, err := make()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, file, string(want))
	}
}

func golden(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is stale; run make update (-want +got):\n%s", file, diff)
	}
}

func compile(t *testing.T, make func() ([]byte, error)) *jsonschema.Schema {
	t.Helper()
	src, err := make()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("app.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("app.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate returns what a schema says of a YAML file.
func validate(t *testing.T, s *jsonschema.Schema, file string, src []byte) error {
	t.Helper()
	v, diags := value.Read(file, src)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return s.Validate(plain(v))
}

// plain returns a value as the validator wants it.
func plain(v *value.Value) any {
	switch {
	case v.Is(value.Map):
		out := map[string]any{}
		for _, e := range v.Entries {
			out[e.Key] = plain(e.Value)
		}
		return out
	case v.Is(value.List):
		out := []any{}
		for _, item := range v.Items {
			out = append(out, plain(item))
		}
		return out
	case v.Is(value.Bool):
		return v.IsTrue()
	case v.Is(value.Null) || v == nil:
		return nil
	}
	if n, ok := v.Int64(); ok {
		return n
	}
	if v.Is(value.Float) || v.Is(value.Int) {
		return json.Number(strings.TrimPrefix(v.Text, "."))
	}
	return v.Text
}

// TestSchemaTakesWhatIsRight holds the schema to all descriptors that are.
func TestSchemaTakesWhatIsRight(t *testing.T) {
	s := compile(t, descriptor.JSONSchema)
	for _, x := range descriptor.Examples() {
		src := whole(t, x.Text)
		if err := validate(t, s, x.Field, []byte(src)); err != nil {
			t.Errorf("the example of %s: %v\n%s", x.Field, err, src)
		}
	}
	for _, pattern := range []string{"../../examples/*/app.yaml", "../golden/testdata/golden/*/app/app.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := validate(t, s, file, src); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

// visible are the rules whose mistakes an editor has to see.
var visible = []string{"unknown-field", "wrong-type", "out-of-range", "missing-kind", "missing-name", "workloads-in-environment",
	"belongs-to-workload"}

// TestSchemaSeesMistakes holds the schema to the corpus of bad descriptors. What
// it can't see is listed in testdata/unseen.txt: cross-references, what layers
// and other files come to, and what Kubernetes does with a text.
func TestSchemaSeesMistakes(t *testing.T) {
	s := compile(t, descriptor.JSONSchema)
	var unseen []string
	for name, src := range badCases(t) {
		v, diags := value.Read("app.yaml", src)
		if diags.HasErrors() || v == nil {
			continue // no YAML at all
		}
		found := mistakes(t, src)
		if len(found) == 0 || s.Validate(plain(v)) != nil {
			continue
		}
		for _, rule := range found {
			if slices.Contains(visible, rule) && !slices.Contains(invisible, name) {
				t.Errorf("%s: the schema takes a mistake of the rule %s:\n%s", name, rule, src)
			}
		}
		unseen = append(unseen, name+": "+strings.Join(found, ", "))
	}
	slices.Sort(unseen)
	golden(t, unseenFile, strings.Join(unseen, "\n")+"\n")
}

// invisible are cases of visible rules that lie in what fields come to together.
var invisible = []string{
	"probe-success-threshold", // 1 for two of the three probes, which have one type
}

// TestPlatformSchema holds the schema of the platform file to files that are
// right and wrong.
func TestPlatformSchema(t *testing.T) {
	s := compile(t, platform.JSONSchema)
	const head = "apiVersion: unfold.dev/v1alpha1\nkind: Platform\n"
	for text, ok := range map[string]bool{
		head: true,
		head + "pullSecrets: [registry]\ndefaults: {replicas: 2, image: {pullPolicy: Always}}\n" +
			"environments: {test: , live: {cluster: live-eu, defaults: {replicas: 3}}}\n": true,
		head + "cluster: {server: \"https://kubernetes.default.svc\"}\n": true,
		head + "replicas: 2\n":                                                 false,
		head + "defaults: {port: 80}\n":                                        false,
		head + "defaults: {replicas: many}\n":                                  false,
		head + "environments: {live: {defaults: {security: {level: high}}}}\n": false,
		head + "environments: {LIVE: {}}\n":                                    false,
		"apiVersion: unfold.dev/v1alpha1\nkind: App\n":                         false,
	} {
		_, err := platform.Parse("platform.yaml", []byte(text))
		if (err.Err() == nil) != ok {
			t.Errorf("the parser says %v of\n%s", err, text)
		}
		if err := validate(t, s, "platform.yaml", []byte(text)); (err == nil) != ok {
			t.Errorf("the schema says %v of\n%s", err, text)
		}
	}
}

// badCases returns the descriptors of test/bad that stand alone.
func badCases(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../bad/testdata/*.txtar")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	out := map[string][]byte{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name == descriptor.FileName {
				out[strings.TrimSuffix(filepath.Base(file), ".txtar")] = f.Data
			}
		}
	}
	return out
}

// mistakes returns the rules that a descriptor breaks by itself.
func mistakes(t *testing.T, src []byte) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, descriptor.FileName), src, 0o644); err != nil {
		t.Fatal(err)
	}
	app, err := render.RenderApp(render.Folder{Dir: dir}, nil, "", render.Options{})
	if err != nil && !errors.As(err, new(diag.List)) {
		t.Fatal(err)
	}
	var rules []string
	for _, d := range app.Diags {
		if d.Severity == diag.Error && d.Code != "unreadable" && !slices.Contains(rules, d.Code) {
			rules = append(rules, d.Code)
		}
	}
	slices.Sort(rules)
	return rules
}
