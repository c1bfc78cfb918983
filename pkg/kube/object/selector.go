package object

import (
	"regexp"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Selector is the target of a patch.
type Selector struct{ group, version, kind, name *regexp.Regexp }

// NewSelector returns the selector of a target. Its fields are regular
// expressions for the whole text (kustomize, api/types, SelectorRegex). Those that
// are none, which kustomize reports, and those for labels and annotations select
// everything.
func NewSelector(target *value.Value) Selector {
	field := func(key string) *regexp.Regexp {
		pattern := target.StringAt(key)
		if pattern == "" {
			return nil
		}
		compiled, err := regexp.Compile("^(?:" + pattern + ")$")
		if err != nil {
			return nil
		}
		return compiled
	}
	return Selector{field("group"), field("version"), field("kind"), field("name")}
}

// Selects reports whether the selector may mean an object.
func (s Selector) Selects(id ID) bool {
	matches := func(pattern *regexp.Regexp, text string) bool { return pattern == nil || pattern.MatchString(text) }
	return matches(s.group, id.Group()) && matches(s.version, id.Version()) && matches(s.kind, id.Kind) && matches(s.name, id.Name)
}
