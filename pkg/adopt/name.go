package adopt

import (
	"cmp"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/fold"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// appNames returns the names of apps, each another one: of the only one as nameOf has it. One
// of several has that of its namespace where it is the same in all environments.
func appNames(groups [][]fold.Environment, sources []Source, o Options) []string {
	if len(groups) == 1 {
		return []string{cmp.Or(o.Name, nameOf(groups[0], sources))}
	}
	var out []string
	of := map[string]int{}
	for _, g := range groups {
		of[namespaceOf(g)]++
	}
	for _, g := range groups {
		name := plain(namespaceOf(g))
		if name == "" || of[namespaceOf(g)] > 1 {
			name = nameOf(g, sources)
		}
		if o.Name != "" && name != o.Name && !strings.HasPrefix(name, o.Name+"-") {
			name = o.Name + "-" + name
		}
		for base, n := name, 2; slices.Contains(out, name); n++ {
			name = base + "-" + strconv.Itoa(n)
		}
		out = append(out, name)
	}
	return out
}

// namespaceOf returns the namespace of all objects that have one, "" where there are others.
func namespaceOf(envs []fold.Environment) string {
	out := ""
	for _, e := range envs {
		for _, v := range e.Objects {
			switch ns := v.StringAt("metadata", "namespace"); {
			case ns == "":
			case out == "":
				out = ns
			case ns != out:
				return ""
			}
		}
	}
	return out
}

// nameOf returns a name for the app that objects make: the label app.kubernetes.io/part-of
// or app.kubernetes.io/instance where all workloads have the same, the name of the
// only workload, else that of the folder above the sources.
func nameOf(envs []fold.Environment, sources []Source) string {
	var workloads []*value.Value
	for _, e := range envs {
		for _, v := range e.Objects {
			if k, ok := kinds.Find(v.StringAt("kind")); ok && k.Chosen {
				workloads = append(workloads, v)
			}
		}
	}
	common := func(get func(*value.Value) string) string {
		out := ""
		for i, v := range workloads {
			switch x := get(v); {
			case i == 0:
				out = x
			case x != out:
				return ""
			}
		}
		return out
	}
	for _, label := range []string{"app.kubernetes.io/part-of", "app.kubernetes.io/instance"} {
		if name := plain(common(func(v *value.Value) string { return v.StringAt("metadata", "labels", label) })); name != "" {
			return name
		}
	}
	if names := fold.BaseNames(envs); len(names) == 1 && plain(names[0]) != "" {
		return plain(names[0])
	}
	for _, s := range sources {
		abs, err := filepath.Abs(s.Path)
		if err != nil {
			continue
		}
		parts := strings.Split(filepath.ToSlash(abs), "/")
		for i := len(parts) - 2; i >= 0; i-- {
			if name := plain(parts[i]); name != "" &&
				!strings.Contains(" overlays overlay environments envs deploy k8s kubernetes kustomize infra base ",
					" "+name+" ") {
				return name
			}
		}
	}
	return "app"
}

// plain returns a name as an app can have it, "" where nothing is left.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, strings.ToLower(s))
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "-")
	}
	return strings.TrimLeft(strings.Trim(s, "-"), "0123456789-")
}
