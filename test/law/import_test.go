package law_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/adopt"
	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/expand"
	"github.com/unfold-gitops/unfold/pkg/kube/defaults"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
	"github.com/unfold-gitops/unfold/test/internal/kubevalid"
	"github.com/unfold-gitops/unfold/test/internal/oracle"
)

// TestLawImport ejects random apps and imports what was ejected: the stock kustomize builds
// from the tree what the imported descriptors render, as the API server stores both. An import
// may refuse, and then it writes nothing.
func TestLawImport(t *testing.T) {
	importAll(t, number(t, "LAW_N", 50), func(v *value.Value) (*value.Value, error) { return defaults.Stored(v), nil })
}

// TestKubernetesStoresImport is TestLawImport with the form in which Kubernetes' own code
// stores an object, and with a tenth of the apps: its other tests hold the two forms to each other.
func TestKubernetesStoresImport(t *testing.T) {
	judge := kubevalid.Start(t)
	importAll(t, max(20, number(t, "LAW_N", 50)/10), func(v *value.Value) (*value.Value, error) {
		text, err := v.MarshalJSON()
		if err != nil {
			return nil, err
		}
		verdict, err := judge.Ask(text)
		if err != nil || verdict.Stored == nil { // a custom resource
			return v, err
		}
		return value.FromJSON(verdict.Stored)
	})
}

// Of a hundred descriptors, at most so many are refused, and at least so many are no longer
// than the original. Ninety is the aim: what fields can't make is in full under manifests, and
// pkg/fold knows no network, rbac, secrets, jobs and hooks yet.
const (
	mayRefuse  = 2
	mustShrink = 10
)

func importAll(t *testing.T, n uint64, stored func(*value.Value) (*value.Value, error)) {
	kustomize := string(oracle.Stock(t))
	seed := seed(t)
	t.Logf("LAW_SEED=%d LAW_N=%d", seed, n)
	results := make([]roundTrip, n)
	var running sync.WaitGroup
	indexes := make(chan uint64)
	for range runtime.GOMAXPROCS(0) {
		running.Go(func() {
			for index := range indexes {
				results[index] = roundTrip{app: generate(seed, index), stored: stored}
				results[index].run(t, kustomize)
			}
		})
	}
	for index := range n {
		indexes <- index
	}
	close(indexes)
	running.Wait()
	refused, short, objects, byFields := 0, 0, 0, 0
	var ratios []float64
	for index, r := range results {
		objects, byFields = objects+r.objects, byFields+r.byFields
		switch {
		case r.refusal != nil:
			refused++
			t.Logf("descriptor %d is refused: %.500v", index, r.refusal)
			continue
		case r.err != nil:
			t.Errorf("LAW_SEED=%d, descriptor %d: %v\n%s\n-- imported --\n%s", seed, index, r.err, r.app, r.imported)
			continue
		case r.after <= r.before:
			short++
		}
		ratios = append(ratios, float64(r.after)/float64(r.before))
	}
	slices.Sort(ratios)
	t.Logf("of %d apps, %d are refused and %d come out the same; fields make %d of their %d objects", n, refused, len(ratios), byFields,
		objects)
	if len(ratios) == 0 {
		t.Fatal("no app was imported")
	}
	t.Logf("%d descriptors of %d are no longer than the original; the median has %.2f times its lines", short, len(ratios),
		ratios[len(ratios)/2])
	if refused*100 > int(n)*mayRefuse {
		t.Errorf("%d of %d are refused, want at most %d %%", refused, n, mayRefuse)
	}
	if n >= 50 && short*100 < len(ratios)*mustShrink {
		t.Errorf("%d of %d are no longer than the original, want at least %d %%", short, len(ratios), mustShrink)
	}
}

// roundTrip is a random app that is ejected and imported again.
type roundTrip struct {
	app    app
	stored func(*value.Value) (*value.Value, error)
	// refusal is why import wrote nothing, err what it must not do.
	refusal, err  error
	imported      string
	before, after int // lines of the descriptors
	objects       int
	byFields      int
}

// run imports the app again. What Argo CD passes to the plugin is in no descriptor, so it is left out.
func (r *roundTrip) run(t *testing.T, kustomize string) {
	r.app.overrides = nil
	u, err := oracle.Unfold(r.app.write(t), r.app.options())
	if err != nil {
		r.err = err
		return
	}
	dir := filepath.Join(t.TempDir(), "shop", "k8s") // import takes the name of an app from its folder
	if r.err = tree.Write(t.Context(), dir, u.Tree, false); r.err != nil {
		return
	}
	var sources []adopt.Source
	for _, env := range u.Environments {
		sources = append(sources, adopt.Source{Env: env, Path: filepath.Join(dir, expand.Overlay(env))})
	}
	got, err := adopt.Read(sources, nil, adopt.Options{}, nil)
	if err != nil {
		r.refusal = err
		return
	}
	secrets := map[string]map[string]bool{}
	for _, app := range got.Apps {
		r.imported += string(app.Source)
		for _, e := range app.Environments {
			r.objects, r.byFields = r.objects+e.Objects, r.byFields+e.FirstClass
			if len(e.Differences) > 0 {
				r.refusal = fmt.Errorf("%s would come out otherwise:\n%s", e.Name, strings.Join(diff.Lines(e.Differences), "\n"))
				return
			}
			for _, id := range e.Secrets {
				if secrets[e.Name] == nil {
					secrets[e.Name] = map[string]bool{}
				}
				secrets[e.Name][id.ID.Name] = true
			}
		}
	}
	r.before, r.after = bytes.Count(r.app.source(), []byte("\n")), strings.Count(r.imported, "\n")
	for _, env := range u.Environments {
		want, err := exec.Command(kustomize, "build", filepath.Join(dir, expand.Overlay(env))).Output()
		if err != nil {
			r.err = err
			return
		}
		if r.err = r.same(t, env, want, got.Apps, secrets[env]); r.err != nil {
			return
		}
	}
}

// same compares the objects of an environment, but for Secrets in plain text, which no
// descriptor holds.
func (r *roundTrip) same(t *testing.T, env string, stock []byte, apps []adopt.App, secrets map[string]bool) error {
	want, err := r.storedObjects(stock)
	if err != nil {
		return err
	}
	maps.DeleteFunc(want, func(_ string, v *value.Value) bool {
		return v.StringAt("apiVersion") == "v1" && v.StringAt("kind") == "Secret" && secrets[v.StringAt("metadata", "name")]
	})
	got := map[string]*value.Value{}
	for _, app := range apps {
		source, err := render.OpenAs(t.TempDir(), descriptor.FileName, nil, app.Source)
		if err != nil {
			return err
		}
		defer source.Close()
		if !slices.Contains(source.Environments(), env) {
			continue
		}
		result, err := source.Environment(env, render.Options{})
		if err != nil {
			return err
		}
		objects, err := r.storedObjects(result.Manifests)
		if err != nil {
			return err
		}
		maps.Copy(got, objects)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
		return fmt.Errorf("environment %s has other objects (-before +after):\n%s", env, diff)
	}
	for id, v := range want {
		if x := got[id]; !value.Equal(v, x) {
			return fmt.Errorf("environment %s: %s differs (-before +after):\n%s", env, id, cmp.Diff(v.Flow(), x.Flow()))
		}
	}
	return nil
}

// storedObjects returns the objects of a stream as the API server stores them, by what tells
// them apart.
func (r *roundTrip) storedObjects(stream []byte) (map[string]*value.Value, error) {
	docs, diags := value.ReadAll("", stream)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	out := map[string]*value.Value{}
	for _, v := range docs {
		id := fmt.Sprintf("%s %s %s/%s", v.StringAt("apiVersion"), v.StringAt("kind"), v.StringAt("metadata", "namespace"),
			v.StringAt("metadata", "name"))
		if out[id] != nil {
			return nil, errors.New(id + " is there twice")
		}
		v, err := r.stored(v)
		if err != nil {
			return nil, err
		}
		out[id] = v
	}
	return out, nil
}
