package expand

import (
	"encoding/json"
	"fmt"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// dashboard adds a Grafana dashboard in a ConfigMap, which Grafana's sidecar
// finds by its label. Its panels are the four golden signals
// (sre.google/sre-book/monitoring-distributed-systems).
func (e *expander) dashboard(w *descriptor.Workload) {
	d := w.Metrics.Fields.Get("dashboard")
	if !d.Is(value.Map) {
		return
	}
	title := d.StringAt("title")
	if title == "" {
		title = e.app.Named(w.Name)
	}
	// Structs and maps of strings can always be encoded.
	text, _ := json.MarshalIndent(e.grafana(w, title), "", "  ")
	labels := d.Get("labels")
	if labels == nil {
		labels = newMap(d.Pos, "grafana_dashboard", "1")
	}
	e.add(object.Object{
		Value: e.newObject(d.Pos, "v1", "ConfigMap", w.Names.Of("ConfigMap", "dashboard", w.Name+"-dashboard"), w, labels,
			d.Get("annotations")).
			Set("data", newMap(d.Pos, e.app.Named(w.Name)+".json", string(text)+"\n")),
		Origin: d.Pos,
	})
}

// The part of Grafana's dashboard model that is used
// (grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model).
type (
	grafanaDashboard struct {
		Title         string          `json:"title"`
		Tags          []string        `json:"tags"`
		SchemaVersion int             `json:"schemaVersion"`
		Refresh       string          `json:"refresh"`
		Time          grafanaTime     `json:"time"`
		Templating    grafanaVariable `json:"templating"`
		Panels        []grafanaPanel  `json:"panels"`
	}
	grafanaTime struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	grafanaVariable struct {
		List []map[string]string `json:"list"`
	}
	grafanaPanel struct {
		ID          int               `json:"id"`
		Type        string            `json:"type"`
		Title       string            `json:"title"`
		GridPos     map[string]int    `json:"gridPos"`
		Datasource  map[string]string `json:"datasource"`
		FieldConfig grafanaFields     `json:"fieldConfig"`
		Targets     []grafanaTarget   `json:"targets"`
	}
	grafanaFields struct {
		Defaults map[string]string `json:"defaults"`
	}
	grafanaTarget struct {
		RefID        string `json:"refId"`
		Expr         string `json:"expr"`
		LegendFormat string `json:"legendFormat"`
	}
)

func (e *expander) grafana(w *descriptor.Workload, title string) grafanaDashboard {
	or := func(field, fallback string) string {
		if name := w.Metrics.Fields.StringAt(field); name != "" {
			return name
		}
		return fallback
	}
	requests, duration, status := or("requests", "http_requests_total"), or("duration", "http_request_duration_seconds"), statusLabel(w)
	pods := fmt.Sprintf(`namespace=%q,pod=~%q`, e.app.Namespace.Name, podNames(w, e.app.Named(w.Name)))
	container := fmt.Sprintf(`%s,container=%q`, pods, w.Container.Name)
	d := grafanaDashboard{
		Title: title, Tags: []string{"unfold", e.app.Name}, SchemaVersion: 39, Refresh: "30s", Time: grafanaTime{"now-6h", "now"},
		Templating: grafanaVariable{List: []map[string]string{{"name": "datasource", "type": "datasource", "query": "prometheus"}}},
	}
	add := func(title, unit string, targets ...[2]string) {
		const width, height = 12, 8
		n := len(d.Panels)
		p := grafanaPanel{
			ID: n + 1, Type: "timeseries", Title: title,
			GridPos:     map[string]int{"x": n % 2 * width, "y": n / 2 * height, "w": width, "h": height},
			Datasource:  map[string]string{"type": "prometheus", "uid": "${datasource}"},
			FieldConfig: grafanaFields{map[string]string{"unit": unit}},
		}
		for i, t := range targets {
			p.Targets = append(p.Targets, grafanaTarget{RefID: string(rune('A' + i)), LegendFormat: t[0], Expr: t[1]})
		}
		d.Panels = append(d.Panels, p)
	}
	quantile := func(q string) [2]string {
		return [2]string{"p" + q[2:], fmt.Sprintf("histogram_quantile(%s, sum by (le) (rate(%s_bucket{%s}[$__rate_interval])))", q,
			duration, pods)}
	}
	add("Requests", "reqps", [2]string{"{{" + status + "}}", fmt.Sprintf("sum by (%s) (rate(%s{%s}[$__rate_interval]))", status, requests,
		pods)})
	add("Errors", "percentunit", [2]string{"5xx",
		fmt.Sprintf(`sum(rate(%[1]s{%[2]s,%[3]s=~"5.."}[$__rate_interval])) / sum(rate(%[1]s{%[2]s}[$__rate_interval]))`, requests, pods,
			status)})
	add("Latency", "s", quantile("0.50"), quantile("0.95"), quantile("0.99"))
	add("Pods", "short", [2]string{"running", fmt.Sprintf(`sum(kube_pod_status_phase{%s,phase="Running"})`, pods)})
	add("CPU", "cores", [2]string{"{{pod}}", fmt.Sprintf("sum by (pod) (rate(container_cpu_usage_seconds_total{%s}[$__rate_interval]))",
		container)},
		[2]string{"requested", fmt.Sprintf(`max(kube_pod_container_resource_requests{%s,resource="cpu"})`, container)})
	add("Memory", "bytes", [2]string{"{{pod}}", fmt.Sprintf("sum by (pod) (container_memory_working_set_bytes{%s})", container)},
		[2]string{"limit", fmt.Sprintf(`max(kube_pod_container_resource_limits{%s,resource="memory"})`, container)})
	return d
}
