package lint

import "github.com/unfold-gitops/unfold/pkg/yaml/value"

// selectorOverlap finds workloads whose selectors choose one another's pods: each
// would count, replace and scale pods of the other.
func selectorOverlap(in *Input, r *reporter) {
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
