package law_test

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// entries returns a map: new keys, other values for some that are there, and null
// for others. Prefix is where the map stands in what is said.
func (g *generator) entries(s *said, prefix string, keys []string, value func(key string) *yaml.Node) *yaml.Node {
	o := newObject()
	for _, key := range keys {
		path := prefix + "." + key
		switch {
		case g.chance(70):
		case s.deletable(path) && g.chance(40):
			o.set(key, null(g))
			s.del(path)
		default:
			o.set(key, value(key))
			s.add(path)
		}
	}
	g.shuffle(o)
	return o.Node
}

// drop deletes a whole field now and then, if there is one.
func (g *generator) drop(o object, s *said, field string) bool {
	if !s.deletable(field) || !g.chance(8) {
		return false
	}
	o.set(field, null(g))
	s.del(field)
	return true
}

// put adds a field with a chance, unless it deletes it.
func (g *generator) put(percent int, o object, s *said, field string, make func() *yaml.Node) {
	if g.drop(o, s, field) || g.useless(field) || !g.chance(percent) {
		return
	}
	o.set(field, make())
	s.add(field)
}

// inherited adds the fields that workloads take over from the top level.
func (g *generator) inherited(o object, s *said) {
	if g.scaling == fixed {
		g.put(50, o, s, "replicas", func() *yaml.Node { return g.integer(g.IntN(6)) })
	}
	g.mapField(35, o, s, "env", envNames(), func(name string) *yaml.Node { return g.envVar(s, name) })
	g.mapField(20, o, s, "labels", labelKeys(), func(string) *yaml.Node { return g.label() })
	g.mapField(20, o, s, "podLabels", labelKeys(), func(string) *yaml.Node { return g.label() })
	g.mapField(20, o, s, "annotations", annotationKeys(), func(string) *yaml.Node { return g.scalar() })
	g.mapField(20, o, s, "podAnnotations", annotationKeys(), func(string) *yaml.Node { return g.scalar() })
	g.put(15, o, s, "metadata", g.metadata)
	if g.scaling == fixed && !g.drop(o, s, "resources") && g.chance(35) {
		o.set("resources", g.resources(s))
	}
	if !g.drop(o, s, "security") && g.chance(30) {
		o.set("security", g.security())
		s.add("security")
	}
	g.synced(o, s)
	g.placement(o, s)
	g.put(25, o, s, "network", g.network)
	g.containers(o, s)
	if !g.drop(o, s, "disruption") && !g.useless("disruption") && g.chance(30) {
		o.set("disruption", g.disruption())
		s.add("disruption")
	}
}

// shared adds config and files, which are one object at the top level and
// another for a workload.
func (g *generator) shared(o object, s *said, dir string) {
	prefix := "own-" + dir + "-"
	if dir == "/etc/app" {
		prefix = ""
	}
	g.hooks(o, s, prefix)
	g.jobs(o, s, prefix)
	if !g.dropAs(o, s, "config", prefix+"config") && g.chance(50) {
		o.set("config", g.entries(s, prefix+"config", configKeys(), func(string) *yaml.Node { return g.scalar() }))
	}
	if !g.dropAs(o, s, "files", prefix+"files") && g.chance(35) {
		names := fileNames()
		for i := range names {
			names[i] = dir + "/" + names[i]
		}
		o.set("files", g.entries(s, prefix+"files", names, func(string) *yaml.Node { return g.mounted() }))
	}
	g.identity(o, s, prefix)
	g.secrets(o, s, prefix, dir)
}

func (g *generator) dropAs(o object, s *said, field, path string) bool {
	if !s.deletable(path) || !g.chance(8) {
		return false
	}
	o.set(field, null(g))
	s.del(path)
	return true
}

func (g *generator) mapField(percent int, o object, s *said, field string, keys []string, value func(string) *yaml.Node) {
	if g.drop(o, s, field) || !g.chance(percent) {
		return
	}
	o.set(field, g.entries(s, field, keys, value))
}

// metadata returns labels and annotations of some kinds; null takes away what other fields say.
func (g *generator) metadata() *yaml.Node {
	values := func(value func() *yaml.Node, keys ...string) *yaml.Node {
		o := newObject()
		for _, key := range keys {
			if g.chance(40) {
				o.set(key, pick(g, value(), value(), null(g)))
			}
		}
		return o.Node
	}
	out := newObject()
	for _, kind := range []string{"Deployment", "Service", "ConfigMap", "CronJob", "JobTemplate", "ServiceAccount", "NetworkPolicy",
		"SealedSecret", "Job"} {
		if g.chance(30) {
			out.set(kind, g.some(70, "labels", values(g.label, labelKeys()...), "annotations", values(g.scalar, annotationKeys()...)))
		}
	}
	return out.Node
}

func (g *generator) label() *yaml.Node {
	if g.chance(10) {
		return quoted("")
	}
	return g.text(g.word())
}

// image adds image and tag. Whole asks for a repository.
func (g *generator) image(o object, s *said, whole bool) {
	var tag, digest bool
	switch {
	case whole && g.chance(60), !whole && g.chance(30):
		ref := g.reference()
		o.set("image", g.text(ref))
		s.add("image.repository")
		name := ref[strings.LastIndexByte(ref, '/')+1:]
		tag, digest = strings.Contains(strings.SplitN(name, "@", 2)[0], ":"), strings.Contains(ref, "@")
	case whole || g.chance(50):
		full := newObject()
		if whole || g.chance(30) {
			full.set("repository", plain(g.repository()))
			s.add("image.repository")
		}
		if tag = g.chance(50); tag {
			full.set("tag", g.text(g.tag()))
		} else if g.ownTag(s) && g.chance(30) {
			full.set("tag", null(g))
			s.del("image.tag")
		}
		if digest = g.chance(20); digest {
			full.set("digest", plain(g.digest()))
		}
		g.pull(full, s)
		g.shuffle(full)
		o.set("image", full.Node)
	}
	// A null tag was a decision too.
	if full := o.get("image"); !tag && g.chance(40) && (full == nil || full.Kind != yaml.MappingNode || (object{full}).get("tag") == nil) {
		tag = true
		o.set("tag", g.text(g.tag()))
	}
	g.chose(s, "image.tag", tag, "image.digest", digest)
}

// ownTag reports whether null may delete the tag. One that a workload inherits is
// put aside where an environment chooses a digest, and null deletes nothing then.
func (g *generator) ownTag(s *said) bool {
	if g.inside {
		return s.under != g.root && s.under.keys["image.tag"]
	}
	return s.deletable("image.tag")
}

// chose notes a choice between two: what a layer does not name is put aside.
func (g *generator) chose(s *said, first string, hasFirst bool, second string, hasSecond bool) {
	if !hasFirst && !hasSecond {
		return
	}
	for _, x := range []struct {
		path string
		has  bool
	}{{first, hasFirst}, {second, hasSecond}} {
		if x.has {
			s.add(x.path)
		} else {
			s.del(x.path)
		}
	}
}

func (g *generator) pull(full object, s *said) {
	for _, field := range []string{"pullPolicy", "pullSecrets"} {
		path := "image." + field
		switch {
		case s.deletable(path) && g.chance(30):
			full.set(field, null(g))
			s.del(path)
		case g.chance(30):
			v := list(plain("registry"), plain(pick(g, "other.registry", "second")))
			if field == "pullPolicy" {
				v = plain(pick(g, "Always", "IfNotPresent", "Never"))
			}
			full.set(field, v)
			s.add(path)
		}
	}
}

// envVar returns a variable by one of its sources. It refers only to variables
// that come before it in envNames, so there is no circle in any layer.
func (g *generator) envVar(s *said, name string) *yaml.Node {
	path := "env." + name
	// Completes what lies below; not in a workload, below which an environment can
	// take it away.
	if !g.inside && s.has(path+".secret") && g.chance(40) {
		return fields("secret", fields("optional", g.boolean()))
	}
	s.del(path + ".secret")
	names := envNames()
	before := append(names[:max(slices.Index(names, name), 0)], "NOT_SET")
	key := func() string { return pick(g, configKeys()...) }
	switch g.IntN(9) {
	case 0, 1:
		return g.scalar()
	case 2:
		return g.text("http://$(" + pick(g, before...) + "):80/$$(" + name + ")")
	case 3:
		return g.flow(fields("value", g.scalar()))
	case 4:
		s.add(path + ".secret")
		return g.flow(fields("secret", plain("db/"+key())))
	case 5:
		s.add(path + ".secret")
		return fields("secret", fields("name", plain("db.secret"), "key", plain(key()), "optional", g.boolean()))
	case 6:
		ref := pick(g, g.name+"-config/", "cluster/") + key()
		if g.chance(50) {
			at := strings.IndexByte(ref, '/')
			return fields("configMap", fields("name", plain(ref[:at]), "key", plain(ref[at+1:]), "optional", g.boolean()))
		}
		return fields("configMap", plain(ref))
	case 7:
		if g.chance(50) {
			return fields("field", fields("apiVersion", plain("v1"), "fieldPath", g.text("metadata.annotations['a']")))
		}
		return g.flow(fields("field", plain(pick(g, "status.podIP", "spec.nodeName", "metadata.name"))))
	}
	if g.chance(50) {
		// Never 1m: another layer can name memory, which has no thousandths.
		return fields("resource", fields("resource", plain("requests.cpu"), "containerName", plain("app"), "divisor",
			pick(g, plain("1"), quoted("1"))))
	}
	return g.flow(fields("resource", plain("limits.memory")))
}

func (g *generator) mounted() *yaml.Node {
	o := newObject()
	switch g.IntN(5) {
	case 0, 1:
		return g.text(g.value())
	case 2:
		o.set("content", g.text(g.value()))
	case 3:
		o.set("from", plain(g.file("conf/text#.txt", g.value())))
	case 4:
		o.set("from", plain(g.file(pick(g, "bin/blob#.bin", "blob#", "ünï/#.dat"), g.binary())))
	}
	if g.chance(40) {
		o.set("mode", pick(g, plain("0644"), quoted("0755"), plain("0o400"), plain("644"), plain("0777")))
	}
	g.shuffle(o)
	return o.Node
}

// binary returns what is no text, of lengths around those at which its base64 is
// broken into lines.
func (g *generator) binary() string {
	n := pick(g, 1, 2, 51, 52, 53, 54, 105, 106, 300, 1000)
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.IntN(256))
	}
	b[0] = 0xff
	return string(b)
}

func (g *generator) resources(s *said) *yaml.Node {
	o := newObject()
	for _, field := range []string{"requests", "limits"} {
		path := "resources." + field
		switch {
		case s.deletable(path) && g.chance(10):
			o.set(field, null(g))
			s.del(path)
		case g.chance(70):
			// No layer may ask for more than another limits, so requests are small and limits are large.
			names, amount := []string{"cpu", "memory", "ephemeral-storage"}, g.amount
			if field == "limits" {
				names, amount = append(names, "nvidia.com/gpu"), g.largeAmount
			}
			o.set(field, g.entries(s, path, names, func(string) *yaml.Node { return amount() }))
		}
	}
	if g.equipped && g.chance(30) {
		o.set("claims", list(fields("name", plain("gpu"), "request", g.text("large")), fields("name", plain("nic"))))
		s.add("resources.claims")
	}
	g.shuffle(o)
	return o.Node
}

func (g *generator) disruption() *yaml.Node {
	o := newObject()
	switch g.IntN(6) {
	case 0:
		return plain("false")
	case 1:
		return plain("true")
	case 2:
		o.set("minAvailable", pick(g, plain("1"), quoted("50%"), plain("25%"), plain("0x2")))
	case 3:
		o.set("maxUnavailable", pick(g, plain("0"), plain("100%"), plain("2")))
	}
	if g.chance(15) {
		o.set("selector", fields("run", g.text("kept")))
	}
	if g.chance(40) {
		o.set("unhealthyPodEvictionPolicy", plain(pick(g, "AlwaysAllow", "IfHealthyBudget")))
	}
	return g.flow(o.Node)
}

// some adds each of the given fields with a chance.
func (g *generator) some(percent int, pairs ...any) *yaml.Node {
	o := newObject()
	for i := 0; i+1 < len(pairs); i += 2 {
		if g.chance(percent) {
			o.set(pairs[i].(string), pairs[i+1].(*yaml.Node))
		}
	}
	g.shuffle(o)
	return o.Node
}

func (g *generator) security() *yaml.Node {
	level := plain(pick(g, "restricted", "baseline", "none"))
	if g.chance(40) {
		return level
	}
	id := func() *yaml.Node { return g.integer(g.IntN(70000)) }
	profile := func() *yaml.Node {
		return fields("type", plain("Localhost"), "localhostProfile", g.text("profiles/a.json"))
	}
	linux := func() *yaml.Node { return fields("level", g.text("s0:c123,c456"), "user", quoted(g.value())) }
	windows := func() *yaml.Node {
		return fields("hostProcess", plain("false"), "runAsUserName", g.text(`DOMAIN\user`))
	}
	container := object{g.some(25, "runAsUser", id(), "runAsGroup", id(), "runAsNonRoot", g.boolean(), "readOnlyRootFilesystem",
		g.boolean(),
		"capabilities", g.some(60, "add", list(plain("NET_BIND_SERVICE"), quoted(g.value())), "drop", list(plain("ALL"))),
		"procMount", plain("Default"), "seccompProfile", profile(), "appArmorProfile", profile(), "seLinuxOptions", linux())}
	if !g.equipped && g.chance(25) { // which are for Linux
		container.set("windowsOptions", windows())
	}
	switch {
	case g.chance(60):
	case g.privileged:
		container.set("allowPrivilegeEscalation", plain("true"))
		container.set("privileged", g.boolean())
	default:
		container.set("allowPrivilegeEscalation", g.boolean())
		container.set("privileged", plain("false"))
	}
	return g.some(60,
		"level", level,
		"pod", g.some(25, "runAsUser", id(), "runAsGroup", id(), "runAsNonRoot", g.boolean(), "fsGroup", id(), "fsGroupChangePolicy",
			plain("Always"),
			"supplementalGroups", list(id(), id()), "supplementalGroupsPolicy", plain("Strict"), "seccompProfile", profile(),
			"appArmorProfile", profile(),
			"seLinuxOptions", linux(), "seLinuxChangePolicy", plain("Recursive"),
			"sysctls", list(fields("name", plain("net.core.somaxconn"), "value", quoted("1024")))),
		"container", container.Node,
	)
}

// namespace decides where the app runs.
func (g *generator) namespace(o object, s *said) {
	g.namespaces = true
	labels := func() *yaml.Node {
		return fields("pod-security.kubernetes.io/enforce", plain("restricted"), "team", g.label())
	}
	switch {
	case s.has("namespace") && g.chance(25):
		o.set("namespace", null(g))
		s.del("namespace")
		return
	case g.chance(40):
		o.set("namespace", g.text(pick(g, "team-a", "0", "true", "1e3")))
	case s.has("namespace.create") || g.chance(60):
		n := g.some(50, "name", g.text(pick(g, "team-b", "123")), "labels", labels(), "annotations", fields("note", g.scalar()))
		object{n}.set("create", plain("true"))
		o.set("namespace", n)
		s.add("namespace.create")
	default:
		o.set("namespace", fields("name", plain("team-c"), "create", plain("false")))
	}
	s.add("namespace")
}
