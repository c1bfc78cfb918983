package descriptor

import (
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Limits on the workloads of an app, hooks and jobs among them.
const (
	// MaxWorkloads is how many there may be: a cluster runs some hundred thousand pods
	// at most, of all apps.
	MaxWorkloads = 5000
	// MaxInherited bounds the values that all of them have from the layers below: each
	// has its own copy of what is inherited.
	MaxInherited = 1_000_000
)

// tooLarge reports workloads that would come to too much, before they are laid
// out.
func (e *effective) tooLarge(env string) bool {
	layers := []*value.Value{e.root, e.environment(env), e.options.Defaults.All, e.options.Defaults.environment(env)}
	workloads, inherited := 0, 0
	for _, l := range layers {
		workloads += countBeside(l)
		for _, w := range l.Get("workloads").AllEntries() {
			workloads += 1 + countBeside(w.Value)
		}
		for _, entry := range l.AllEntries() {
			if typ, _ := besideAt([]string{entry.Key, ""}); entry.Key != "workloads" && typ == nil {
				inherited += count(entry.Value)
			}
		}
	}
	switch {
	case workloads > MaxWorkloads:
		e.diags.Errorh(e.root.Pos, "too-large", "split the app", "the app has more than %d workloads, hooks and jobs", MaxWorkloads)
	case workloads*inherited > MaxInherited:
		e.diags.Errorh(e.root.Pos, "too-large", "split the app, or write what few workloads need under them",
			"%d workloads, hooks and jobs inherit %d values each, more than %d together", workloads, inherited, MaxInherited)
	default:
		return false
	}
	return true
}

// countBeside returns how many hooks and jobs an app or workload has.
func countBeside(v *value.Value) int {
	n := 0
	for _, x := range sorts() {
		n += len(v.Get(x.field).AllEntries())
	}
	return n
}

// count returns how many values there are in one.
func count(v *value.Value) int {
	n := 0
	v.Walk(func(*value.Value) { n++ })
	return n
}
