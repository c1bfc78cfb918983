package lint

import "github.com/unfold-gitops/unfold/pkg/yaml/value"

// selectsNothing finds selectors that choose nothing of the app.
func selectsNothing(in *Input, r *reporter) {
	for _, x := range in.items {
		spec := x.value.Get("spec")
		selector := spec.Get("selector")
		what, matches := "pod", false
		switch {
		case x.Kind == "Service" && x.Group() == "":
			if selector.Empty() || spec.StringAt("type") == "ExternalName" {
				continue
			}
			matches = len(in.behind(x)) > 0
		case x.Kind == "PodDisruptionBudget", x.Kind == "PodMonitor":
			matches = len(in.selected(selector)) > 0
		case x.Kind == "ServiceMonitor":
			what = "Service"
			matches = in.monitored(selector)
		default:
			continue
		}
		if !matches && !elsewhere(spec) {
			r.report(x, selector, "use labels that unfold render prints", "%s selects no %s of the app", x.ID,
				what)
		}
	}
}

// elsewhere reports whether a monitor looks into other namespaces.
func elsewhere(spec *value.Value) bool { return !spec.Get("namespaceSelector").Empty() }

// selectorMismatch finds workloads that would not know their own pods.
func selectorMismatch(in *Input, r *reporter) {
	for _, p := range in.workloads {
		if len(p.kind.Template) == 0 || p.ends() {
			continue
		}
		selector := p.value.Get("spec", "selector")
		if selector == nil || selects(selector, p.template.Get("metadata", "labels")) {
			continue
		}
		r.report(p.item, selector, "give the pods the selector's labels",
			"the selector of %s does not match the labels of its own pods", p.ID)
	}
}
