package fields

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// kindField is the row of a workload's kind, one of the table of kinds.
func kindField() schema.Field {
	return schema.Field{Name: "kind", Scope: Own,
		Doc: "What runs the pods: " + strings.Replace(kindNames(), kinds.Deployment, kinds.Deployment+" (default)", 1) +
			". A StatefulSet gets a headless Service, `NAME-headless`, for the names of its pods.",
		Type: &schema.Type{Kind: schema.TextKind, What: "a workload's kind", Enum: kinds.Chosen()},
		Example: "workloads:\n  web: {port: 8080}\n  db: {kind: StatefulSet, image: postgres:18, ports: {sql: 5432}}\n" +
			"  report: {kind: CronJob, schedule: \"0 3 * * *\", command: [shop, report]}"}
}

// kindNames lists the kinds of workloads in words.
func kindNames() string { return listed(kinds.Chosen(), "or") }

// listed joins words to a part of a sentence.
func listed(words []string, last string) string {
	n := len(words) - 1
	if n < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}

// kindFields are what the kind of a workload brings along.
var kindFields = []schema.Field{
	{Name: "schedule", Scope: Own, Traits: jobTakes, Doc: "When a CronJob runs.", Type: scheduleType,
		Example: "kind: CronJob\nschedule: {cron: \"30 6 * * mon-fri\", timeZone: Europe/Berlin, startingDeadlineSeconds: 300}"},
	{Name: "spec", Scope: Own, Traits: hookTakes,
		Doc: "The other fields of the kind's own spec, such as minReadySeconds, revisionHistoryLimit, " +
			"podManagementPolicy or backoffLimit; for a CronJob those of the Job that it makes.",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of the kind's own fields",
			Elem: &schema.Type{Kind: schema.AnyKind, What: "anything that Kubernetes takes there"}},
		Example: "spec: {revisionHistoryLimit: 3, minReadySeconds: 10}"},
	{Name: "selector", Scope: Own, Doc: "The labels by which the workload finds its pods where existing ones have to stay: " +
		"Kubernetes never lets them change. Its objects have them too.",
		Type:    SelectorMap,
		Example: "selector: {app: legacy-shop}"},
	{Name: "syncWave", Scope: Inherited, Traits: jobInherits,
		Doc:     "The wave in which Argo CD syncs the objects (default: 0). Lower ones come first.",
		Type:    &schema.Type{Kind: schema.IntegerKind, What: "a whole number", Min: -1 << 31, Max: 1<<31 - 1},
		Example: "syncWave: 1"},
	{Name: "syncOptions", Scope: Inherited, Traits: jobInherits, Doc: "How Argo CD syncs the objects.", Type: syncOptionsType,
		Example: "syncOptions: {Prune: confirm, Delete: confirm}"},
}

// EnabledField stands at the top level and in environments for the app, in a
// workload for that one.
var EnabledField = schema.Field{Name: "enabled", Scope: App,
	Doc: "false leaves the app, or the workload, out of an environment. An Application for an environment that leaves out the " +
		"app gets an error.",
	Type:    &schema.Boolean,
	Example: "enabled: false\nenvironments:\n  dev: {enabled: true}\n  prod: {}"}

var scheduleType = &schema.Type{
	Kind: schema.ObjectKind, What: "a cron expression", ShorthandKey: "cron",
	Fields: []schema.Field{
		{Name: "cron", Doc: "Minute, hour, day of the month, month and day of the week; or @daily and the like.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a cron expression", Check: cronText}},
		{Name: "timeZone", Doc: "The time zone by its name, such as Europe/Berlin (default: the cluster's).",
			Type: &schema.Type{Kind: schema.TextKind, What: "a time zone", Check: &schema.TimeZone}},
		{Name: "concurrencyPolicy", Doc: "What happens when the last run still goes on: Forbid (default), Allow or Replace.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a concurrency policy", Enum: []string{"Forbid", "Allow", "Replace"}}},
		{Name: "suspend", Doc: "true starts no more runs.", Type: &schema.Boolean},
		{Name: "startingDeadlineSeconds", Doc: "How many seconds late a run may start.", Type: &schema.Natural},
		{Name: "successfulJobsHistoryLimit", Doc: "How many runs that succeeded are kept.", Type: &schema.Natural},
		{Name: "failedJobsHistoryLimit", Doc: "How many runs that failed are kept.", Type: &schema.Natural},
	},
}

var syncOptionsType = &schema.Type{
	Kind: schema.ObjectKind, What: "sync options",
	Fields: []schema.Field{
		{Name: "Prune", Doc: "false never prunes the objects; confirm asks first.", Type: confirmable},
		{Name: "Delete", Doc: "false keeps the objects when the Application is deleted; confirm asks first.", Type: confirmable},
		{Name: "PruneLast", Doc: "true prunes after all else is healthy.", Type: &schema.Boolean},
		{Name: "Replace", Doc: "true replaces the objects in place of applying them.", Type: &schema.Boolean},
		{Name: "Force", Doc: "true deletes and creates anew what can't be changed.", Type: &schema.Boolean},
		{Name: "Validate", Doc: "false skips validation.", Type: &schema.Boolean},
		{Name: "ServerSideApply", Doc: "true applies on the server.", Type: &schema.Boolean},
		{Name: "SkipDryRunOnMissingResource", Doc: "true skips the dry run of a kind that the cluster does not know yet.",
			Type: &schema.Boolean},
		{Name: "ClientSideApplyMigration", Doc: "false leaves out the migration to server-side apply.", Type: &schema.Boolean},
	},
}

var confirmable = &schema.Type{Kind: schema.TextKind, What: "true, false or confirm", Enum: []string{"true", "false", "confirm"}}

// cronText is a cron expression without a time zone, which has a field of its own.
var cronText = &schema.Check{Problem: func(s string) string {
	if strings.Contains(s, "TZ") {
		return "names a time zone: write schedule: {cron, timeZone}"
	}
	return schema.CronExpression.Problem(s)
}}
