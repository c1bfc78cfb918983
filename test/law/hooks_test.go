package law_test

import (
	"gopkg.in/yaml.v3"
)

// hooks adds Jobs that run with a sync. A new one in a layer is whole; a changed
// one keeps its phase, which decides what it may use.
func (g *generator) hooks(o object, s *said, prefix string) {
	g.beside(o, s, "hooks", prefix+"hooks", "Job", []string{"migrate", "smoke-test", "h-3"}, func(h object, path string) {
		if !s.has(path) {
			h.set("phase", plain(pick(g, "Sync", "PostSync", "SyncFail")))
		}
		if g.chance(20) {
			h.set("wave", plain(pick(g, "-3", "0", "2")))
		}
		if g.chance(20) {
			h.set("deletePolicy", pick(g, plain("HookSucceeded"), list(plain("HookFailed"), plain("BeforeHookCreation"))))
		}
	})
}

// jobs adds CronJobs. A new one in a layer is whole.
func (g *generator) jobs(o object, s *said, prefix string) {
	g.beside(o, s, "jobs", prefix+"jobs", "CronJob", []string{"nightly", "clean-up", "j-3"}, func(j object, path string) {
		if !s.has(path) || g.chance(30) {
			j.set("schedule", g.schedule(&said{}))
		}
		if g.chance(10) {
			j.set("enabled", g.boolean())
		}
		if g.chance(10) {
			j.set("syncWave", plain(pick(g, "-5", "0", "3")))
			j.set("syncOptions", fields("Prune", plain("false")))
		}
	})
}

// beside adds what runs beside the workloads: a field of hooks or of jobs. Own adds what only those have.
func (g *generator) beside(o object, s *said, field, prefix, kind string, names []string, own func(x object, path string)) {
	if g.dropAs(o, s, field, prefix) || !g.chance(20) {
		return
	}
	inside := g.kind
	g.kind, g.hooking = kind, true
	defer func() { g.kind, g.hooking = inside, false }()
	o.set(field, g.entries(s, prefix, names, func(name string) *yaml.Node {
		h := object{g.some(20, "resources", g.amounts(), "labels", fields("step", g.label()), "annotations", fields("note", g.scalar()),
			"podLabels", fields("a", g.label()),
			"podAnnotations", fields("note", g.scalar()), "spec", fields("backoffLimit", g.integer(g.IntN(9))), "args", list(g.scalar()),
			"env", fields("MODE", g.scalar()),
			"volumes", fields("/hook-tmp", plain("emptyDir")), "security", plain(pick(g, "none", "restricted")),
			"envFrom", g.envFrom(), "pullSecrets", list(plain("registry")), "gracePeriod", g.gracePeriod(), "nodeSelector",
			fields("disk", g.label()), "tolerations", g.tolerations(),
			"affinity", g.affinity(), "priorityClass", g.priorityClass(), "pod", g.podFields(), "container", g.containerFields(),
			"initContainers",
			fields("wait", g.further("wait", false, true)),
			"sidecars", fields("proxy", g.further("proxy", true, false)), "serviceAccount", g.hookAccount())}
		if proxy := (object{h.get("sidecars")}); proxy.Node != nil {
			g.native(object{proxy.get("proxy")})
		}
		h.set("command", list(plain("run"), g.scalar()))
		if !s.has("image.repository") || g.chance(60) {
			h.set("image", g.text("reg.io/hook:v1"))
		} else if g.chance(30) {
			h.set("tag", g.text(g.tag()))
		}
		if g.chance(20) {
			h.set("config", g.boolean())
		}
		own(h, prefix+"."+name)
		return h.Node
	}))
}

func (g *generator) hookAccount() *yaml.Node {
	return pick(g, plain("false"), g.text("robot"), g.some(50, "name", g.text("custom"), "automount", g.boolean()))
}

func (g *generator) amounts() *yaml.Node { return fields("limits", fields("memory", plain("1Gi"))) }
