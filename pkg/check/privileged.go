package check

// privileged finds containers that are root on their node.
func privileged(in *Input, r *report) {
	for _, p := range in.workloads {
		for _, c := range p.all() {
			if v := c.Get("securityContext", "privileged"); v.IsTrue() {
				r.about(p.item).Warnh(p.at(v), "privileged", "add the one capability that is needed instead", "the container %q of %s is privileged", c.StringAt("name"), p.ID)
			}
		}
	}
}
