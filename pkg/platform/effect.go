package platform

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// CreateNamespace is the sync option by which Argo CD creates namespaces.
const CreateNamespace = "CreateNamespace=true"

// withoutEffect reports settings of Applications that no Application has, because another setting excludes them everywhere that
// they apply. One that has an effect in some environment is right.
func (r *reader) withoutEffect(p *Platform, full *value.Value) {
	var all []Applications
	if !p.Defaults.Listed || len(p.Defaults.Further) > 0 {
		all = append(all, p.everywhere.Applications)
	}
	for _, e := range p.Defaults.Environments {
		all = append(all, p.Settings(e.Key).Applications)
	}
	top := full.Get("applications")
	r.unused(nil, top, all)
	for _, e := range full.Get("environments").AllEntries() {
		r.unused(top, e.Value.Get("applications"), []Applications{p.Settings(e.Key).Applications})
	}
}

// unused reports the settings written in one place, over those of lower, that have no effect in any of the environments they
// apply to.
func (r *reader) unused(lower, written *value.Value, in []Applications) {
	options := r.leftOut(written, "syncOptions") || r.leftOut(lower, "syncOptions")
	if !options && !slices.ContainsFunc(in, func(a Applications) bool { return slices.Contains(a.SyncOptions, CreateNamespace) }) {
		for _, field := range []string{"namespaceLabels", "namespaceAnnotations"} {
			if e := written.Entry(field); e != nil && e.Value.Is(value.Map) && !e.Value.Empty() {
				r.diags.Errorh(e.KeyPos, "no-use", "add "+CreateNamespace+" to syncOptions, or remove "+field,
					"%s has no effect without the sync option %s: Argo CD sets it on the namespaces that it creates", field,
					CreateNamespace)
			}
		}
	}
	if slices.ContainsFunc(in, func(a Applications) bool { return !a.Manual }) {
		return
	}
	for _, field := range []string{"prune", "selfHeal"} {
		if e := written.Entry(field); e != nil && e.Value.IsTrue() && !isFalse(lower, field) {
			r.diags.Warnh(e.KeyPos, "no-use", "remove it, or automated: false",
				"%s: true has no effect with automated: false, which leaves syncs to people", field)
		}
	}
}
