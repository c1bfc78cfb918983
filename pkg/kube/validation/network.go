package validation

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func (c *checker) service(spec *value.Value) {
	if !spec.Is(value.Map) {
		return
	}
	typ, headless := spec.StringAt("type"), spec.StringAt("clusterIP") == "None"
	if typ == "" {
		typ = "ClusterIP"
	}
	ports := spec.Get("ports").AllItems()
	switch {
	case typ == "ExternalName":
		c.needs(spec, "externalName", "spec", "its type is ExternalName")
	case len(ports) == 0 && !headless:
		c.reportAt(spec.Pos, "add ports: [...]", "spec has no ports")
	case headless && typ != "ClusterIP":
		c.reportAt(spec.Get("clusterIP").Pos, "remove one of them",
			"a Service without a cluster address can't be of type %s", typ)
	}
	names, numbers, nodePorts := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, p := range ports {
		at := "spec.ports." + strconv.Itoa(i)
		if len(ports) > 1 && p.StringAt("name") == "" {
			c.reportAt(p.At(), "add name:", "%s has no name, which each of several ports needs", at)
		}
		c.once(names, p.StringAt("name"), p.Get("name"), "spec", "port")
		if n := p.StringAt("port"); n != "" {
			c.once(numbers, n+"/"+protocol(p), p.Get("port"), "spec", "port")
		}
		if n := p.StringAt("nodePort"); n != "" && n != "0" {
			c.once(nodePorts, n+"/"+protocol(p), p.Get("nodePort"), "spec", "nodePort")
			if typ == "ClusterIP" {
				c.excluded(p, "nodePort", at, "the type of the Service is ClusterIP")
			}
		}
	}
	c.addresses(spec)
	if typ != "NodePort" && typ != "LoadBalancer" && spec.Get("externalIPs").Empty() && spec.StringAt("externalTrafficPolicy") != "" {
		c.excluded(spec, "externalTrafficPolicy", "spec", "nothing outside of the cluster reaches its type, "+typ)
	}
	if typ != "LoadBalancer" {
		for _, field := range []string{"loadBalancerSourceRanges", "loadBalancerClass", "allocateLoadBalancerNodePorts"} {
			if v := spec.Get(field); v != nil && !v.Empty() {
				c.excluded(spec, field, "spec", "its type is "+typ)
			}
		}
	}
	if n := spec.StringAt("healthCheckNodePort"); n != "" && n != "0" &&
		(typ != "LoadBalancer" || spec.StringAt("externalTrafficPolicy") != "Local") {
		c.excluded(spec, "healthCheckNodePort", "spec", "only a LoadBalancer with externalTrafficPolicy: Local has a health check")
	}
	if spec.StringAt("sessionAffinity") != "ClientIP" {
		c.excluded(spec, "sessionAffinityConfig", "spec", "its sessionAffinity is not ClientIP")
	}
}

// addresses checks a Service's own addresses against one another
// (ValidateServiceClusterIPsRelatedFields).
func (c *checker) addresses(spec *value.Value) {
	first, all, families := spec.StringAt("clusterIP"), spec.Get("clusterIPs"), spec.Get("ipFamilies").AllItems()
	items := all.AllItems()
	if single := spec.Get("ipFamilyPolicy"); single.StringAt() == "SingleStack" && (len(items) > 1 || len(families) > 1) {
		c.reportAt(single.Pos, "use PreferDualStack or RequireDualStack",
			"spec.ipFamilyPolicy can't be SingleStack: spec names two families")
	}
	switch {
	case len(items) == 0:
		return
	case first != items[0].StringAt():
		c.reportAt(items[0].Pos, "set clusterIP to it", "spec.clusterIPs can't begin with %s: clusterIP is %s",
			items[0].Text, cmp.Or(first, "not set"))
	case len(items) > 2 || len(items) == 2 && first == "None":
		c.reportAt(all.Pos, "", "spec.clusterIPs has more than an address of each family")
	}
	six := make([]bool, len(items))
	for i, x := range items {
		address, err := netip.ParseAddr(x.StringAt())
		if err != nil {
			return // reported by its type
		}
		six[i] = address.Is6()
		if family := "IPv4"; i < len(families) {
			if six[i] {
				family = "IPv6"
			}
			if families[i].StringAt() != family {
				c.reportAt(x.Pos, "put addresses and families in the same order",
					"spec.clusterIPs: %s is an address of %s, not of %s", x.Text, family, families[i].StringAt())
			}
		}
	}
	if len(items) == 2 && six[0] == six[1] {
		c.reportAt(items[1].Pos, "", "spec.clusterIPs has two addresses of one family")
	}
}

// protocol returns a port's protocol.
func protocol(port *value.Value) string { return cmp.Or(port.StringAt("protocol"), "TCP") }

func (c *checker) ingress(spec *value.Value) {
	if spec.Get("rules").Empty() && spec.Get("defaultBackend").Empty() {
		c.reportAt(spec.At(), "add rules: [...]", "spec has neither rules nor a defaultBackend")
	}
	c.backend(spec.Get("defaultBackend"), "spec.defaultBackend")
	for i, r := range spec.Get("rules").AllItems() {
		for j, p := range r.Get("http", "paths").AllItems() {
			c.ingressPath(p, "spec.rules."+strconv.Itoa(i)+".http.paths."+strconv.Itoa(j))
		}
	}
}

// backend checks that a backend of an Ingress names a port.
func (c *checker) backend(b *value.Value, where string) {
	service := b.Get("service")
	if n := service.StringAt("port", "number"); service.Is(value.Map) && (n == "" || n == "0") && service.StringAt("port", "name") == "" {
		c.reportAt(service.At(), "add port: {name: http} or {number: 80}", "%s.service names no port", where)
	}
	for _, field := range []string{"kind", "name"} {
		v := b.Get("resource", field)
		if problem := types.Segment(v.StringAt()); problem != "" {
			c.reportAt(v.Pos, "", "%s.resource.%s can't be %q: it %s", where, field, v.Text, problem)
		}
	}
}

func (c *checker) ingressPath(p *value.Value, where string) {
	c.backend(p.Get("backend"), where+".backend")
	path := p.Get("path")
	text := path.StringAt()
	typ := p.StringAt("pathType")
	switch {
	case typ != "Exact" && typ != "Prefix":
		if text != "" && !strings.HasPrefix(text, "/") {
			c.reportAt(path.Pos, "", "%s.path can't be %q: it does not start with /", where, text)
		}
	case !strings.HasPrefix(text, "/"):
		c.reportAt(cmpPos(path, p), "", "%s.path can't be %q: it does not start with /", where, text)
	default:
		for _, bad := range []string{"//", "/./", "/../", "%2f", "%2F"} {
			if strings.Contains(text, bad) {
				c.reportAt(path.Pos, "", "%s.path can't be %q: it holds %q", where, text, bad)
			}
		}
		for _, bad := range []string{"/.", "/.."} {
			if strings.HasSuffix(text, bad) {
				c.reportAt(path.Pos, "", "%s.path can't be %q: it ends with %q", where, text, bad)
			}
		}
	}
}

func (c *checker) networkPolicy(spec *value.Value) {
	for _, direction := range [][2]string{{"ingress", "from"}, {"egress", "to"}} {
		for i, rule := range spec.Get(direction[0]).AllItems() {
			where := "spec." + direction[0] + "." + strconv.Itoa(i)
			for j, peer := range rule.Get(direction[1]).AllItems() {
				c.peer(peer, where+"."+direction[1]+"."+strconv.Itoa(j))
			}
			for j, p := range rule.Get("ports").AllItems() {
				c.portRange(p, where+".ports."+strconv.Itoa(j))
			}
		}
	}
}

func (c *checker) peer(peer *value.Value, where string) {
	block := peer.Get("ipBlock")
	switch {
	case peer.Is(value.Map) && block == nil && !peer.Has("podSelector") && !peer.Has("namespaceSelector"):
		c.reportAt(peer.Pos, "add podSelector, namespaceSelector or ipBlock", "%s says nothing", where)
	case block != nil:
		c.excluded(peer, "podSelector", where, "it has ipBlock")
		c.excluded(peer, "namespaceSelector", where, "it has ipBlock")
	}
	all, err := netip.ParsePrefix(block.StringAt("cidr"))
	if err != nil {
		return
	}
	for _, x := range block.Get("except").AllItems() {
		if p, err := netip.ParsePrefix(x.StringAt()); err == nil && (p.Bits() <= all.Bits() || !all.Contains(p.Addr())) {
			c.reportAt(x.Pos, "", "%s.ipBlock.except: %s is not inside of %s", where, x.Text, all)
		}
	}
}

func (c *checker) portRange(p *value.Value, where string) {
	end, ok := p.Get("endPort").Int64()
	if !ok {
		return
	}
	if port, ok := p.Get("port").Int64(); !ok || end < port {
		c.reportAt(p.Get("endPort").Pos, "give port: a number that is not above it",
			"%s.endPort is not the end of a range that begins with port", where)
	}
}
