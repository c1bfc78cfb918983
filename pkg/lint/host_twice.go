package lint

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Reached is a host and path that an object leads in from outside of the cluster.
type Reached struct {
	// By is the object, Through its class or the gateways.
	By         object.ID
	Through    string
	Host, Path string
	// Pos is where the path is said, or the host.
	Pos diag.Pos
}

// Same reports whether a request for one could go to the other.
func (r Reached) Same(other Reached) bool { return r.key() == other.key() }

func (r Reached) key() [4]string { return [4]string{r.By.Kind, r.Through, r.Host, r.Path} }

// Reaches gives what an Ingress or HTTPRoute leads to its Services. Rules that look at more than host and path,
// and the second half of a canary, are left out: they share a path with another on purpose.
func Reaches(v *value.Value) []Reached {
	id := (object.Object{Value: v}).ID()
	switch id.Kind {
	case "Ingress":
		return ingressReaches(id, v)
	case "HTTPRoute":
		return routeReaches(id, v)
	}
	return nil
}

func ingressReaches(id object.ID, v *value.Value) (out []Reached) {
	for _, e := range v.Get("metadata", "annotations").AllEntries() {
		if strings.HasSuffix(e.Key, "/canary") && e.Value.Text == "true" {
			return nil
		}
	}
	for _, rule := range v.Get("spec", "rules").AllItems() {
		for _, p := range rule.Get("http", "paths").AllItems() {
			x := Reached{By: id, Through: v.StringAt("spec", "ingressClassName"), Host: rule.StringAt("host"),
				Path: p.StringAt("pathType") + " " + p.StringAt("path")}
			if x.Pos = p.Get("path").At(); x.Pos.Line == 0 {
				x.Pos = rule.Get("host").At()
			}
			out = append(out, x)
		}
	}
	return out
}

func routeReaches(id object.ID, v *value.Value) (out []Reached) {
	var through strings.Builder
	for _, p := range v.Get("spec", "parentRefs").AllItems() {
		through.WriteString(p.StringAt("namespace") + "/" + p.StringAt("name") + "/" + p.StringAt("sectionName") + " ")
	}
	hosts := v.Get("spec", "hostnames").AllItems()
	if len(hosts) == 0 {
		hosts = []*value.Value{nil}
	}
	for _, rule := range v.Get("spec", "rules").AllItems() {
		for _, match := range rule.Get("matches").AllItems() {
			path := match.Get("path")
			if len(match.AllEntries()) != 1 || path == nil {
				continue
			}
			for _, host := range hosts {
				x := Reached{By: id, Through: through.String(), Host: host.StringAt(),
					Path: path.StringAt("type") + " " + path.StringAt("value"), Pos: path.Get("value").At()}
				out = append(out, x)
			}
		}
	}
	return out
}

// hostTwice finds a host and path that two objects of the app lead in, or one of them twice.
func hostTwice(in *Input, r *reporter) {
	first := map[[4]string]Reached{}
	for _, x := range in.items {
		for _, reached := range Reaches(x.value) {
			other, ok := first[reached.key()]
			if !ok {
				first[reached.key()] = reached
				continue
			}
			place := &value.Value{Pos: reached.Pos}
			if reached.Pos.File == other.Pos.File && reached.Pos.Line < other.Pos.Line {
				place = nil // it is the other that was said later
			}
			r.report(x, place, "give one of them another host or path", "%s leads %s in, as %s does", x.ID, reached.Where(), other.By)
		}
	}
}

// Where names host and path for messages.
func (r Reached) Where() string {
	host := r.Host
	if host == "" {
		host = "every host"
	}
	_, path, _ := strings.Cut(r.Path, " ")
	return host + path
}
