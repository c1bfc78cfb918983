package law_test

import "gopkg.in/yaml.v3"

// scaling says what sets the count of pods in an app: a fixed number, or an
// autoscaler, which a fixed number would contradict.
type scaling uint8

const (
	fixed scaling = iota
	byMetrics
	byTriggers
)

func (g *generator) randomScaling() scaling {
	return pick(g, fixed, fixed, fixed, byMetrics, byTriggers)
}

// requested asks for what percentages go by, and is never taken back.
func (g *generator) requested(o object) {
	if g.scaling != fixed {
		o.set("resources", fields("requests", fields("cpu", plain("100m"), "memory", quoted("64Mi"))))
	}
}

// autoscaling adds what scales a workload, whole in each layer that has it.
func (g *generator) autoscaling(o object, s *said) {
	if g.scaling == fixed || g.useless("autoscaling") {
		return
	}
	g.put(60, o, s, "autoscaling", func() *yaml.Node {
		if g.chance(15) {
			return plain("false")
		}
		least := 1 + g.IntN(3)
		rule := fields("stabilizationWindowSeconds", g.integer(g.IntN(600)), "policies",
			list(fields("type", plain("Percent"), "value", plain("50"), "periodSeconds", plain("0x3C"))))
		n := g.some(40, "cpu", g.integer(50+g.IntN(50)), "memory", g.integer(50+g.IntN(50)), "behavior",
			g.some(60, "scaleDown", rule, "scaleUp", rule))
		a := object{n}
		a.set("min", g.integer(least))
		a.set("max", g.integer(least+1+g.IntN(9)))
		number := func() *yaml.Node { return g.integer(1 + g.IntN(300)) }
		if g.scaling == byMetrics {
			if g.chance(40) {
				a.set("metrics", list(fields("type", plain("External"), "external", fields("metric", fields("name", quoted(g.word())),
					"target", fields("type", plain("AverageValue"), "averageValue", quoted("30"))))))
			}
			return n
		}
		a.set("triggers", list(
			fields("type", plain("cron"), "metadata", fields("timezone", plain("UTC"), "start", quoted("0 6 * * *"), "end",
				quoted("0 20 * * *"), "desiredReplicas", quoted("5"))),
			fields("type", plain("kafka"), "metadata", fields("topic", quoted(g.value())), "authenticationRef",
				fields("name", plain("kafka"))),
		))
		for _, field := range []string{"pollingInterval", "cooldownPeriod", "initialCooldownPeriod"} {
			if g.chance(30) {
				a.set(field, number())
			}
		}
		if g.chance(30) { // less than the fewest of any layer
			a.set("idleReplicaCount", plain("0"))
		}
		if g.chance(30) {
			a.set("fallback", fields("failureThreshold", plain("3"), "replicas", number()))
		}
		return n
	})
}
