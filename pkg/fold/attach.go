package fold

import (
	"fmt"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
	"slices"
)

// attach sets the fields of the objects that belong to the workload, and returns
// the others.
func (w *workload) attach(rest []*value.Value) []*value.Value {
	take := func(wanted func(*value.Value) bool, fold func(*value.Value) bool) {
		for i, v := range rest {
			if !w.raw(v) && wanted(v) && fold(v) {
				w.objects = append(w.objects, v)
				rest = slices.Delete(slices.Clone(rest), i, i+1)
				return
			}
		}
	}
	name := idOf(w.object).Name
	var service *value.Value
	selects := func(v *value.Value) bool {
		s := v.Get("spec", "selector")
		return v.StringAt("kind") == "Service" && v.StringAt("apiVersion") == "v1" && !s.Empty() && has(w.podLabels, s)
	}
	fold := func(v *value.Value) bool {
		service = v
		return w.service(v)
	}
	governing := w.object.StringAt("spec", "serviceName")
	take(func(v *value.Value) bool { return selects(v) && idOf(v).Name == name }, fold)
	if service == nil {
		take(func(v *value.Value) bool { return selects(v) && idOf(v).Name != governing }, fold)
	}
	if service == nil {
		take(selects, fold)
	}
	if service == nil {
		w.ports(nil)
		if w.fields.Has("ports") {
			w.fields.Set("service", value.NewBool(w.object.At(), false))
		}
	}
	if governing != "" {
		spec := w.fields.Get("spec").Copy()
		if spec == nil {
			spec = newMap()
		}
		w.fields.Set("spec", spec.Set("serviceName", text(governing)))
	}
	take(func(v *value.Value) bool {
		target := v.Get("spec", "scaleTargetRef")
		return v.StringAt("kind") == "HorizontalPodAutoscaler" && v.StringAt("apiVersion") == "autoscaling/v2" &&
			target.StringAt("kind") == w.kind.Name && target.StringAt("name") == name
	}, w.autoscaler)
	take(func(v *value.Value) bool {
		s := v.Get("spec", "selector", "matchLabels")
		return v.StringAt("kind") == "PodDisruptionBudget" && !s.Empty() && len(v.Get("spec", "selector").AllEntries()) == 1 &&
			has(w.podLabels, s)
	}, w.budget)
	account := w.fields.Get("serviceAccount")
	take(func(v *value.Value) bool {
		return v.StringAt("kind") == "ServiceAccount" && idOf(v).Name == account.StringAt("name") &&
			len(without(v, "apiVersion", "kind", "metadata", "imagePullSecrets").AllEntries()) == 0
	}, func(v *value.Value) bool {
		w.fields.Set("serviceAccount", newMap("name", account.Get("name"), "automount", account.Get("automount"),
			"imagePullSecrets", namesOf(v.Get("imagePullSecrets"))).Set("create", value.NewBool(v.At(), true)))
		return true
	})
	take(func(v *value.Value) bool { return w.monitors(v, service) }, func(v *value.Value) bool { return w.monitor(v, service) })
	if service != nil {
		take(func(v *value.Value) bool { return v.StringAt("kind") == "Ingress" && leadsTo(v, idOf(service).Name) },
			func(v *value.Value) bool { return w.ingress(v, idOf(service).Name) })
	}
	return rest
}

// service sets the fields of the Service and of all ports.
func (w *workload) service(v *value.Value) bool {
	spec := v.Get("spec")
	switch spec.StringAt("type") {
	case "", "ClusterIP", "NodePort", "LoadBalancer":
	default:
		return false
	}
	if !w.ports(spec.Get("ports")) {
		return false
	}
	out := newMap()
	for _, e := range without(spec, "ports", "selector").AllEntries() {
		if e.Key == "clusterIP" && e.Value.Text == "None" {
			out.Set("headless", value.NewBool(e.Value.Pos, true))
			continue
		}
		out.SetEntry(e)
	}
	if !value.Equal(spec.Get("selector"), w.selector) {
		out.Set("selector", spec.Get("selector"))
	}
	if len(out.Entries) > 0 {
		w.fields.Set("service", out)
	}
	return true
}

// ports sets the ports of the workload's own container and of its Service. It returns
// false where no order of them gives both lists.
func (w *workload) ports(service *value.Value) bool {
	type port struct{ container, service *value.Value }
	var all []port
	for _, c := range w.own.Get("ports").AllItems() {
		all = append(all, port{container: c})
	}
	last := -1
	for _, s := range service.AllItems() {
		target := s.Get("targetPort")
		if target == nil {
			target = s.Get("port")
		}
		at := slices.IndexFunc(all, func(p port) bool {
			return p.container != nil && p.service == nil && protocol(p.container) == protocol(s) && leads(target, p.container)
		})
		switch {
		case at >= 0 && at > last:
			all[at].service, last = s, at
		default: // not listed by the container, or a second port that leads there, or in another order
			all = append(all, port{service: s})
			last = len(all) - 1
		}
	}
	out := newMap()
	for i, p := range all {
		name, x := portName(out, p.container, p.service, i), newMap()
		c, s := p.container, p.service
		switch {
		case s == nil:
			x.Set("port", c.Get("containerPort"))
			if len(service.AllItems()) > 0 || service != nil {
				x.Set("expose", value.NewBool(c.At(), false))
			}
		default:
			x.Set("port", s.Get("port"))
			target := s.Get("targetPort")
			if target == nil {
				target = s.Get("port")
			}
			if c != nil {
				if !value.Equal(c.Get("containerPort"), s.Get("port")) {
					x.Set("target", c.Get("containerPort"))
				}
				if c.Has("name") && target.Is(value.Int) {
					x.Set("targetBy", text("number"))
				}
			} else {
				second := w.declares(target)
				switch {
				case second: // one more port to that of the container
					x.Set("target", target)
				case target.Is(value.String):
					x.Set("containerName", target)
				default:
					if !value.Equal(target, s.Get("port")) {
						x.Set("target", target)
					}
					x.Set("targetBy", text("number"))
				}
				if !second {
					x.Set("declared", value.NewBool(s.At(), false))
				}
			}
			for _, key := range []string{"appProtocol", "nodePort"} {
				x.Set(key, s.Get(key))
			}
		}
		switch {
		case c != nil && !c.Has("name") && (s == nil || !s.Has("name")):
			x.Set("unnamed", value.NewBool(w.object.At(), true))
		case c != nil && !c.Has("name"):
			x.Set("unnamed", text("container"))
		case s != nil && !s.Has("name"):
			x.Set("unnamed", text("service"))
		}
		if c != nil && c.Has("name") && c.StringAt("name") != name {
			x.Set("containerName", c.Get("name"))
		}
		of := c
		if of == nil {
			of = s
		}
		x.Set("protocol", of.Get("protocol"))
		for _, key := range []string{"hostPort", "hostIP"} {
			x.Set(key, c.Get(key))
		}
		out.Set(name, x)
		w.portNamed["service "+s.StringAt("name")], w.portNamed["container "+c.StringAt("name")] = name, name
	}
	if len(out.Entries) > 0 {
		w.fields.Set("ports", out)
	}
	return true
}

// declares reports whether a name is that of a port of the workload's own container.
func (w *workload) declares(target *value.Value) bool {
	return target.Is(value.String) && slices.ContainsFunc(w.own.Get("ports").AllItems(),
		func(c *value.Value) bool { return c.StringAt("name") == target.Text })
}

// portName returns a key for a port that is not taken: the name in the Service, else
// that in the container.
func portName(taken, container, service *value.Value, i int) string {
	for _, p := range []*value.Value{service, container} {
		if name := p.StringAt("name"); name != "" && !taken.Has(name) {
			return name
		}
	}
	if i == 0 && !taken.Has("http") {
		return "http"
	}
	for n := i; ; n++ {
		if name := fmt.Sprintf("port-%d", n); !taken.Has(name) {
			return name
		}
	}
}

func protocol(p *value.Value) string {
	if s := p.StringAt("protocol"); s != "" {
		return s
	}
	return "TCP"
}

// leads reports whether a Service's target is a container's port.
func leads(target, container *value.Value) bool {
	if target.Is(value.String) {
		return target.Text == container.StringAt("name")
	}
	return value.Equal(target, container.Get("containerPort"))
}

func (w *workload) autoscaler(v *value.Value) bool {
	spec := v.Get("spec")
	out := newMap("min", spec.Get("minReplicas"), "max", spec.Get("maxReplicas"))
	if !out.Has("min") {
		out.Set("min", value.NewInt(v.At(), 1))
	}
	metrics := slices.Clone(spec.Get("metrics").AllItems())
	for _, resource := range []string{"cpu", "memory"} {
		if len(metrics) == 0 || metrics[0].StringAt("resource", "name") != resource {
			continue
		}
		target := metrics[0].Get("resource", "target")
		if percent := target.Get("averageUtilization"); percent != nil && target.StringAt("type") == "Utilization" && w.requests(resource) {
			out.Set(resource, percent)
			metrics = metrics[1:]
		}
	}
	if len(metrics) > 0 {
		out.Set("metrics", value.NewList(v.At(), metrics...))
	}
	out.Set("behavior", spec.Get("behavior"))
	w.fields.Set("autoscaling", out)
	return true
}

// requests reports whether all containers ask for a resource, without which a percentage of
// it is a metric that nobody has.
func (w *workload) requests(resource string) bool {
	return !slices.ContainsFunc(w.template().Get("spec", "containers").AllItems(), func(c *value.Value) bool {
		return c.Get("resources", "requests", resource) == nil && c.Get("resources", "limits", resource) == nil
	})
}

func (w *workload) budget(v *value.Value) bool {
	out := newMap()
	for _, e := range v.Get("spec").AllEntries() {
		if e.Key != "selector" {
			out.SetEntry(e)
		}
	}
	if s := v.Get("spec", "selector", "matchLabels"); !value.Equal(s, w.selector) {
		out.Set("selector", s)
	}
	w.fields.Set("disruption", out)
	return len(out.Entries) > 0
}

// leadsTo reports whether an Ingress leads to a Service first.
func leadsTo(v *value.Value, service string) bool {
	for _, r := range v.Get("spec", "rules").AllItems() {
		for _, p := range r.Get("http", "paths").AllItems() {
			return p.StringAt("backend", "service", "name") == service
		}
	}
	return false
}

// ingress sets the fields of an Ingress. It returns false for one that they can't
// describe.
func (w *workload) ingress(v *value.Value, service string) bool {
	spec := v.Get("spec")
	if len(without(spec, "ingressClassName", "rules", "tls", "defaultBackend").AllEntries()) > 0 {
		return false
	}
	out := newMap("className", spec.Get("ingressClassName"), "defaultBackend", spec.Get("defaultBackend"))
	var first *value.Value
	hosts, list := newMap(), value.NewList(v.At())
	same := true
	for _, r := range spec.Get("rules").AllItems() {
		host := r.StringAt("host")
		if host == "" {
			host = "*"
		}
		paths := newMap()
		for _, p := range r.Get("http", "paths").AllItems() {
			to := p.Get("backend", "service")
			if to == nil || paths.Has(p.StringAt("path")) {
				return false
			}
			port := to.Get("port", "number")
			if port == nil {
				port = to.Get("port", "name")
			}
			x := newMap("port", port)
			if name := to.StringAt("name"); name != service {
				x.Set("service", text(name))
			}
			if kind := p.StringAt("pathType"); kind != "Prefix" {
				x.Set("pathType", text(kind))
			}
			paths.Set(p.StringAt("path"), x)
		}
		if hosts.Has(host) || len(paths.Entries) == 0 {
			return false
		}
		hosts.Set(host, paths)
		list.Items = append(list.Items, text(host))
		if first == nil {
			first = paths
		}
		same = same && value.Equal(first, paths)
	}
	switch {
	case len(hosts.Entries) == 0:
		return false
	case same:
		out.Set("host", list).Set("paths", first)
	default:
		out.Set("hosts", hosts)
	}
	if tls := spec.Get("tls"); tls != nil {
		secrets := newMap()
		for _, t := range tls.AllItems() {
			name, of := t.StringAt("secretName"), t.Get("hosts")
			if name == "" || of.Empty() || secrets.Has(name) {
				return false
			}
			secrets.Set(name, of)
		}
		if len(secrets.Entries) == 1 && value.Equal(secrets.Entries[0].Value, list) {
			out.Set("tls", newMap("secretName", secrets.Entries[0].Key))
		} else {
			out.Set("tls", newMap("secrets", secrets))
		}
	}
	w.fields.Set("ingress", out)
	return true
}

// configMap returns the fields of a ConfigMap, nil where there are none for it.
func configMap(v *value.Value) *value.Value {
	out := newMap("data", v.Get("data"), "binaryData", v.Get("binaryData"), "immutable", v.Get("immutable"),
		"labels", v.Get("metadata", "labels"), "annotations", v.Get("metadata", "annotations"))
	if unhashed(v) == idOf(v).Name {
		out.Set("hash", value.NewBool(v.At(), false))
	}
	return out
}

// claimFields returns the fields of a claim or of a template of one.
func claimFields(v *value.Value) *value.Value {
	spec := v.Get("spec")
	out := newMap("size", spec.Get("resources", "requests", "storage"), "storageClass", spec.Get("storageClassName"),
		"accessModes", spec.Get("accessModes"))
	for _, e := range without(spec, "resources", "storageClassName", "accessModes").AllEntries() {
		out.SetEntry(e)
	}
	out.Set("labels", v.Get("metadata", "labels")).Set("annotations", v.Get("metadata", "annotations"))
	if len(spec.Get("resources").AllEntries()) > 1 || len(spec.Get("resources", "requests").AllEntries()) > 1 {
		return nil
	}
	return out
}

// monitors reports whether a ServiceMonitor looks for a workload's Service, or a PodMonitor for its pods.
func (w *workload) monitors(v, service *value.Value) bool {
	labels := w.podLabels
	switch {
	case v.StringAt("apiVersion") != "monitoring.coreos.com/v1":
		return false
	case v.StringAt("kind") == "ServiceMonitor" && service != nil:
		labels = service.Get("metadata", "labels")
	case v.StringAt("kind") != "PodMonitor":
		return false
	}
	s := v.Get("spec", "selector")
	return len(s.AllEntries()) == 1 && !s.Get("matchLabels").Empty() && has(labels, s.Get("matchLabels"))
}

// monitor sets the fields of a monitor. It returns false for one that they can't describe.
func (w *workload) monitor(v, service *value.Value) bool {
	out, spec := newMap(), v.Get("spec")
	list, side := "endpoints", "service"
	if v.StringAt("kind") == "PodMonitor" {
		list, side = "podMetricsEndpoints", "container"
	}
	endpoints := spec.Get(list).AllItems()
	if len(endpoints) != 1 {
		return false
	}
	port := w.portNamed[side+" "+endpoints[0].StringAt("port")]
	if port == "" {
		return false
	}
	if byService := service != nil && w.kind.Alike && w.portNamed["service "+port] == port; byService != (side == "service") {
		out.Set("kind", v.Get("kind"))
	}
	out.Set("port", text(port))
	for _, key := range []string{"path", "interval", "scrapeTimeout"} {
		out.Set(key, endpoints[0].Get(key))
	}
	out.Set("endpoint", without(endpoints[0], "port", "path", "interval", "scrapeTimeout"))
	usual := w.selector
	if side == "service" {
		usual = service.Get("metadata", "labels")
	}
	if s := spec.Get("selector", "matchLabels"); !value.Equal(s, usual) {
		out.Set("selector", s)
	}
	out.Set("spec", without(spec, "selector", list))
	w.fields.Set("metrics", out)
	return true
}
