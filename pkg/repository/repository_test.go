package repository

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func TestIsCI(t *testing.T) {
	for name, want := range map[string][2]bool{ // that a CI system knows, and runs where it is
		".github/workflows/ci.yml":             {true, true},
		"apps/web/.github/workflows/ci.yaml":   {true, false},
		".gitlab-ci.yml":                       {true, true},
		"web/.gitlab-ci.yml":                   {true, false},
		".circleci/config.yml":                 {true, true},
		".github/dependabot.yml":               {false, false},
		"workflows/ci.yml":                     {false, false},
		".github/workflows/nested/further.yml": {false, false},
	} {
		got := [2]bool{isCI(name), isCI(name) && !misplaced(name)}
		if got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestInPlainText(t *testing.T) {
	for src, want := range map[string]bool{
		"apiVersion: v1\nkind: Secret\ndata: {a: eA==}":                                                            true,
		"apiVersion: v1\nkind: Secret\nstringData: {a: x}":                                                         true,
		"apiVersion: v1\nkind: Secret\nstringData: {a: '', b: <path:kv/b>, c: '${C}', d: '{{ .D }}', e: 'ENC[x]'}": false,
		"apiVersion: v1\nkind: Secret\ndata: {a: eA==}\nsops: {mac: x}":                                            false,
		"apiVersion: v1\nkind: Secret\ntype: Opaque":                                                               false,
		"apiVersion: v1\nkind: ConfigMap\ndata: {a: eA==}":                                                         false,
		"apiVersion: example.com/v1\nkind: Secret\ndata: {a: eA==}":                                                false,
		"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec: {encryptedData: {a: AgA}}":                    false,
	} {
		doc, diags := value.Read("x.yaml", []byte(src))
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		if _, got := inPlainText(doc); got != want {
			t.Errorf("%s: %v, want %v", src, got, want)
		}
	}
}

func TestSetsImage(t *testing.T) {
	for src, want := range map[string]string{
		"run: unfold set image apps/web --env dev $IMAGE":                    "✓",
		"run: |\n  unfold \\\n    set image web $IMAGE":                      "✓",
		"run: docker run ghcr.io/unfold-gitops/unfold set image web $IMAGE":  "✓",
		"run: kustomize edit set image web=web:v2":                           "–",
		"run: kubectl -n web set image deployment/web web=web:v2":            "–",
		"run: kubectl set image deployment/web web=web:v2":                   "–",
		"# unfold set image\nrun: make":                                      "–",
		"run: kubectl set image d/w w=w:1 && unfold set image web $IMAGE -m": "✓",
	} {
		c := checker{files: files{list: []file{{".github/workflows/ci.yml", ".github/workflows/ci.yml", []byte(src)}}}}
		got := "✓"
		if c.checkCI().Lines[0].Note {
			got = "–"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", src, got, want)
		}
	}
}

// TestManyApps wants one line for many apps that are right, and the same report
// whichever is ready first.
func TestManyApps(t *testing.T) {
	dir := t.TempDir()
	for i := range 2 * manyApps {
		name := "app-" + string(rune('a'+i/10)) + string(rune('a'+i%10))
		folder := filepath.Join(dir, name)
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		image := "image: a:1\n"
		if i%15 == 0 {
			image = "imag: a:1\n"
		}
		if err := os.WriteFile(filepath.Join(folder, "app.yaml"),
			[]byte("apiVersion: unfold.dev/v1alpha1\nkind: App\nname: "+name+"\n"+image), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	folders, err := render.Find([]string{"."})
	if err != nil {
		t.Fatal(err)
	}
	check := func() Report {
		calls := 0
		r, err := Check(context.Background(), ".", folders, Options{Progress: func(int) { calls++ }})
		if err != nil || calls != len(folders) {
			t.Fatal(calls, err)
		}
		return r
	}
	first := check()
	var lines []string
	for _, line := range first.Groups[2].Lines {
		lines = append(lines, line.Text)
	}
	want := []string{"app-aa: 1 error", "app-bf: 1 error", "app-da: 1 error", "37 apps in 111 environments"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(first, check()); diff != "" {
		t.Errorf("the second time (-first +second):\n%s", diff)
	}
}
