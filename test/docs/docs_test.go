// Package docs_test runs what README.md and docs/ show: every command is
// executed, every YAML parsed, every descriptor rendered, every link followed.
package docs_test

import (
	"encoding/pem"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"
	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/argocd/plugin"
	"github.com/unfold-gitops/unfold/pkg/cli"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/lint"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

var update = flag.Bool("update", false, "write the parts of the docs that are made from tables")

const root = "../.."

// TestMain lets the test binary stand in for the program in the commands.
func TestMain(m *testing.M) {
	if name := filepath.Base(os.Args[0]); name == "unfold" || name == "kubectl-unfold" {
		os.Exit(cli.Main())
	}
	os.Exit(m.Run())
}

func documents(t *testing.T) []string {
	t.Helper()
	files := []string{root + "/README.md", root + "/CONTRIBUTING.md"}
	for _, pattern := range []string{"/docs/*.md", "/examples/*/README.md"} {
		found, err := filepath.Glob(root + pattern)
		if err != nil || len(found) < 3 {
			t.Fatal(found, err)
		}
		files = append(files, found...)
	}
	return files
}

// block is a fenced part of a document.
type block struct {
	file, language, text string
	line                 int
}

func (b block) name() string {
	return fmt.Sprintf("%s:%d", strings.TrimPrefix(filepath.ToSlash(b.file), root+"/"), b.line)
}

func blocks(t *testing.T) []block {
	t.Helper()
	var out []block
	for _, file := range documents(t) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var open *block
		indent := "" // of a block in a list
		for i, line := range strings.Split(string(content), "\n") {
			before, fence, isFence := strings.Cut(line, "```")
			isFence = isFence && strings.Trim(before, " ") == ""
			line = strings.TrimPrefix(line, indent)
			switch {
			case isFence && open == nil:
				open = &block{file: file, language: fence, line: i + 1}
				indent = before
			case isFence:
				out = append(out, *open)
				open, indent = nil, ""
			case open != nil:
				open.text += line + "\n"
			}
		}
	}
	return out
}

// shell runs commands that have the program on their way.
type shell struct {
	bin   string
	files map[string][]byte // beside the examples
}

func newShell(t *testing.T) shell {
	t.Helper()
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "unfold")); err != nil {
		t.Fatal(err)
	}
	return shell{bin, toSeal(t)}
}

// run returns what the commands of a block print, in a folder of their own that
// holds a copy of the examples; those of an example in its copy.
func (s shell) run(t *testing.T, b block, commands string, more map[string][]byte) (string, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(root+"/examples")); err != nil {
		t.Fatal(err)
	}
	for _, files := range []map[string][]byte{s.files, more} {
		for name, content := range files {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd := exec.Command("sh", "-eu", "-c", commands)
	cmd.Dir = dir
	if below, ok := strings.CutPrefix(filepath.ToSlash(b.file), root+"/examples/"); ok {
		cmd.Dir = filepath.Join(dir, "examples", filepath.Dir(below))
	}
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "GIT_") }),
		"PATH="+s.bin+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestCommands runs each block of commands.
func TestCommands(t *testing.T) {
	if *update {
		t.Run("what some of them check", TestTeamRepo)
	}
	shell := newShell(t)
	for _, b := range blocks(t) {
		if b.language != "sh" || filepath.Base(b.file) == filepath.Base(onboarding) { // that is one session: TestOnboarding
			continue
		}
		t.Run(b.name(), func(t *testing.T) {
			var here []string
			for line := range strings.Lines(b.text) {
				if m := outside.FindStringSubmatch(line); m != nil {
					checkOutside(t, m[1], m[2])
				} else {
					here = append(here, line)
				}
			}
			if out, err := shell.run(t, b, strings.Join(here, ""), nil); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// toSeal returns what the commands about secrets take: certificates and values.
func toSeal(t *testing.T) map[string][]byte {
	t.Helper()
	_, cert, err := crypto.GeneratePrivateKeyAndCert(2048, time.Hour, "test")
	if err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
	return map[string][]byte{
		"cert.pem": certificate, "other.pem": certificate,
		"secrets.env": []byte("USER=shop\nPASSWORD=plain\n"), "server.key": []byte("a key\n"),
	}
}

// outside matches the commands that start these tests, which can't run in them.
// CI runs those that README.md names.
var outside = regexp.MustCompile(`^\s*(?:[A-Z_]+=\S+ )*(make|bash) (\S+)`)

func checkOutside(t *testing.T, program, what string) {
	t.Helper()
	if program == "bash" {
		if _, err := os.Stat(filepath.Join(root, what)); err != nil {
			t.Error(err)
		}
		return
	}
	makefile, err := os.ReadFile(root + "/Makefile")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(what) + `:`).Match(makefile) {
		t.Errorf("the Makefile has no target %q", what)
	}
}

// TestYAML parses every YAML, and renders every descriptor in it.
func TestYAML(t *testing.T) {
	for _, b := range blocks(t) {
		if b.language != "yaml" {
			continue
		}
		t.Run(b.name(), func(t *testing.T) {
			docs, diags := value.ReadAll(b.name(), []byte(b.text))
			if len(diags) > 0 || len(docs) == 0 {
				t.Fatalf("%d documents, %v", len(docs), diags)
			}
			if docs[0].StringAt("kind") == platform.Kind {
				if _, diags := platform.Parse(b.name(), []byte(b.text)); len(diags) > 0 {
					t.Error(diags)
				}
			}
			if !descriptor.IsDescriptor([]byte(b.text)) {
				return
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, descriptor.FileName), []byte(b.text), 0o644); err != nil {
				t.Fatal(err)
			}
			src, err := render.Open(dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer src.Close()
			for _, env := range src.Environments() {
				if r, err := src.Environment(env, render.Options{}); err != nil {
					t.Error(err)
				} else if len(r.Warnings) > 0 {
					t.Error(r.Warnings)
				}
			}
		})
	}
}

// TestTables holds the parts of the docs that are made from tables to them.
func TestTables(t *testing.T) {
	for _, x := range []struct{ file, mark, want string }{
		{"docs/descriptor.md", "fields", descriptor.Reference()},
		{"docs/plugin.md", "parameters", plugin.Reference()},
		{"docs/platform.md", "fields", platform.Reference()},
		{"docs/rules.md", "rules", lint.Reference()},
		{"docs/operating.md", "limits", render.LimitsTable()},
	} {
		file := filepath.Join(root, x.file)
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pattern := regexp.MustCompile(`(?s)(<!-- ` + x.mark + `:[^\n]*-->\n)(.*?)(<!-- end -->)`)
		m := pattern.FindSubmatchIndex(content)
		if m == nil {
			t.Fatalf("%s has no part %q", x.file, x.mark)
		}
		got := string(content[m[4]:m[5]])
		if *update && got != x.want {
			fresh := string(content[:m[4]]) + x.want + string(content[m[5]:])
			if err := os.WriteFile(file, []byte(fresh), 0o644); err != nil {
				t.Fatal(err)
			}
			got = x.want
		}
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s is stale; run make update (-want +got):\n%s", x.file, diff)
		}
	}
}

// TestLinks follows links to files.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)
	for _, file := range documents(t) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(content), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", file, m[1], err)
			}
		}
	}
}
