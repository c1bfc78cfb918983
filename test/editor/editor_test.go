package editor_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/unfold-gitops/unfold/test/editor"
)

const (
	program  = "../../bin/tools/yamlls/node_modules/.bin/yaml-language-server"
	schema   = "../../docs/app.schema.json"
	modeline = "# yaml-language-server: $schema=app.schema.json\n"
	head     = modeline + "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\n"
)

// folder is an app's folder with the schema beside it and a server that looks at
// it.
type folder struct {
	*editor.Server
	dir  string
	next atomic.Int32
}

func open(t *testing.T) *folder {
	t.Helper()
	dir := t.TempDir()
	content, err := os.ReadFile(schema)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "app.schema.json"), content, 0o644); err != nil {
		t.Fatal(err)
	}
	absolute, err := filepath.Abs(program)
	if err != nil {
		t.Fatal(err)
	}
	s, err := editor.Start(absolute, dir)
	if err != nil {
		t.Fatalf("%v: run make editor", err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return &folder{Server: s, dir: dir}
}

// show opens a descriptor of its own and returns its address and findings, each as
// LINE: MESSAGE.
func (f *folder) show(t *testing.T, text string) (uri string, found []string) {
	t.Helper()
	uri = fmt.Sprintf("file://%s/app%d.yaml", f.dir, f.next.Add(1))
	list, err := f.Open(uri, text)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(list, func(a, b editor.Diagnostic) int { return a.Range.Start.Line - b.Range.Start.Line })
	for _, d := range list {
		found = append(found, fmt.Sprintf("%d: %s", d.Range.Start.Line+1, d.Message))
	}
	return uri, found
}

func TestGood(t *testing.T) {
	f := open(t)
	var files []string
	for _, pattern := range []string{"../../examples/*/app.yaml", "../golden/testdata/golden/*/app/app.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 30 {
		t.Errorf("%d apps", len(files))
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if _, found := f.show(t, modeline+string(content)); len(found) > 0 {
				t.Errorf("%q", found)
			}
		})
	}
}

func TestBad(t *testing.T) {
	f := open(t)
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"unknown field", head + "imgae: app\nenvironments:\n  prod: {replcias: 3}\n",
			[]string{"5: Property imgae is not allowed.", "7: Property replcias is not allowed."}},
		{"unknown field below", head + "image: app\nports:\n  http: {port: 80, targte: 8080}\n",
			[]string{"7: Property targte is not allowed."}},
		{"wrong type", head + "image: app\nreplicas: many\n", []string{"6: Incorrect type. Expected one of integer, null."}},
		{"out of range", head + "image: app\nport: 70000\n", []string{"6: Value is above the maximum of 65535."}},
		{"enum", head + "image: app\nsecurity: {level: restrcted}\n",
			[]string{`6: Value is not accepted. Valid values: "restricted", "baseline", "none", null.`}},
		{"name", head + "image: app\nports: {HTTP: 80}\n",
			[]string{`6: it takes lower-case letters (one at least), digits and single "-" between them`}},
		{"workload field", head + "image: app\nport: 80\nworkloads:\n  web: {}\n", []string{"6: Property port is not allowed."}},
		{"exclusive", head + "image: app\nenv:\n  A:\n    value: x\n    secret: db/a\n",
			[]string{"9: value and secret exclude one another"}},
		{"kubernetes field", head + "image: app\nsecurity:\n  pod: {runAsUsr: 1}\n", []string{"7: Property runAsUsr is not allowed."}},
		{"missing", modeline + "apiVersion: unfold.dev/v1alpha1\nkind: App\nimage: app\n", []string{`2: Missing property "name".`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, found := f.show(t, tt.text)
			if !slices.Equal(found, tt.want) {
				t.Errorf("found %q, want %q", found, tt.want)
			}
		})
	}
}

// at returns a request about the place of the mark | in a text, and the text
// without it.
func (f *folder) at(t *testing.T, marked string) map[string]any {
	t.Helper()
	before, after, ok := strings.Cut(marked, "|")
	if !ok {
		t.Fatal("no mark")
	}
	uri, _ := f.show(t, before+after)
	line := strings.Count(before, "\n")
	return map[string]any{
		"textDocument": map[string]any{"uri": uri},
		"position":     editor.Position{Line: line, Character: len(before) - strings.LastIndexByte(before, '\n') - 1},
	}
}

func TestCompletion(t *testing.T) {
	f := open(t)
	for _, tt := range []struct{ name, text, want string }{
		{"top level", head + "rep|\n", "replicas"},
		{"environment", head + "environments:\n  prod:\n    dis|\n", "disruption"},
		{"below", head + "probes:\n  read|\n", "readiness"},
		{"enum", head + "security:\n  level: |\n", "baseline"},
		{"Kubernetes' own", head + "security:\n  pod:\n    runAsN|\n", "runAsNonRoot"},
		{"several workloads", head + "workloads:\n  web:\n    prob|\n", "probes"},
		{"one line", head + "security: |\n", "restricted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var raw json.RawMessage
			if err := f.Call("textDocument/completion", f.at(t, tt.text), &raw); err != nil {
				t.Fatal(err)
			}
			var list struct{ Items []struct{ Label string } }
			if err := json.Unmarshal(raw, &list); err != nil {
				t.Fatal(err)
			}
			var labels []string
			for _, item := range list.Items {
				labels = append(labels, item.Label)
				if item.Label == tt.want {
					return
				}
			}
			t.Errorf("%q is not among %q", tt.want, labels)
		})
	}
}

func TestHover(t *testing.T) {
	f := open(t)
	for _, tt := range []struct{ name, text, want string }{
		{"top level", head + "re|plicas: 1\n", "How many pods run."},
		{"environment", head + "environments:\n  prod:\n    disrup|tion: false\n", "The disruption budget"},
		{"below", head + "probes:\n  readin|ess: /ready\n", "Takes the pod out of its Service when it fails."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var hover struct{ Contents struct{ Value string } }
			if err := f.Call("textDocument/hover", f.at(t, tt.text), &hover); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(hover.Contents.Value, tt.want) {
				t.Errorf("%q says nothing of %q", hover.Contents.Value, tt.want)
			}
		})
	}
}
