package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// Topic is a section of the reference with its fields.
type Topic struct {
	Title  string
	Fields []schema.Explanation
}

// Topics explains all fields of the top level.
func Topics() []Topic {
	var out []Topic
	for _, t := range fields.Topics() {
		section := Topic{Title: t.Title}
		for _, f := range t.Fields {
			section.Fields = append(section.Fields, newExplainer().Field("", f))
		}
		out = append(out, section)
	}
	return out
}

// Explain explains the field of app.yaml at a path such as probes.liveness. What is
// under a name that the user chooses is found under any name.
func Explain(path string) (schema.Explanation, diag.List) { return newExplainer().Explain(path) }

func newExplainer() *schema.Explainer {
	return &schema.Explainer{Type: fields.Document(), DefaultOf: DefaultOf, Where: whereAllowed}
}

// whereAllowed returns where a field below a path can be written: one of the top
// level, or the same in an environment or a workload.
func whereAllowed(path string, f schema.Field) string {
	if f.Scope == nil {
		return ""
	}
	if path == "" || strings.Count(path, ".") == 1 && (strings.HasPrefix(path, "environments.") || strings.HasPrefix(path, "workloads.")) {
		return f.Scope.String()
	}
	return ""
}

// DefaultOf returns what the built-in defaults hold for a path, which can lead into
// an environment.
func DefaultOf(path string) string {
	defaults, _ := Builtin()
	keys := strings.Split(path, ".")
	in := ""
	if keys[0] == "environments" && len(keys) > 2 {
		in, keys = keys[1], keys[2:]
	}
	if v := defaults.All.Get(keys...); v != nil {
		return v.Flow()
	}
	var parts []string
	for _, e := range defaults.Environments {
		v := e.Value.Get(keys...)
		switch {
		case v == nil:
		case e.Key == in:
			return v.Flow()
		case in == "" || in == "NAME":
			parts = append(parts, v.Flow()+" in "+e.Key)
		}
	}
	return strings.Join(parts, ", ")
}
