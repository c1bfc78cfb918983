package docs_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestHooks holds the manifest of hooks to what pre-commit takes
// (pre-commit.com/#creating-new-hooks), and what the docs say to it.
func TestHooks(t *testing.T) {
	const name = ".pre-commit-hooks.yaml"
	src, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	hooks, diags := value.Read(name, src)
	if len(diags) > 0 || !hooks.Is(value.List) {
		t.Fatal(diags, "no list")
	}
	texts := []string{"id", "name", "entry", "language", "description", "files", "exclude", "language_version",
		"minimum_pre_commit_version"}
	flags := []string{"always_run", "fail_fast", "pass_filenames", "require_serial", "verbose"}
	lists := []string{"types", "types_or", "exclude_types", "additional_dependencies", "args", "stages"}
	var ids []string
	for _, h := range hooks.AllItems() {
		for _, key := range []string{"id", "name", "entry", "language"} {
			if h.StringAt(key) == "" {
				t.Errorf("%s: no %s", h.Pos, key)
			}
		}
		for _, e := range h.AllEntries() {
			ok := slices.Contains(texts, e.Key) && e.Value.Is(value.String) ||
				slices.Contains(flags, e.Key) && e.Value.Is(value.Bool) || slices.Contains(lists, e.Key) && e.Value.Is(value.List)
			if !ok {
				t.Errorf("%s: %s", e.Value.Pos, e.Key)
			}
		}
		if language := h.StringAt("language"); language != "golang" && language != "system" {
			t.Errorf("%s: language %s", h.Pos, language)
		}
		if program := strings.Fields(h.StringAt("entry")); program[0] != "unfold" || !slices.Contains(verbs(t), program[1]) {
			t.Errorf("%s: no command %q", h.Pos, program)
		}
		ids = append(ids, h.StringAt("id"))
	}
	named := 0
	for _, b := range blocks(t) {
		if b.language != "yaml" || !strings.HasPrefix(b.text, "repos:") {
			continue
		}
		config, _ := value.Read(b.name(), []byte(b.text))
		for _, repo := range config.Get("repos").AllItems() {
			for _, h := range repo.Get("hooks").AllItems() {
				named++
				if id := h.StringAt("id"); !slices.Contains(ids, id) {
					t.Errorf("%s names the hook %q: there are %v", b.name(), id, ids)
				}
			}
		}
	}
	if named == 0 {
		t.Error("no page shows a hook")
	}
}
