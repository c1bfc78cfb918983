package lint

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// blockingBudget finds disruption budgets that never let a pod go.
func blockingBudget(in *Input, r *reporter) {
	for _, x := range in.items {
		if x.Kind != "PodDisruptionBudget" {
			continue
		}
		spec := x.value.Get("spec")
		if least := spec.Get("maxUnavailable"); least.IsScalar() {
			if least.Text == "0" || least.Text == "0%" {
				r.report(x, least, "let one pod be unavailable", "%s lets no pod go: maxUnavailable is %s",
					x.ID, least.Text)
			}
			continue
		}
		least := spec.Get("minAvailable")
		if least == nil {
			continue
		}
		for _, p := range in.selected(spec.Get("selector")) {
			n, ok := p.replicas(in)
			if !ok || n == 0 {
				continue
			}
			if needed(least, n) >= n {
				r.report(x, least, "run more replicas, or set maxUnavailable: 1",
					"%s lets no pod go: %s of %d have to be available", x.ID, least.Text, n)
			}
		}
	}
}

// needed returns how many of n pods a number or percentage is, rounded up as
// Kubernetes does.
func needed(v *value.Value, n int64) int64 {
	if percent, ok := strings.CutSuffix(v.Text, "%"); ok {
		share, _ := strconv.ParseInt(percent, 10, 64)
		return (share*n + 99) / 100
	}
	least, _ := v.Int64()
	return least
}
