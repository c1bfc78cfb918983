package descriptor

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// strategies are the types of strategy that a kind has, with those of what can replace it.
func strategies(kind kinds.Kind) []string {
	by, _ := kind.Replacement()
	return slices.Concat(kind.Strategies, by.Strategies)
}

// strategy takes the strategy as Kubernetes or Argo Rollouts has it. A type from
// a higher layer puts a lower one's rolling update aside.
func (e *effective) strategy(w *Workload, v *value.Value) {
	if v.Empty() {
		return
	}
	if e.rollout(w, v) {
		return
	}
	kind := v.Get("type")
	if kind != nil && !slices.Contains(strategies(w.Kind), kind.Text) {
		e.diags.Errorh(kind.Pos, "bad-value", diag.Hint(kind.Text, "allowed are", strategies(w.Kind)), "the strategy of a %s can't be %q",
			w.Kind.Name, kind.Text)
	}
	if v.Has("rollingUpdate") && kind.StringAt() != "RollingUpdate" {
		v = v.Copy()
		v.Delete("rollingUpdate")
	}
	if part := v.Get("rollingUpdate").Entry("partition"); part != nil && !w.Kind.Ordinal {
		e.diags.Errorh(part.KeyPos, "contradiction", "remove it", "a %s has no partition: its pods have no order", w.Kind.Name)
	}
	if surge := v.Get("rollingUpdate").Entry("maxSurge"); surge != nil && w.Kind.Ordinal {
		e.diags.Errorh(surge.KeyPos, "contradiction", "remove it",
			"a %s has no maxSurge: each of its pods is the only one with its name", w.Kind.Name)
	}
	w.Strategy = v
}

// lifecycle takes the handlers of a container's start and stop.
func (e *effective) lifecycle(v *value.Value) *value.Value {
	for _, name := range []string{"preStop", "postStart"} {
		if handler := v.Entry(name); handler != nil && handler.Value.Empty() {
			e.diags.Errorh(handler.KeyPos, "missing-handler", "add exec, httpGet, tcpSocket or sleep", "%s of lifecycle says nothing to do",
				name)
		}
	}
	return v
}

// spread lists over what the pods are spread. What nobody asked for gives way to
// what somebody did, and is left away where there is nothing to spread.
func (e *effective) spread(w *Workload, v *value.Value) {
	if !v.Is(value.Map) {
		return
	}
	if len(v.Entries) == 0 { // asked for, where the defaults are switched off
		for _, topology := range []string{"zone", "hostname"} {
			v = v.Copy().Set(fields.Topologies()[topology], value.NewMap(v.Pos))
		}
	}
	builtin := func(x value.Entry) bool { return x.Value.Pos.File == BuiltinFile }
	chosen := slices.ContainsFunc(v.Entries, func(x value.Entry) bool { return !builtin(x) })
	for _, entry := range v.Entries {
		if chosen && builtin(entry) || e.options.Defaults.nobodyAsked(entry.Value.Pos) && w.AtLeast < 2 {
			continue
		}
		w.Spread = append(w.Spread, entry)
		if least := entry.Value.Entry("minDomains"); least != nil && entry.Value.StringAt("whenUnsatisfiable") != "DoNotSchedule" {
			e.diags.Errorh(least.KeyPos, "contradiction", "add whenUnsatisfiable: DoNotSchedule",
				"minDomains has no effect without DoNotSchedule")
		}
	}
}
