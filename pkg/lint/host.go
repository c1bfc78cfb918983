package lint

// hostAccess finds pods that share something with their node, and volumes that are
// a part of one.
func hostAccess(in *Input, r *report) {
	for _, p := range in.parts {
		for _, e := range p.shared {
			if e.Key != "hostPort" {
				r.about(p.item).Warnh(p.at(e.Value), "host-access", "remove it", "%s has %s: its pods share it with their node", p.ID,
					e.Key)
			}
		}
		for _, v := range p.nodePaths {
			if !isVolume(p.item) {
				r.about(p.item).Warnh(p.at(v), "host-access", "use a claim or emptyDir", "%s mounts the node's %q", p.ID,
					v.StringAt("path"))
			}
		}
	}
	for _, x := range in.items {
		if !isVolume(x) {
			continue
		}
		for _, source := range []string{"hostPath", "local"} {
			if path := x.value.Get("spec", source, "path"); path.IsScalar() {
				r.about(x).Warnh(x.at(path), "host-access", "use a StorageClass, whose volumes hold nothing of the node",
					"%s is the path %q of a node, for every pod that claims it", x.ID, path.Text)
			}
		}
	}
}

// isVolume reports whether an object is a PersistentVolume of Kubernetes' own.
func isVolume(x item) bool { return x.Kind == "PersistentVolume" && x.Group() == "" }

// hostPorts finds containers that take a port of their node.
func hostPorts(in *Input, r *report) {
	for _, p := range in.parts {
		for _, e := range p.shared {
			if e.Key == "hostPort" {
				r.about(p.item).Warnh(p.at(e.Value), "host-port", "remove it, and add a Service",
					"%s takes the port %s of the node that it runs on", p.ID, e.Value.Text)
			}
		}
	}
}

// probedHosts finds probes and hooks by which a kubelet asks another host than the
// pod.
func probedHosts(in *Input, r *report) {
	for _, p := range in.parts {
		for _, c := range p.containers {
			for _, at := range [][]string{{"livenessProbe"}, {"readinessProbe"}, {"startupProbe"}, {"lifecycle", "postStart"},
				{"lifecycle", "preStop"}} {
				for _, handler := range []string{"httpGet", "tcpSocket"} {
					if host := c.Get(at...).Get(handler, "host"); host.StringAt() != "" {
						r.about(p.item).Warnh(p.at(host), "probe-host", "remove host",
							"%s of %s lets the kubelet ask the host %q for its %s", called(c), p.ID, host.Text, at[len(at)-1])
					}
				}
			}
		}
	}
}
