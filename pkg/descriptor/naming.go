package descriptor

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Names says what the objects of an app, or of one of its workloads, are called: by the field names, else as unfold does.
type Names struct {
	// given is the field, by KIND and KIND/KEY.
	given *value.Value
	// app, workload, env and name fill the holes of patterns. Runs is the kind of the object that runs the pods, "" where
	// that is none or one of several.
	app, workload, env, name string
	runs                     string
}

// Of returns the name of an object: that of its kind and key, of its kind alone, else usual. Key tells it from other objects
// of the kind that belong to the same workload; it is "" for the first of a kind that can do without.
func (n Names) Of(kind, key, usual string) string {
	if e := n.entry(kind, key); e != nil {
		return n.fill(e.Value.Text, key)
	}
	return usual
}

// At returns where the descriptor names an object of a kind, else usual.
func (n Names) At(kind, name string, usual diag.Pos) diag.Pos {
	for _, e := range n.given.AllEntries() {
		of, key, _ := strings.Cut(e.Key, "/")
		if of == kind && (n.fill(e.Value.Text, key) == name || strings.Contains(e.Value.Text, fields.HoleKey)) {
			return e.Value.Pos
		}
	}
	return usual
}

// entry returns what names an object. A kind alone means all its objects where each has a key.
func (n Names) entry(kind, key string) *value.Entry {
	if key != "" {
		if e := n.given.Entry(kind + "/" + key); e != nil {
			return e
		}
		if kind == n.runs || fields.HasFirst(kind) {
			return nil
		}
	}
	return n.given.Entry(kind)
}

func (n Names) fill(pattern, key string) string {
	env := n.env
	if env == "" { // in the base, of which no object with such a name remains
		env = "base"
	}
	return strings.NewReplacer(fields.HoleApp, n.app, fields.HoleWorkload, n.workload, fields.HoleEnv, env, fields.HoleName, n.name,
		fields.HoleKey, key).Replace(pattern)
}

// naming sets the names of a workload's objects, its own first, from which the others follow. It reports whether the
// descriptor says its own.
func (e *effective) naming(w *Workload) bool {
	n := Names{given: w.Fields.Get("names"), app: e.Name, workload: w.Key, env: e.env, runs: w.Kind.Name}
	if w.Key == "" || e.isMain(w) {
		n.workload = e.Name
	}
	own := n.given.Entry(n.runs)
	if by, ok := w.Kind.Replacement(); ok && replaced(w.Fields.Get("strategy")) {
		n.runs = by.Name
		if x := n.given.Entry(n.runs); x != nil {
			own = x
		}
	}
	if own != nil && strings.Contains(own.Value.Text, fields.HoleName) {
		e.diags.Errorh(own.Value.Pos, "contradiction", "write the name, or a pattern with "+fields.HoleApp+" or "+fields.HoleWorkload,
			"%s stands for the name of the %s, so that can't be named by it", fields.HoleName, own.Key)
		own = nil
	}
	if own != nil {
		w.Name = n.fill(own.Value.Text, "")
		w.Own = w.Name
	}
	n.name = w.Name
	w.Names = n
	return own != nil
}

// sharedNames returns what the objects of an app of several workloads are called that belong to none of them.
func (e *effective) sharedNames(given *value.Value) Names {
	return Names{given: given, app: e.Name, workload: e.Name, env: e.env, name: e.Name}
}

// replaced reports whether a strategy asks for another kind than the workload's.
func replaced(strategy *value.Value) bool {
	return slices.ContainsFunc([]string{fields.Canary, fields.BlueGreen}, strategy.Has)
}

// ServiceName returns the name of a workload's own Service.
func (w *Workload) ServiceName() string { return w.Names.Of("Service", "", w.Name) }
