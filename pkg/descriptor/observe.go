package descriptor

import (
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Metrics says how Prometheus scrapes a workload. Fields are those of the
// descriptor.
type Metrics struct {
	Path, Port *value.Value
	// Chosen is the port by its key.
	Chosen *value.Value
	// PortField is the field of the monitor that names the port.
	PortField string
	// Monitor is ServiceMonitor or PodMonitor.
	Monitor string
	Fields  *value.Value
	Pos     diag.Pos
}

// metrics sets which port is scraped, and through what.
func (e *effective) metrics(w *Workload, v *value.Value) {
	if !v.Is(value.Map) {
		return
	}
	m := &Metrics{Path: v.Get("path"), Port: v.Get("port"), Monitor: v.StringAt("kind"), Fields: v, Pos: v.Pos}
	if m.Path == nil && e.opinions {
		m.Path = value.NewString(v.Pos, "/metrics")
	}
	port := e.metricsPort(w, m.Port)
	if port == nil {
		return
	}
	at := v.Pos
	if m.Port != nil {
		at = m.Port.Pos
	}
	exposed := w.Service != nil && port.Expose
	switch {
	case m.Monitor == "ServiceMonitor" && !exposed:
		e.diags.Errorh(v.Get("kind").Pos, "contradiction", "write kind: PodMonitor, or expose the port",
			"the Service of %s does not have the port %q", w.what(), port.Name)
	case m.Monitor == "" && exposed && w.Kind.Alike && (w.Rollout == nil || len(w.Rollout.Services) == 0):
		m.Monitor = "ServiceMonitor"
	case m.Monitor == "":
		// Pods of a StatefulSet, or of a Rollout with Services of its own, are behind
		// two of them and would be scraped twice.
		m.Monitor = "PodMonitor"
	}
	m.by(port, at)
	for _, entry := range v.Get("endpoint").AllEntries() {
		if entry.Key == "port" || entry.Key == "path" || entry.Key == "interval" || entry.Key == "scrapeTimeout" {
			e.diags.Errorh(entry.KeyPos, "owned-field", "use metrics."+entry.Key, "metrics.endpoint.%s is made of another field", entry.Key)
		}
	}
	for _, entry := range v.Get("spec").AllEntries() {
		if entry.Key == "selector" || entry.Key == "endpoints" {
			hint := "use metrics." + map[string]string{"selector": "selector", "endpoints": "endpoint"}[entry.Key]
			e.diags.Errorh(entry.KeyPos, "owned-field", hint, "metrics.spec.%s is made of another field", entry.Key)
		}
	}
	for _, entry := range v.Get("alerts", "rules").AllEntries() {
		if entry.Value.StringAt("expr") == "" {
			e.diags.Errorh(entry.KeyPos, "missing-expr", "add expr: with a PromQL expression", "the alert %q has no expression", entry.Key)
		}
	}
	w.Metrics = m
}

// by sets how the monitor names the port: a ServiceMonitor as the Service does, a PodMonitor as the container does, each by
// its number where it has no name there.
func (m *Metrics) by(port *Port, at diag.Pos) {
	m.Chosen = value.NewString(at, port.Name)
	name, number := port.Outside, "targetPort"
	if m.Monitor == "PodMonitor" {
		name, number = port.Inside, "portNumber"
	}
	m.PortField, m.Port = "port", value.NewString(at, name)
	if name == "" {
		m.PortField, m.Port = number, value.NewInt(at, port.Target)
	}
}

func (e *effective) metricsPort(w *Workload, asked *value.Value) *Port {
	var names []string
	byName := map[string]*Port{}
	for i, p := range w.Ports {
		names = append(names, p.Name)
		byName[p.Name] = &w.Ports[i]
	}
	switch {
	case asked != nil && byName[asked.Text] != nil:
		return byName[asked.Text]
	case asked != nil:
		e.diags.Errorh(asked.Pos, "missing-port", diag.Hint(asked.Text, "the ports are", names), "%s has no port %q", w.what(), asked.Text)
		return nil
	case len(names) == 0:
		e.diags.Errorh(w.Fields.Get("metrics").At(), "missing-port", "add port: with the number that the metrics are on",
			"%s has no port that could be scraped", w.what())
		return nil
	}
	for _, name := range []string{"metrics", "http"} {
		if byName[name] != nil {
			return byName[name]
		}
	}
	return &w.Ports[0]
}
