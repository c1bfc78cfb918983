package check

// hostAccess finds pods that share something with their node.
func hostAccess(in *Input, r *report) {
	for _, p := range in.workloads {
		for _, field := range []string{"hostNetwork", "hostPID", "hostIPC"} {
			if v := p.spec().Get(field); v.IsTrue() {
				r.about(p.item).Warnh(p.at(v), "host-access", "remove it", "%s has %s: its pods share it with their node", p.ID, field)
			}
		}
		for _, v := range p.spec().Get("volumes").Elements() {
			if path := v.Get("hostPath"); path != nil {
				r.about(p.item).Warnh(p.at(path), "host-access", "use a claim or emptyDir", "%s mounts the node's %q", p.ID, path.StringAt("path"))
			}
		}
	}
}
