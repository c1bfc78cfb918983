package law_test

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// port is what has to be known of a port: others refer to it by name.
type port struct {
	name string
	// pinned ports are there and exposed in every environment.
	pinned bool
}

// own adds the fields that belong to one workload. Fresh says that there is no
// layer below.
func (g *generator) own(o object, w *workload, fresh bool) {
	s := w.said
	if fresh {
		w.open = g.balanced && !w.headless && g.chance(50)
	}
	texts := func() *yaml.Node {
		n := list()
		for range 1 + g.IntN(4) {
			n.Content = append(n.Content, g.scalar())
		}
		if g.chance(10) {
			n.Content = nil
		}
		return g.flow(n)
	}
	g.put(30, o, s, "command", texts)
	g.put(30, o, s, "args", texts)
	g.ofKind(o, w, fresh)
	g.autoscaling(o, s)
	if (g.equipped || !g.drop(o, s, "volumes")) && g.chance(35) {
		o.set("volumes", g.volumes(w))
	}
	if g.equipped && fresh {
		g.sharedVolumes(o)
	}
	switch {
	case fresh && g.chance(80):
		g.ports(o, w)
	case !fresh && len(w.ports) > 0 && w.kind != "StatefulSet" && !w.reached && g.chance(8):
		g.close(o, w)
		return
	case !fresh && g.chance(35):
		g.changePorts(o, w)
	}
	if len(w.ports) > 0 && !g.useless("service") && (g.chance(40) || w.open && !s.has("service")) {
		o.set("service", g.service(w))
		s.add("service")
	} else if !w.open && s.deletable("service") && g.chance(15) {
		o.set("service", null(g))
		s.del("service")
	}
	if g.rollouts && w.kind == "Deployment" && w.reached && len(w.ports) > 0 && g.chance(30) { // by the Services that are there
		o.set("strategy", pick(g, plain("blueGreen"), fields("canary",
			fields("trafficRouting", fields("plugins", fields("example.com/router", newObject().Node))))))
		s.add("strategy")
	}
	g.probes(o, w)
	g.hosts(o, w)
	g.metrics(o, w)
}

// sharedVolumes adds those that further containers mount.
func (g *generator) sharedVolumes(o object) {
	volumes := object{o.get("volumes")}
	if volumes.Node == nil {
		volumes = newObject()
		o.set("volumes", volumes.Node)
	}
	volumes.set("shared", fields("emptyDir", fields(), "mounts", plain("/mnt/shared")))
	volumes.set("/cache/A", plain("emptyDir"))
	volumes.set("disk", fields("persistentVolumeClaim", fields("claimName", g.text("disk-1")), "mounts", plain("/mnt/disk")))
}

// close takes all ports away, and with them all that goes to one.
func (g *generator) close(o object, w *workload) {
	o.set("ports", null(g))
	o.set("service", plain("false"))
	o.set("probes", plain("false"))
	o.set("metrics", plain("false"))
	for _, field := range []string{"ports", "service", "probes", "metrics"} {
		w.said.del(field)
	}
	w.said.add("service", "probes", "metrics")
	w.ports = nil
}

// ports returns a new workload its ports, one of them pinned. All numbers are
// different, so that no layer makes two ports the same.
func (g *generator) ports(o object, w *workload) {
	names := []string{"http", "grpc", "metrics", "a-1", "dns"}
	g.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	if g.chance(35) {
		o.set("port", g.number())
		w.ports = []port{{"http", true}}
		w.said.add("ports.http")
		if g.chance(50) {
			return
		}
	}
	ports := newObject()
	for _, name := range names[:1+g.IntN(3)] {
		if name == "http" && len(w.ports) > 0 {
			continue
		}
		pinned := len(w.ports) == 0
		ports.set(name, g.port(w, pinned))
		w.ports = append(w.ports, port{name, pinned})
		w.said.add("ports." + name)
	}
	if len(ports.Content) > 0 {
		o.set("ports", ports.Node)
	}
}

func (g *generator) number() *yaml.Node { return g.integer(1000 + g.next()) }

// port returns one port, in the full form most of the time.
func (g *generator) port(w *workload, exposed bool) *yaml.Node {
	if g.chance(25) {
		return g.number()
	}
	n := g.some(25, "target", g.number(), "protocol", plain(pick(g, "TCP", "UDP", "SCTP")), "appProtocol",
		g.text(pick(g, "http", "kubernetes.io/h2c", "example.com/1.0")),
		"hostPort", g.number(), "hostIP", g.text("127.0.0.1"), "targetBy", plain(pick(g, "name", "number")))
	o := object{n}
	if g.chance(15) && !w.undeclared { // else it is the name of a sidecar's port
		w.renamed = true
		o.set("containerName", g.text(fmt.Sprintf("in-%d", g.next())))
	}
	if g.chance(15) {
		o.set("unnamed", plain("container"))
	}
	if g.chance(10) && o.get("hostPort") == nil && o.get("hostIP") == nil && !w.renamed {
		w.undeclared = true
		o.set("declared", g.boolean())
	}
	if o.get("target") == nil || g.chance(60) {
		o.set("port", g.number())
	}
	if w.open && g.chance(40) {
		o.set("nodePort", plain(fmt.Sprint(30000+g.next())))
	}
	if !exposed && g.chance(50) {
		o.set("expose", g.boolean())
	}
	return n
}

// changePorts adds, changes and removes ports in a layer over others.
func (g *generator) changePorts(o object, w *workload) {
	ports := newObject()
	var left []port
	for _, p := range w.ports {
		switch {
		case !p.pinned && w.said.deletable("ports."+p.name) && g.chance(30):
			ports.set(p.name, null(g))
			w.said.del("ports." + p.name)
			continue
		case p.name == "http" && g.chance(30):
			o.set("port", g.number())
			w.said.add("ports.http")
		case g.chance(40):
			ports.set(p.name, g.port(w, p.pinned))
			w.said.add("ports." + p.name)
		}
		left = append(left, p)
	}
	if g.chance(40) && len(left) > 0 {
		ports.set("added", g.port(w, false))
		w.said.add("ports.added")
		left = append(left, port{name: "added"})
	}
	w.ports = left
	if len(ports.Content) > 0 {
		o.set("ports", ports.Node)
	}
}

func (g *generator) service(w *workload) *yaml.Node {
	switch {
	case w.kind != "StatefulSet" && !w.reached && g.chance(17):
		return plain("false")
	case !g.balanced && g.chance(17):
		return plain("true")
	}
	addresses := func() *yaml.Node { return list(g.text("10.0.0.1"), g.text("fd00::1")) }
	labels := g.some(60, "team", g.label(), "x", g.label())
	annotations := g.some(60, "example.com/note", g.scalar(), "b", g.scalar())
	o := object{g.some(15, "selector", g.some(70, "run", g.text("kept"), "tier", plain("x")), "labels", labels, "annotations", annotations,
		"externalIPs", addresses(), "internalTrafficPolicy", plain("Local"), "trafficDistribution", plain("PreferClose"),
		"ipFamilies", list(plain("IPv4"), plain("IPv6")), "ipFamilyPolicy", plain(pick(g, "PreferDualStack", "RequireDualStack")),
		"publishNotReadyAddresses", g.boolean())}
	if g.chance(15) {
		o.set("sessionAffinity", plain("ClientIP"))
		o.set("sessionAffinityConfig", fields("clientIP", fields("timeoutSeconds", plain("10800"))))
	}
	if w.headless {
		o.set("headless", plain("true"))
		return g.flow(o.Node)
	}
	if !g.balanced {
		more := g.some(15, "type", plain("ClusterIP"), "headless", plain("false"), "clusterIP", g.text("10.0.0.1"))
		if (object{more}).get("clusterIP") != nil && g.chance(50) {
			object{more}.set("clusterIPs", addresses())
		}
		o.Content = append(o.Content, more.Content...)
		return o.Node
	}
	o.set("type", plain("LoadBalancer"))
	if g.local {
		o.set("externalTrafficPolicy", plain("Local"))
		if g.chance(30) {
			o.set("healthCheckNodePort", plain("31000"))
		}
	} else if g.chance(30) {
		o.set("externalTrafficPolicy", plain("Cluster"))
	}
	more := g.some(30, "loadBalancerClass", g.text("example.com/lb"),
		"loadBalancerIP", g.text("1.2.3.4"), "loadBalancerSourceRanges", list(g.text("10.0.0.0/8"), g.text("0.0.0.0/0")),
		"allocateLoadBalancerNodePorts", g.boolean())
	o.Content = append(o.Content, more.Content...)
	return o.Node
}

func probeNames() []string { return []string{"liveness", "readiness", "startup"} }

// probes adds probes that go to ports which are always there.
func (g *generator) probes(o object, w *workload) {
	s := w.said
	switch {
	case s.deletable("probes") && g.chance(8):
		o.set("probes", null(g))
		s.del("probes")
	case g.useless("probes") || g.chance(50):
	case len(w.ports) > 0 && g.chance(30):
		o.set("probes", g.text(pick(g, "/", "/health", "/healthz?full=1&x=a b", "/ünï")))
		s.del("probes")
		s.add("probes.liveness.httpGet", "probes.readiness.httpGet")
	case g.chance(10):
		o.set("probes", g.boolean())
		if o.get("probes").Value[0]|0x20 == 'f' {
			s.del("probes")
		}
		s.add("probes")
	default:
		all := newObject()
		for _, name := range probeNames() {
			path := "probes." + name
			switch {
			case s.deletable(path) && g.chance(20):
				all.set(name, null(g))
				s.del(path)
			case g.chance(50):
				all.set(name, g.probe(w, name))
			}
		}
		o.set("probes", all.Node)
		s.add("probes")
	}
}

func (g *generator) probe(w *workload, name string) *yaml.Node {
	path := "probes." + name
	seconds := func() *yaml.Node { return g.integer(1 + g.IntN(90)) }
	timing := object{g.some(25, "initialDelaySeconds", plain("0"), "periodSeconds", seconds(), "timeoutSeconds", seconds(),
		"failureThreshold", seconds(), "successThreshold", plain("1"))}
	if name == "readiness" && g.chance(20) {
		timing.set("successThreshold", seconds())
	}
	if name != "readiness" && g.chance(20) {
		timing.set("terminationGracePeriodSeconds", seconds())
	}
	if w.said.has(path) && len(timing.Content) > 0 && g.chance(30) {
		return timing.Node // completes what lies below
	}
	handler := "exec"
	if len(w.ports) > 0 {
		handler = pick(g, "httpGet", "httpGet", "tcpSocket", "grpc", "exec")
	}
	if handler == "httpGet" && g.chance(25) {
		g.handle(w, path, handler)
		return g.text("/" + pick(g, "live", "ready", "a b", "x#y"))
	}
	o := newObject()
	switch handler {
	case "httpGet":
		o.set(handler, g.some(50, "path", g.text("/"+g.word()), "port", g.portRef(w), "host", g.scalar(), "scheme",
			plain(pick(g, "HTTP", "HTTPS")),
			"httpHeaders", list(fields("name", g.text("X-A"), "value", g.scalar()))))
	case "tcpSocket":
		o.set(handler, g.some(50, "port", g.portRef(w), "host", g.text("localhost")))
	case "grpc":
		o.set(handler, g.some(50, "port", plain("9000"), "service", g.scalar()))
	case "exec":
		o.set(handler, fields("command", list(plain("check"), g.scalar())))
	}
	g.handle(w, path, handler)
	o.Content = append(o.Content, timing.Content...)
	g.shuffle(o)
	return o.Node
}

// handle notes a probe's only handler.
func (g *generator) handle(w *workload, path, handler string) {
	w.said.add(path + "." + handler)
}

// portRef names a port that every environment has, or returns its number.
func (g *generator) portRef(w *workload) *yaml.Node {
	for _, p := range w.ports {
		if p.pinned && g.chance(70) {
			return g.text(p.name)
		}
	}
	return pick(g, plain("8080"), plain("0x1F90"))
}
