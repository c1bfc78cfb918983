package law_test

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
)

// randomKind returns a workload's kind, Deployment more often than others.
func (g *generator) randomKind() string {
	return pick(g, append([]string{"Deployment", "Deployment"}, kinds.Chosen()...)...)
}

// useless reports whether a field means nothing for the kind of the workload
// that is being made.
func (g *generator) useless(field string) bool {
	kind, known := kinds.Find(g.kind)
	switch field {
	case "replicas", "disruption", "spread", "autoscaling":
		return kind.Completes || kind.PerNode
	case "strategy":
		return known && kind.Strategy == ""
	case "service", "probes", "ingress", "route":
		return kind.Completes
	}
	return false
}

// ofKind adds the fields that belong to a workload's kind. Fresh says that there
// is no layer below.
func (g *generator) ofKind(o object, w *workload, fresh bool) {
	s := w.said
	if w.kind == "CronJob" && (fresh || g.chance(30)) {
		o.set("schedule", g.schedule(s))
	}
	if !g.drop(o, s, "names") && g.chance(12) {
		o.set("names", g.names(s, w))
	}
	g.put(8, o, s, "selector", func() *yaml.Node { return fields("run", g.text("kept"), "tier", plain("x")) })
	g.put(30, o, s, "spec", func() *yaml.Node {
		number := func() *yaml.Node { return g.integer(g.IntN(20)) }
		switch w.kind {
		case "Deployment":
			return g.some(50, "revisionHistoryLimit", number(), "minReadySeconds", number(), "progressDeadlineSeconds", plain("0x258"),
				"paused", g.boolean())
		case "StatefulSet":
			return g.some(50, "podManagementPolicy", plain(pick(g, "OrderedReady", "Parallel")), "serviceName", g.text("peers"),
				"persistentVolumeClaimRetentionPolicy", fields("whenDeleted", plain("Retain"), "whenScaled", plain("Delete")), "ordinals",
				fields("start", number()))
		case "DaemonSet":
			return g.some(50, "revisionHistoryLimit", number(), "minReadySeconds", number())
		case "Job", "CronJob":
			return g.some(40, "backoffLimit", number(), "completions", number(), "ttlSecondsAfterFinished", plain("1_00"),
				"activeDeadlineSeconds", number(),
				"podFailurePolicy", fields("rules",
					list(fields("action", plain("Ignore"), "onPodConditions",
						list(fields("type", plain("DisruptionTarget"), "status", quoted("True")))))))
		}
		return newObject().Node
	})
}

// names returns names of a workload's objects, each of its own.
func (g *generator) names(s *said, w *workload) *yaml.Node {
	keys := []string{"Service", "Service/headless", "Service/preview", "Ingress", "Ingress/public", "HTTPRoute", "HorizontalPodAutoscaler",
		"ScaledObject", "PodDisruptionBudget", "NetworkPolicy", "ServiceMonitor", "PodMonitor", "PrometheusRule", "ConfigMap/config",
		"ConfigMap/files", "ConfigMap/dashboard", "Secret/secrets", "Secret/external-secrets", "ExternalSecret", "ServiceAccount", "Role",
		"RoleBinding", "ClusterRole", "ClusterRoleBinding", "PersistentVolumeClaim", "Job/migrate", "CronJob/nightly"}
	if w.kind != "Deployment" || w.key != g.keep { // whose name patches know
		keys = append(keys, w.kind)
	}
	return g.entries(s, "names", keys, func(key string) *yaml.Node {
		name := fmt.Sprintf("kept-%d", g.next())
		switch {
		case key == "PersistentVolumeClaim":
			name += "-{key}"
		case key == w.kind || ofApp(key):
			name = pick(g, name, name+"-{env}", name+"-{app}")
		default:
			name = pick(g, name, name+"-{env}", "{name}-"+name, "{workload}-"+name)
		}
		return g.text(name)
	})
}

// ofApp reports whether names can say by a key what an object of the app is called, which belongs to no workload.
func ofApp(key string) bool {
	kind, key, _ := strings.Cut(key, "/")
	switch kind {
	case "ConfigMap":
		return key != "dashboard"
	case "Secret", "ExternalSecret", "ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding":
		return true
	}
	return key != "" && (kind == "Job" || kind == "CronJob")
}

func (g *generator) schedule(s *said) *yaml.Node {
	cron := g.text(pick(g, "0 3 * * *", "*/5 * * * mon-fri", "@daily", "@every 1h"))
	if g.chance(40) {
		return cron
	}
	n := g.some(40, "timeZone", g.text(pick(g, "Europe/Berlin", "UTC")), "concurrencyPolicy", plain(pick(g, "Allow", "Replace", "Forbid")),
		"suspend", g.boolean(),
		"startingDeadlineSeconds", g.integer(g.IntN(900)), "successfulJobsHistoryLimit", plain("0"), "failedJobsHistoryLimit", plain("5"))
	if !s.has("schedule.cron") || g.chance(60) {
		object{n}.set("cron", cron)
	}
	s.add("schedule.cron")
	return n
}

// synced adds how Argo CD syncs objects.
func (g *generator) synced(o object, s *said) {
	g.put(10, o, s, "syncWave", func() *yaml.Node { return plain(pick(g, "-5", "0", "3", "0x10")) })
	if !g.drop(o, s, "syncOptions") && g.chance(12) {
		confirm := func() *yaml.Node { return pick(g, plain("confirm"), plain("false"), quoted("true")) }
		o.set("syncOptions", g.some(25, "Prune", confirm(), "Delete", confirm(), "PruneLast", g.boolean(), "Replace", g.boolean(), "Force",
			g.boolean(),
			"Validate", g.boolean(), "ServerSideApply", g.boolean(), "SkipDryRunOnMissingResource", g.boolean(), "ClientSideApplyMigration",
			g.boolean()))
		s.add("syncOptions")
	}
}
