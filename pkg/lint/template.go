package lint

import (
	"regexp"
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// shellVariable is a reference to a variable as shells and docker-compose write it.
var shellVariable = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)([:?+-][^}]*)?\}`) })

// unfilledTemplates finds {{ … }} and ${NAME} in variables, which Helm, docker-compose or a shell would have filled in. Files
// can be templates that the app fills in itself, so they are not looked at.
func unfilledTemplates(in *Input, r *reporter) {
	seen := map[string]bool{}
	for _, p := range in.workloads {
		for _, c := range p.all() {
			for _, e := range c.Get("env").AllItems() {
				r.template(p.item, e.StringAt("name"), e.Get("value"), true)
			}
			for _, from := range c.Get("envFrom").AllItems() {
				name := from.StringAt("configMapRef", "name")
				x, ok := in.item("ConfigMap", name)
				if !ok || seen[name] {
					continue
				}
				seen[name] = true
				for _, e := range x.value.Get("data").AllEntries() {
					r.template(x, e.Key, e.Value, false)
				}
			}
		}
	}
}

// template reports the variable of a name if its value is a template. It shows no more of the value than the name of a
// variable in it: the rest may be secret.
func (r *reporter) template(x item, name string, v *value.Value, env bool) {
	text := v.StringAt()
	var found, hint string
	if _, behind, ok := strings.Cut(text, "{{"); ok && strings.Contains(behind, "}}") {
		found, hint = "{{ … }}", "write the value, under environments where it differs"
	} else if strings.Contains(text, "${") { // seldom: the expression takes 30 KB
		m := shellVariable().FindStringSubmatch(text)
		if m == nil {
			return
		}
		found, hint = "${"+m[1]+"}", "write $("+m[1]+"), which Kubernetes fills in from another variable of env"
		if !env {
			hint = "set " + name + " by env, with $(" + m[1] + "), which Kubernetes fills in from another variable of env"
		}
	}
	if found == "" {
		return
	}
	if r.acceptable {
		hint += "; if the app fills it in, accept: {" + r.rule.Name + ": {" + name + ": WHY}}"
	}
	r.named(name, v).report(x, v, hint, "nothing fills in %s in %s of %s", found, name, x.ID)
}
