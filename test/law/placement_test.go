package law_test

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
)

// placement adds how pods are replaced, where they run and how they stop.
func (g *generator) placement(o object, s *said) {
	g.put(20, o, s, "strategy", g.strategy)
	g.put(15, o, s, "gracePeriod", g.gracePeriod)
	g.put(20, o, s, "lifecycle", g.lifecycle)
	g.put(25, o, s, "spread", g.spread)
	g.mapField(15, o, s, "nodeSelector", labelKeys(), func(string) *yaml.Node { return g.label() })
	g.put(12, o, s, "tolerations", g.tolerations)
	g.put(12, o, s, "affinity", g.affinity)
	g.put(12, o, s, "priorityClass", g.priorityClass)
}

func (g *generator) priorityClass() *yaml.Node {
	return g.text(pick(g, "high", "system-node-critical", "1", "true", "0.5"))
}

func (g *generator) tolerations() *yaml.Node {
	return pick(g, list(), list(g.toleration()), list(g.toleration(), g.toleration()))
}

func (g *generator) affinity() *yaml.Node {
	term := func(name string) *yaml.Node {
		return fields("requiredDuringSchedulingIgnoredDuringExecution", list(fields("topologyKey", plain("kubernetes.io/hostname"),
			"labelSelector", fields("matchLabels", fields("app.kubernetes.io/name", quoted(name))))))
	}
	return g.some(60, "podAffinity", term("db"), "podAntiAffinity", term("0x1F"), "nodeAffinity",
		fields("requiredDuringSchedulingIgnoredDuringExecution",
			fields("nodeSelectorTerms", list(fields("matchExpressions",
				list(fields("key", plain("disk"), "operator", plain("In"), "values", list(quoted("yes")))))))))
}

// gracePeriod returns one that is longer than any handler sleeps, in all layers.
func (g *generator) gracePeriod() *yaml.Node { return g.integer(longestSleep + g.IntN(300)) }

// longestSleep is how many seconds a pod has to stop in unless it says otherwise.
const longestSleep = 30

// strategy returns one that the kind takes; one for workloads of all kinds takes
// what all have in common.
func (g *generator) strategy() *yaml.Node {
	types := []string{"RollingUpdate"}
	if kind, ok := kinds.Find(g.kind); ok {
		types = kind.Strategies
	}
	if g.rollouts && g.kind == "Deployment" && g.chance(60) {
		return g.rollout()
	}
	if g.chance(40) {
		return g.text(pick(g, types...))
	}
	count := func() *yaml.Node { return pick(g, plain("1"), quoted("25%"), plain("50%"), plain("0x2")) }
	update := object{g.some(50, "maxUnavailable", count())}
	if g.kind == "Deployment" {
		update.set("maxSurge", count())
	}
	if g.kind == "StatefulSet" && g.chance(50) {
		update.set("partition", g.integer(g.IntN(5)))
	}
	out := g.some(40, "type", plain("RollingUpdate"))
	object{out}.set("rollingUpdate", update.Node)
	return out
}

// rollout returns a strategy of Argo Rollouts. Its Services have names of their own,
// since there may be no Service to name others after.
func (g *generator) rollout() *yaml.Node {
	service := func() *yaml.Node { return g.text(fmt.Sprintf("part-%d", g.next())) }
	seconds := func() *yaml.Node { return g.integer(g.IntN(900)) }
	if g.chance(40) {
		return fields("blueGreen", object{g.some(40, "autoPromotionEnabled", g.boolean(), "scaleDownDelaySeconds", seconds(),
			"previewReplicaCount", g.integer(1+g.IntN(3)),
			"previewMetadata", fields("labels", fields("role", quoted(g.word()))))}.with("activeService", service()).with("previewService",
			service()).Node)
	}
	if g.chance(30) {
		return plain("canary")
	}
	step := func() *yaml.Node {
		return pick(g, fields("setWeight", g.integer(g.IntN(101))), fields("pause", newObject().Node),
			fields("pause", fields("duration", pick(g, plain("1_0"), plain("5m"), quoted("1h")))))
	}
	out := object{g.some(30, "steps", pick(g, list(), list(step()), list(step(), step(), step())), "maxSurge",
		pick(g, quoted("25%"), plain("0x2")),
		"stableMetadata", fields("annotations", fields("note", quoted(g.value()))), "abortScaleDownDelaySeconds", seconds())}
	if g.chance(30) {
		out = out.with("stableService", service()).with("canaryService", service()).with("trafficRouting",
			fields("nginx", fields("stableIngress", g.text("shop"))))
	}
	return fields("canary", out.Node)
}

func (g *generator) lifecycle() *yaml.Node {
	handler := func() *yaml.Node {
		switch g.IntN(5) {
		case 0:
			return fields("exec", fields("command", list(plain("drain"), quoted(g.value()))))
		case 1:
			return fields("httpGet", fields("path", g.text("/"+g.word()), "port", pick(g, plain("8080"), plain("http"))))
		case 2:
			return fields("tcpSocket", fields("port", plain("80"), "host", quoted(g.value())))
		case 3:
			return fields("sleep", fields("seconds", g.integer(g.IntN(longestSleep+1))))
		}
		return g.flow(fields("sleep", g.integer(g.IntN(longestSleep+1))))
	}
	o := object{g.some(50, "preStop", handler(), "postStart", handler())}
	if g.equipped && g.chance(50) {
		o.set("stopSignal", plain(pick(g, "SIGTERM", "SIGQUIT")))
	}
	return o.Node
}

// spread returns one over the same racks in every layer, since minDomains needs
// DoNotSchedule.
func (g *generator) spread() *yaml.Node {
	switch g.IntN(5) {
	case 0:
		return plain("false")
	case 1:
		return plain("true")
	case 2:
		return g.text(pick(g, "zone", "hostname", "region", "example.com/room"))
	}
	policy := func() *yaml.Node { return plain(pick(g, "Honor", "Ignore")) }
	counted := func() *yaml.Node {
		return g.some(30, "maxSkew", g.integer(1+g.IntN(3)), "nodeAffinityPolicy", policy(), "nodeTaintsPolicy", policy(), "matchLabelKeys",
			list(plain("pod-template-hash")),
			"labelSelector", fields("matchLabels", fields("team", quoted(g.word()))))
	}
	o := newObject()
	for _, topology := range []string{"zone", "kubernetes.io/hostname", "example.com/rack"} {
		where := counted()
		switch {
		case g.chance(50):
			continue
		case topology == "example.com/rack":
			object{where}.set("whenUnsatisfiable", plain("DoNotSchedule"))
			object{where}.set("minDomains", g.integer(1+g.IntN(3)))
		case g.chance(30):
			where = plain(pick(g, "ScheduleAnyway", "DoNotSchedule"))
		}
		o.set(topology, where)
	}
	return o.Node
}

func (g *generator) toleration() *yaml.Node {
	return pick(g, fields("operator", plain("Exists")), fields("key", plain("dedicated"), "operator", plain("Equal"), "value",
		quoted(pick(g, "y", "1", "a.b")), "effect", plain("NoSchedule")),
		fields("key", plain("node.kubernetes.io/unreachable"), "operator", plain("Exists"), "effect", plain("NoExecute"),
			"tolerationSeconds", plain("300")))
}
