package platform

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// teamKinds warns of what is most likely meant for a known kind and matches none: Argo CD compares the texts, so the team's
// syncs would be refused. Any other GROUP/KIND may be a custom resource, and Argo CD takes patterns too.
func (r *reader) teamKinds(team string, v *value.Value) {
	for _, field := range []string{"kinds", "clusterKinds"} {
		for _, x := range v.Get(field).AllItems() {
			if x.Text == "" || strings.ContainsAny(x.Text, "*?[]{}!") {
				continue
			}
			group, kind := splitKind(x.Text)
			if known, ok := knownKind(group, kind); ok {
				if listOf(known) != field {
					r.diags.Warnh(x.Pos, "wrong-scope", "write it in "+listOf(known),
						"%s of the team %q has %s, which has no effect there: objects of that kind have %s namespace", field, team, x.Text,
						map[bool]string{false: "a", true: "no"}[known.Cluster])
				}
				continue
			}
			meant, ok := meantKind(group, kind)
			switch {
			case ok:
				hint := "did you mean " + strconv.Quote(meant.String()) + "?"
				if listOf(meant) != field {
					hint += " Write it in " + listOf(meant)
				}
				r.diags.Warnh(x.Pos, "unknown-kind", hint, "%s of the team %q has %q, which is no known kind", field, team, x.Text)
			case group == "":
				r.diags.Warnh(x.Pos, "unknown-kind", "write GROUP/KIND if it is a kind of another API group",
					"%s of the team %q has %q, which is no kind of the core group", field, team, x.Text)
			}
		}
	}
}

// listOf returns the field of a team that kinds of this scope are listed in.
func listOf(k types.Kind) string {
	if k.Cluster {
		return "clusterKinds"
	}
	return "kinds"
}

// splitKind splits GROUP/KIND, or KIND of the core group.
func splitKind(s string) (group, kind string) {
	group, kind, ok := strings.Cut(s, "/")
	if !ok {
		return "", s
	}
	return group, kind
}

func knownKind(group, kind string) (types.Kind, bool) {
	return find(func(k types.Kind) bool { return k.Group == group && k.Name == kind })
}

func find(ok func(types.Kind) bool) (types.Kind, bool) {
	all := types.AllKinds()
	i := slices.IndexFunc(all, ok)
	if i < 0 {
		return types.Kind{}, false
	}
	return all[i], true
}

// meantKind returns the known kind that GROUP/KIND is most likely meant for.
func meantKind(group, kind string) (types.Kind, bool) {
	if group == "resource.k8s.io" && kind == "ResourceClass" { // older clusters have it
		return types.Kind{}, false
	}
	group, kind = plainKind(group, kind)
	if k, ok := find(func(k types.Kind) bool { return isCalled(k, kind) && nearGroup(k, group) }); ok {
		return k, true
	}
	if !types.Custom(group + "/v1") {
		among := func(k types.Kind) bool { return !types.Custom(k.Group+"/v1") && (group == "" || k.Group == group) }
		var names []string
		for _, k := range types.AllKinds() {
			if among(k) && !slices.Contains(names, k.Name) {
				names = append(names, k.Name)
			}
		}
		if near := diag.Suggest(kind, names); near != "" {
			return find(func(k types.Kind) bool { return k.Name == near && among(k) })
		}
	}
	return meantGroup(group, kind)
}

// plainKind reads what kubectl takes too: KIND.GROUP, and an API version in place of the group.
func plainKind(group, kind string) (string, string) {
	if first, rest, ok := strings.Cut(kind, "."); ok && group == "" {
		return rest, first
	}
	if version, rest, ok := strings.Cut(kind, "/"); ok && isVersion(version) {
		return group, rest
	}
	if isVersion(group) {
		return "", kind
	}
	return group, kind
}

func isVersion(s string) bool {
	return len(s) > 1 && s[0] == 'v' && strings.ContainsRune("0123456789", rune(s[1])) && !strings.Contains(s, ".")
}

// isCalled reports whether a text is the name of a kind, in any case, or that of its resource.
func isCalled(k types.Kind, text string) bool {
	name, text := strings.ToLower(k.Name), strings.ToLower(text)
	return slices.Contains([]string{name, name + "s", name + "es", strings.TrimSuffix(name, "y") + "ies"}, text)
}

// nearGroup reports whether a group is that of a kind, or left out, or short for it, as rbac is for rbac.authorization.k8s.io.
func nearGroup(k types.Kind, group string) bool {
	return k.Group == group || group == "" || strings.HasPrefix(k.Group, strings.ToLower(group)+".") || strings.ToLower(group) == k.Group
}

// meantGroup returns a kind whose group is misspelt, or is another one of Kubernetes' own.
func meantGroup(group, kind string) (types.Kind, bool) {
	var groups []string
	for _, k := range types.AllKinds() {
		if k.Name == kind && k.Group != "" {
			groups = append(groups, k.Group)
		}
	}
	near := diag.Suggest(group, groups)
	if near == "" && len(groups) == 1 && types.KnownGroup(group) {
		near = groups[0]
	}
	if near == "" {
		return types.Kind{}, false
	}
	return knownKind(near, kind)
}
