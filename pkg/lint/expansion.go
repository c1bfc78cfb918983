package lint

import (
	"regexp"
	"strings"
	"sync"
)

// variable is a reference to an environment variable, as Kubernetes writes it.
var variable = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(^|[^$])\$\(([A-Z_][A-Z0-9_]*)\)`) })

// notExpanded finds $(NAME) in what pods take from a ConfigMap: Kubernetes fills it in only in the values of env,
// command and args.
func notExpanded(in *Input, r *reporter) {
	seen := map[string]bool{}
	for _, p := range in.workloads {
		for _, c := range p.all() {
			for _, from := range c.Get("envFrom").AllItems() {
				name := from.StringAt("configMapRef", "name")
				if name == "" || seen[name] {
					continue
				}
				seen[name] = true
				x, ok := in.item("ConfigMap", name)
				if !ok {
					continue
				}
				for _, e := range x.value.Get("data").AllEntries() {
					text := e.Value.StringAt()
					if !strings.Contains(text, "$(") { // as nearly always: the expression takes 30 KB
						continue
					}
					if found := variable().FindStringSubmatch(text); found != nil {
						r.named(e.Key, e.Value).report(x, e.Value, "set "+e.Key+" by env, where Kubernetes fills it in",
							"$(%s) in %s of %s stays as it is written", found[2], e.Key, x.ID)
					}
				}
			}
		}
	}
}
