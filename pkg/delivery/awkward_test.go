package delivery

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/secret/seal"
	"github.com/unfold-gitops/unfold/pkg/yaml/edit"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// again answers as a controller that opens everything and seals it as it likes.
type again struct{ suffix string }

func (again) String() string { return "the controller" }

func (again) Verify(context.Context, seal.Target, map[string]string) (bool, error) { return true, nil }

func (a again) Rotate(_ context.Context, _ seal.Target, values map[string]string) (map[string]string, bool, error) {
	fresh := map[string]string{}
	for key, old := range values {
		fresh[key] = a.of(old)
	}
	return fresh, true, nil
}

func (a again) of(old string) string {
	return old[:len(old)-len(a.suffix)-4] + a.suffix + old[len(old)-4:]
}

// TestAwkward seals, rotates and removes a secret in the files that people write:
// outside of its lines every byte stays, and so do the file's mode and owner. The
// files are those of pkg/yaml/edit, made into apps.
func TestAwkward(t *testing.T) {
	certificate := throwAway(t)
	archive, err := txtar.ParseFile("../yaml/edit/testdata/awkward.txtar")
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	for _, f := range archive.Files {
		for name, form := range map[string]func([]byte) []byte{
			"as it is":        func(src []byte) []byte { return src },
			"CRLF":            func(src []byte) []byte { return bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n")) },
			"byte order mark": func(src []byte) []byte { return append([]byte("\ufeff"), src...) },
			"no line break":   func(src []byte) []byte { return bytes.TrimRight(src, "\n") },
		} {
			src, err := edit.Apply("app.yaml", form(f.Data), appFields()...)
			if err != nil {
				continue // a list
			}
			t.Run(f.Name+", "+name, func(t *testing.T) {
				if rotation(t, src, certificate) {
					done++
				}
			})
		}
	}
	if done < 200 {
		t.Errorf("in %d files only could secrets be sealed", done)
	}
}

// appFields are what makes an app of a map.
func appFields() []edit.Change {
	return []edit.Change{
		edit.SetText("unfold.dev/v1alpha1", "apiVersion"), edit.SetText("App", "kind"), edit.SetText("shop", "name"),
		edit.SetText("ghcr.io/example/shop", "image"),
	}
}

func rotation(t *testing.T, src []byte, certificate string) bool {
	dir := t.TempDir()
	file := filepath.Join(dir, "app.yaml")
	read := func() []byte {
		now, err := os.ReadFile(file)
		info, _ := os.Stat(file)
		if err != nil || info.Mode() != 0o640 {
			t.Fatal(info, err)
		}
		return now
	}
	if err := os.WriteFile(file, src, 0o640); err != nil {
		t.Fatal(err)
	}
	s := Sealing{Envs: []string{"prod"}, Scope: seal.ClusterWide, Certificates: []string{certificate}}
	if _, err := Seal(t.Context(), dir, s, []Plain{{"SEALED", []byte("plaintext")}}, Options{}); err != nil {
		if !bytes.Equal(read(), src) {
			t.Errorf("%v, and the file has changed", err)
		}
		return false
	}
	once := read()
	top, _ := value.Read("f", once)
	text := top.StringAt("environments", "prod", "secrets", "SEALED", "value")
	if _, problem := credential.Sealed(text); problem != "" || len(once) < len(src) || bytes.Contains(once, []byte("plaintext")) {
		t.Fatalf("sealed: %q", once)
	}
	controller := again{"aaaa"}
	if _, err := RotateSecrets(t.Context(), dir, Selection{Envs: []string{"prod"}, Keys: []string{"SEALED"}}, controller,
		Options{}); err != nil {
		t.Fatal(err)
	}
	if now, want := read(), strings.ReplaceAll(string(once), text, controller.of(text)); string(now) != want {
		t.Errorf("rotated:\n%q\nwant\n%q", now, want)
	}
	// Sealed once more, the value alone is another.
	if _, err := Seal(t.Context(), dir, s, []Plain{{"SEALED", []byte("plaintext 2")}}, Options{}); err != nil {
		t.Fatal(err)
	}
	top, _ = value.Read("f", read())
	if now, want := read(), strings.ReplaceAll(string(once), text, top.StringAt("environments", "prod", "secrets", "SEALED",
		"value")); string(now) != want {
		t.Errorf("sealed again:\n%q\nwant\n%q", now, want)
	}
	if _, err := RemoveSecrets(t.Context(), dir, Selection{Envs: []string{"prod"}, Keys: []string{"SEALED"}}, Options{}); err != nil {
		return true // a merge key would bring back another
	}
	want, err := edit.Apply("app.yaml", once, edit.Remove(2, "environments", "prod", "secrets", "SEALED"))
	if now := read(); err != nil || !bytes.Equal(now, want) {
		t.Errorf("removed: %v\n%q\nwant\n%q", err, now, want)
	}
	return true
}
