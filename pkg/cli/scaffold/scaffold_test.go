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
	fact := func(text, from string) scaffold.Fact { return scaffold.Fact{Text: text, From: from} }
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    spec:\n      containers:\n" +
		"        - name: shop\n          image: ghcr.io/team/shop:v1\n          ports: [{containerPort: 5000}]\n" +
		"          env: [{name: MODE, value: fast}, {name: \"bad name\"}]\n" +
		"          readinessProbe: {httpGet: {path: /ready, port: 5000}}\n"
	const taken = `k8s/all.yaml has the Deployment "shop": name, image, port, probes and the names of variables are taken from it; copy ` +
		`the ` +
		`rest, ` +
		`then remove it, or Argo CD gets both`
	const noUser = "has no USER, so the image may run as root"
	for name, tt := range map[string]struct {
		files map[string]string
		want  scaffold.Facts
	}{
		"nothing": {nil, scaffold.Facts{}},
		"node": {map[string]string{"package.json": `{"name": "@team/Shop_Front"}`},
			scaffold.Facts{Name: fact("shop-front", "package.json")}},
		"node without a name": {map[string]string{"package.json": `{}`}, scaffold.Facts{}},
		"no JSON":             {map[string]string{"package.json": `{`}, scaffold.Facts{}},
		"python": {map[string]string{"pyproject.toml": "[build-system]\nname = 'no'\n[project]\nname = \"shop\"\n"},
			scaffold.Facts{Name: fact("shop", "pyproject.toml")}},
		"poetry": {map[string]string{"pyproject.toml": "[tool.poetry]\nname = 'shop'\n[other]\n"},
			scaffold.Facts{Name: fact("shop", "pyproject.toml")}},
		"another table's name": {map[string]string{"pyproject.toml": "[project]\nversion = '1'\n[other]\nname = 'no'\n"}, scaffold.Facts{}},
		"go": {map[string]string{"go.mod": "// x\nmodule example.com/team/shop/v2\n\ngo 1.26\n"},
			scaffold.Facts{Name: fact("shop", "go.mod")}},

		"dockerfile": {map[string]string{"Dockerfile": "FROM scratch\nUSER 1000:1000\nexpose 8080/tcp\n"},
			scaffold.Facts{Port: fact("8080", "Dockerfile")}},
		"no port": {map[string]string{"Dockerfile": "FROM x\nUSER 1\nEXPOSE 99999\n"}, scaffold.Facts{
			Notes: []string{"Dockerfile has EXPOSE 99999, which is no port: write the port that the app listens on"}}},
		"a port's variable": {map[string]string{"Dockerfile": "FROM x\nUSER 1\nEXPOSE $PORT\n"}, scaffold.Facts{
			Notes: []string{"Dockerfile has EXPOSE $PORT and no value for it: write the port that the app listens on"}}},
		"a port's variable with a default": {map[string]string{"Dockerfile": "ARG BASE=x\nFROM ${BASE}\nUSER 1\nARG PORT=5000\n" +
			"EXPOSE ${PORT}\nHEALTHCHECK CMD curl 127.0.0.1:5000/up || curl http://127.0.0.1:5000/up\n"},
			scaffold.Facts{Port: fact("5000", "Dockerfile"), Probe: fact("/up", "Dockerfile")}},
		"an ENV over an ARG": {map[string]string{"Dockerfile": "FROM x AS base\nARG PORT=1\nENV MODE=\"a b=c\" PORT='5000'\n" +
			"FROM base\nENV ID 1000\nUSER $ID\nEXPOSE $PORT\n"},
			scaffold.Facts{Port: fact("5000", "Dockerfile")}},
		"an ARG before FROM": {map[string]string{"Dockerfile": "ARG PORT=5000\nARG UNUSED=1\nFROM x\nUSER 1\nARG PORT\n" +
			"EXPOSE $UNUSED ${PORT}\n"},
			scaffold.Facts{Port: fact("5000", "Dockerfile")}},
		"a default of the variable": {map[string]string{"Dockerfile": "FROM x\nUSER 1\nEXPOSE ${PORT:-5000}\n"},
			scaffold.Facts{Port: fact("5000", "Dockerfile")}},
		"the port of the health check": {map[string]string{"Dockerfile": "FROM x\nUSER 1\nHEALTHCHECK CMD curl http://127.0.0.1:5000/up\n"},
			scaffold.Facts{Port: fact("5000", "Dockerfile"), Probe: fact("/up", "Dockerfile")}},
		"the health check chooses": {map[string]string{"Dockerfile": "FROM x\nUSER 1\nEXPOSE 9090 5000\n" +
			"HEALTHCHECK CMD curl http://localhost:5000\n"},
			scaffold.Facts{Port: fact("5000", "Dockerfile")}},
		"ports of UDP alone": {map[string]string{"Dockerfile": "FROM x\nUSER 1\nEXPOSE 53/udp\n"}, scaffold.Facts{
			Notes: []string{"Dockerfile has EXPOSE 53/udp, which takes no HTTP requests: write the port that does, or remove port"}}},
		"UDP and TCP in one line": {map[string]string{"Dockerfile": "FROM x\nUSER 1\nEXPOSE 53/udp 80/tcp\n"},
			scaffold.Facts{Port: fact("80", "Dockerfile")}},
		"a Containerfile": {map[string]string{"Containerfile": "FROM x\nUSER 1\nEXPOSE 80\n"},
			scaffold.Facts{Port: fact("80", "Containerfile")}},
		"a port of UDP in compose": {map[string]string{"compose.yaml": "services: {dns: {build: ., ports: ['53:53/udp', " +
			"'80:${PORT:-8053}']}}\n"},
			scaffold.Facts{Port: fact("8053", "compose.yaml"),
				Notes: []string{"compose.yaml has the service dns: port is taken from it"}}},
		"compose with variables alone": {map[string]string{"docker-compose.yaml": "services: {web: {build: ., environment: {A: b}}}\n"},
			scaffold.Facts{Variables: fact("A", "docker-compose.yaml"), Notes: []string{
				"docker-compose.yaml has the service web: the names of variables are taken from it"}}},
		"a port of UDP": {map[string]string{"Dockerfile": "FROM x\nUSER 1\nEXPOSE 53/udp\nEXPOSE 80\n"},
			scaffold.Facts{Port: fact("80", "Dockerfile")}},
		"no user": {map[string]string{"Dockerfile": "FROM node:22\n"}, scaffold.Facts{User: fact(noUser, "Dockerfile")}},
		"scratch": {map[string]string{"Dockerfile": "FROM scratch\n"},
			scaffold.Facts{User: fact("has no USER, so the image runs as root", "Dockerfile")}},
		"root": {map[string]string{"Dockerfile": "FROM x\nUSER root\n"},
			scaffold.Facts{User: fact("has USER root, so the image runs as root", "Dockerfile")}},
		"user zero": {map[string]string{"Dockerfile": "FROM x\nUSER 0:0\n"},
			scaffold.Facts{User: fact("has USER 0, so the image runs as root", "Dockerfile")}},
		"a user's name": {map[string]string{"Dockerfile": "FROM x\nUSER app\n"},
			scaffold.Facts{User: fact("has a name as USER, so the image may run as root", "Dockerfile")}},
		"nonroot": {map[string]string{"Dockerfile": "FROM gcr.io/distroless/static:nonroot\n"}, scaffold.Facts{}},
		"stages": {map[string]string{"Dockerfile": "# syntax=docker/dockerfile:1\nFROM --platform=linux/amd64 golang AS build\n" +
			"USER root\nEXPOSE 1\n" +
			"FROM debian AS Base\nUSER 5\nEXPOSE 7000\nFROM base\nCOPY --from=build / /\n"},
			scaffold.Facts{Port: fact("7000", "Dockerfile")}},
		"user of an earlier stage": {map[string]string{"Dockerfile": "FROM golang AS build\nUSER 5\nFROM debian\n"},
			scaffold.Facts{User: fact(noUser, "Dockerfile")}},
		"health check": {map[string]string{"Dockerfile": "FROM x\nUSER 1\nHEALTHCHECK --interval=5s \\\n  # a note\n" +
			"  CMD curl -f http://localhost:$PORT/alive || exit 1\n"},
			scaffold.Facts{Probe: fact("/alive", "Dockerfile")}},
		"health check without a path": {map[string]string{"Dockerfile": "FROM x\nUSER 1\nHEALTHCHECK CMD pg_isready\n"}, scaffold.Facts{}},

		"a route": {map[string]string{"src/main.go": "package main\n\nmux.HandleFunc(\"GET /healthz\", ok)\n"},
			scaffold.Facts{Probe: fact("/healthz", "src/main.go:3")}},
		"a route in a test":            {map[string]string{"main_test.go": `get("/health")`, "test/a.py": `"/health"`}, scaffold.Facts{}},
		"a route of others":            {map[string]string{"node_modules/x/a.js": `"/health"`, ".x/a.js": `"/health"`}, scaffold.Facts{}},
		"a route of another app":       {map[string]string{"other/app.yaml": "", "other/a.js": `"/health"`}, scaffold.Facts{}},
		"a word that is not the route": {map[string]string{"a.js": `"/healthy-food"`}, scaffold.Facts{}},

		"a Deployment": {map[string]string{"k8s/all.yaml": deployment + "---\nkind: Service\napiVersion: v1\n",
			"Dockerfile": "FROM x\nUSER 1\nEXPOSE 80"},
			scaffold.Facts{Name: fact("shop", "k8s/all.yaml"), Image: fact("ghcr.io/team/shop:v1", "k8s/all.yaml"),
				Port:      fact("5000", "k8s/all.yaml"),
				Probe:     fact("/ready", "k8s/all.yaml"),
				Variables: fact("MODE", "k8s/all.yaml"), Notes: []string{taken}}},
		"a selector": {map[string]string{"d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\n" +
			"spec: {selector: {matchLabels: {app: shop, tier: web}}}\n"},
			scaffold.Facts{Name: fact("shop", "d.yaml"), Selector: fact("{app: shop, tier: web}", "d.yaml"), Notes: []string{
				`d.yaml has the Deployment "shop": name and selector are taken from it; copy the rest, then remove it, or Argo CD gets ` +
					`both`}}},
		"a selector with words of YAML": {map[string]string{"d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\n" +
			"spec: {selector: {matchLabels: {app: shop, tier: 'true'}}}\n"},
			scaffold.Facts{Name: fact("shop", "d.yaml"), Selector: fact("{app: shop, tier: \"true\"}", "d.yaml"), Notes: []string{
				`d.yaml has the Deployment "shop": name and selector are taken from it; copy the rest, then remove it, or Argo CD gets ` +
					`both`}}},
		"a selector that needs quotes": {map[string]string{"d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\n" +
			"spec: {selector: {matchLabels: {app: '1', x: ''}}}\n"},
			scaffold.Facts{Name: fact("shop", "d.yaml"), Notes: []string{
				`d.yaml has the Deployment "shop": name is taken from it; copy the rest, then remove it, or Argo CD gets both`}}},
		"several Deployments": {map[string]string{"a.yaml": deployment, "b.yaml": deployment}, scaffold.Facts{Notes: []string{
			`a.yaml has the Deployment "shop", one of several: write each as one of workloads, or as an app`,
			`b.yaml has the Deployment "shop", one of several: write each as one of workloads, or as an app`}}},
		"a CronJob": {map[string]string{"job.yaml": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: clean}\n" +
			"spec: {schedule: '5 4 * * *'}\n"},
			scaffold.Facts{Name: fact("clean", "job.yaml"), Kind: fact("CronJob", "job.yaml"), Schedule: fact("5 4 * * *", "job.yaml"),
				Notes: []string{
					`job.yaml has the CronJob "clean": name, kind and schedule are taken from it; copy the rest, then remove it, or ` +
						`Argo CD ` +
						`gets ` +
						`both`}}},
		"a template of a chart": {map[string]string{"chart/Chart.yaml": "apiVersion: v2\nname: shop\n",
			"chart/templates/deployment.yaml": "kind: {{ .Values.kind }}\n",
			"chart/values.yaml":               "image: {repository: ghcr.io/team/shop, tag: v3}\nservice: {port: 80, targetPort: 8080}\n"},
			scaffold.Facts{Name: fact("shop", "chart/Chart.yaml"), Image: fact("ghcr.io/team/shop:v3", "chart/values.yaml"),
				Port: fact("8080", "chart/values.yaml"),
				Notes: []string{
					"chart/Chart.yaml is a Helm chart, whose templates unfold does not fill in: helm template chart prints what to " +
						"compare " +
						"unfold render with"}}},
		"a kustomization": {map[string]string{"deploy/kustomization.yaml": "resources: []\n"}, scaffold.Facts{Notes: []string{
			"deploy/kustomization.yaml is a kustomization: kustomize build deploy prints what to compare unfold render with"}}},
		"compose": {map[string]string{"compose.yaml": "services:\n  db: {image: postgres}\n  web:\n    build: .\n" +
			"    ports: ['127.0.0.1:8080:5000/tcp']\n" +
			"    environment: [MODE=fast, DATABASE_URL]\n    healthcheck: {test: [CMD, curl, 'http://localhost:5000/up']}\n"},
			scaffold.Facts{Port: fact("5000", "compose.yaml"), Probe: fact("/up", "compose.yaml"),
				Variables: fact("MODE, DATABASE_URL", "compose.yaml"),
				Notes: []string{"compose.yaml has the service web: port, health check and the names of variables are taken from it; " +
					"what else it has (db) is an app of its own, or runs elsewhere"}}},
		"compose in the long form": {map[string]string{"docker-compose.yml": "services: {web: {image: 'x:1', ports: [{target: 81}], " +
			"environment: {A: b}, " +
			"healthcheck: {test: curl http://127.0.0.1/a}}}\n"},
			scaffold.Facts{Image: fact("x:1", "docker-compose.yml"), Port: fact("81", "docker-compose.yml"),
				Probe:     fact("/a", "docker-compose.yml"),
				Variables: fact("A", "docker-compose.yml"),
				Notes: []string{"docker-compose.yml has the service web: image, port, health check and the names of variables are " +
					"taken from it"}}},
		"compose without a build": {map[string]string{"compose.yml": "services: {a: {image: x}, b: {image: '${IMAGE}'}}\n"},
			scaffold.Facts{Notes: []string{"compose.yml has the services a, b: each with an image of its own is an app"}}},
		"a Procfile": {map[string]string{"Procfile": "web: shop serve\nworker: shop work\n"}, scaffold.Facts{Notes: []string{
			"Procfile has the processes web, worker: write the command of one as command, and of several as workloads: {NAME: {command: " +
				"[…]}}"}}},
		"no YAML": {map[string]string{"compose.yaml": ": :", "a.yaml": "- [", "Dockerfile": ""},
			scaffold.Facts{User: fact(noUser, "Dockerfile")}},
	} {
		t.Run(name, func(t *testing.T) {
			f := scaffold.Infer(os.DirFS(write(t, tt.files)))
			if diff := cmp.Diff(tt.want, f); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if f.Empty() != (len(f.Notes) == 0 && cmp.Equal(f, scaffold.Facts{})) {
				t.Errorf("Empty() = %t of %+v", f.Empty(), f)
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
		"app.yaml": []byte("name: clean\nenvironments:\n  live: {tag: live-latest} # guessed, until CI sets it\n" +
			"  production: {tag: v1.0.0} # guessed, until CI sets it\n"),
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
