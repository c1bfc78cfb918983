package fold

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// ByNamespace returns the objects of each namespace apart, each with the environments
// that have such objects: an app is in one namespace. Namespaces of different
// environments belong together if they have the same name, else if most of their objects
// have. An object without a namespace is with those that it refers to or is most like.
func ByNamespace(envs []Environment) [][]Environment {
	perEnv := make([][]Environment, len(envs))
	names := make([][]string, len(envs))
	several := false
	for i, e := range envs {
		names[i], perEnv[i] = namespaces(e)
		several = several || len(names[i]) > 1
	}
	if !several {
		return [][]Environment{envs}
	}
	around := affixes(envs)
	var out []group
	for i := range envs {
		var open []int
		for n, part := range perEnv[i] { // the same names first
			if at := slices.IndexFunc(out, func(g group) bool {
				return slices.Contains(g.namespaces, names[i][n]) &&
					!g.has(part.Name)
			}); at >= 0 {
				out[at].add(names[i][n], part, around[i])
			} else {
				open = append(open, n)
			}
		}
		for _, n := range open {
			part := perEnv[i][n]
			best, most := -1, 0
			for at, g := range out {
				if common := g.common(part, around[i]); !g.has(part.Name) && common > most {
					best, most = at, common
				}
			}
			if best < 0 {
				out, best = append(out, group{known: map[string]bool{}}), len(out)
			}
			out[best].add(names[i][n], part, around[i])
		}
	}
	var result [][]Environment
	for _, g := range out {
		result = append(result, g.envs)
	}
	return result
}

// group is the objects of one app while they are collected.
type group struct {
	namespaces []string
	envs       []Environment
	known      map[string]bool // kinds and names without affixes
}

func (g *group) has(env string) bool {
	return slices.ContainsFunc(g.envs, func(e Environment) bool { return e.Name == env })
}

func (g *group) add(namespace string, e Environment, around affix) {
	g.namespaces, g.envs = append(g.namespaces, namespace), append(g.envs, e)
	for _, v := range e.Objects {
		g.known[plainID(v, around)] = true
	}
}

func (g *group) common(e Environment, around affix) int {
	n := 0
	for _, v := range e.Objects {
		if g.known[plainID(v, around)] {
			n++
		}
	}
	return n
}

func plainID(v *value.Value, around affix) string {
	return idOf(v).Kind + "/" + around.strip(idOf(v).Name)
}

// namespaces returns the namespaces of an environment's objects, each with its objects.
func namespaces(e Environment) (names []string, parts []Environment) {
	at := func(name string) int {
		i := slices.Index(names, name)
		if i < 0 {
			i = len(names)
			names, parts = append(names, name), append(parts, Environment{Name: e.Name})
		}
		return i
	}
	var anywhere []*value.Value
	for _, v := range e.Objects {
		name := v.StringAt("metadata", "namespace")
		if v.StringAt("kind") == "Namespace" && v.StringAt("apiVersion") == "v1" {
			name = idOf(v).Name
		}
		if name == "" {
			anywhere = append(anywhere, v)
			continue
		}
		i := at(name)
		parts[i].Objects = append(parts[i].Objects, v)
	}
	if len(parts) == 0 {
		return []string{""}, []Environment{e}
	}
	most := 0
	for i := range parts {
		if len(parts[i].Objects) > len(parts[most].Objects) {
			most = i
		}
	}
	for _, v := range anywhere {
		i := most
		for _, s := range v.Get("subjects").AllItems() { // a ClusterRoleBinding
			if at := slices.Index(names, s.StringAt("namespace")); at >= 0 {
				i = at
			}
		}
		parts[i].Objects = append(parts[i].Objects, v)
	}
	return names, parts
}

// ByWorkload returns the objects of each workload apart, with those that belong to it:
// what selects its pods or Services, what it refers to, and what refers to that. Workloads
// that share an object stay together. What belongs to none is a group of its own, the last.
// A Secret in plain text, which nothing writes, and a Namespace hold nothing together.
func ByWorkload(envs []Environment) [][]Environment {
	around := affixes(envs)
	sets := disjoint{}
	var order []string
	for i, e := range envs {
		for _, v := range e.Objects {
			if id := plainID(v, around[i]); runsPods(v) && !slices.Contains(order, id) {
				order = append(order, id)
			}
		}
		for _, v := range e.Objects {
			for _, other := range e.Objects {
				if v != other && binds(v) && binds(other) && belongs(v, other) {
					sets.join(plainID(v, around[i]), plainID(other, around[i]))
				}
			}
		}
	}
	var roots []string
	for _, id := range order {
		if root := sets.root(id); !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	out := make([][]Environment, len(roots)+1)
	for i, e := range envs {
		parts := make([][]*value.Value, len(roots)+1)
		for _, v := range e.Objects {
			at := slices.Index(roots, sets.root(plainID(v, around[i])))
			switch {
			case at >= 0:
			case binds(v) || len(roots) == 0:
				at = len(roots)
			default: // a Namespace or a Secret
				at = 0
			}
			parts[at] = append(parts[at], v)
		}
		for at, part := range parts {
			if len(part) > 0 {
				out[at] = append(out[at], Environment{Name: e.Name, Objects: part})
			}
		}
	}
	return slices.DeleteFunc(out, func(g []Environment) bool { return len(g) == 0 })
}

// binds reports whether an object can hold others together.
func binds(v *value.Value) bool { return !isPlainSecret(v) && v.StringAt("kind") != "Namespace" }

// disjoint holds sets of texts that have nothing in common.
type disjoint map[string]string

func (d disjoint) root(id string) string {
	for d[id] != "" && d[id] != id {
		id = d[id]
	}
	return id
}

func (d disjoint) join(a, b string) { d[d.root(a)] = d.root(b) }

// belongs reports whether an object selects another or refers to it.
func belongs(v, other *value.Value) bool {
	labels := podLabels(other)
	switch v.StringAt("kind") {
	case "Service":
		if s := v.Get("spec", "selector"); !s.Empty() && labels != nil && has(labels, s) {
			return true
		}
	case "PodDisruptionBudget", "PodMonitor", "ServiceMonitor":
		if v.StringAt("kind") == "ServiceMonitor" {
			labels = nil
			if other.StringAt("kind") == "Service" {
				labels = other.Get("metadata", "labels")
			}
		}
		if s := v.Get("spec", "selector", "matchLabels"); !s.Empty() && labels != nil && has(labels, s) {
			return true
		}
	case "NetworkPolicy":
		if s := v.Get("spec", "podSelector", "matchLabels"); !s.Empty() && labels != nil && has(labels, s) {
			return true
		}
	}
	return refers(v, idOf(other), "")
}

// podLabels returns the labels of a workload's pods, nil for any other object.
func podLabels(v *value.Value) *value.Value {
	if !runsPods(v) {
		return nil
	}
	w := workload{object: v}
	return w.template().Get("metadata", "labels")
}

// refers reports whether a value names an object where its kind is named.
func refers(v *value.Value, id object.ID, key string) bool {
	for _, item := range v.AllItems() {
		if refers(item, id, key) {
			return true
		}
	}
	for _, e := range v.AllEntries() {
		x := e.Value
		switch {
		case x.Is(value.String) && x.Text == id.Name && (kindNamed(e.Key) == id.Kind || e.Key == "name" &&
			(v.StringAt("kind") == id.Kind || !v.Has("kind") && kindNamed(key) == id.Kind)) && key != "metadata":
			return true
		case !x.IsScalar() && refers(x, id, e.Key):
			return true
		}
	}
	return false
}

// kindNamed returns the kind of what a field names.
func kindNamed(field string) string {
	switch field {
	case "configMap", "configMapRef", "configMapKeyRef":
		return "ConfigMap"
	case "claimName":
		return "PersistentVolumeClaim"
	case "serviceAccountName":
		return "ServiceAccount"
	case "service", "serviceName", "backendRefs":
		return "Service"
	}
	return ""
}
