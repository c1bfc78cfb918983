package lint

import "github.com/unfold-gitops/unfold/pkg/kube/object"

// doubleControl finds workloads that two autoscalers or two disruption budgets
// are in charge of.
func doubleControl(in *Input, r *report) {
	scaled, guarded := map[string]item{}, map[string]item{}
	for _, x := range in.items {
		if target, ok := object.Scaled(x.value); ok {
			key := of(target.Kind, target.Name)
			if first, ok := scaled[key]; ok {
				r.about(x).Warnh(x.at(x.value.Get("spec", "scaleTargetRef")), "double-control", "keep one of them",
					"%s and %s both scale %s",
					first.ID, x.ID, key)
			}
			scaled[key] = x
		}
		if x.Kind == "PodDisruptionBudget" {
			selector := x.value.Get("spec", "selector")
			for _, p := range in.selected(selector) {
				if p.ends() {
					continue
				}
				key := p.ID.String()
				if first, ok := guarded[key]; ok {
					r.about(x).Warnh(x.at(selector), "double-control", "keep one of them: Kubernetes evicts no pod that has two",
						"%s and %s are both the disruption budget of %s", first.ID, x.ID, key)
				}
				guarded[key] = x
			}
		}
	}
}
