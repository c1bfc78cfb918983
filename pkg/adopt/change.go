package adopt

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Risk is what a change does to what runs.
type Risk int

// The risks, the greatest first.
const (
	// Immutable is a field that the API server lets nobody change: the object is deleted and made anew.
	Immutable Risk = iota
	// Outage is a change that can keep requests from pods, or pods from starting.
	Outage
	// Restart replaces pods.
	Restart
	// Rename gives an object another name.
	Rename
	// Setting changes how something works, with the pods that run.
	Setting
	// Metadata changes labels and annotations of an object alone.
	Metadata
)

// String returns the risk in a word or two.
func (r Risk) String() string {
	return [...]string{"immutable field", "outage", "restart", "rename", "setting", "metadata"}[r]
}

// Change is one change of an object.
type Change struct {
	Risk Risk
	Env  string
	object.ID
	// What says which field changes, or what becomes of the object.
	What string
}

// claims reports whether an object is a claim or makes some, so that its data goes by its name.
func claims(id object.ID, objects []*value.Value) bool {
	return id.Kind == "PersistentVolumeClaim" || slices.ContainsFunc(objects, func(v *value.Value) bool {
		return idOf(v) == id && !v.Get("spec", "volumeClaimTemplates").Empty()
	})
}

// changes returns what becomes of the objects of an environment: one change for each field.
func changes(env string, source []*value.Value, differences []diff.Object) []Change {
	var out []Change
	successors := map[object.ID]bool{}
	for _, d := range differences {
		if d.Successor != nil {
			successors[*d.Successor] = true
		}
	}
	for _, d := range differences {
		switch {
		case d.Removed && d.Successor != nil && claims(d.ID, source):
			out = append(out, Change{Outage, env, d.ID, "becomes " + d.Successor.String() +
				" with new claims, and the data stays in the old ones"})
		case d.Removed && d.Successor != nil:
			out = append(out, Change{Rename, env, d.ID, "becomes " + d.Successor.String()})
		case d.Removed:
			out = append(out, Change{Outage, env, d.ID, "goes"})
		case d.Added && !successors[d.ID]:
			out = append(out, Change{Setting, env, d.ID, "is new"})
		}
		for _, f := range d.Fields {
			out = append(out, Change{risk(d.ID, f), env, d.ID, f.Path + ": " + shown(f.Old) + " -> " + shown(f.New)})
		}
	}
	return out
}

// risk returns what the change of a field does.
func risk(id object.ID, f diff.Field) Risk {
	k, _ := kinds.Find(id.Kind)
	template := strings.Join(k.Template, ".")
	switch {
	case f.Fixed:
		return Immutable
	case template != "" && under(f.Path, template):
		if strings.Contains(f.Path, "securityContext") || strings.Contains(f.Path, "Probe") {
			return Outage
		}
		if k.Scheduled || k.Completes { // whose pods end by themselves
			return Setting
		}
		return Restart
	case id.Kind == "Service" && (under(f.Path, "spec.selector") || under(f.Path, "spec.ports") || under(f.Path, "spec.type")),
		id.Kind == "Ingress" && under(f.Path, "spec"), id.Kind == "HTTPRoute" && under(f.Path, "spec"),
		id.Kind == "NetworkPolicy" && under(f.Path, "spec"):
		return Outage
	case under(f.Path, "metadata"):
		return Metadata
	}
	return Setting
}

// under reports whether a path is another one or below it.
func under(path, top string) bool {
	rest, ok := strings.CutPrefix(path, top)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// shown returns a value on one line, for people.
func shown(v *value.Value) string {
	const most = 60
	if v == nil {
		return "nothing"
	}
	text := value.Sorted(v).Flow()
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// sortChanges sorts changes by risk, then by environment and object.
func sortChanges(list []Change) {
	slices.SortStableFunc(list, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Risk, b.Risk), strings.Compare(a.Env, b.Env), strings.Compare(a.ID.String(), b.ID.String()))
	})
}

// templatePath returns where the template of an object's pods is, nil for an object that runs none.
func templatePath(v *value.Value) []string {
	k, _ := kinds.Find(v.StringAt("kind"))
	return slices.Clone(k.Template)
}
