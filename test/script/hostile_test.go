//go:build !windows

package script_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/unfold-gitops/unfold/pkg/cli"
	"github.com/unfold-gitops/unfold/pkg/diag/report"
)

// evil is what somebody could call things: it turns a terminal red, turns the line
// around, hides, and begins a line that GitHub Actions takes for a command.
const evil = "x\x1b[31m\u202e\u200b\u0085\u2066\x07\n::error::forged\r##[error]forged @team `*_<b>|"

// evilLine is evil for what is one line, as git and YAML keep it.
var evilLine = strings.NewReplacer("\n", "", "\r", "", "\x07", "", "\u0085", "").Replace(evil)

// soft is what a descriptor can hold of it.
var soft = strings.NewReplacer("\x1b", "", "\r", "", "\x07", "", "\u0085", "").Replace(evil)

// quoted returns a text in YAML.
func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return strings.ReplaceAll(string(out), "\u0085", `\u0085`)
}

// hostileRepository makes a git repository in which everything has such a name, and
// returns the folders of its apps, a good one, one full of mistakes, and one whose
// manifests are wrong, and that of a platform file beside it.
func hostileRepository(t *testing.T) (good, bad, wrong, operator string) {
	t.Helper()
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	for _, who := range []string{"AUTHOR", "COMMITTER"} {
		t.Setenv("GIT_"+who+"_NAME", evilLine)
		t.Setenv("GIT_"+who+"_EMAIL", "a@example.com")
	}
	files := func(folder string, contents map[string]string) string {
		for name, content := range contents {
			file := filepath.Join(folder, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(content), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		return folder
	}
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	root := t.TempDir()
	t.Chdir(root)
	branch := "b\u202e\u200bx"
	remote := filepath.Join(t.TempDir(), evilLine)
	git("init", "-q", "-b", branch)
	git("init", "-q", "--bare", "-b", branch, remote)
	head := "apiVersion: unfold.dev/v1alpha1\nkind: App\n"
	app := func(tag string) string {
		return head + "name: shop\nimage: ghcr.io/example/shop:" + tag + "\nconfig: {A: " + quoted(soft) + ", B: " + tag + "}\n" +
			"files: {/etc/a.txt: " + quoted(soft) + "}\nannotations: {example.com/a: " + quoted(strings.ReplaceAll(soft, "\n", "")) +
			"}\n" +
			"ports: {http: 8080}\nmanifests: [" + "m.yaml" + "]\n" +
			"environments: {dev: {config: {A: " + quoted("\u202e") + "}}, prod: {image: 'ghcr.io/example/shop:" + tag + "'}}\n"
	}
	manifest := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra, annotations: {" + quoted("example.com/"+"k") + ": " +
		quoted(soft) + "}}\ndata: {k: " + quoted(soft) + "}\n"
	good = files("good"+evilLine, map[string]string{"app.yaml": app("v1"), "m.yaml": manifest})
	operator = files(filepath.Join(t.TempDir(), evil),
		map[string]string{"platform.yaml": "apiVersion: unfold.dev/v1alpha1\nkind: Platform\n" + quoted(evil) + ": 1\n"})
	git("add", "-A")
	git("commit", "-q", "-m", evilLine)
	files(good, map[string]string{"app.yaml": app("v2")})
	bad = files("bad"+evil, map[string]string{"app.yaml": head + "name: " + quoted(evil) + "\nimage: " + quoted(evil) + "\n" +
		quoted(evil) + ": 1\nport: " + quoted(evil) + "\nenv: {" + quoted(evil) + ": a}\nvolumes: {" + quoted(evil) + ": {size: " +
		quoted(evil) + "}}\n" +
		"manifests: [" + quoted(evil) + "]\nenvironments: {" + quoted(evil) + ": {replicas: " + quoted(evil) + "}}\n"})
	wrong = files("wrong"+evil, map[string]string{
		"app.yaml": head + "name: wrong\nimage: ghcr.io/example/shop:v1\nmanifests: [" + quoted("n"+evil+".yaml") + "]\npatches: [" +
			quoted("p"+evil+".yaml") + "]\nenvironments: {dev: {}}\n",
		"n" + evil + ".yaml": "apiVersion: v1\nkind: " + quoted(evil) + "\nmetadata: {name: " + quoted(evil) + ", namespace: " +
			quoted(evil) + "}\n---\n" +
			"apiVersion: v1\nkind: Pod\nmetadata: {name: " + quoted(evil) + "}\nspec: {" + quoted(evil) + ": 1, containers: [{name: " +
			quoted(evil) + ", image: " + quoted(evil) + "}]}\n",
		"p" + evil + ".yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: " + quoted(evil) + "}\n"})
	git("add", "-A")
	git("commit", "-q", "-m", evilLine)
	git("remote", "add", "origin", remote)
	git("push", "-q", "-u", "origin", branch)
	return good, bad, wrong, operator
}

var (
	colours  = regexp.MustCompile("\x1b\\[[0-9]*m")
	workflow = regexp.MustCompile(`^::(error|warning) (file=|title=)`)
)

// TestHostileNames runs every verb, in every format, in a repository where all has
// hostile names. Nothing that a terminal obeys or hides reaches a stream, and no
// line that GitHub Actions takes for a command but its annotations.
func TestHostileNames(t *testing.T) {
	good, bad, wrong, operator := hostileRepository(t)
	out := "out" + evil
	type run struct {
		args []string
		code int
		data bool // standard output is data, whose characters are those that it holds
	}
	var runs []run
	text := func(code int, args ...string) { runs = append(runs, run{args, code, false}) }
	data := func(args ...string) { runs = append(runs, run{args, 0, true}) }
	for _, format := range report.Formats() {
		text(1, "check", good, bad, wrong, "--format", format)
		text(1, "check", bad, "--format", format)
		text(1, "check", ".", "--repository", "--format", format)
		text(1, "check", good, "--platform", operator+"/platform.yaml", "--format", format)
	}
	for _, app := range []string{bad, wrong} {
		text(1, "render", app)
		text(1, "eject", app, "--output", out)
		text(2, "diff", app, "--env", "dev", "--env", "prod")
		text(1, "set", app, evil+"=1")
	}
	data("render", good)
	data("render", good, "--env", "dev", "--config", "C="+soft)
	data("render", good, "--env", "dev", "--format", "json")
	text(0, "render", good, "--explain")
	text(0, "render", good, "--output", out)
	text(2, "render", good, "--output", out)
	text(0, "eject", good, "--output", out)
	text(2, "eject", good, "--output", out)
	text(2, "eject", good, "--output", good+"/app.yaml")
	data("import", "--env", "dev="+out+"/overlays/dev", "--platform", "none")
	text(0, "import", "--env", "dev="+out+"/overlays/dev", "--platform", "none", "--output", out+"/apps")
	for _, format := range []string{"text", "markdown", "json"} {
		for _, color := range []string{"always", "never"} {
			text(1, "diff", good, "--env", "dev", "--env", "prod", "--format", format, "--color", color)
			text(1, "diff", good, "--against", "HEAD~1", "--format", format, "--color", color)
		}
		text(2, "diff", ".", "--against", "HEAD~1", "--format", format)
	}
	text(0, "history", good, "--env", "prod")
	text(0, "history", good, "--env", "prod", "--format", "json")
	text(1, "history", ".")
	text(0, "rollback", good, "--env", "prod", "--dry-run")
	text(0, "promote", good, "--from", "dev", "--to", "prod", "--field", "config", "--dry-run")
	text(0, "set", good, "--env", "prod", "config.X="+soft, "--dry-run")
	text(0, "set", good, "--env", "prod", "config.X="+soft, "--commit", "--author",
		strings.ReplaceAll(evilLine, "<b>", "")+" <a@example.com>")
	text(0, "set", good, "--env", "prod", "config.Y=1", "--push")
	text(0, "rollback", good, "--env", "prod")
	text(1, "set", good, "--env", evil, "replicas=2")
	text(0, "set", good, "--env", "prod", "config.Z="+soft)
	text(2, "render", evil+"/app.yml"+evil, "--output", evil+".json")
	text(0, "explain", "--value", "config", good)
	text(0, "explain", "--value", "config.A", good)
	text(1, "explain", evil)
	text(1, "explain", "--value", evil, good)
	text(0, "secrets", "list", good)
	text(2, "seal", good, "--env", evil, evil)
	text(2, "argocd", good, "--repo-url", evil, "--style", evil)
	data("argocd", good, "--repo-url", "https://example.com/"+evilLine)
	data("argocd", good)
	data("argocd", good, "--output", "objects"+evil)
	text(0, "argocd", good, "--output", "objects"+evil, "--check")
	text(1, "argocd", good, "--output", "others"+evil, "--check")
	text(2, "init", good, "--name", "shop", "--image", "ghcr.io/example/shop:v1", "--port", "8080")
	text(1, "init", "new"+evil, "--name", evil)
	text(0, "init", "new"+evil, "--name", "shop", "--env", "dev")
	text(2, "init", "new"+evil, "--template", evil)
	text(2, "check", "none"+evil)
	text(2, evil)
	text(2, "render", "--"+evil)
	text(2, "check", "--format", evil)
	text(0, "__complete", "render", good, "--env", "")
	text(0, "__complete", "render", bad, "--env", "")
	met := map[string]bool{}
	for _, r := range runs {
		t.Run(strings.Join(r.args[:1], " "), func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := cli.Run(t.Context(), r.args, cli.Streams{Program: "unfold", In: strings.NewReader(""), Out: &stdout, Err: &stderr,
				Environ: os.Environ()})
			if code != r.code {
				t.Errorf("unfold %q: exit code %d, want %d\n%s\n%s", r.args, code, r.code, &stdout, &stderr)
			}
			met[r.args[0]] = true
			shown := stdout.String()
			if strings.Contains(strings.Join(r.args, " "), "--color always") {
				shown = colours.ReplaceAllString(shown, "")
			}
			harmless(t, r.args, shown, r.data)
			harmless(t, r.args, stderr.String(), false)
		})
	}
	t.Chdir(good)
	for _, verb := range []string{"generate", "parameters", "discover"} {
		var stdout, stderr bytes.Buffer
		environ := append(os.Environ(), "ARGOCD_ENV_ENVIRONMENT=dev", "ARGOCD_APP_NAME="+evil)
		if code := cli.Run(t.Context(), []string{verb}, cli.Streams{Program: "unfold", Out: &stdout, Err: &stderr,
			Environ: environ}); code != 0 {
			t.Errorf("%s: exit code %d\n%s", verb, code, &stderr)
		}
		met[verb] = true
		harmless(t, []string{verb}, stdout.String(), verb == "generate")
		harmless(t, []string{verb}, stderr.String(), false)
	}
	var help bytes.Buffer
	cli.Run(t.Context(), []string{"--help"}, cli.Streams{Program: "unfold", Out: &help, Err: &help})
	for _, verb := range regexp.MustCompile(`(?m)^  ([a-z]+)  +[A-Z]`).FindAllStringSubmatch(help.String(), -1) {
		if known := map[string]bool{"completion": true, "help": true, "schema": true, "version": true}; !met[verb[1]] && !known[verb[1]] {
			t.Errorf("the verb %s is not tried", verb[1])
		}
	}
}

// harmless looks for what a terminal obeys or hides; in data for what a terminal
// obeys alone, since YAML has the other characters as they are.
func harmless(t *testing.T, args []string, text string, data bool) {
	t.Helper()
	for _, r := range strings.ToValidUTF8(text, "\x00") {
		if r != '\n' && r != '\t' && !unicode.IsGraphic(r) && !(data && unicode.Is(unicode.Cf, r)) {
			t.Errorf("unfold %q prints %q:\n%q", args, r, text)
			return
		}
	}
	if data {
		return
	}
	for line := range strings.Lines(text) {
		if trimmed := strings.TrimSpace(line); strings.HasPrefix(trimmed, "::") && !workflow.MatchString(trimmed) {
			t.Errorf("unfold %q prints a command: %s", args, line)
		}
		if strings.Contains(line, "##[") && !workflow.MatchString(line) && !strings.Contains(strings.Join(args, " "), "json") &&
			!strings.Contains(strings.Join(args, " "), "sarif") {
			t.Errorf("unfold %q prints a command: %s", args, line)
		}
	}
}
