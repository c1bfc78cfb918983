package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// envVars lists environment variables in the order written, but those that a
// $(VAR) refers to before it: Kubernetes expands only what came earlier
// (core/v1, EnvVar.value).
func (e *effective) envVars(v *value.Value) []EnvVar {
	if v == nil {
		return nil
	}
	vars := make([]EnvVar, 0, len(v.Entries))
	index := map[string]int{}
	for _, entry := range v.Entries {
		x := EnvVar{Name: entry.Key, Pos: entry.KeyPos, Source: entry.Value}
		if x.Source.Empty() {
			e.diags.Errorh(x.Pos, "missing-value", "give a value, or one of secret, configMap, field, resource",
				"the environment variable %q has no source", x.Name)
			continue
		}
		for _, ref := range []string{"secret", "configMap"} {
			if r := x.Source.Get(ref); r != nil && (r.StringAt("name") == "" || r.StringAt("key") == "") {
				e.diags.Errorh(r.Pos, "missing-key", "write "+ref+": NAME/KEY", "the environment variable %q names no key of a %s", x.Name,
					map[string]string{"secret": "Secret", "configMap": "ConfigMap"}[ref])
			}
		}
		index[x.Name] = len(vars)
		vars = append(vars, x)
	}
	s := envSorter{vars: vars, index: index, state: make([]uint8, len(vars)), diags: &e.diags}
	for i := range vars {
		s.visit(i)
	}
	return s.out
}

type envSorter struct {
	vars  []EnvVar
	index map[string]int
	state []uint8 // 0 not seen, 1 being looked at, 2 done
	out   []EnvVar
	diags *diag.List
}

func (s *envSorter) visit(i int) {
	if s.state[i] != 0 {
		return
	}
	s.state[i] = 1
	x := s.vars[i]
	for _, name := range references(x.Source.StringAt("value")) {
		j, ok := s.index[name]
		switch {
		case !ok:
		case s.state[j] == 1:
			s.diags.Errorh(x.Source.Get("value").Pos, "env-cycle", "write $$("+name+") for the text itself",
				"the environment variable %q refers to %q, which is not set before it", x.Name, name)
		default:
			s.visit(j)
		}
	}
	s.state[i] = 2
	s.out = append(s.out, x)
}

// references returns the names in $(NAME); $$ is an escaped dollar.
func references(text string) []string {
	var names []string
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '$' {
			continue
		}
		if text[i+1] == '$' {
			i++
			continue
		}
		if text[i+1] != '(' {
			continue
		}
		end := strings.IndexByte(text[i:], ')')
		if end < 0 {
			break
		}
		names = append(names, text[i+2:i+end])
		i += end
	}
	return names
}
