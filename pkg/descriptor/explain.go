package descriptor

import (
	"fmt"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/value"
)

// String says where fields of a scope stand.
func (s scope) String() string {
	return [...]string{
		appScope:       "top level and environments",
		headScope:      "top level only",
		ownScope:       "top level and environments; where there are several workloads, in each of them instead",
		sharedScope:    "top level and environments, one object for all workloads; in a workload, one of its own",
		inheritedScope: "top level and environments, for all workloads; in a workload, for that one",
	}[s]
}

// oneLine says what short form a type has, "" for none.
func (s *schema) oneLine() string {
	var forms []string
	if s.shortKey != "" {
		forms = append(forms, s.field(s.shortKey).typ.full())
	}
	if s.line != nil {
		forms = append(forms, s.line.takes())
	}
	if s.orFalse {
		forms = append(forms, "false for none, true for the defaults")
	}
	return strings.Join(forms, "; ")
}

// full says what a type's full form is.
func (s *schema) full() string {
	switch {
	case len(s.enum) > 0:
		return "`" + strings.Join(s.enum, "`, `") + "`"
	case s.kind == integerKind && s.max > 0 && s.max < 1<<31-1:
		return fmt.Sprintf("%s, %d to %d", s.what, s.min, s.max)
	case s.kind == objectKind:
		return "a map of fields"
	case s.kind == kubeKind:
		return "Kubernetes' own `" + s.of + "`"
	case s.elem != nil && s.elem.oneLine() != "":
		return s.what + ", each " + s.elem.takes()
	}
	return s.what
}

// takes says what a type takes, in all forms.
func (s *schema) takes() string {
	line := s.oneLine()
	if line == "" {
		return s.full()
	}
	return line + "; or " + s.full()
}

// defaultOf says what the built-in defaults hold at a path of the top level.
func defaultOf(path []string) string {
	defaults, _ := Builtin()
	if v := defaults.All.Get(path...); v != nil {
		return "`" + flow(v) + "`"
	}
	var parts []string
	for _, e := range defaults.Environments {
		if v := e.Value.Get(path...); v != nil {
			parts = append(parts, "`"+flow(v)+"` in "+e.Key)
		}
	}
	return strings.Join(parts, ", ")
}

// flow writes a value on one line, as YAML has it in brackets.
func flow(v *value.Value) string {
	var parts []string
	switch {
	case v.Is(value.Map):
		for _, e := range v.Entries {
			parts = append(parts, e.Key+": "+flow(e.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case v.Is(value.List):
		for _, item := range v.Items {
			parts = append(parts, flow(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case v.IsScalar():
		return v.Text
	}
	return "null"
}
