package law_test

import "gopkg.in/yaml.v3"

// hosts adds what leads to a workload from outside. Ports that are pinned have a
// Service in every environment.
func (g *generator) hosts(o object, w *workload) {
	if !w.reached || len(w.ports) == 0 || g.useless("ingress") {
		return
	}
	g.put(40, o, w.said, "ingress", func() *yaml.Node { return g.ingress(w) })
	g.put(30, o, w.said, "route", func() *yaml.Node { return g.route(w) })
}

// host returns hosts for the field of that name, which is another set than that
// for the field hosts.
func (g *generator) host() *yaml.Node {
	one := g.text(pick(g, "a.example.com", "b.example.com", "*.example.com", "1.2-3.x"))
	if g.chance(60) {
		return one
	}
	return list(one, g.text("last.example.com"), g.text("*"))
}

// backend leads to a port that every environment has, in the short form or the
// full one. Other is for a path that may lead to another workload, and never names
// a port: one layer may give the workload and another the port.
func (g *generator) backend(w *workload, other bool, kind string, kinds ...string) *yaml.Node {
	n := g.some(40, kind, plain(pick(g, kinds...)))
	o := object{n}
	if name := g.pinned(w); !other && name != "" && g.chance(60) {
		if g.chance(40) {
			return g.text(name)
		}
		o.set("port", g.text(name))
	}
	if other && len(g.top) > 0 && g.multi && g.top[0].reached && len(g.top[0].ports) > 0 && g.chance(70) {
		o.set("workload", g.text(g.top[0].key))
	}
	return n
}

func (g *generator) pinned(w *workload) string {
	for _, p := range w.ports {
		if p.pinned {
			return p.name
		}
	}
	return ""
}

// elsewhere leads to another Service.
func (g *generator) elsewhere() *yaml.Node {
	return fields("service", g.text("other"), "port", plain("8080"))
}

func (g *generator) paths(w *workload, kind string, kinds ...string) *yaml.Node {
	return g.flow(g.some(60, "/", g.backend(w, false, kind, kinds...), "/api/v1", g.backend(w, true, kind, kinds...), "/ünï code",
		g.backend(w, false, kind, kinds...), "/else", g.elsewhere()))
}

func (g *generator) ingress(w *workload) *yaml.Node {
	switch g.IntN(8) {
	case 0:
		return g.host()
	case 1:
		return plain("false")
	}
	n := g.oneIngress(w)
	if g.chance(30) {
		object{n}.set(pick(g, "public", "x-2"), pick(g, g.oneIngress(w), g.text("named.example.com")))
	}
	return n
}

func (g *generator) oneIngress(w *workload) *yaml.Node {
	paths := func() *yaml.Node {
		return g.paths(w, "pathType", "Prefix", "Exact", "ImplementationSpecific")
	}
	tls := pick(g, g.boolean(), g.text("cert"), g.some(50, "secretName", g.text("c.d"), "secrets",
		g.some(70, "first", g.text("a.example.com"), "second", list(g.text("h.example.com")))))
	n := g.some(40, "host", g.host(), "hosts", g.some(60, "h.example.com", paths(), "i.example.com", paths()), "paths", paths(),
		"className", g.text("nginx"), "tls", tls, "issuer", pick(g, g.text("letsencrypt"),
			fields("name", g.text("own"), "kind", plain(pick(g, "Issuer", "ClusterIssuer")))),
		"labels", g.some(60, "team", g.label()), "annotations", g.some(60, "example.com/note", g.scalar()),
		"defaultBackend", fields("service", fields("name", g.text("fallback"), "port", fields("number", plain("80")))))
	if len(n.Content) == 0 { // which asks for the platform's domain
		object{n}.set("className", g.text("nginx"))
	}
	return n
}

func (g *generator) route(w *workload) *yaml.Node {
	if g.chance(15) {
		return plain("false")
	}
	parent := pick(g, g.text("gateways/public"), g.text("own"), fields("name", g.text("mesh"), "kind", g.text("Service"), "group",
		g.text(""), "port", plain("80"),
		"namespace", g.text("ns"), "sectionName", g.text("https")))
	paths := g.paths(w, "type", "PathPrefix", "Exact", "RegularExpression")
	for i := 1; i < len(paths.Content); i += 2 {
		if x := paths.Content[i]; x.Kind == yaml.MappingNode && g.chance(30) {
			object{x}.set("filters", parsed(pick(g, "[{type: RequestRedirect, requestRedirect: {scheme: https, statusCode: 301}}]",
				"[{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-A, value: b}]}}]")))
			object{x}.set("timeouts", fields("request", g.text("10s")))
		}
	}
	n := g.some(40, "paths", paths, "rules", parsed("[{matches: [{method: GET}]}, {filters: [{type: RequestRedirect, requestRedirect: "+
		"{hostname: x.example.com}}]}]"),
		"labels", g.some(60, "team", g.label()), "annotations", g.some(60, "example.com/note", g.scalar()))
	o := object{n}
	o.set("host", g.host())
	o.set("parents", pick(g, list(parent), list(parent, g.text("gateways/internal"))))
	return n
}

func (g *generator) network() *yaml.Node {
	if g.chance(15) {
		return plain("false")
	}
	n := g.some(35, "labels", g.some(60, "team", g.label()), "annotations", g.some(60, "example.com/note", g.scalar()),
		"ingress", parsed("[{from: [{podSelector: {matchLabels: {a: b}}}]}]"), "egress", parsed("[{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]"))
	o := object{n}
	o.set("to", g.peers())
	if g.chance(60) {
		o.set("from", g.peers())
	}
	if g.chance(30) {
		o.set("dns", g.boolean())
	}
	return n
}

func (g *generator) peers() *yaml.Node {
	n := list()
	for range g.IntN(4) {
		n.Content = append(n.Content, g.peer())
	}
	return n
}

func (g *generator) peer() *yaml.Node {
	selector := func() *yaml.Node {
		return parsed(pick(g, "{}", "{matchLabels: {a: b}}", "{matchExpressions: [{key: a, operator: In, values: [b]}]}"))
	}
	var p *yaml.Node
	switch g.IntN(9) {
	case 0:
		return g.text(pick(g, "frontend", g.name, "web", "other/worker", "*", "10.0.0.0/8", "2001:db8::/32"))
	case 1:
		p = fields("cidr", g.text("10.0.0.0/8"), "except", list(g.text("10.1.0.0/16"), g.text("10.2.3.4/32")))
	case 2:
		p = fields("app", g.text("other"), "workload", g.text("web"))
	case 3:
		p = fields("namespace", g.text("monitoring"), "pods", selector())
	case 4:
		p = fields("pods", selector(), "namespaces", selector())
	case 5:
		p = fields("name", g.text("db"), "namespace", g.text("data"))
	case 6:
		p = fields("any", plain("true"))
	case 7:
		p = fields("namespaces", selector())
	case 8:
		p = fields("app", g.text(g.name))
	}
	if g.chance(40) {
		object{p}.set("ports", list(g.number(), fields("port", plain("8000"), "endPort", plain("0x1F91"), "protocol",
			plain(pick(g, "TCP", "UDP", "SCTP")))))
	}
	return p
}
