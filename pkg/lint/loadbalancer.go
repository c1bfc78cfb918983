package lint

import "strings"

// openLoadBalancer finds Services that are open to the internet. Clouds make a
// load balancer internal by an annotation of their own.
func openLoadBalancer(in *Input, r *reporter) {
	for _, x := range in.items {
		spec := x.value.Get("spec")
		if x.Kind != "Service" || x.Group() != "" || spec.StringAt("type") != "LoadBalancer" ||
			!spec.Get("loadBalancerSourceRanges").Empty() {
			continue
		}
		internal := false
		for _, e := range x.value.Get("metadata", "annotations").AllEntries() {
			internal = internal || strings.Contains(strings.ToLower(e.Key+"="+e.Value.StringAt()), "internal") &&
				e.Value.StringAt() != "false"
		}
		if !internal {
			r.report(x, spec.Get("type"), "add loadBalancerSourceRanges",
				"%s is open to the whole internet", x.ID)
		}
	}
}
