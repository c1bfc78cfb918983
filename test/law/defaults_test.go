package law_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/kube/defaults"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
	"github.com/unfold-gitops/unfold/test/internal/kubevalid"
)

// TestKubernetesStores holds defaults.Stored to what Kubernetes' own code makes of the
// objects of random descriptors, of mutations of them, and of parts of them: a field
// that is left out has to come back.
func TestKubernetesStores(t *testing.T) {
	judge := kubevalid.Start(t)
	seed, n := seed(t), number(t, "LAW_N", 50)/10
	t.Logf("LAW_SEED=%d LAW_N=%d", seed, n)
	compared := map[string]int{}
	for index := range n {
		a := generate(seed, index)
		all, err := manifests(a.write(t), a.options())
		if err != nil {
			t.Fatalf("LAW_SEED=%d, descriptor %d: %v", seed, index, err)
		}
		m := mutator{rand.New(rand.NewPCG(seed, index))}
		for _, env := range slices.Sorted(maps.Keys(all)) {
			objects, err := decode([]byte(all[env]))
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range objects {
				typ, ok := types.Lookup(fmt.Sprint(o["apiVersion"]), fmt.Sprint(o["kind"]))
				if !ok || types.Custom(fmt.Sprint(o["apiVersion"])) {
					continue
				}
				for i := range 4 {
					var x map[string]any
					if err := json.Unmarshal(encode(o), &x); err != nil {
						t.Fatal(err)
					}
					if i > 1 {
						m.mutate(x, typ)
					}
					if i > 0 {
						m.thin(x)
					}
					verdict, err := judge.Ask(encode(x))
					if err != nil {
						t.Fatal(err)
					}
					if verdict.Refusals == nil || len(verdict.Refusals) > 0 {
						continue
					}
					compared[fmt.Sprint(o["kind"])]++
					want, got := simple(t, defaults.Clean(read(t, verdict.Stored))), simple(t, defaults.Stored(read(t, encode(x))))
					withoutStatus(want)
					withoutStatus(got)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("LAW_SEED=%d, descriptor %d: %s\nstored (-Kubernetes +unfold):\n%s", seed, index, encode(x), diff)
					}
				}
			}
		}
	}
	t.Log(compared)
	if len(compared) < 5 {
		t.Error("too little was compared")
	}
}

// withoutStatus removes what controllers write and defaults.Stored leaves out: the
// status of an object and of the claims in it, and the generation of a DaemonSet.
func withoutStatus(o map[string]any) {
	delete(o, "status")
	metadata, _ := o["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	delete(annotations, "deprecated.daemonset.template.generation")
	if len(annotations) == 0 {
		delete(metadata, "annotations")
	}
	spec, _ := o["spec"].(map[string]any)
	claims, _ := spec["volumeClaimTemplates"].([]any)
	for _, c := range claims {
		withoutStatus(c.(map[string]any))
	}
}

// thin leaves out a fourth of the fields below spec.
func (m mutator) thin(o map[string]any) {
	var visit func(x any)
	visit = func(x any) {
		switch x := x.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(x)) {
				if m.IntN(4) == 0 {
					delete(x, key)
					continue
				}
				visit(x[key])
			}
		case []any:
			for _, item := range x {
				visit(item)
			}
		}
	}
	visit(o["spec"])
}

func read(t *testing.T, text []byte) *value.Value {
	t.Helper()
	v, err := value.FromJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func simple(t *testing.T, v *value.Value) map[string]any {
	t.Helper()
	text, err := value.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := decode(text)
	if err != nil || len(objects) != 1 {
		t.Fatal(err)
	}
	return objects[0]
}
