package law_test

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// containers adds those beside the workload's own, and what is left of the pod
// and its container.
func (g *generator) containers(o object, s *said) {
	g.mapField(20, o, s, "initContainers", g.initContainers(),
		func(name string) *yaml.Node { return g.further(name, name == "database", name == "migrate") })
	g.mapField(20, o, s, "sidecars", []string{"proxy", "logs", "copy"}, func(name string) *yaml.Node {
		c := g.further(name, true, name == "copy")
		g.native(object{c})
		g.requested(object{c})
		return c
	})
	switch {
	case !g.equipped:
		g.put(20, o, s, "pod", g.podFields)
	case !g.inEnvironment && !g.inside: // for all layers, so that none takes it away
		o.set("pod", g.equipment())
	}
	g.put(20, o, s, "container", g.containerFields)
	g.put(20, o, s, "envFrom", g.envFrom)
	if image := o.get("image"); !s.has("image.pullSecrets") && image == nil && g.chance(10) {
		o.set("pullSecrets", list(plain("registry"), plain("short")))
		s.add("image.pullSecrets")
	}
}

// initContainers returns their names; "database" goes on, which an old cluster can't have.
func (g *generator) initContainers() []string {
	if g.old {
		return []string{"migrate", "x-1"}
	}
	return []string{"database", "migrate", "x-1"}
}

// native says of a sidecar what the cluster and the workload can have.
func (g *generator) native(c object) {
	switch {
	case g.old && (g.kind == "" || g.kind == "Job" || g.kind == "CronJob"), g.old && g.chance(40):
		c.set("native", plain("false"))
	case !g.old && g.chance(40):
		c.set("native", g.boolean())
	}
}

func (g *generator) podFields() *yaml.Node {
	return g.some(40, "enableServiceLinks", g.boolean(), "runtimeClassName", plain("gvisor"), "hostAliases",
		list(fields("ip", plain("10.0.0.1"), "hostnames", list(plain("a"), quoted("1")))),
		"dnsConfig", fields("options", list(fields("name", plain("ndots"), "value", quoted("2")))), "dnsPolicy", plain("ClusterFirst"))
}

// equipment gives the fields of a pod that its containers refer to.
func (g *generator) equipment() *yaml.Node {
	o := object{g.podFields()}
	o.set("os", fields("name", plain("linux")))
	o.set("resourceClaims", list(fields("name", plain("gpu"), "resourceClaimName", plain("large")),
		fields("name", plain("nic"), "resourceClaimTemplateName", g.text("nic"))))
	return o.Node
}

func (g *generator) containerFields() *yaml.Node {
	n := g.some(40, "workingDir", g.path(), "tty", g.boolean(), "terminationMessagePolicy", plain("File"),
		"resizePolicy", list(fields("resourceName", plain("cpu"), "restartPolicy", plain("NotRequired"))))
	if g.renamed && g.chance(60) {
		object{n}.set("name", plain(pick(g, "server", "main-1")))
	}
	return n
}

func (g *generator) path() *yaml.Node { return quoted("/" + strings.Trim(g.word(), "/:")) }

func (g *generator) envFrom() *yaml.Node {
	n := list()
	for range g.IntN(3) {
		from := g.some(30, "prefix", plain("X_"), "optional", g.boolean())
		if g.chance(50) {
			object{from}.set("secret", plain("db"))
		} else {
			object{from}.set("configMap", plain(pick(g, "cluster", g.name+"-config")))
		}
		n.Content = append(n.Content, from)
	}
	return n
}

// further returns a container that goes on, or one that runs to its end. What
// refers to its ports stands beside them in every layer.
func (g *generator) further(name string, goesOn, same bool) *yaml.Node {
	o := object{g.some(20,
		"command", list(g.scalar()), "args", list(g.scalar(), g.scalar()), "env",
		fields("LOG_LEVEL", g.scalar(), "PASSWORD", fields("secret", plain("db/key"))), "envFrom", g.envFrom(),
		"resources", fields("limits", fields("ephemeral-storage", plain("64Gi"))),
		"security", g.some(40, "runAsUser", g.integer(g.IntN(1000)), "readOnlyRootFilesystem", g.boolean(), "capabilities",
			fields("add", list(plain("NET_ADMIN")))),
		"workingDir", g.path(), "stdin", g.boolean(), "stdinOnce", g.boolean(), "tty", g.boolean(), "terminationMessagePath", g.path(),
		"terminationMessagePolicy", plain("FallbackToLogsOnError"),
		"resizePolicy", list(fields("resourceName", plain("memory"), "restartPolicy", plain("NotRequired"))))}
	if g.equipped && !g.hooking {
		more := g.some(30, "mounts", fields("shared", g.mountAt(), "/cache/A", quoted("/cache/of/A")),
			"volumeMounts", list(fields("name", plain("shared"), "mountPath", quoted("/again/0x1F"), "subPath", quoted(g.word()))))
		o.Content = append(o.Content, more.Content...)
		if !same && g.chance(30) { // what is the same mounts it
			o.set("volumeDevices", list(fields("name", plain("disk"), "devicePath", plain("/dev/xvda"))))
		}
	}
	if !same {
		image := g.text(g.reference())
		if g.chance(30) {
			image = fields("repository", plain(g.repository()), "tag", quoted("v1"), "pullPolicy", plain("Always"), "pullSecrets",
				list(plain("registry"), plain(name)))
		}
		o.set("image", image)
	}
	if name == "database" {
		o.set("restartPolicy", plain("Always"))
		if g.chance(20) {
			o.set("restartPolicyRules", list(fields("action", plain("Restart"), "exitCodes",
				fields("operator", plain("In"), "values", list(plain("42"))))))
		}
	}
	if goesOn && g.chance(40) {
		number := g.number()
		o.set("ports", fields("own", pick(g, number, fields("containerPort", number, "protocol", plain("UDP"), "hostPort", g.number(),
			"hostIP", quoted("127.0.0.1"), "unnamed", g.boolean()))))
		o.set("probes", pick(g, g.text("/ping"), fields("startup", fields("tcpSocket", fields("port", plain("own"))))))
		o.set("lifecycle", fields("preStop", fields("sleep", g.integer(5))))
	}
	g.shuffle(o)
	return o.Node
}

func (g *generator) mountAt() *yaml.Node {
	if g.chance(30) {
		return g.path()
	}
	n := g.some(40, "readOnly", plain("true"), "mountPropagation", plain("None"))
	switch g.IntN(4) {
	case 0:
		object{n}.set("subPath", quoted("a"))
	case 1:
		object{n}.set("subPathExpr", quoted("$(LOG_LEVEL)"))
	case 2:
		n = fields("readOnly", plain("true"), "recursiveReadOnly", plain("IfPossible"))
	}
	object{n}.set("mountPath", g.path())
	return n
}
