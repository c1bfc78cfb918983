package expand

import (
	"fmt"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

const monitoring = "monitoring.coreos.com/v1"

// observe adds what watches a workload: a monitor, alerts, a dashboard.
func (e *expander) observe(w *descriptor.Workload) {
	if w.Metrics == nil {
		return
	}
	x := w.Metrics
	endpoint := mergeMaps(newMap(x.Pos, x.PortField, x.Port, "path", x.Path, "interval", x.Fields.Get("interval"), "scrapeTimeout",
		x.Fields.Get("scrapeTimeout")),
		x.Fields.Get("endpoint"))
	field := "endpoints"
	if x.Monitor == "PodMonitor" {
		field = "podMetricsEndpoints"
	}
	labels := x.Fields.Get("labels")
	spec := mergeMaps(newMap(x.Pos, "selector", newMap(x.Pos, "matchLabels", e.monitored(w)), field, newList(x.Pos, endpoint)),
		x.Fields.Get("spec"))
	e.add(object.Object{
		Value:  e.newObject(x.Pos, monitoring, x.Monitor, w.Names.Of(x.Monitor, "", w.Name), w, labels, nil).Set("spec", spec),
		Origin: x.Pos,
	})
	if rules := e.alerts(w); len(rules) > 0 {
		pos := x.Fields.Get("alerts").Pos
		group := newMap(pos, "name", e.app.Named(w.Name), "rules", newList(pos, rules...))
		e.add(object.Object{
			Value: e.newObject(pos, monitoring, "PrometheusRule", w.Names.Of("PrometheusRule", "", w.Name), w, labels, nil).Set("spec",
				newMap(pos, "groups", newList(pos, group))),
			Origin: pos,
		})
	}
	e.dashboard(w)
}

// monitored returns the labels of what a monitor looks for: the pods, or the Service, which has those of the pods unless it
// has the user's alone.
func (e *expander) monitored(w *descriptor.Workload) *value.Value {
	if x := w.Metrics.Fields.Get("selector"); x != nil && !e.app.Again {
		return x
	}
	if e.app.Opinions || w.Metrics.Monitor == "PodMonitor" || w.Service == nil {
		return e.selector(w)
	}
	labels, _ := e.userMetadata(w)
	if labels = e.given(w, "Service", "labels", e.labels(w, labels, w.Service.Get("labels"))); labels.Empty() {
		return e.selector(w) // which a rule reports to find nothing
	}
	return labels
}

// alerts returns the default set, if asked for, and the descriptor's own.
func (e *expander) alerts(w *descriptor.Workload) []*value.Value {
	alerts := w.Metrics.Fields.Get("alerts")
	if alerts == nil {
		return nil
	}
	var rules []*value.Value
	if d := alerts.Get("default"); d.IsTrue() {
		rules = e.defaultAlerts(w, d.Pos)
	}
	for _, entry := range alerts.Get("rules").AllEntries() {
		x := entry.Value
		severity := x.Get("severity")
		if severity == nil {
			severity = value.NewString(x.Pos, "warning")
		}
		rules = append(rules, newMap(x.Pos, "alert", entry.Key, "expr", x.Get("expr"), "for", x.Get("for"),
			"labels", mergeMaps(newMap(x.Pos, "severity", severity), x.Get("labels")),
			"annotations", newValue(x.Pos, mergeMaps(newMap(x.Pos, "summary", x.Get("summary"), "description", x.Get("description")),
				x.Get("annotations")))))
	}
	return rules
}

// defaultAlerts go by kube-state-metrics, the kubelet's container metrics, and
// the app's own counter where the descriptor names it.
func (e *expander) defaultAlerts(w *descriptor.Workload, pos diag.Pos) []*value.Value {
	var rules []*value.Value
	own := e.app.Named(w.Name)
	add := func(name, duration, severity, summary, expr string, args ...any) {
		rules = append(rules, newMap(pos, "alert", name, "expr", fmt.Sprintf(expr, args...), "for", duration,
			"labels", newMap(pos, "severity", severity), "annotations", newMap(pos, "summary", own+": "+summary)))
	}
	namespace := e.app.Namespace.Name
	container := fmt.Sprintf(`namespace=%q,container=%q,pod=~%q`, namespace, w.Container.Name, podNames(w, own))
	kind := runs(w)
	which := fmt.Sprintf(`namespace=%q,%s=%q`, namespace, strings.ToLower(kind.Name), own)
	if w.Rollout != nil { // which kube-state-metrics sees the ReplicaSets of
		which = fmt.Sprintf(`namespace=%q,replicaset=~%q`, namespace, own+"-"+kinds.TemplateHash)
	}
	if kind.Ready != "" {
		add("PodsNotReady", "15m", "critical", "fewer pods are ready than there should be.", "%[2]s{%[1]s} < %[3]s{%[1]s}", which,
			kind.Ready, kind.Wanted)
	}
	if w.Rollout != nil {
		// Its own name for the namespace where Prometheus keeps that of what it scrapes.
		add("RolloutDegraded", "5m", "critical", "the new version was not taken over.",
			`rollout_info{namespace=%[1]q,name=%[2]q,phase="Degraded"} == 1 or `+
				`rollout_info{exported_namespace=%[1]q,name=%[2]q,phase="Degraded"} == 1`, namespace, own)
	}
	if kind.Completes {
		matches := "="
		if kind.JobSuffix != "" {
			matches = "=~"
		}
		add("JobFailed", "1m", "warning", "a Job has failed.",
			`kube_job_status_failed{namespace=%q,job_name%s%q} > 0`, namespace, matches, own+kind.JobSuffix)
	}
	add("RestartsOften", "5m", "warning", "a container restarts again and again.",
		"increase(kube_pod_container_status_restarts_total{%s}[30m]) > 3", container)
	if w.Resources.Get("limits", "memory") != nil {
		add("MemoryNearLimit", "15m", "warning", "a pod uses over 90 % of its memory limit.",
			`max by (pod) (container_memory_working_set_bytes{%[1]s}) / max by (pod) `+
				`(kube_pod_container_resource_limits{%[1]s,resource="memory"}) > 0.9`, container)
	}
	if w.Resources.Get("limits", "cpu") != nil {
		add("CPUThrottled", "15m", "warning", "a pod waits for CPU a quarter of the time: its limit holds it back.",
			"max by (pod) (rate(container_cpu_cfs_throttled_periods_total{%[1]s}[5m]) / "+
				"rate(container_cpu_cfs_periods_total{%[1]s}[5m])) > 0.25", container)
	}
	if a := w.Autoscaling; a != nil {
		name := e.app.Named(autoscalerName(w))
		if a.KEDA { // which names what it makes
			name = "keda-hpa-" + name
		}
		add("AutoscalerAtMaximum", "30m", "warning", "the autoscaler can't add pods any more.",
			"kube_horizontalpodautoscaler_status_current_replicas{%[1]s} >= kube_horizontalpodautoscaler_spec_max_replicas{%[1]s}",
			fmt.Sprintf(`namespace=%q,horizontalpodautoscaler=%q`, namespace, name))
	}
	if requests := w.Metrics.Fields.StringAt("requests"); requests != "" {
		add("ManyErrors", "10m", "critical", "over 5 % of the requests fail.",
			`sum(rate(%[1]s{%[2]s,%[3]s=~"5.."}[5m])) / sum(rate(%[1]s{%[2]s}[5m])) > 0.05`, requests, container, statusLabel(w))
	}
	return rules
}

// podNames returns a regular expression for the names of a workload's pods, and not
// for those of another whose name begins alike.
func podNames(w *descriptor.Workload, name string) string {
	const longest = 58                                                 // part of a generated name that is not random
	if w.Kind.ReplicaSets && len(name)+len("-0123456789-") > longest { // the hash is cut off
		return name[:min(len(name), longest)] + "[-bcdfghjklmnpqrstvwxz2456789]*"
	}
	return name + w.Kind.PodSuffix
}

func statusLabel(w *descriptor.Workload) string {
	if label := w.Metrics.Fields.StringAt("status"); label != "" {
		return label
	}
	return "status"
}
