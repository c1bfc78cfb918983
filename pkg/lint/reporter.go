package lint

import (
	"fmt"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Finding is what a rule found, and the object that it is about.
type Finding struct {
	diag.Diagnostic
	Object object.ID

	rule Rule
	key  findingKey
	// name is what an app accepts it by, besides the object; text is the text that it is
	// about.
	name string
	text *value.Value
}

// findingKey tells whether two findings are the same, one before the build and one
// after it: by the rule, by which of the rule's statements it is, and by what that
// is about. The place is no part of it, since kustomize loses places.
type findingKey struct{ rule, statement, about string }

// reporter collects what one rule finds. It knows the rule's name and severity, so
// that the rule's function does not.
type reporter struct {
	in       *Input
	out      *[]Finding
	rule     Rule
	severity diag.Severity
	// acceptable says that an app may accept what the rule finds.
	acceptable bool
	name       string
	text       *value.Value
}

// named returns a reporter for findings about a text that an app can accept by a
// name.
func (r *reporter) named(name string, text *value.Value) *reporter {
	named := *r
	named.name, named.text = name, text
	return &named
}

// warnings returns a reporter for what is a warning although the rule finds errors.
func (r *reporter) warnings() *reporter {
	warnings := *r
	warnings.severity = diag.Warning
	return &warnings
}

// report adds a finding about an object, at the place of v in it; at the object's
// own where v is nil or is not in the descriptor.
func (r *reporter) report(x item, v *value.Value, hint, format string, args ...any) {
	r.add(x.ID, x.at(v), hint, format, args)
}

// reportAt adds a finding that is about no object of the app, or about several.
func (r *reporter) reportAt(pos diag.Pos, hint, format string, args ...any) {
	r.add(object.ID{}, pos, hint, format, args)
}

// adopt adds what another package found about an object.
func (r *reporter) adopt(x item, diags diag.List) {
	for _, d := range diags {
		// A default can be wrong only together with what the descriptor says.
		if d.Pos.Line == 0 || d.Pos.File == descriptor.BuiltinFile {
			d.Pos = x.origin
		}
		key := findingKey{d.Code, "", x.ID.String() + " " + d.Pos.String()}
		d.Severity, d.Code, d.Rule = r.severity, r.rule.Name, !r.rule.fixed
		*r.out = append(*r.out, Finding{Diagnostic: d, Object: r.in.plain(x.ID), rule: r.rule, key: key})
	}
}

// add adds a finding. Objects are called by the names that the descriptor has for
// them, also those in args.
func (r *reporter) add(id object.ID, pos diag.Pos, hint, format string, args []any) {
	for i, arg := range args {
		if other, ok := arg.(object.ID); ok {
			args[i] = r.in.plain(other)
		}
	}
	*r.out = append(*r.out, Finding{
		Diagnostic: diag.Diagnostic{
			Pos: pos, Severity: r.severity, Code: r.rule.Name, Rule: !r.rule.fixed, Message: fmt.Sprintf(format, args...), Hint: hint,
		},
		Object: r.in.plain(id),
		rule:   r.rule,
		key:    findingKey{r.rule.Name, format, fmt.Sprint(args...)},
		name:   r.name,
		text:   r.text,
	})
}

// reported returns the places of all that was found so far, by any rule.
func (r *reporter) reported() map[diag.Pos]bool {
	out := map[diag.Pos]bool{}
	for _, f := range *r.out {
		out[f.Pos] = true
	}
	return out
}
