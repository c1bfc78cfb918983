package expand

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// podSecurity and containerSecurity return what the Pod Security Standard of the
// level asks for (kubernetes.io/docs/concepts/security/pod-security-standards),
// under what the descriptor sets itself.
func podSecurity(s descriptor.Security) *value.Value {
	var level *value.Value
	switch s.Level {
	case "restricted":
		level = newMap(s.Pos, "runAsNonRoot", true, "seccompProfile", newMap(s.Pos, "type", "RuntimeDefault"))
	case "baseline":
		level = newMap(s.Pos, "seccompProfile", newMap(s.Pos, "type", "RuntimeDefault"))
	}
	return mergeMaps(level, s.Pod)
}

func containerSecurity(w *descriptor.Workload, c *descriptor.Container) *value.Value {
	s, own := w.Security, w.Security.Container
	if c.Phase != descriptor.Main {
		own = c.Fields.Get("security")
	}
	var level *value.Value
	switch s.Level {
	case "restricted":
		level = newMap(s.Pos, "allowPrivilegeEscalation", false,
			"capabilities", newMap(s.Pos, "drop", newList(s.Pos, value.NewString(s.Pos, "ALL"))))
	case "baseline":
		level = newMap(s.Pos, "allowPrivilegeEscalation", false)
	}
	if own.Get("privileged").IsTrue() && level != nil {
		level = level.Copy()
		level.Delete("allowPrivilegeEscalation") // which it can't do without
	}
	return deepOver(level, own)
}

// deepOver lays a map over another, key by key on every level, as layers do.
func deepOver(lower, upper *value.Value) *value.Value {
	if !lower.Is(value.Map) || !upper.Is(value.Map) {
		if upper == nil {
			return lower
		}
		return upper
	}
	out := lower.Copy()
	for _, entry := range upper.Entries {
		entry.Value = deepOver(out.Get(entry.Key), entry.Value)
		out.SetEntry(entry)
	}
	return out
}
