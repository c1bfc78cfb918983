package fields

import (
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// observeFields say how a workload is watched.
var observeFields = []schema.Field{
	{Name: "metrics", Scope: Own, Doc: "Has Prometheus scrape the workload: through its Service, where it is a Deployment and its " +
		"Service exposes the port, else pod by pod.", Type: metricsType,
		Example: "port: 8080\nmetrics: /metrics"},
}

var metricsType = &schema.Type{
	Kind: schema.ObjectKind, What: "metrics", Expand: expandMetrics, Shorthand: &schema.Type{Kind: schema.TextKind,
		What: "a path such as /metrics", Check: &schema.URLPath}, AllowBool: true,
	Fields: []schema.Field{
		{Name: "path", Doc: "The path that is scraped (default: /metrics; none with defaults: none, which Prometheus takes for that).",
			Type: &schema.Type{Kind: schema.TextKind, What: "a path", Check: &schema.URLPath}},
		{Name: "port", Doc: "The port's name; metrics if there is one, else http, else the first.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a port's name", Check: &schema.PortName}},
		{Name: "kind", Doc: "ServiceMonitor or PodMonitor.", Type: &schema.Type{Kind: schema.TextKind, What: "a kind of monitor",
			Enum: []string{"ServiceMonitor", "PodMonitor"}}},
		{Name: "selector", Doc: "The labels of the Service or pods that the monitor looks for, in place of the workload's selector.",
			Type: SelectorMap},
		{Name: "labels", Doc: "Further labels of the monitor and the rules, by which a Prometheus finds them.", Type: LabelMap},
		{Name: "interval", Doc: "The time between two scrapes, such as 30s.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a duration", Check: &schema.PromDuration}},
		{Name: "scrapeTimeout", Doc: "The time a scrape may take.", Type: &schema.Type{Kind: schema.TextKind, What: "a duration",
			Check: &schema.PromDuration}},
		{Name: "endpoint", Doc: "The other fields of the monitor's endpoint, the Prometheus operator's own.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "an endpoint", Of: "monitoring.coreos.com/v1.PodMetricsEndpoints"},
			Example: "metrics:\n  path: /metrics\n  endpoint:\n    metricRelabelings:\n" +
				"      - {sourceLabels: [__name__], regex: go_.*, action: drop}"},
		{Name: "spec", Doc: "The other fields of the monitor's spec, the Prometheus operator's own.",
			Type:    &schema.Type{Kind: schema.KubeKind, What: "a monitor's spec", Of: "monitoring.coreos.com/v1.ServiceMonitorSpec"},
			Example: "metrics: {path: /metrics, spec: {namespaceSelector: {matchNames: [shop]}, jobLabel: team}}"},
		{Name: "requests", Doc: "The name of the counter of requests, for alerts and the dashboard.", Type: metricName},
		{Name: "duration", Doc: "The name of the histogram of durations in seconds, without _bucket.", Type: metricName},
		{Name: "status", Doc: "The counter's label that holds the HTTP status (default: status).",
			Type: &schema.Type{Kind: schema.TextKind, What: "a label's name", Check: &schema.PromLabel}},
		{Name: "alerts", Doc: "true for a small set of alerts; or alerts of your own.",
			Type: &schema.Type{Kind: schema.ObjectKind, What: "alerts", Expand: expandAlerts, Shorthand: &schema.Boolean,
				Fields: []schema.Field{
					{Name: "default", Doc: "true for the set: pods that are not ready, restart often or come near their memory limit, an " +
						"autoscaler at its maximum, and where requests names a counter, many errors.", Type: &schema.Boolean},
					{Name: "rules", Doc: "Alerts by name.", Type: &schema.Type{Kind: schema.MapKind, What: "a map of alerts",
						Keys: schema.KeyRule{What: "an alert", Check: &schema.Check{Problem: alertName}}, Elem: alertType}},
				}},
			Example: "metrics:\n  alerts:\n    default: true\n    rules:\n" +
				"      QueueIsLong: {expr: queue_length > 100, for: 10m, severity: critical, summary: The queue is long.}"},
		{Name: "dashboard", Doc: "true for a Grafana dashboard in a ConfigMap: requests, errors, latency, saturation.",
			Type: &schema.Type{Kind: schema.ObjectKind, What: "a dashboard", AllowBool: true, Fields: []schema.Field{
				{Name: "title", Doc: "Its title (default: the workload's name).", Type: &schema.AnyText},
				{Name: "labels", Doc: "Its labels in place of grafana_dashboard: \"1\", by which Grafana's sidecar finds it.",
					Type: LabelMap},
				{Name: "annotations", Doc: "Its annotations, such as the folder.", Type: AnnotationMap},
			}},
			Example: "metrics: {path: /metrics, requests: app_requests_total, duration: app_request_duration_seconds, dashboard: true}"},
	},
}

var metricName = &schema.Type{Kind: schema.TextKind, What: "a metric's name", Check: &schema.PromMetric}

var alertType = &schema.Type{
	Kind: schema.ObjectKind, What: "an alert", ShorthandKey: "expr",
	Fields: []schema.Field{
		{Name: "expr", Doc: "The PromQL expression that is true when something is wrong.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a PromQL expression", Check: &schema.PromExpression}},
		{Name: "for", Doc: "How long it has to be true.", Type: &schema.Type{Kind: schema.TextKind, What: "a duration",
			Check: &schema.PromDuration}},
		{Name: "severity", Doc: "The label severity (default: warning).", Type: &schema.AnyText},
		{Name: "summary", Doc: "The annotation summary.", Type: &schema.AnyText},
		{Name: "description", Doc: "The annotation description.", Type: &schema.AnyText},
		{Name: "labels", Doc: "Further labels.", Type: &schema.Type{Kind: schema.MapKind, What: "a map of labels",
			Keys: schema.KeyRule{What: "a label", Check: &schema.PromLabel}, Elem: &schema.AnyText}},
		{Name: "annotations", Doc: "Further annotations.", Type: &schema.Type{Kind: schema.MapKind, What: "a map of annotations",
			Keys: schema.KeyRule{What: "an annotation", Check: &schema.PromLabel}, Elem: &schema.AnyText}},
	},
}

func expandMetrics(v *value.Value) *value.Value {
	if !v.Is(value.String) {
		return nil
	}
	return value.NewMap(v.Pos).Set("path", v)
}

func expandAlerts(v *value.Value) *value.Value {
	if !v.Is(value.Bool) {
		return nil
	}
	return value.NewMap(v.Pos).Set("default", v)
}

func alertName(s string) string {
	if schema.PromLabel.Problem(s) != "" {
		return "takes letters, digits and _, and no digit first"
	}
	return ""
}
