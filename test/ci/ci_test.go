// Package ci_test runs the CI recipes of examples/ci as they are written: every command of every job, in a clone of a
// repository with an app, with stand-ins for the programs that need a network.
package ci_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/cli"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

const (
	recipes = "../../examples/ci"
	sha     = "4f2a9c1d0e8b7a6f5c4d3e2b1a09f8e7d6c5b4a3"
	digest  = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// TestMain lets the test binary stand in for the program in the commands.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "unfold" {
		os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Streams{Out: os.Stdout, Err: os.Stderr, Environ: os.Environ()}))
	}
	os.Exit(m.Run())
}

// repository is a remote with an app, and a clone of it.
type repository struct {
	t          *testing.T
	dir, clone string
	env        map[string]string
}

const app = `apiVersion: unfold.dev/v1alpha1
kind: App
name: demo-app
image: IMAGE
environments:
  dev: {tag: v3} # set by CI
  staging: {tag: v2}
  prod: {tag: v1}
`

func newRepository(t *testing.T, image string) *repository {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	r := &repository{t: t, dir: dir, clone: filepath.Join(dir, "clone")}
	r.env = map[string]string{
		"PATH": bin + ":" + os.Getenv("PATH"), "HOME": dir, "LOG": filepath.Join(dir, "log"),
		"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
		// As on a runner: nobody has said who commits.
		"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.useConfigOnly", "GIT_CONFIG_VALUE_0": "true",
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r.write(filepath.Join(dir, "log"), "")
	r.link(self, filepath.Join(dir, "real", "unfold"))
	r.program(bin, "unfold", `exec "`+filepath.Join(dir, "real", "unfold")+`" "$@"`)
	for name, script := range map[string]string{
		"docker": `case "$*" in *--password-stdin*) cat >/dev/null;; esac`, "go": "", "make": "",
		// A file that is sent has to be there.
		"curl": `for arg; do case $arg in body@*) cat "${arg#body@}" >>"$LOG" ;; esac; done`,
		"gh": `for arg; do case $arg in body=@*) cat "${arg#body=@}" >>"$LOG" ;; esac; done; case "$*" in "pr list"*) echo 17; echo ` +
			`18 ;; esac`,
	} {
		r.program(bin, name, script)
	}
	r.run("", "git init --quiet --bare --initial-branch=main remote.git && git clone --quiet remote.git clone 2>/dev/null")
	r.write(filepath.Join(r.clone, "apps", "demo-app", "app.yaml"), strings.Replace(app, "IMAGE", image, 1))
	author := "-c user.name=A -c user.email=a@example.com "
	r.run(r.clone, "git checkout --quiet -B main && git add . && git "+author+"commit --quiet -m first && git push --quiet -u origin main")
	r.write(filepath.Join(r.clone, "apps", "demo-app", "app.yaml"), strings.Replace(strings.Replace(app, "IMAGE", image, 1),
		"prod: {tag: v1}", "prod: {tag: v0}", 1))
	r.run(r.clone, "git add . && git "+author+"commit --quiet -m second && git push --quiet")
	return r
}

func (r *repository) write(name, content string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repository) link(to, name string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Symlink(to, name); err != nil {
		r.t.Fatal(err)
	}
}

// program writes a program that notes how it was called, and runs a script.
func (r *repository) program(bin, name, script string) {
	r.t.Helper()
	path := filepath.Join(bin, name)
	r.write(path, "#!/bin/sh\necho "+name+` "$*" >>"$LOG"`+"\n"+script+"\n")
	if err := os.Chmod(path, 0o755); err != nil {
		r.t.Fatal(err)
	}
}

// run runs a script as GitHub and GitLab do, and returns what it prints.
func (r *repository) run(dir, script string) string {
	r.t.Helper()
	if dir == "" {
		dir = r.dir
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	cmd.Dir = dir
	for _, key := range slices.Sorted(maps.Keys(r.env)) {
		cmd.Env = append(cmd.Env, key+"="+r.env[key])
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("%v\n%s\n%s", err, script, out)
	}
	return string(out)
}

func (r *repository) log() string {
	r.t.Helper()
	content, err := os.ReadFile(filepath.Join(r.dir, "log"))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(content)
}

// pushed is the newest commit of the remote: its author, its message and its app.
func (r *repository) pushed() string {
	r.t.Helper()
	return r.run("", "git -C remote.git log -1 --format='%an <%ae>%n%B' main; git -C remote.git show main:apps/demo-app/app.yaml")
}

func read(t *testing.T, name string) *value.Value {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	// GitLab's own tag, which no YAML of unfold's may have.
	content = bytes.ReplaceAll(content, []byte("!reference ["), []byte("["))
	v, diags := value.Read(name, content)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return v
}

func wants(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s lacks %q:\n%s", what, part, text)
		}
	}
}

var expression = regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`)

// resolve fills GitHub's expressions in.
func resolve(t *testing.T, text string, context map[string]string) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(text, func(match string) string {
		name := expression.FindStringSubmatch(match)[1]
		got, ok := context[name]
		if !ok {
			t.Fatalf("the test does not know ${{ %s }}", name)
		}
		return got
	})
}

// steps runs the steps of a job or a composite action; those with a condition only where it is in chosen.
func (r *repository) steps(list *value.Value, env, context map[string]string, chosen ...string) {
	r.t.Helper()
	for _, step := range list.AllItems() {
		if condition := step.StringAt("if"); condition != "" && !slices.Contains(chosen, condition) {
			continue
		}
		if name, ok := strings.CutPrefix(step.StringAt("uses"), "./"); ok {
			r.action(name, step.Get("with"), context)
		}
		run := step.StringAt("run")
		if run == "" {
			continue
		}
		before := maps.Clone(r.env)
		maps.Copy(r.env, env)
		for _, e := range step.Get("env").AllEntries() {
			r.env[e.Key] = resolve(r.t, e.Value.Text, context)
		}
		r.run(r.clone, run)
		r.env = before
	}
}

// action runs a composite action.
func (r *repository) action(name string, with *value.Value, context map[string]string) {
	r.t.Helper()
	action := read(r.t, filepath.Join(recipes, "github", name, "action.yml"))
	context = maps.Clone(context)
	for _, e := range action.Get("inputs").AllEntries() {
		text := resolve(r.t, e.Value.StringAt("default"), context)
		if given := with.Get(e.Key); given != nil {
			text = resolve(r.t, given.Text, context)
		} else if e.Value.Get("required").IsTrue() {
			r.t.Errorf("%s is not given %s", name, e.Key)
		}
		context["inputs."+e.Key] = text
	}
	context["inputs.branch || github.ref_name"] = context["inputs.branch"]
	if context["inputs.branch"] == "" {
		context["inputs.branch || github.ref_name"] = context["github.ref_name"]
	}
	r.steps(action.Get("runs", "steps"), nil, context)
}

// job runs a job of a workflow.
func (r *repository) job(workflow, name string, context map[string]string, chosen ...string) {
	r.t.Helper()
	w := read(r.t, recipes+"/github/.github/workflows/"+workflow)
	context = maps.Clone(context)
	env := map[string]string{}
	job := w.Get("jobs", name)
	if job == nil {
		r.t.Fatalf("%s has no job %s", workflow, name)
	}
	for _, e := range append(w.Get("env").AllEntries(), job.Get("env").AllEntries()...) {
		env[e.Key] = resolve(r.t, e.Value.Text, context)
		context["env."+e.Key] = env[e.Key]
	}
	r.steps(job.Get("steps"), env, context, chosen...)
}

func gitHub() map[string]string {
	return map[string]string{
		"github.sha": sha, "github.ref_name": "main", "github.actor": "jo", "github.actor_id": "7", "github.token": "the-token",
		"github.event.pull_request.number": "12", "inputs.app": "apps/demo-app", "needs.image.outputs.digest": digest,
	}
}

func TestGitHubDeploy(t *testing.T) {
	r := newRepository(t, "ghcr.io/example/demo-app")
	r.env["GITHUB_SHA"] = sha
	r.job("deploy.yml", "image", gitHub())
	r.job("deploy.yml", "dev", gitHub())
	image := "ghcr.io/example/demo-app:" + sha + "@" + digest
	wants(t, "the commit", r.pushed(),
		"github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>\nchore(demo-app): set dev to "+sha[:12],
		"App: demo-app\nEnvironment: dev\nImage: "+image+"\nSource-Revision: "+sha, "  staging: {tag: v2}\n")
	wants(t, "the log", r.log(), "make test", "go install github.com/unfold-gitops/unfold/cmd/unfold@v")
}

func TestGitHubPullRequest(t *testing.T) {
	r := newRepository(t, "ghcr.io/example/demo-app")
	maps.Copy(r.env, map[string]string{"GITHUB_REPOSITORY": "example/apps", "GITHUB_STEP_SUMMARY": filepath.Join(r.dir, "summary")})
	r.job("pull-request.yml", "apps", gitHub(), "github.event.pull_request.head.repo.full_name == github.repository")
	wants(t, "the log", r.log(), "unfold check apps --format github",
		"gh api --method POST repos/example/apps/issues/12/comments --field body=@diff.md\n<!-- unfold -->\n### demo-app: prod",
		"-ghcr.io/example/demo-app:v1"[1:])
	summary, err := os.ReadFile(filepath.Join(r.dir, "summary"))
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "the summary", string(summary), "### demo-app: prod", "ghcr.io/example/demo-app:v0")

	t.Run("the platform file changes", func(t *testing.T) {
		r := newRepository(t, "ghcr.io/example/demo-app")
		r.write(filepath.Join(r.clone, "platform.yaml"),
			"apiVersion: unfold.dev/v1alpha1\nkind: Platform\ndefaults: {labels: {owner: platform}}\n")
		r.run(r.clone, "git add . && git -c user.name=A -c user.email=a@example.com commit --quiet -m third")
		maps.Copy(r.env, map[string]string{"GITHUB_REPOSITORY": "example/apps", "GITHUB_STEP_SUMMARY": filepath.Join(r.dir, "summary")})
		r.job("pull-request.yml", "apps", gitHub())
		summary, err := os.ReadFile(filepath.Join(r.dir, "summary"))
		if err != nil {
			t.Fatal(err)
		}
		wants(t, "the summary", string(summary), "### demo-app: dev (the platform file changed)", "+     metadata.labels.owner: platform")
	})

	t.Run("nothing differs", func(t *testing.T) {
		r := newRepository(t, "ghcr.io/example/demo-app")
		r.write(filepath.Join(r.clone, "README"), "no app\n")
		r.run(r.clone, "git add . && git -c user.name=A -c user.email=a@example.com commit --quiet -m third")
		maps.Copy(r.env, map[string]string{"GITHUB_REPOSITORY": "example/apps", "GITHUB_STEP_SUMMARY": filepath.Join(r.dir, "summary")})
		r.job("pull-request.yml", "apps", gitHub())
		if log := r.log(); strings.Contains(log, "gh ") {
			t.Errorf("a fork's pull request comments:\n%s", log)
		}
	})
}

func TestGitHubPromote(t *testing.T) {
	w := read(t, recipes+"/github/.github/workflows/promote.yml")
	for action, want := range map[string]string{
		"promote dev to staging":  "chore(demo-app): promote v3 from dev to staging",
		"promote staging to prod": "chore(demo-app): promote v2 from staging to prod",
		"roll prod back":          "revert(demo-app): roll prod back to v1",
	} {
		r := newRepository(t, "ghcr.io/example/demo-app")
		r.job("promote.yml", "promote", gitHub(), "inputs.action == '"+action+"'")
		wants(t, action, r.pushed(), "jo <7+jo@users.noreply.github.com>\n"+want)
		if !slices.ContainsFunc(w.Get("on", "workflow_dispatch", "inputs", "action", "options").AllItems(),
			func(v *value.Value) bool { return v.Text == action }) {
			t.Errorf("%q can't be chosen", action)
		}
	}
}

func TestGitHubPreviews(t *testing.T) {
	r := newRepository(t, "ghcr.io/example/demo-app")
	r.env["GITHUB_REPOSITORY"] = "example/apps"
	r.job("previews.yml", "expire", gitHub())
	wants(t, "the log", r.log(), "gh pr list --repo example/apps --limit 1000 --label preview --search updated:<20",
		"gh api --method DELETE repos/example/apps/issues/17/labels/preview",
		"gh api --method DELETE repos/example/apps/issues/18/labels/preview", "for 3 days")
}

func TestGitLab(t *testing.T) {
	const image = "registry.gitlab.example.com/team/demo-app"
	w := read(t, recipes+"/gitlab/.gitlab-ci.yml")
	for job, check := range map[string]func(r *repository){
		"test": func(r *repository) { wants(t, "the log", r.log(), "make setup test") },
		"check": func(r *repository) {
			wants(t, "the log", r.log(), "unfold check apps", "### demo-app: prod", "/projects/3/merge_requests/12/notes")
		},
		"image": func(r *repository) { wants(t, "the log", r.log(), "docker push "+image+":"+sha) },
		"dev": func(r *repository) {
			wants(t, "the commit", r.pushed(), "gitlab-ci <gitlab-ci@example.com>\nchore(demo-app): set dev to "+sha[:8]+" [skip ci]",
				"dev: {tag: "+sha+"} # set by CI", "Source-Revision: "+sha)
		},
		"prod": func(r *repository) {
			wants(t, "the commit", r.pushed(), "chore(demo-app): promote dev to prod [skip ci]", "prod: {tag: v3}")
		},
	} {
		r := newRepository(t, image)
		r.run(r.clone, "git checkout --quiet --detach") // as GitLab leaves it
		maps.Copy(r.env, map[string]string{
			"CI_COMMIT_SHA": sha, "CI_COMMIT_SHORT_SHA": sha[:8], "CI_COMMIT_BRANCH": "main", "CI_REGISTRY_IMAGE": image,
			"CI_REGISTRY":      "registry.gitlab.example.com",
			"CI_REGISTRY_USER": "u", "CI_REGISTRY_PASSWORD": "p", "CI_API_V4_URL": "https://gitlab.example.com/api/v4",
			"CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "12",
			"CI_MERGE_REQUEST_DIFF_BASE_SHA": "HEAD^", "UNFOLD_TOKEN": "t", "UNFOLD_NOTES_TOKEN": "n",
			"CI_SERVER_HOST": "gitlab.example.com", "CI_PROJECT_PATH": "team/apps",
			// The address that the job pushes to leads to the remote of this test.
			"GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_1": "url." + r.dir + "/remote.git.insteadOf",
			"GIT_CONFIG_VALUE_1": "https://unfold:t@gitlab.example.com/team/apps.git",
		})
		for _, e := range w.Get("variables").AllEntries() {
			r.env[e.Key] = e.Value.Text
		}
		for _, line := range script(t, w, job) {
			r.run(r.clone, line)
		}
		check(r)
	}
}

// script returns the commands of a GitLab job, with what it extends.
func script(t *testing.T, w *value.Value, job string) []string {
	t.Helper()
	j := w.Get(job)
	if j == nil {
		t.Fatalf("there is no job %s", job)
	}
	var before *value.Value
	for x := j; x != nil && before == nil; x = w.Get(x.StringAt("extends")) {
		before = x.Get("before_script")
	}
	var out []string
	for _, list := range []*value.Value{before, j.Get("script")} {
		for _, v := range list.AllItems() {
			if v.Is(value.List) { // !reference
				for _, line := range w.Get(v.Items[0].Text, v.Items[1].Text).AllItems() {
					out = append(out, line.Text)
				}
				continue
			}
			if !v.IsScalar() {
				t.Errorf("%s has a line that is no command: a text with a colon has to be quoted", job)
			}
			out = append(out, v.Text)
		}
	}
	return out
}

// TestRules holds the recipes to what keeps others from running commands in them.
func TestRules(t *testing.T) {
	files, err := filepath.Glob(recipes + "/github/.github/*/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	actions, err := filepath.Glob(recipes + "/github/.github/actions/*/action.yml")
	if err != nil || len(files) == 0 || len(actions) == 0 {
		t.Fatal(files, actions, err)
	}
	// The workflows of this repository, and of apps that unfold init makes.
	r := newRepository(t, "ghcr.io/example/demo-app")
	r.run("", "unfold init --template python-app my-app </dev/null")
	for _, dir := range []string{"../..", filepath.Join(r.dir, "my-app")} {
		more, err := filepath.Glob(dir + "/.github/workflows/*.yml")
		if err != nil || len(more) == 0 {
			t.Fatal(dir, more, err)
		}
		files = append(files, more...)
	}
	pinned := regexp.MustCompile(`^(\./|[\w.-]+/[\w./-]+@(v\d+|[0-9a-f]{40})$)`)
	for _, file := range append(files, actions...) {
		name, w := file, read(t, file)
		lists := []*value.Value{w.Get("runs", "steps")}
		for _, job := range w.Get("jobs").AllEntries() {
			lists = append(lists, job.Value.Get("steps"))
			if job.Value.Get("timeout-minutes") == nil {
				t.Errorf("%s: the job %s has no time limit", name, job.Key)
			}
		}
		if w.Get("jobs") != nil && w.Get("permissions") == nil {
			t.Errorf("%s says nothing of permissions", name)
		}
		if w.Get("on", "pull_request_target") != nil {
			t.Errorf("%s runs with the rights of the repository on what strangers wrote", name)
		}
		for _, list := range lists {
			for _, step := range list.AllItems() {
				if strings.Contains(step.StringAt("run"), "${{") {
					t.Errorf("%s puts an expression into a script:\n%s", name, step.StringAt("run"))
				}
				if uses := step.StringAt("uses"); uses != "" && !pinned.MatchString(uses) {
					t.Errorf("%s uses %s without a version", name, uses)
				}
			}
		}
	}
}
