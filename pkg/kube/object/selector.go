package object

import (
	"regexp"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Selector is the target of a patch.
type Selector struct {
	group, version, kind, name *regexp.Regexp
	labels, annotations        string
}

// NewSelector returns the selector of a target. Its fields are regular
// expressions for the whole text (kustomize, api/types, SelectorRegex). Those that
// are none, which kustomize reports, select everything.
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
	return Selector{
		group: field("group"), version: field("version"), kind: field("kind"), name: field("name"),
		labels: target.StringAt("labelSelector"), annotations: target.StringAt("annotationSelector"),
	}
}

// Selects reports whether the selector may mean an object, by what it is known by.
func (s Selector) Selects(id ID) bool {
	matches := func(pattern *regexp.Regexp, text string) bool { return pattern == nil || pattern.MatchString(text) }
	return matches(s.group, id.Group()) && matches(s.version, id.Version()) && matches(s.kind, id.Kind) && matches(s.name, id.Name)
}

// SelectsLabelled is Selects for an object that is there, with its labels and annotations too. What they are held to is a
// list such as "a=b,c!=d,e,!f" (kubernetes.io/docs/concepts/overview/working-with-objects/labels); sets in it, "a in (b, c)",
// select everything.
func (s Selector) SelectsLabelled(v *value.Value) bool {
	metadata := v.Get("metadata")
	return s.Selects(Object{Value: v}.ID()) && holds(s.labels, metadata.Get("labels")) && holds(s.annotations, metadata.Get("annotations"))
}

func holds(list string, in *value.Value) bool {
	if strings.ContainsAny(list, "()<>") {
		return true
	}
	for part := range strings.SplitSeq(list, ",") {
		key, want, valued := strings.Cut(part, "=")
		not := strings.HasSuffix(key, "!") || strings.HasPrefix(strings.TrimSpace(key), "!")
		key = strings.Trim(key, "! ")
		want = strings.TrimSpace(strings.TrimPrefix(want, "="))
		got := in.Get(key)
		if key != "" && not == (got != nil && (!valued || got.Text == want)) {
			return false
		}
	}
	return true
}
