package edit_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/edit"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Sealed values have some 700 characters; base64 has these that mean something to
// YAML elsewhere.
var (
	sealedOnce  = "AQ" + strings.Repeat("abc+/", 140) + "=="
	sealedAgain = "AQ" + strings.Repeat("xyz/+", 140) + "=="
)

func sealing(text string) []edit.Change {
	return []edit.Change{edit.Set(value.NewString(diag.Pos{}, text), "environments", "prod", "secrets", "SEALED", "value"),
		edit.Set(value.NewString(diag.Pos{}, "cluster-wide"), "environments", "prod", "secrets", "SEALED", "scope")}
}

// TestSecrets seals, rotates and removes a secret in each file: outside of its
// lines every byte stays, and in the end all of them are as before.
func TestSecrets(t *testing.T) {
	var sealed, restored int
	for _, f := range everyForm(t) {
		s, r := rotation(t, f.src)
		if s {
			sealed++
		}
		if r {
			restored++
		}
	}
	if sealed < 250 || restored < 200 {
		t.Errorf("of %d files %d can be sealed in, and %d are byte for byte as before in the end", len(everyForm(t)), sealed, restored)
	}
}

// everyForm returns each file as it is, with other line ends, with a byte order mark
// and without a line break at the end.
func everyForm(t testing.TB) []file {
	var out []file
	for _, f := range awkward(t) {
		lf := bytes.ReplaceAll(bytes.TrimPrefix(f.src, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
		out = append(out, file{f.name, lf},
			file{f.name + ", CRLF", bytes.ReplaceAll(lf, []byte("\n"), []byte("\r\n"))},
			file{f.name + ", byte order mark", append([]byte("\ufeff"), lf...)},
			file{f.name + ", no line break at the end", bytes.TrimRight(lf, "\n")})
	}
	return out
}

// rotation seals, rotates and removes, and proves each. It reports whether a value
// could be sealed, and whether the file is in the end what it was.
func rotation(t *testing.T, src []byte) (sealed, restored bool) {
	t.Helper()
	once, err := edit.Apply("f", src, sealing(sealedOnce)...)
	if err != nil || bytes.Contains(src, []byte(sealedOnce)) {
		return false, false
	}
	// All that a file had is there still, around what is new.
	if !inOrder(src, once) {
		t.Fatalf("%q loses something:\n%q", src, once)
	}
	again, err := edit.Apply("f", once, sealing(sealedAgain)...)
	if want := bytes.ReplaceAll(once, []byte(sealedOnce), []byte(sealedAgain)); err != nil || !bytes.Equal(again, want) {
		t.Fatalf("rotated: %v\n%s", err, diff.Unified("want", "got", string(want), string(again)))
	}
	removed, err := edit.Apply("f", again, edit.Remove(2, "environments", "prod", "secrets", "SEALED"))
	if err != nil {
		return true, false
	}
	was, _ := value.Read("f", src)
	if now, diags := value.Read("f", removed); diags.HasErrors() || !value.Equal(without(now, []string{"environments", "prod"}),
		without(was, []string{"environments", "prod"})) {
		t.Fatalf("removed from %q: %q", src, removed)
	}
	return true, bytes.Equal(removed, src)
}

// inOrder reports whether every line of a file is a line of another, in the same
// order, or all but one, into which something may have been put.
func inOrder(src, in []byte) bool {
	lines := bytes.SplitAfter(in, []byte("\n"))
	touched := 0
	for line := range bytes.Lines(src) {
		i := 0
		for i < len(lines) && !bytes.Equal(lines[i], line) {
			i++
		}
		if i == len(lines) {
			touched++
			continue
		}
		lines = lines[i+1:]
	}
	return touched <= 1
}

// FuzzSecrets does to arbitrary files what TestSecrets does.
func FuzzSecrets(f *testing.F) {
	for _, x := range everyForm(f) {
		f.Add(x.src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		top, diags := value.Read("f", src)
		if diags.HasErrors() || !top.Is(value.Map) || top.Get("environments", "prod", "secrets").Has("SEALED") {
			return
		}
		rotation(t, src)
	})
}
