package validation

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// rollout checks what Argo Rollouts' controller refuses, though the API server
// takes it (pkg/apis/rollouts/validation): the Rollout would do nothing.
func (c *checker) rollout(spec *value.Value) {
	if spec.Get("workloadRef").Is(value.Map) {
		c.excluded(spec, "template", "spec", "workloadRef names whose pods it runs")
	} else {
		c.needs(spec, "selector", "spec", "by it a Rollout knows its pods")
	}
	c.progressDeadline(spec)
	canary, blueGreen := spec.Get("strategy", "canary"), spec.Get("strategy", "blueGreen")
	switch {
	case canary.Is(value.Map) && blueGreen.Is(value.Map):
		c.reportAt(blueGreen.Pos, "keep one of them",
			"spec.strategy has canary and blueGreen, which exclude one another")
	case canary.Is(value.Map):
		c.canary(canary)
	case blueGreen.Is(value.Map):
		c.twoServices(blueGreen, "spec.strategy.blueGreen", "activeService", "previewService")
	default:
		c.reportAt(spec.At(), "add strategy: {canary: {}} or {blueGreen: {activeService: NAME}}",
			"spec of a Rollout needs one of canary and blueGreen in strategy")
	}
}

func (c *checker) canary(canary *value.Value) {
	const where = "spec.strategy.canary"
	c.twoServices(canary, where, "stableService", "canaryService")
	if pair := canary.Get("pingPong"); pair.Is(value.Map) {
		c.twoServices(pair, where+".pingPong", "pingService", "pongService")
	}
	if zero(canary.Get("maxSurge")) && zero(canary.Get("maxUnavailable")) {
		c.reportAt(canary.Get("maxSurge").Pos, "let one of them be 1",
			"%s: maxSurge and maxUnavailable can't both be 0", where)
	}
	routing := canary.Get("trafficRouting")
	if !routing.Is(value.Map) {
		for _, field := range []string{"scaleDownDelaySeconds", "dynamicStableScale"} {
			if x := canary.Get(field); x.Is(value.Int) || x.IsTrue() {
				c.unrouted(canary, field, where)
			}
		}
	} else if canary.Get("dynamicStableScale").IsTrue() {
		c.excluded(canary, "scaleDownDelaySeconds", where, "dynamicStableScale scales the old pods down")
	}
	most, ok := routing.Get("maxTrafficWeight").Int64()
	if !ok {
		most = 100
	}
	for i, step := range canary.Get("steps").AllItems() {
		c.step(step, where+".steps."+strconv.Itoa(i), most, routing)
	}
}

// step checks one of a canary's steps, which does one thing.
func (c *checker) step(step *value.Value, where string, most int64, routing *value.Value) {
	var does []string
	for _, e := range step.AllEntries() {
		if !e.Value.Is(value.Null) {
			does = append(does, strconv.Quote(e.Key))
		}
	}
	switch {
	case step.Is(value.Map) && len(does) == 0:
		c.reportAt(step.Pos, "add setWeight: or pause: {}", "%s does nothing", where)
	case len(does) > 1:
		c.reportAt(step.Pos, "make a step of each", "%s has %s, which exclude one another", where,
			strings.Join(does, " and "))
	}
	if n, ok := step.Get("setWeight").Int64(); ok && (n < 0 || n > most) {
		c.reportAt(step.Get("setWeight").Pos, "", "%s.setWeight must be between 0 and %d, not %d", where, most, n)
	}
	if !routing.Is(value.Map) {
		for _, field := range []string{"setCanaryScale", "setHeaderRoute", "setMirrorRoute"} {
			c.unrouted(step, field, where)
		}
	}
}

// unrouted reports a field that means something to a router alone.
func (c *checker) unrouted(v *value.Value, field, where string) {
	if e := v.Entry(field); e != nil && !e.Value.Is(value.Null) {
		c.reportAt(e.KeyPos, "add trafficRouting to the canary, or remove it",
			"%s can't have %s without trafficRouting", where, field)
	}
}

// twoServices wants two names to be different, where both are there.
func (c *checker) twoServices(v *value.Value, where, one, other string) {
	if name := v.StringAt(one); name != "" && name == v.StringAt(other) {
		c.reportAt(v.Get(other).Pos, "name two Services", "%s: %s and %s are both %q", where, one, other, name)
	}
}
