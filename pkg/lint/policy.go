package lint

import (
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Level is what becomes of a rule's findings.
type Level string

// The levels.
const (
	Off     Level = "off"
	Warning Level = "warning"
	Error   Level = "error"
)

// Levels returns their names.
func Levels() []string { return []string{string(Error), string(Warning), string(Off)} }

func (l Level) severity() diag.Severity {
	if l == Error {
		return diag.Error
	}
	return diag.Warning
}

// Setting is what the policy says about a rule.
type Setting struct {
	Severity Level
	// Accept says that an app may accept what the rule finds.
	Accept bool
}

// Policy is what the operator says about rules in one environment. The zero
// value says nothing.
type Policy struct {
	Rules map[string]Setting
	// Registries are the registries, or repositories and the folders above them,
	// that images may come from; any where there are none.
	Registries []string
	// NamespaceLabels are those of the namespaces that Argo CD makes for apps.
	NamespaceLabels *value.Value
	// SkipMissingAPIs leaves out what the cluster does not know.
	SkipMissingAPIs bool
}

// Set sets what the policy says about a rule. Where level is "", the rule's own
// holds; where accept is nil, all but errors can be accepted.
func (p *Policy) Set(name string, level Level, accept *value.Value) {
	rule, _ := byName(name)
	if level == "" {
		level = rule.Severity
	}
	if p.Rules == nil {
		p.Rules = map[string]Setting{}
	}
	p.Rules[name] = Setting{level, accept.IsTrue() || accept == nil && level != Error}
}

// of returns the setting of a rule in an environment.
func (p Policy) of(r Rule, env string) Setting {
	if s, ok := p.Rules[r.Name]; ok {
		return s
	}
	switch {
	case r.In == "" || r.In == env:
		return Setting{Severity: r.Severity, Accept: !r.strict}
	case r.Else == "":
		return Setting{Severity: Off}
	}
	return Setting{Severity: r.Else, Accept: !r.strict}
}

// unknownRules finds names in accept that no rule has.
func unknownRules(in *Input, r *reporter) {
	for _, e := range in.Accept.AllEntries() {
		if _, ok := byName(e.Key); !ok {
			r.reportAt(e.KeyPos, diag.Hint(e.Key, "the rules are", Names()), "there is no rule %q to accept the findings of", e.Key)
		}
	}
}

// notAcceptable finds rules in accept about which the operator decides alone.
func notAcceptable(in *Input, r *reporter) {
	for _, e := range in.Accept.AllEntries() {
		rule, ok := byName(e.Key)
		if s := in.Policy.of(rule, in.Env); ok && !s.Accept && s.Severity != Off {
			r.reportAt(e.KeyPos, "remove the line; the operator decides about this rule",
				"the operator's policy does not let an app accept what the rule %q finds", e.Key)
		}
	}
}
