package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPromisesAreHeld holds each promise of docs/security.md to name tests, and all tests
// that the page names to be there.
func TestPromisesAreHeld(t *testing.T) {
	page, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testsOfTheRepository(t)
	name := regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*|[a-z0-9-]+\\.txtar)`")
	promises, held := 0, false
	for i, line := range strings.Split(string(page), "\n") {
		named := name.FindAllStringSubmatch(line, -1)
		for _, m := range named {
			if !tests[m[1]] {
				t.Errorf("security.md:%d: there is no test %s", i+1, m[1])
			}
		}
		switch {
		case strings.HasPrefix(line, "| promise | held by |"):
			held = true
		case !strings.HasPrefix(line, "|"):
			held = false
		case held && !strings.HasPrefix(line, "| ---"):
			promises++
			if len(named) == 0 {
				t.Errorf("security.md:%d: no test holds this promise", i+1)
			}
		}
	}
	if promises < 20 {
		t.Errorf("only %d promises", promises)
	}
}

// testsOfTheRepository returns the names of all test functions and scripts.
func testsOfTheRepository(t *testing.T) map[string]bool {
	t.Helper()
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	found := map[string]bool{}
	for _, root := range []string{"../../pkg", "../../test"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil || entry.IsDir():
				return err
			case strings.HasSuffix(path, ".txtar"):
				found[filepath.Base(path)] = true
			case strings.HasSuffix(path, "_test.go"):
				content, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				for _, m := range function.FindAllSubmatch(content, -1) {
					found[string(m[1])] = true
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}
