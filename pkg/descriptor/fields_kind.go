package descriptor

const kindProse = "What runs the pods, when, and how Argo CD treats it. `kind` stands at the top level of an app of one workload in place of\n" +
	"`App`, else in each workload."

// kinds are the kinds that a workload can be.
var kinds = []string{"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}

var kindField = field{name: "kind", scope: ownScope, doc: "What runs the pods: Deployment (default), StatefulSet, DaemonSet, Job or CronJob. A StatefulSet gets a headless Service, `NAME-headless`, for the names of its pods.",
	typ:     &schema{kind: textKind, what: "a workload's kind", enum: kinds},
	example: "workloads:\n  web: {port: 8080}\n  db: {kind: StatefulSet, image: postgres:18, ports: {sql: 5432}}\n  report: {kind: CronJob, schedule: \"0 3 * * *\", command: [shop, report]}"}

// kindFields are what the kind of a workload brings along.
var kindFields = []field{
	{name: "schedule", scope: ownScope, doc: "When a CronJob runs.", typ: scheduleType,
		example: "kind: CronJob\nschedule: {cron: \"30 6 * * mon-fri\", timeZone: Europe/Berlin, startingDeadlineSeconds: 300}"},
	{name: "spec", scope: ownScope, doc: "The other fields of the kind's own spec, such as minReadySeconds, revisionHistoryLimit, podManagementPolicy or backoffLimit; for a CronJob those of the Job that it makes.",
		typ:     &schema{kind: mapKind, what: "a map of the kind's own fields", elem: &schema{kind: anyKind, what: "anything that Kubernetes takes there"}},
		example: "spec: {revisionHistoryLimit: 3, minReadySeconds: 10}"},
	{name: "objectName", scope: ownScope, doc: "The name of the workload's objects where an existing one has to stay, in place of APP or APP-WORKLOAD.", typ: &schema{kind: textKind, what: "a name", check: dnsLabel},
		example: "objectName: legacy-shop"},
	{name: "selector", scope: ownScope, doc: "The labels by which the workload finds its pods where existing ones have to stay: Kubernetes never lets them change. Its objects have them too.",
		typ:     &schema{kind: mapKind, what: "a map of labels", keys: keyRule{"a label", qualifiedName}, elem: &schema{kind: textKind, what: "a label's value", check: labelValue}},
		example: "selector: {app: legacy-shop}"},
	{name: "syncWave", scope: inheritedScope, doc: "The wave in which Argo CD syncs the objects; lower ones come first, 0 unless given.",
		typ:     &schema{kind: integerKind, what: "a whole number", min: -1 << 31, max: 1<<31 - 1},
		example: "syncWave: 1"},
	{name: "syncOptions", scope: inheritedScope, doc: "How Argo CD syncs the objects.", typ: syncOptionsType,
		example: "syncOptions: {Prune: confirm, Delete: confirm}"},
}

// enabledField stands at the top level and in environments for the app, in a
// workload for that one.
var enabledField = field{name: "enabled", scope: appScope, doc: "false leaves the app out of an environment, or the workload: it is not there yet. An Application that asks for such an environment gets an error.",
	typ:     boolean,
	example: "enabled: false\nenvironments:\n  dev: {enabled: true}\n  prod: {}"}

var scheduleType = &schema{
	kind: objectKind, what: "a cron expression", shortKey: "cron",
	fields: []field{
		{name: "cron", doc: "Minute, hour, day of the month, month and day of the week; or @daily and the like.", typ: &schema{kind: textKind, what: "a cron expression", check: &check{problem: cronExpression}}},
		{name: "timeZone", doc: "The time zone by its name, such as Europe/Berlin; that of the cluster unless given.", typ: &schema{kind: textKind, what: "a time zone", check: &check{problem: timeZone}}},
		{name: "concurrencyPolicy", doc: "What happens when the last run still goes on: Forbid (default), Allow or Replace.", typ: &schema{kind: textKind, what: "a concurrency policy", enum: []string{"Forbid", "Allow", "Replace"}}},
		{name: "suspend", doc: "true starts no more runs.", typ: boolean},
		{name: "startingDeadlineSeconds", doc: "How many seconds late a run may start.", typ: natural},
		{name: "successfulJobsHistoryLimit", doc: "How many runs that succeeded are kept.", typ: natural},
		{name: "failedJobsHistoryLimit", doc: "How many runs that failed are kept.", typ: natural},
	},
}

var syncOptionsType = &schema{
	kind: objectKind, what: "sync options",
	fields: []field{
		{name: "Prune", doc: "false never prunes the objects; confirm asks first.", typ: confirmable},
		{name: "Delete", doc: "false keeps the objects when the Application is deleted; confirm asks first.", typ: confirmable},
		{name: "PruneLast", doc: "true prunes after all else is healthy.", typ: boolean},
		{name: "Replace", doc: "true replaces the objects in place of applying them.", typ: boolean},
		{name: "Force", doc: "true deletes and creates anew what can't be changed.", typ: boolean},
		{name: "Validate", doc: "false skips validation.", typ: boolean},
		{name: "ServerSideApply", doc: "true applies on the server.", typ: boolean},
		{name: "SkipDryRunOnMissingResource", doc: "true skips the dry run of a kind that the cluster does not know yet.", typ: boolean},
		{name: "ClientSideApplyMigration", doc: "false leaves out the migration to server-side apply.", typ: boolean},
	},
}

var confirmable = &schema{kind: textKind, what: "true, false or confirm", enum: []string{"true", "false", "confirm"}}
