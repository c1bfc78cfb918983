package lint

import "github.com/unfold-gitops/unfold/pkg/diag"

// missingVolumes finds mounts of volumes that the pods do not have.
func missingVolumes(in *Input, r *reporter) {
	for _, p := range in.workloads {
		var names []string
		has := map[string]bool{}
		for _, v := range p.spec().Get("volumes").AllItems() {
			names = append(names, v.StringAt("name"))
		}
		for _, v := range p.value.Get("spec", "volumeClaimTemplates").AllItems() {
			names = append(names, v.StringAt("metadata", "name"))
		}
		for _, name := range names {
			has[name] = true
		}
		for _, c := range p.all() {
			for _, field := range []string{"volumeMounts", "volumeDevices"} {
				for _, m := range c.Get(field).AllItems() {
					if name := m.Get("name"); name.StringAt() != "" && !has[name.Text] {
						r.report(p.item, name, diag.Hint(name.Text, "the volumes are", names),
							"the container %q of %s mounts the volume %q, which its pods do not have", c.StringAt("name"), p.ID, name.Text)
					}
				}
			}
		}
	}
}
