package lint

// noProbes finds containers that serve ports and say nothing about their health.
func noProbes(in *Input, r *reporter) {
	for _, p := range in.workloads {
		if p.ends() {
			continue
		}
		for _, c := range p.containers() {
			if len(c.Get("ports").AllItems()) == 0 || c.Has("livenessProbe") || c.Has("readinessProbe") || c.Has("startupProbe") {
				continue
			}
			r.report(p.item, c.Get("ports").Items[0], "add probes: with a path such as /health",
				"the container %q of %s serves ports, but has no probes", c.StringAt("name"), p.ID)
		}
	}
}
