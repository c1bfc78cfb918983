package lint

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// missingPorts finds ports that are asked for by a name or number that is not
// there: of containers by probes and Services, of Services by what routes to
// them.
func missingPorts(in *Input, r *reporter) {
	for _, p := range in.workloads {
		for _, c := range p.all() {
			for _, probe := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
				for _, handler := range []string{"httpGet", "tcpSocket"} {
					port := c.Get(probe, handler, "port")
					if names := portNames(c); port.Is(value.String) && !slices.Contains(names, port.Text) {
						r.report(p.item, port, diag.Hint(port.Text, "the ports are", names),
							"the container %q of %s has no port %q for its %s", c.StringAt("name"), p.ID, port.Text, probe)
					}
				}
			}
		}
	}
	for _, x := range in.items {
		if x.Kind != "Service" || x.Group() != "" {
			continue
		}
		var names []string
		asked := slices.ContainsFunc(x.value.Get("spec", "ports").AllItems(),
			func(p *value.Value) bool { return p.Get("targetPort").Is(value.String) })
		if !asked {
			continue
		}
		served := in.behind(x)
		selected := len(served) > 0
		for _, p := range served {
			for _, c := range p.all() {
				names = append(names, portNames(c)...)
			}
		}
		for _, port := range x.value.Get("spec", "ports").AllItems() {
			if target := port.Get("targetPort"); selected && target.Is(value.String) && !slices.Contains(names, target.Text) {
				r.report(x, target, diag.Hint(target.Text, "the ports are", names), "no pod of %s has a port %q",
					x.ID, target.Text)
			}
		}
	}
	in.backends(func(x item, service item, port *value.Value) {
		for _, p := range service.value.Get("spec", "ports").AllItems() {
			if port == nil || p.StringAt("name") == port.StringAt() || p.StringAt("port") == port.StringAt() {
				return
			}
		}
		if port != nil {
			r.report(x, port, "name a port of the Service", "%s has no port %q, which %s routes to", service.ID,
				port.StringAt(), x.ID)
		}
	}, nil)
}

// serves reports whether a Service has a workload's pods behind it.
func (in *Input) serves(service item, p pods) bool {
	selector := service.value.Get("spec", "selector")
	if selector.Empty() || p.ends() {
		return false
	}
	for _, e := range selector.Entries {
		if !hasLabel(p.template.Get("metadata", "labels"), e) {
			return false
		}
	}
	return true
}

func portNames(container *value.Value) []string {
	var names []string
	for _, p := range container.Get("ports").AllItems() {
		if name := p.StringAt("name"); name != "" {
			names = append(names, name)
		}
	}
	return names
}
