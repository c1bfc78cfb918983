package lint

// The ports of nodes that a cluster gives to Services unless its operator says otherwise (kube-apiserver,
// --service-node-port-range).
const firstNodePort, lastNodePort = 30000, 32767

// nodePorts finds ports of nodes that the API server would not give.
func nodePorts(in *Input, r *reporter) {
	for _, x := range in.items {
		if x.Kind != "Service" || x.Group() != "" {
			continue
		}
		spec := x.value.Get("spec")
		all := append(spec.Get("ports").AllItems()[:0:0], spec)
		for _, p := range append(all, spec.Get("ports").AllItems()...) {
			for _, field := range []string{"nodePort", "healthCheckNodePort"} {
				port := p.Get(field)
				if n, ok := port.Int64(); ok && n != 0 && (n < firstNodePort || n > lastNodePort) {
					r.report(x, port, "choose one from 30000 to 32767, or leave it to the cluster",
						"%s can't have the %s %d: clusters give those from %d to %d", x.ID, field, n, firstNodePort, lastNodePort)
				}
			}
		}
	}
}
