package lint

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/kube/validation"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// InvalidObject is the rule that finds what the API server would refuse.
const InvalidObject = "invalid-object"

// Refuses reports whether a finding of a rule in an object stops the run: its severity is
// error, and the app does not accept it. The object has the name that it comes out with.
func (in Input) Refuses(rule string, id object.ID) bool {
	r, ok := byName(rule)
	s := in.Policy.of(r, in.Env)
	if !ok || s.Severity != Error || !s.Accept {
		return ok && s.Severity == Error
	}
	in.built = true
	accepted := in.Accept.Get(rule)
	return !accepted.Has(descriptor.AcceptAll) && !accepted.Has(in.plain(id).String())
}

// invalidObjects finds what the API server would refuse.
func invalidObjects(in *Input, r *reporter) {
	if problem := types.Label(in.Namespace); problem != "" && schema.HasPlaceholder(in.Namespace) { // else reported before
		r.reportAt(in.NamespacePos, "", "a namespace can't be named %q: it %s", in.Namespace, problem)
	}
	for i, x := range in.items {
		if in.Incomplete && i < len(in.Objects) {
			continue
		}
		var diags diag.List
		v := x.value
		if !in.Names.None() { // by the name that it comes out with
			v = in.Names.Rename([]object.Object{{Value: v}})[0].Value
		}
		validation.Check(v, &diags)
		r.adopt(x, diags)
	}
	subjects(in, r)
}
