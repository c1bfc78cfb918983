package lint

import "github.com/unfold-gitops/unfold/pkg/kube/object"

// scaledReplicas finds workloads with a number of pods that an autoscaler chooses.
func scaledReplicas(in *Input, r *reporter) {
	for _, x := range in.items {
		target, ok := object.Scaled(x.value)
		if !ok {
			continue
		}
		if to, ok := in.item(target.Kind, target.Name); ok && to.value.Get("spec").Has("replicas") {
			r.report(to, to.value.Get("spec", "replicas"), "remove replicas", "%s sets replicas, and %s changes them", to.ID, x.ID)
		}
	}
}

// doubleControl finds workloads that two autoscalers or two disruption budgets
// are in charge of.
func doubleControl(in *Input, r *reporter) {
	scaled, guarded := map[object.ID]item{}, map[object.ID]item{}
	for _, x := range in.items {
		if target, ok := object.Scaled(x.value); ok {
			key := object.ID{Kind: target.Kind, Name: target.Name}
			if first, ok := scaled[key]; ok {
				r.report(x, x.value.Get("spec", "scaleTargetRef"), "keep one of them", "%s and %s both scale %s", first.ID, x.ID, key)
			}
			scaled[key] = x
		}
		if x.Kind == "PodDisruptionBudget" {
			selector := x.value.Get("spec", "selector")
			for _, p := range in.selected(selector) {
				if p.ends() {
					continue
				}
				key := object.ID{Kind: p.Kind, Name: p.Name}
				if first, ok := guarded[key]; ok {
					r.report(x, selector, "keep one of them: Kubernetes evicts no pod that has two",
						"%s and %s are both the disruption budget of %s", first.ID, x.ID, key)
				}
				guarded[key] = x
			}
		}
	}
}
