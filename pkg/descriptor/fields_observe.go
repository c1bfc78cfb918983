package descriptor

import "github.com/unfold-gitops/unfold/pkg/value"

const observeProse = "How a workload is watched: by Prometheus, which its operator tells to scrape it, and in Grafana."

// observeFields say how a workload is watched.
var observeFields = []field{
	{name: "metrics", scope: ownScope, doc: "Has Prometheus scrape the workload: through its Service, where it is a Deployment and its Service exposes the port, else pod by pod.", typ: metricsType,
		example: "port: 8080\nmetrics: /metrics"},
}

var metricsType = &schema{
	kind: objectKind, what: "metrics", short: metricsShort, line: &schema{kind: textKind, what: "a path such as /metrics", check: urlPath}, orFalse: true,
	fields: []field{
		{name: "path", doc: "The path that is scraped; /metrics unless given.", typ: &schema{kind: textKind, what: "a path", check: urlPath}},
		{name: "port", doc: "The port's name; metrics if there is one, else http, else the first.", typ: &schema{kind: textKind, what: "a port's name", check: portName}},
		{name: "kind", doc: "ServiceMonitor or PodMonitor.", typ: &schema{kind: textKind, what: "a kind of monitor", enum: []string{"ServiceMonitor", "PodMonitor"}}},
		{name: "labels", doc: "Further labels of the monitor and the rules, by which a Prometheus finds them.", typ: labelMap},
		{name: "interval", doc: "The time between two scrapes, such as 30s.", typ: &schema{kind: textKind, what: "a duration", check: &check{problem: promDuration}}},
		{name: "scrapeTimeout", doc: "The time a scrape may take.", typ: &schema{kind: textKind, what: "a duration", check: &check{problem: promDuration}}},
		{name: "endpoint", doc: "The other fields of the monitor's endpoint, the Prometheus operator's own.", typ: &schema{kind: kubeKind, what: "an endpoint", of: "monitoring.coreos.com/v1.PodMetricsEndpoints"},
			example: "metrics:\n  path: /metrics\n  endpoint:\n    metricRelabelings:\n      - {sourceLabels: [__name__], regex: go_.*, action: drop}"},
		{name: "requests", doc: "The name of the counter of requests, for alerts and the dashboard.", typ: metricName},
		{name: "duration", doc: "The name of the histogram of durations in seconds, without _bucket.", typ: metricName},
		{name: "status", doc: "The counter's label that holds the HTTP status; status unless given.", typ: &schema{kind: textKind, what: "a label's name", check: &check{problem: promLabel}}},
		{name: "alerts", doc: "true for a small set of alerts; or alerts of your own.", typ: &schema{kind: objectKind, what: "alerts", short: alertsShort, line: boolean, fields: []field{
			{name: "default", doc: "true for the set: pods that are not ready, restart often or come near their memory limit, an autoscaler at its maximum, and where requests names a counter, many errors.", typ: boolean},
			{name: "rules", doc: "Alerts by name.", typ: &schema{kind: mapKind, what: "a map of alerts", keys: keyRule{"an alert", &check{problem: alertName}}, elem: alertType}},
		}},
			example: "metrics:\n  alerts:\n    default: true\n    rules:\n      QueueIsLong: {expr: queue_length > 100, for: 10m, severity: critical, summary: The queue is long.}"},
		{name: "dashboard", doc: "true for a Grafana dashboard in a ConfigMap: requests, errors, latency, saturation.", typ: &schema{kind: objectKind, what: "a dashboard", orFalse: true, fields: []field{
			{name: "title", doc: "Its title; the workload's name unless given.", typ: anyText},
			{name: "labels", doc: "Its labels in place of grafana_dashboard: \"1\", by which Grafana's sidecar finds it.", typ: labelMap},
			{name: "annotations", doc: "Its annotations, such as the folder.", typ: annotationMap},
		}},
			example: "metrics: {path: /metrics, requests: app_requests_total, duration: app_request_duration_seconds, dashboard: true}"},
	},
}

var metricName = &schema{kind: textKind, what: "a metric's name", check: &check{problem: promMetric}}

var alertType = &schema{
	kind: objectKind, what: "an alert", shortKey: "expr",
	fields: []field{
		{name: "expr", doc: "The PromQL expression that is true when something is wrong.", typ: &schema{kind: textKind, what: "a PromQL expression", check: &check{problem: promExpression}}},
		{name: "for", doc: "How long it has to be true.", typ: &schema{kind: textKind, what: "a duration", check: &check{problem: promDuration}}},
		{name: "severity", doc: "The label severity: warning unless given.", typ: anyText},
		{name: "summary", doc: "The annotation summary.", typ: anyText},
		{name: "description", doc: "The annotation description.", typ: anyText},
		{name: "labels", doc: "Further labels.", typ: &schema{kind: mapKind, what: "a map of labels", keys: keyRule{"a label", &check{problem: promLabel}}, elem: anyText}},
		{name: "annotations", doc: "Further annotations.", typ: &schema{kind: mapKind, what: "a map of annotations", keys: keyRule{"an annotation", &check{problem: promLabel}}, elem: anyText}},
	},
}

func metricsShort(v *value.Value) *value.Value {
	if !v.Is(value.String) {
		return nil
	}
	return value.NewMap(v.Pos).Set("path", v)
}

func alertsShort(v *value.Value) *value.Value {
	if !v.Is(value.Bool) {
		return nil
	}
	return value.NewMap(v.Pos).Set("default", v)
}
