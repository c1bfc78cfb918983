package lint

import "cmp"

// containerPorts finds ports that two containers of a pod listen on: they share the
// pod's address, so the second can't start.
func containerPorts(in *Input, r *reporter) {
	for _, p := range in.workloads {
		taken := map[string]string{} // containers by port and protocol
		for _, c := range p.together() {
			name, own := c.StringAt("name"), map[string]bool{}
			for _, port := range c.Get("ports").AllItems() {
				number := port.Get("containerPort")
				key := number.StringAt() + "/" + cmp.Or(port.StringAt("protocol"), "TCP")
				if other, ok := taken[key]; ok && !own[key] {
					r.report(p.item, number, "give one of them another port", "the containers %q and %q of %s both listen on the port %s",
						other, name, p.ID, number.StringAt())
					continue
				}
				taken[key], own[key] = name, true
			}
		}
	}
}
