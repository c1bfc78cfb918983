package repository

import (
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/render"
)

// mine is what an app makes in an environment.
type mine struct {
	app, env string
	render.Made
}

// shared finds what two apps have in one environment and only one can: an object, which Argo CD would give to one
// and the other by turns, and a host with its path. Apps of one name are reported by their name.
func (c *checker) shared() diag.List {
	var diags diag.List
	type owned struct{ env, namespace, group, kind, name string }
	type led struct{ env, kind, through, host, path string }
	owners, leads := map[owned]mine{}, map[led]mine{}
	told := map[[3]string]bool{} // apps and what they share: one environment is enough
	for _, a := range c.apps {
		for _, r := range a.Results {
			for _, x := range r.Made() {
				m := mine{r.Name, r.Env, x}
				k := owned{r.Env, x.Namespace, x.Group(), x.Kind, x.Name}
				first, ok := owners[k]
				switch again := [3]string{first.app, m.app, x.ID.String()}; {
				case !ok:
					owners[k] = m
				case first.app != m.app && !told[again]:
					told[again] = true
					diags.Errorh(x.Pos, "object-twice", "rename one of them, or let only one app make it",
						"%s of the app %q is also made by the app %q in %s, in the environment %q",
						x.ID, m.app, first.app, place(x.Namespace), m.env)
				}
				for _, reached := range x.Reaches {
					k := led{r.Env, x.Kind, reached.Through, reached.Host, reached.Path}
					first, ok := leads[k]
					switch again := [3]string{first.app, m.app, reached.Where()}; {
					case !ok:
						leads[k] = m
					case first.app != m.app && !told[again]:
						told[again] = true
						diags.Warnh(reached.Pos, "host-twice",
							"give one of them another host or path, unless they go to different clusters",
							"the app %q leads %s in, as the app %q does in the environment %q",
							m.app, reached.Where(), first.app, m.env)
					}
				}
			}
		}
	}
	return diags
}

func place(namespace string) string {
	if namespace == "" {
		return "the cluster"
	}
	return "the namespace " + namespace
}
