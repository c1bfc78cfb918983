package descriptor

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// listed are the fields whose keys are names that the app chooses, with the word for one.
func listed() map[string]string {
	return map[string]string{"workloads": "workload", "jobs": "job", "hooks": "hook", "sidecars": "sidecar",
		"initContainers": "init container"}
}

// Absent returns an error for a path such as workloads.web.port that leads through a workload, job, hook or container that
// none of the environments has; nil for every other path.
func (d *Document) Absent(path string, environments []*Provenance) diag.List {
	noun, name, names := "", "", []string{}
	for _, p := range environments {
		n, absent, known := p.absent(strings.Split(path, "."))
		if absent == "" {
			return nil
		}
		noun, name = n, absent
		for _, x := range known {
			if !slices.Contains(names, x) {
				names = append(names, x)
			}
		}
	}
	var diags diag.List
	if name != "" {
		hint := "the app has no " + noun + "s"
		if len(names) > 0 {
			hint = diag.Hint(name, "the "+noun+"s are", names)
		}
		diags.Errorh(diag.Pos{File: d.File, Line: 1, Col: 1}, "unknown-field", hint, "there is no %s %q", noun, name)
	}
	return diags
}

// absent returns the first name in a path that nothing has, the word for what it would be, and the names that there are.
func (p *Provenance) absent(path []string) (noun, name string, known []string) {
	if len(path) < 2 || listed()[path[0]] == "" {
		return "", "", nil
	}
	if path[0] == "workloads" {
		known := p.Fields.Get("workloads").Keys()
		if !slices.Contains(known, path[1]) {
			return "workload", path[1], known
		}
		if len(path) < 4 || listed()[path[2]] == "" {
			return "", "", nil
		}
		noun, name, known := listed()[path[2]], path[3], p.Fields.Get("workloads", path[1], path[2]).Keys()
		if slices.Contains(known, name) {
			return "", "", nil
		}
		return noun, name, known
	}
	known = p.Fields.Get(path[0]).Keys()
	for _, w := range p.Fields.Get("workloads").AllEntries() {
		known = append(known, w.Value.Get(path[0]).Keys()...)
	}
	if slices.Contains(known, path[1]) {
		return "", "", nil
	}
	return listed()[path[0]], path[1], known
}
