package docs_test

import (
	"strings"
	"testing"
)

// outputs are the commands that print what the docs show in a block of text. Where
// there are none, the commands of the block before it do. What that block holds is
// in the file before.
var outputs = map[string]string{
	"README.md": "sed 's/replicas/replcias/' before > app.yaml; unfold check || true",
	"docs/rules.md": "printf 'apiVersion: unfold.dev/v1alpha1\\nkind: App\\nname: web\\nimage: ghcr.io/example/web\\n' > app.yaml; " +
		"echo 'environments: {prod: {}}' >> app.yaml; unfold check",
	"docs/versions.md": "printf 'apiVersion: unfold.dev/v2\\nkind: App\\n' > app.yaml; unfold check || true",
}

// TestOutputs holds every text that the docs show to what a command prints: all
// but pictures, and commands of other programs.
func TestOutputs(t *testing.T) {
	shell := newShell(t)
	var before block
	seen := 0
	for _, b := range blocks(t) {
		switch {
		case b.language != "text":
			before = b
			continue
		case strings.ContainsAny(b.text, "─│"), strings.HasPrefix(b.text, "kubectl "):
			continue
		}
		seen++
		t.Run(b.name(), func(t *testing.T) {
			file, _, _ := strings.Cut(b.name(), ":")
			commands := outputs[file]
			if commands == "" && before.language == "sh" {
				commands = before.text
			}
			if commands == "" {
				t.Fatal("nothing prints it")
			}
			out, err := shell.run(t, b, commands, map[string][]byte{"before": []byte(before.text)})
			if err != nil || !strings.Contains(out, b.text) {
				t.Errorf("%v: what it says is not in\n%s", err, out)
			}
		})
	}
	if seen < 3 {
		t.Errorf("%d blocks of text are seen", seen)
	}
}
