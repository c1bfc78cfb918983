package fields

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
)

// TestStrategies holds what the row of strategy says to the table of kinds. It is written
// out there, since every start would pay for putting it together.
func TestStrategies(t *testing.T) {
	row := OfWorkload("strategy")
	if want := "How pods are replaced: " + strategiesOfKinds() + "."; !strings.HasPrefix(row.Doc, want) {
		t.Errorf("the documentation of strategy has to begin with %q", want)
	}
	types := row.Type.Field("type")
	want := listed(strategyTypes(func(k kinds.Kind) bool { return k.Chosen }), "or") + ";"
	if !strings.HasPrefix(types.Doc, want) {
		t.Errorf("the documentation of strategy.type has to begin with %q", want)
	}
	if diff := cmp.Diff(strategyTypes(func(k kinds.Kind) bool { return k.Written }), types.Type.Enum); diff != "" {
		t.Errorf("the enum of strategy.type (-want +got):\n%s", diff)
	}
}

// strategyTypes returns the types of strategy that kinds have, each once.
func strategyTypes(of func(kinds.Kind) bool) []string {
	var out []string
	for _, k := range kinds.All() {
		for _, s := range k.Strategies {
			if of(k) && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// strategiesOfKinds says in words which strategies a Deployment has, and which the other kinds.
func strategiesOfKinds() string {
	deployment, _ := kinds.Find(kinds.Deployment)
	words, said := listed(deployment.Strategies, "or"), [][]string{deployment.Strategies}
	for _, k := range kinds.All() {
		same := func(x []string) bool { return slices.Equal(x, k.Strategies) }
		if !k.Chosen || len(k.Strategies) == 0 || slices.ContainsFunc(said, same) {
			continue
		}
		said = append(said, k.Strategies)
		var names []string
		for _, x := range kinds.All() {
			if x.Chosen && same(x.Strategies) {
				names = append(names, x.Name)
			}
		}
		words += "; " + listed(k.Strategies, "or") + " of a " + listed(names, "or")
	}
	return words
}
