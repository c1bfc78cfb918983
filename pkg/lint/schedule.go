package lint

import "github.com/unfold-gitops/unfold/pkg/schema"

// neverScheduled finds schedules for dates that there are not.
func neverScheduled(in *Input, r *reporter) {
	for _, p := range in.workloads {
		v := p.value.Get("spec", "schedule")
		if schema.NeverRuns(v.StringAt()) && !p.value.Get("spec", "suspend").IsTrue() {
			r.report(p.item, v, "name a day that the month has, or suspend: true", "%s never runs: there is no date for %q in any year",
				p.ID, v.Text)
		}
	}
}
