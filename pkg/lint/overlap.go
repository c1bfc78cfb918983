package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// selectorOverlap finds workloads whose selectors choose one another's pods: each
// would count, replace and scale pods of the other. It finds too what chooses pods
// that serve together with pods that run to an end.
func selectorOverlap(in *Input, r *reporter) {
	for _, x := range in.items {
		selector := x.value.Get("spec", "selector")
		switch {
		case selector.Empty():
		case x.Kind == "Service" && x.Group() == "":
			overlapWithJobs(x, selector, in.endpoints(x), r)
		case x.Kind == "PodDisruptionBudget":
			labels := selector.Get("matchLabels") // whose line is that of the app's selector, if it has one
			overlapWithJobs(x, cmp.Or(labels, selector), in.selected(selector), r)
		}
	}
	labelled := map[string][]int{} // workloads by a label of their pods
	for i, p := range in.workloads {
		for _, e := range p.template.Get("metadata", "labels").AllEntries() {
			labelled[e.Key+"="+e.Value.Text] = append(labelled[e.Key+"="+e.Value.Text], i)
		}
	}
	for i, p := range in.workloads {
		selector := p.value.Get("spec", "selector")
		if !p.selectsPods() {
			continue
		}
		for _, j := range fewest(selector, labelled) {
			other := in.workloads[j]
			if j == i || !other.selectsPods() || !selects(selector, other.template.Get("metadata", "labels")) {
				continue
			}
			if j < i && selects(other.value.Get("spec", "selector"), p.template.Get("metadata", "labels")) {
				continue // reported already
			}
			r.report(p.item, selector, "give each workload a label of its own in its selector and on its pods",
				"the selector of %s chooses the pods of %s too", p.ID, other.ID)
			break
		}
	}
}

// overlapWithJobs reports a Service that sends requests to pods of Jobs as well, and a disruption budget that counts them: the
// controller of budgets knows no scale of theirs, so it allows no disruption.
func overlapWithJobs(x item, selector *value.Value, chosen []pods, r *reporter) {
	var ending []string
	for _, p := range chosen {
		if p.ends() {
			ending = append(ending, p.ID.String())
		}
	}
	if len(ending) > 0 && len(ending) < len(chosen) {
		r.report(x, selector, "select by a label that the pods of hooks and jobs don't have",
			"%s chooses the pods of %s too, which run to an end",
			x.ID, strings.Join(ending, ", "))
	}
}

// endpoints returns the workloads to whose pods a Service sends requests, whether they answer any or not. A port that it knows by
// a name has to have this name in the pod.
func (in *Input) endpoints(service item) []pods {
	spec := service.value.Get("spec")
	var out []pods
	for _, i := range in.index.pods.having(spec.Get("selector").AllEntries()) {
		p := in.workloads[i]
		if !selects(value.MapOf(spec.At(), "matchLabels", spec.Get("selector")), p.template.Get("metadata", "labels")) {
			continue
		}
		sends := func(port *value.Value) bool {
			target := port.Get("targetPort")
			return !target.Is(value.String) || slices.ContainsFunc(p.together(), func(c *value.Value) bool {
				return slices.Contains(portNames(c), target.Text)
			})
		}
		if ports := spec.Get("ports").AllItems(); len(ports) == 0 || slices.ContainsFunc(ports, sends) {
			out = append(out, p)
		}
	}
	return out
}

// selectsPods reports whether a workload knows its pods by a selector that a person writes.
func (p pods) selectsPods() bool {
	return !p.ends() && p.Kind != "Pod" && !p.value.Get("spec", "selector", "matchLabels").Empty()
}

// fewest gives the candidates of a selector: the workloads with the label of it that the
// fewest have.
func fewest(selector *value.Value, labelled map[string][]int) []int {
	var out []int
	for i, e := range selector.Get("matchLabels").AllEntries() {
		if with := labelled[e.Key+"="+e.Value.Text]; i == 0 || len(with) < len(out) {
			out = with
		}
	}
	return out
}
