package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestMigratingTables holds every field that the tables of docs/migrating.md lead
// to, part by part, to the schema. Words in capitals stand for names.
func TestMigratingTables(t *testing.T) {
	src, err := os.ReadFile(root + "/docs/migrating.md")
	if err != nil {
		t.Fatal(err)
	}
	known := knownFields(t)
	word := regexp.MustCompile(`[A-Za-z]+`)
	seen := 0
	for i, line := range strings.Split(string(src), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			continue
		}
		for _, m := range codeSpan.FindAllStringSubmatch(cells[2], -1) {
			path, _, _ := strings.Cut(m[1], ":")
			if path == "app.yaml" || strings.HasPrefix(path, "unfold ") {
				continue
			}
			for _, name := range word.FindAllString(path, -1) {
				seen++
				if strings.ToUpper(name) != name && !known[name] {
					t.Errorf("migrating.md:%d: `%s`: there is no field %q", i+1, m[1], name)
				}
			}
		}
	}
	if seen < 40 {
		t.Errorf("%d fields", seen)
	}
}
