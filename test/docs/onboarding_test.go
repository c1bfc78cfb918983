package docs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const onboarding = root + "/docs/onboarding.md"

// standIns are the programs of docs/onboarding.md that need a registry or a cluster. They check what they are given as far as
// that can be seen here.
var standIns = map[string]string{
	// docker build --quiet --tag IMAGE FOLDER; docker push IMAGE
	"docker": `case $1 in
build) test -f "$5/Dockerfile"; echo "$4" >> "$PUSHED.built" ;;
push) grep -qxF "$2" "$PUSHED.built"; echo "$2" >> "$PUSHED" ;;
*) exit 64 ;;
esac`,
	// kubectl apply --filename FILE; kubectl --namespace NAMESPACE get KIND
	"kubectl": `case $1 in
apply) grep -q '^kind: Application$' "$3" ;;
--namespace) test "$3" = get ;;
*) exit 64 ;;
esac`,
	"kubeseal": `test "$1" = --fetch-cert; cat "$CERTIFICATE"`,
}

// TestOnboarding types the commands of docs/onboarding.md one after the other, as a newcomer does, in an empty folder: no
// command may need a file that no command before it has made, and each image that the app runs is pushed before.
func TestOnboarding(t *testing.T) {
	page, err := filepath.Abs(onboarding)
	if err != nil {
		t.Fatal(err)
	}
	shell := newShell(t)
	home, work := t.TempDir(), t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(home, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, script := range standIns {
		if err := os.WriteFile(filepath.Join(shell.bin, name), []byte("#!/bin/sh\nset -eu\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	remote := filepath.Join(home, "team", "apps.git")
	config := write("gitconfig", fmt.Sprintf("[user]\n\tname = newcomer\n\temail = newcomer@example.com\n[url \"file://%s/\"]\n"+
		"\tinsteadOf = https://git.example.com/\n", home), 0o600)
	pushed := filepath.Join(home, "pushed")
	env := append(os.Environ(), "PATH="+shell.bin+":"+os.Getenv("PATH"), "HOME="+home, "GIT_CONFIG_GLOBAL="+config, "GIT_CONFIG_NOSYSTEM=1",
		"PUSHED="+pushed, "CERTIFICATE="+write("certificate", string(shell.files["cert.pem"]), 0o600))
	run := func(dir, commands string) string {
		t.Helper()
		cmd := exec.Command("sh", "-eu", "-c", commands)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	run(home, "git init --quiet --bare --initial-branch=main team/apps.git")

	var session strings.Builder
	made := ""
	for _, b := range blocks(t) {
		if filepath.Base(b.file) != filepath.Base(onboarding) || b.language != "sh" {
			continue
		}
		fmt.Fprintf(&session, "echo '== line %d'\n%s", b.line, b.text)
		if strings.HasPrefix(b.text, "unfold init ") {
			fmt.Fprintf(&session, "cp apps/shop/app.yaml %s/app.yaml\n", home)
		}
	}
	said := run(work, session.String())
	if content, err := os.ReadFile(filepath.Join(home, "app.yaml")); err != nil {
		t.Fatalf("%v\n%s", err, said)
	} else {
		made = string(content)
	}
	part(t, page, "descriptor", "```yaml\n"+made+"```\n")

	// What Argo CD finds in the repository is what the commands were about.
	clone := filepath.Join(home, "clone")
	run(home, "git clone --quiet "+remote+" clone")
	for name, image := range map[string]string{"dev": "ghcr.io/example/shop:v1.1.0", "prod": "ghcr.io/example/shop:v1.0.0"} {
		manifests := run(clone, "unfold check >&2; unfold render apps/shop --env "+name)
		if !strings.Contains(manifests, "image: "+image+"\n") {
			t.Errorf("%s does not run %s:\n%s", name, image, manifests)
		}
		if images, err := os.ReadFile(pushed); err != nil || !strings.Contains(string(images), image+"\n") {
			t.Errorf("nobody pushed %s: %q, %v", image, images, err)
		}
	}
}
