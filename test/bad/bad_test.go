// Package bad_test holds what unfold says about bad input: a corpus of
// descriptors that are wrong, the bounds on what is read, and fuzzing.
package bad_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/unfold-gitops/unfold/pkg/cli"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
)

var update = flag.Bool("update", false, "write the expected diagnostics anew")

// The files of a case that are not files of the app.
const (
	wantFile    = "want"    // all that is reported, as a person reads it
	environFile = "environ" // the environment that Argo CD gives to generate
	commandFile = "command" // the arguments of another command
	// platformFile is the operator's file for a check. It lies in the app's
	// folder, from which generate would not take it.
	platformFile = "platform.yaml"
)

// TestBad runs the cases in testdata, each an archive named for what is wrong.
// Its files are an app's folder; "LINK -> TARGET" makes a symbolic link. With a
// file "environ", the case is what generate prints with that environment, with a
// file "command" what that command prints, else all that a check of all
// environments finds. $DIR in it is the app's folder. {{N}} in a file of the app is
// a text of N bytes.
func TestBad(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.name, func(t *testing.T) {
			got := c.run(t)
			if *update {
				c.write(t, got)
				return
			}
			if diff := cmp.Diff(c.file(wantFile), got); diff != "" {
				t.Errorf("other diagnostics than expected (-want +got):\n%s", diff)
			}
		})
	}
}

// badCase is one archive.
type badCase struct {
	name, path string
	archive    *txtar.Archive
}

func cases(t *testing.T) []badCase {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	out := make([]badCase, len(paths))
	for i, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		absolute, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = badCase{strings.TrimSuffix(filepath.Base(path), ".txtar"), absolute, archive}
	}
	return out
}

func (c badCase) file(name string) string {
	for _, f := range c.archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func (c badCase) write(t *testing.T, want string) {
	t.Helper()
	c.archive.Files = slices.DeleteFunc(c.archive.Files, func(f txtar.File) bool { return f.Name == wantFile })
	c.archive.Files = append(c.archive.Files, txtar.File{Name: wantFile, Data: []byte(want)})
	if err := os.WriteFile(c.path, txtar.Format(c.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// long stands for a text of so many bytes.
var long = regexp.MustCompile(`\{\{[0-9]+}}`)

func letters(mark []byte) []byte {
	n, err := strconv.Atoi(string(bytes.Trim(mark, "{}")))
	if err != nil {
		panic(err)
	}
	return bytes.Repeat([]byte("a"), n)
}

// unpack writes the app's files into a folder and makes it the current one.
func (c badCase) unpack(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range c.archive.Files {
		name, target, isLink := strings.Cut(f.Name, " -> ")
		path := filepath.Join(dir, filepath.FromSlash(name))
		if name == wantFile || name == environFile || name == commandFile {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		err := os.WriteFile(path, long.ReplaceAllFunc(f.Data, letters), 0o644)
		if isLink {
			err = errors.Join(os.Remove(path), os.Symlink(target, path))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

func (c badCase) run(t *testing.T) string {
	t.Helper()
	c.unpack(t)
	if environ := c.file(environFile); environ != "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		environ = strings.ReplaceAll(strings.TrimSpace(environ), "$DIR", dir)
		return strings.ReplaceAll(run(t, []string{"generate"}, strings.Split(environ, "\n")), dir, "$DIR")
	}
	if command := c.file(commandFile); command != "" {
		return run(t, strings.Fields(command), nil)
	}
	return report(c.check(t))
}

// check returns all that is found in all environments.
func (c badCase) check(t *testing.T) diag.List {
	t.Helper()
	var operator *platform.Platform
	if c.file(platformFile) != "" {
		var err error
		var diags diag.List
		if operator, err = platform.Read(platformFile); errors.As(err, &diags) {
			return diags
		} else if err != nil {
			t.Fatal(err)
		}
	}
	app, err := render.RenderApp(render.Folder{Dir: "."}, operator, "", render.Options{})
	if err != nil {
		t.Fatalf("a mistake of the user was taken for a fault: %v", err)
	}
	return app.Diags
}

func report(diags diag.List) string {
	if len(diags) == 0 {
		return ""
	}
	return diags.Error() + "\n"
}

// run returns what a command says when it fails in the current folder: for
// generate, what Argo CD shows.
func run(t *testing.T, args, environ []string) string {
	t.Helper()
	var out, stderr bytes.Buffer
	code := cli.Run(context.Background(), args, cli.Streams{Out: &out, Err: &stderr, Environ: environ})
	if code != 1 || out.Len() > 0 {
		t.Errorf("exit code %d with %d bytes of output, want code 1 without any", code, out.Len())
	}
	return stderr.String()
}
