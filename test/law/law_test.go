// Package law_test holds the law of overlays on random descriptors: what
// generate prints is what the stock kustomize builds from what eject writes.
package law_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/test/internal/oracle"
)

// number returns a variable's number, or the fallback where it is not set.
func number(t *testing.T, name string, fallback uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// seed returns LAW_SEED, which is 1 where it is not set, so that a test that passed
// passes again, and is chosen anew where it is "random".
func seed(t *testing.T) uint64 {
	t.Helper()
	if os.Getenv("LAW_SEED") == "random" {
		return rand.Uint64()
	}
	return number(t, "LAW_SEED", 1)
}

// each runs a property on a share of LAW_N random apps, all of them valid. An app
// depends on nothing but the seed and its index.
func each(t *testing.T, share uint64, check func(t *testing.T, a app) error) {
	seed, n := seed(t), number(t, "LAW_N", 50)/share
	t.Logf("LAW_SEED=%d LAW_N=%d", seed, n)
	var failures atomic.Int32
	t.Run("app", func(t *testing.T) {
		for index := range n {
			t.Run(fmt.Sprint(index), func(t *testing.T) {
				t.Parallel()
				a := generate(seed, index)
				err := check(t, a)
				if err == nil {
					return
				}
				t.Logf("before it is shrunk: %.2000s\n%s", err, a)
				if failures.Add(1) == 1 { // which takes long, and one is enough to start with
					a, err = shrink(a, err, func(a app) error { return check(t, a) })
				}
				t.Errorf("LAW_SEED=%d, descriptor %d: %v\n%s", seed, index, err, a)
			})
		}
	})
}

// String shows the app's folder.
func (a app) String() string {
	var b strings.Builder
	all := a.all()
	for _, name := range all.Paths() {
		if name == descriptor.FileName || referred(all[descriptor.FileName], name) {
			fmt.Fprintf(&b, "-- %s --\n%s\n", name, all[name])
		}
	}
	fmt.Fprintf(&b, "overrides: %+v, Argo CD's namespace: %q, Kubernetes: %q", a.overrides, a.argocdNamespace, a.kubernetes)
	return b.String()
}

// referred reports whether a descriptor may name a file, by its first folder.
func referred(src []byte, name string) bool {
	dir, _, found := strings.Cut(name, "/")
	return !found && bytes.Contains(src, []byte(name)) || found && bytes.Contains(src, []byte(dir+"/"))
}

// write puts the app into a folder of its own.
func (a app) write(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := tree.Write(t.Context(), dir, a.all(), false); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (a app) options() render.Options {
	return render.Options{ArgoCDNamespace: a.argocdNamespace, Overrides: a.overrides, Kubernetes: a.kubernetes}
}

// TestLaw is the law of overlays.
func TestLaw(t *testing.T) {
	kustomize := oracle.Stock(t)
	each(t, 1, func(t *testing.T, a app) error {
		u, err := oracle.Unfold(a.write(t), a.options())
		if err != nil {
			return err
		}
		return kustomize.Hold(u, filepath.Join(t.TempDir(), "tree"))
	})
}

// TestLawOrderOfKeys holds that the order of the top-level keys does not matter.
func TestLawOrderOfKeys(t *testing.T) {
	each(t, 2, func(t *testing.T, a app) error {
		want, err := manifests(a.write(t), a.options())
		if err != nil {
			return err
		}
		doc := *a.doc
		doc.Content = reversed(doc.Content)
		a.doc = &doc
		got, err := manifests(a.write(t), a.options())
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return fmt.Errorf("other manifests with the top-level keys in reverse order (-before +after):\n%s", diff)
		}
		return nil
	})
}

func reversed(pairs []*yaml.Node) []*yaml.Node {
	out := make([]*yaml.Node, 0, len(pairs))
	for i := len(pairs) - 2; i >= 0; i -= 2 {
		out = append(out, pairs[i], pairs[i+1])
	}
	return out
}

// manifests returns what generate prints for each environment.
func manifests(dir string, o render.Options) (map[string]string, error) {
	src, err := render.Open(dir, nil)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	out := map[string]string{}
	for _, env := range src.Environments() {
		result, err := src.Environment(env, o)
		if err != nil {
			return nil, fmt.Errorf("environment %s: %w", env, err)
		}
		out[env] = string(result.Manifests)
	}
	return out, nil
}

// TestLawInParallel holds that renderings at the same time do not touch one
// another.
func TestLawInParallel(t *testing.T) {
	const times = 4
	each(t, 5, func(t *testing.T, a app) error {
		dir := a.write(t)
		var running sync.WaitGroup
		results, failures := make([]map[string]string, times), make([]error, times)
		for i := range times {
			running.Go(func() { results[i], failures[i] = manifests(dir, a.options()) })
		}
		running.Wait()
		if err := errors.Join(failures...); err != nil {
			return err
		}
		for _, got := range results[1:] {
			if diff := cmp.Diff(results[0], got); diff != "" {
				return fmt.Errorf("two renderings at the same time differ (-one +other):\n%s", diff)
			}
		}
		return nil
	})
}
