// Package oracle holds what unfold makes of an app against the stock kustomize:
// the law of overlays. The tests of the law and of the goldens share it.
package oracle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/expand"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/kustomize"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

// Variable names the stock kustomize to hold unfold against.
const Variable = "UNFOLD_TEST_KUSTOMIZE"

// Kustomize is the path of the stock program.
type Kustomize string

// Stock returns the stock kustomize, or ends the test where there is none.
func Stock(tb testing.TB) Kustomize {
	tb.Helper()
	program := os.Getenv(Variable)
	if program == "" {
		tb.Fatalf("%s does not name the stock kustomize: run the tests by `make test`, which builds it", Variable)
	}
	if _, err := os.Stat(program); err != nil {
		tb.Fatalf("%s: %v: run the tests by `make test`, which builds it", Variable, err)
	}
	return Kustomize(program)
}

// Law says what an app breaks.
type Law string

// The ways to break the law.
const (
	// Refused is a valid descriptor that unfold does not take.
	Refused Law = "unfold refuses the descriptor"
	// Failed is a tree that kustomize does not build.
	Failed Law = "kustomize refuses the tree"
	// Warned is a tree that kustomize has something to say about.
	Warned Law = "kustomize prints on standard error"
	// Ejected is a tree that builds to something else than generate prints.
	Ejected Law = "kustomize build of the ejected overlay differs from generate"
	// TwoWays is an app that kustomize as a library builds to something else than
	// what its objects are printed as.
	TwoWays Law = "the way through kustomize differs from the direct one"
)

// Breach is a case in which the law does not hold.
type Breach struct {
	Law    Law
	Env    string
	Text   string
	reason string
}

func (b *Breach) Error() string { return fmt.Sprintf("environment %s: %s:\n%s", b.Env, b.Law, b.Text) }

// Reason tells breaches of one law apart: what the diagnostics say.
func (b *Breach) Reason() string { return b.reason }

// refused is a breach for a failure of unfold.
func refused(env string, err error) *Breach {
	b := &Breach{Law: Refused, Env: env, Text: err.Error()}
	var diags diag.List
	if errors.As(err, &diags) {
		for _, d := range diags.Sorted() {
			b.reason += d.Code + d.Message
		}
	}
	return b
}

// Unfolded is what unfold makes of an app.
type Unfolded struct {
	Environments []string
	// Manifests is what generate prints, by environment.
	Manifests map[string][]byte
	// Alone is the same by way of kustomize as a library, whatever way generate
	// takes.
	Alone map[string][]byte
	// Tree is what eject writes.
	Tree tree.Tree
}

// Unfold unfolds the app in dir by all ways. Its error is a Breach.
func Unfold(dir string, o render.Options) (*Unfolded, error) { return UnfoldUnder(dir, nil, o) }

// UnfoldUnder is Unfold with an operator's platform file.
func UnfoldUnder(dir string, p *platform.Platform, o render.Options) (*Unfolded, error) {
	src, err := render.Open(dir, p)
	if err != nil {
		return nil, refused("", err)
	}
	defer src.Close()
	u := &Unfolded{Environments: src.Environments(), Manifests: map[string][]byte{}, Alone: map[string][]byte{}}
	for _, env := range u.Environments {
		result, err := src.Environment(env, o)
		if err != nil {
			return nil, refused(env, err)
		}
		u.Manifests[env] = result.Manifests
		if u.Alone[env], err = alone(dir, src, env, o); err != nil {
			return nil, refused(env, err)
		}
	}
	if u.Tree, _, err = src.Tree(u.Environments, o); err != nil {
		return nil, refused("", err)
	}
	return u, nil
}

// alone builds an environment without a base by kustomize as a library.
func alone(dir string, src *render.Source, env string, o render.Options) ([]byte, error) {
	e, err := src.Expanded(env, o)
	if err != nil {
		return nil, err
	}
	t, err := expand.Alone(e)
	if err != nil {
		return nil, err
	}
	built, err := kustomize.Run(t, expand.Overlay(env))
	if err != nil {
		return nil, err
	}
	return object.Encode(built)
}

// Read returns all files below dir.
func Read(dir string) (tree.Tree, error) {
	out := tree.Tree{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		out[name], err = fs.ReadFile(root, name)
		return err
	})
	return out, err
}

// Hold compares all that unfold made of an app with what the stock kustomize
// builds from the tree, which it writes to scratch. Its error is a Breach.
func (k Kustomize) Hold(u *Unfolded, scratch string) error {
	for _, env := range u.Environments {
		if diff := compare(u.Manifests[env], u.Alone[env]); diff != "" {
			return &Breach{Law: TwoWays, Env: env, Text: diff}
		}
	}
	if err := tree.Write(context.Background(), scratch, u.Tree, false); err != nil {
		return err
	}
	for _, env := range u.Environments {
		var stdout, stderr bytes.Buffer
		cmd := exec.Command(string(k), "build", filepath.Join(scratch, expand.Overlay(env)))
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil {
			return &Breach{Law: Failed, Env: env, Text: fmt.Sprintf("%v\n%s", err, &stderr)}
		}
		if diff := compare(u.Manifests[env], stdout.Bytes()); diff != "" {
			return &Breach{Law: Ejected, Env: env, Text: diff}
		}
		if stderr.Len() > 0 {
			return &Breach{Law: Warned, Env: env, Text: stderr.String()}
		}
	}
	return nil
}

// compare returns the difference of two streams by line, or "".
func compare(unfold, kustomize []byte) string {
	if bytes.Equal(unfold, kustomize) {
		return ""
	}
	if diff := cmp.Diff(lines(unfold), lines(kustomize)); diff != "" {
		return "(-unfold +kustomize)\n" + diff
	}
	panic("streams that differ have the same lines")
}

func lines(b []byte) []string { return strings.SplitAfter(string(b), "\n") }
