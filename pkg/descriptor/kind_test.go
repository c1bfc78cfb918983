package descriptor_test

import (
	"testing"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
)

// TestStrategyOfKinds holds that strategy is of use to the kinds that have one, and makes that field of their spec.
func TestStrategyOfKinds(t *testing.T) {
	for _, k := range kinds.All() {
		has := k.Strategy != ""
		if _, useless := descriptor.Useless(k)["strategy"]; useless == has {
			t.Errorf("strategy is of no use to a %s: %t", k.Name, useless)
		}
		for _, field := range []string{"strategy", "updateStrategy"} {
			if owner := descriptor.SpecOwner(k, field); (owner != "") != has {
				t.Errorf("%s of a %s is made of others: %q", field, k.Name, owner)
			}
		}
	}
}
