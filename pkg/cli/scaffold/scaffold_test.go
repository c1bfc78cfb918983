package scaffold_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/cli/scaffold"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestInfer(t *testing.T) {
	type facts struct {
		Name     string
		Port     int
		Template string
	}
	for name, tt := range map[string]struct {
		files map[string]string
		want  facts
	}{
		"nothing":             {nil, facts{}},
		"node":                {map[string]string{"package.json": `{"name": "@team/Shop_Front"}`}, facts{"shop-front", 0, "node-service"}},
		"node without a name": {map[string]string{"package.json": `{}`}, facts{"", 0, "node-service"}},
		"no JSON":             {map[string]string{"package.json": `{`}, facts{"", 0, "node-service"}},
		"python": {map[string]string{"pyproject.toml": "[build-system]\nname = 'no'\n[project]\nname = \"shop\"\n"},
			facts{"shop", 0, "python-app"}},
		"poetry": {map[string]string{"pyproject.toml": "[tool.poetry]\nname = 'shop'\n[other]\n"},
			facts{"shop", 0, "python-app"}},
		"another table's name": {map[string]string{"pyproject.toml": "[project]\nversion = '1'\n[other]\nname = 'no'\n"},
			facts{"", 0, "python-app"}},
		"requirements": {map[string]string{"requirements.txt": "flask"}, facts{"", 0, "python-app"}},
		"go": {map[string]string{"go.mod": "// x\nmodule example.com/team/shop/v2\n\ngo 1.26\n"},
			facts{"shop", 0, "go-service"}},
		"dockerfile":        {map[string]string{"Dockerfile": "FROM scratch\nexpose 8080/tcp\n"}, facts{"", 8080, ""}},
		"no port":           {map[string]string{"Dockerfile": "EXPOSE 99999\n"}, facts{}},
		"a port's variable": {map[string]string{"Dockerfile": "EXPOSE $PORT\n"}, facts{}},
	} {
		t.Run(name, func(t *testing.T) {
			folder, err := tree.Open(write(t, tt.files))
			if err != nil {
				t.Fatal(err)
			}
			defer folder.Close()
			f := scaffold.Infer(folder)
			if diff := cmp.Diff(tt.want, facts{f.Name, f.Port, f.Template}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestName(t *testing.T) {
	for text, want := range map[string]string{
		"shop": "shop", "My Shop!": "my-shop", "_1shop_": "shop", "éé": "", "": "",
		strings.Repeat("a", 39) + "-b": strings.Repeat("a", 39),
	} {
		if got := scaffold.Name(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestImage(t *testing.T) {
	for remote, want := range map[string]string{
		"git@github.com:Team/repo.git":                   "ghcr.io/team/shop",
		"https://github.com/team/repo":                   "ghcr.io/team/shop",
		"https://user:token@github.com/team/repo.git":    "ghcr.io/team/shop",
		"ssh://git@gitlab.com:22/group/sub/repo.git":     "registry.gitlab.com/group/sub/repo/shop",
		"https://git.example.com/team/repo":              "",
		"/srv/git/repo":                                  "",
		"":                                               "",
		"https://github.com/":                            "",
		"https://example.com/github.com/team/repository": "",
	} {
		if got := scaffold.Image(remote, "shop"); got != want {
			t.Errorf("%q: got %q, want %q", remote, got, want)
		}
	}
}

func TestOwnTemplates(t *testing.T) {
	const app = "name: @NAME@\nenvironments:\n@ENVIRONMENTS@\n"
	dir := write(t, map[string]string{
		"job/app.yaml": app, "job/template.yaml": "summary: a job\n", "job/@NAME@/main.go.template": "// @NAME@",
		"notes/README.md": "no template",
	})
	templates, err := scaffold.ReadTemplates(dir)
	if err != nil || len(templates) != 1 {
		t.Fatalf("%d templates, %v", len(templates), err)
	}
	job, err := scaffold.Find(templates, "job")
	if err != nil || job.Summary != "a job" || job.Port != 0 {
		t.Fatalf("%+v, %v", job, err)
	}
	files, err := job.Fill(scaffold.Answers{Name: "clean", Image: "reg.io:5000/clean", Environments: []string{"live", "production"}})
	want := tree.Tree{
		"app.yaml":      []byte("name: clean\nenvironments:\n  live: {tag: live-latest}\n  production: {tag: v1.0.0}\n"),
		"clean/main.go": []byte("// clean"),
	}
	if diff := cmp.Diff(want, files); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := job.Fill(scaffold.Answers{Name: "clean"}); err == nil {
		t.Error("no environment is no mistake")
	}
	if _, err := scaffold.Find(templates, "jab"); err == nil || !strings.Contains(err.Error(), `did you mean "job"?`) {
		t.Errorf("got %v", err)
	}
}

func TestBadTemplates(t *testing.T) {
	for name, tt := range map[string]struct {
		files map[string]string
		want  string
	}{
		"unknown key": {map[string]string{"x/template.yaml": "sumary: a\n"},
			`x/template.yaml:1:1: a template has a summary, a text, and a port, a number, not "sumary"`},
		"port":                {map[string]string{"x/template.yaml": "port: 0\n"}, `not "port"`},
		"unknown placeholder": {map[string]string{"x/Makefile": "@FOO@"}, "the placeholder @FOO@ in Makefile, which is not known"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.files["x/app.yaml"] = "name: @NAME@"
			templates, err := scaffold.ReadTemplates(write(t, tt.files))
			for _, x := range templates {
				_, err = x.Fill(scaffold.Answers{Name: "a", Environments: []string{"dev"}})
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	if _, err := scaffold.ReadTemplates(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a folder that is not there is no mistake")
	}
}
