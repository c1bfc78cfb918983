package value

import "strings"

// Flow returns v on one line for people, as YAML has it in brackets.
func (v *Value) Flow() string {
	var parts []string
	switch {
	case v.Is(Map):
		for _, e := range v.Entries {
			parts = append(parts, e.Key+": "+e.Value.Flow())
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case v.Is(List):
		for _, item := range v.Items {
			parts = append(parts, item.Flow())
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case v.IsScalar():
		return v.Text
	}
	return "null"
}
