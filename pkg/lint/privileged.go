package lint

// privileged finds containers that are root on their node, and namespaces that let
// any be.
func privileged(in *Input, r *reporter) {
	for _, p := range in.parts {
		for _, c := range p.contexts {
			if v := c.Get("privileged"); isOn(v) {
				r.report(p.item, v, "add the one capability that is needed instead", "%s of %s is privileged",
					called(c.of), p.ID)
			}
			if v := c.Get("windowsOptions", "hostProcess"); isOn(v) {
				r.report(p.item, v, "remove it", "%s of %s has hostProcess: it is an administrator of its node",
					called(c.of), p.ID)
			}
		}
	}
	for _, x := range in.items {
		if label := x.value.Get("metadata", "labels", podSecurity+"enforce"); isNamespace(x) && label.StringAt() == "privileged" &&
			in.podSecurity("enforce") != "privileged" {
			r.report(x, label, "remove the label, or write baseline", "%s lets every pod in it be privileged",
				x.ID)
		}
	}
}
