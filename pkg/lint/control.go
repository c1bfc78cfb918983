package lint

import "github.com/unfold-gitops/unfold/pkg/kube/object"

// doubleControl finds workloads that two autoscalers or two disruption budgets
// are in charge of.
func doubleControl(in *Input, r *reporter) {
	scaled, guarded := map[object.ID]item{}, map[object.ID]item{}
	for _, x := range in.items {
		switch x.Kind {
		case "HorizontalPodAutoscaler", "ScaledObject":
			target := x.value.Get("spec", "scaleTargetRef")
			kind := target.StringAt("kind")
			if kind == "" {
				kind = "Deployment"
			}
			key := object.ID{Kind: kind, Name: target.StringAt("name")}
			if first, ok := scaled[key]; ok {
				r.report(x, target, "keep one of them", "%s and %s both scale %s", first.ID, x.ID, key)
			}
			scaled[key] = x
		case "PodDisruptionBudget":
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
