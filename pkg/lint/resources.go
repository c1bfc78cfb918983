package lint

import "strings"

// noResources finds containers that the scheduler knows nothing about, or that
// may take all memory there is.
func noResources(in *Input, r *reporter) {
	for _, p := range in.workloads {
		for _, c := range p.containers() {
			limits, requests := c.Get("resources", "limits"), c.Get("resources", "requests")
			var missing []string
			for _, what := range []string{"cpu", "memory"} {
				if !requests.Has(what) && !limits.Has(what) { // a limit is a request too
					missing = append(missing, what+" request")
				}
			}
			if !limits.Has("memory") {
				missing = append(missing, "memory limit")
			}
			if len(missing) > 0 {
				r.report(p.item, c.Get("resources"), "add resources: with requests and limits",
					"the container %q of %s has no %s", c.StringAt("name"), p.ID, strings.Join(missing, ", no "))
			}
		}
	}
}
