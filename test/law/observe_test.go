package law_test

import "gopkg.in/yaml.v3"

// metrics adds how a workload is watched; one with ports that stay has a port to
// scrape.
func (g *generator) metrics(o object, w *workload) {
	pinned := ""
	for _, p := range w.ports {
		if p.pinned {
			pinned = p.name
		}
	}
	if pinned == "" || w.said.locked["metrics"] {
		return
	}
	g.put(30, o, w.said, "metrics", func() *yaml.Node {
		switch g.IntN(5) {
		case 0:
			return plain("false")
		case 1:
			return g.text("/" + g.word())
		}
		seconds := func() *yaml.Node { return plain(pick(g, "30s", "1m30s", "1h", "500ms")) }
		n := g.some(35, "path", quoted("/metrics?x=1"), "interval", seconds(), "scrapeTimeout", seconds(), "kind", plain("PodMonitor"),
			"selector", fields("run", g.text("kept")),
			"labels", g.some(60, "release", quoted(g.word()), "team", plain("a")),
			"requests", plain("app:requests_total"), "duration", plain("app_seconds"), "status", plain("code"),
			"endpoint", fields("honorLabels", plain("true"), "metricRelabelings",
				list(fields("action", plain("drop"), "regex", quoted("go_.*")))),
			"spec", g.some(50, "namespaceSelector", fields("any", plain("true")), "jobLabel", quoted("team"), "sampleLimit", plain("5000")),
			"alerts", pick(g, plain("true"), g.alerts()), "dashboard",
			pick(g, plain("true"), plain("false"), g.some(60, "title", g.scalarText(), "labels", fields("team", plain("a")),
				"annotations", fields("folder", quoted("0x1F")))))
		object{n}.set("port", quoted(pinned))
		return n
	})
}

func (g *generator) alerts() *yaml.Node {
	rule := g.some(50, "for", plain("5m"), "severity", quoted(g.word()), "summary", g.scalarText(), "description", g.scalarText(),
		"labels", fields("team", quoted("y")), "annotations", fields("runbook_url", plain("https://example.com/{{ $labels.pod }}")))
	object{rule}.set("expr", quoted(`up{job="x"} == 0`))
	return g.some(60, "default", g.boolean(), "rules", fields("IsDown", rule, "_other", quoted("vector(1)")))
}

// scalarText returns a text of any sort.
func (g *generator) scalarText() *yaml.Node { return quoted(g.value()) }
