package locate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/platform/locate"
)

const (
	platformFile = "apiVersion: unfold.dev/v1alpha1\nkind: Platform\n"
	app          = "apiVersion: unfold.dev/v1alpha1\nkind: App\n"
)

// TestOf chooses in folders with .git, but without git's help: as where no program git is
// installed.
func TestOf(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		dir   string
		want  string // the file, or those of which none is taken
	}{
		"none":                        {[]string{"a/app.yaml"}, "a", ""},
		"at the top":                  {[]string{"platform.yaml", "a/app.yaml"}, "a", "platform.yaml"},
		"for the top itself":          {[]string{"platform.yaml", "app.yaml"}, ".", "platform.yaml"},
		"any name":                    {[]string{"a/app.yaml", "unfold.yml"}, "a", "unfold.yml"},
		"no other ending":             {[]string{"a/app.yaml", "platform.json"}, "a", ""},
		"not under an app's name":     {[]string{"a/b/app.yaml"}, "a", ""},
		"in a folder of its own":      {[]string{"ops/platform.yaml", "a/app.yaml"}, "a", "ops/platform.yaml"},
		"in a hidden folder":          {[]string{".unfold/platform.yaml", "a/app.yaml"}, "a", ".unfold/platform.yaml"},
		"the nearest":                 {[]string{"platform.yaml", "a/platform.yaml", "a/b/app.yaml"}, "a/b", "a/platform.yaml"},
		"in the app's folder":         {[]string{"platform.yaml", "a/platform.yaml", "a/app.yaml"}, "a", "a/platform.yaml"},
		"above before beside":         {[]string{"platform.yaml", "ops/platform.yaml", "a/app.yaml"}, "a", "platform.yaml"},
		"not that of other apps":      {[]string{"x/platform.yaml", "x/y/app.yaml", "a/app.yaml"}, "a", "only elsewhere: x/platform.yaml"},
		"a name that begins the same": {[]string{"x/platform.yaml", "xy/app.yaml"}, "xy", "x/platform.yaml"},
		"beside that of other apps": {[]string{"x/platform.yaml", "x/y/app.yaml", "ops/platform.yaml", "a/app.yaml"}, "a",
			"ops/platform.yaml"},
		"two in one folder":                {[]string{"one.yaml", "two.yaml", "a/app.yaml"}, "a", "several: one.yaml, two.yaml"},
		"two apart":                        {[]string{"x/one.yaml", "y/two.yaml", "a/app.yaml"}, "a", "several: x/one.yaml, y/two.yaml"},
		"a folder that does not exist yet": {[]string{"platform.yaml"}, "apps/new", "platform.yaml"},
		"outside of the repository":        {[]string{"platform.yaml"}, "..", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "repository")
			if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
				t.Fatal(err)
			}
			for _, file := range c.files {
				write(t, filepath.Join(dir, file))
			}
			t.Chdir(dir)
			if diff := cmp.Diff(c.want, chosen(t, c.dir)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if c.dir == "." || c.dir == ".." {
				return
			}
			// From elsewhere the same file has another name.
			t.Chdir(filepath.Join(dir, ".git"))
			if got := chosen(t, filepath.Join("..", c.dir)); (c.want != "") != strings.Contains(got, "../") {
				t.Errorf("from elsewhere: %q", got)
			}
		})
	}
}

// TestOutsideOfARepository wants nothing from folders that nobody has named or entered.
func TestOutsideOfARepository(t *testing.T) {
	dir := t.TempDir()
	for _, file := range []string{"platform.yaml", "apps/ops/platform.yaml", "apps/web/app.yaml", "apps/api/app.yaml", "apps/api/x.yaml"} {
		write(t, filepath.Join(dir, file))
	}
	write(t, filepath.Join(dir, "apps", "own", "platform.yaml"))
	for _, c := range []struct{ current, dir, want string }{
		{".", "apps/web", "platform.yaml"},
		{".", "apps/own", "apps/own/platform.yaml"},
		{"apps", "web", ""},
		{"apps/web", ".", ""},
		{".", "apps/web/app.yaml", "platform.yaml"},
		{".", "missing/app", "platform.yaml"},
		{"apps/web", "../own", filepath.ToSlash(filepath.Join(dir, "apps/own/platform.yaml"))},
	} {
		t.Chdir(filepath.Join(dir, c.current))
		if got := chosen(t, c.dir); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.dir, c.current, got, c.want)
		}
	}
	// check --repository and argocd say what the repository is.
	t.Chdir(filepath.Join(dir, "apps"))
	if err := os.RemoveAll("own"); err != nil {
		t.Fatal(err)
	}
	platforms := locate.New(t.Context())
	if _, part, err := platforms.Top(t.Context(), "."); part || err != nil {
		t.Fatal(err)
	}
	c, err := platforms.Of("web")
	if err != nil || c.File == nil || c.File.Name != "ops/platform.yaml" {
		t.Errorf("%v %v", c.File, err)
	}
}

// write writes a file that is what its name says.
func write(t *testing.T, file string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	text := platformFile
	switch filepath.Base(file) {
	case "app.yaml":
		text = app
	case "x.yaml":
		text = "kind: Platform\n" // of somebody else
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func chosen(t *testing.T, dir string) string {
	t.Helper()
	c, err := locate.New(t.Context()).Of(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := func(files []*locate.File) string {
		var out []string
		for _, f := range files {
			out = append(out, f.Name)
		}
		return strings.Join(out, ", ")
	}
	switch {
	case c.File != nil:
		return c.File.Name
	case len(c.Several) > 0:
		return "several: " + names(c.Several)
	case len(c.Elsewhere) > 0:
		return "only elsewhere: " + names(c.Elsewhere)
	}
	return ""
}
