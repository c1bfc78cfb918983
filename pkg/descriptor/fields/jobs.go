package fields

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/schema"
)

// jobsTopic returns the topic of the app's jobs.
func jobsTopic(job *schema.Type) schema.Topic {
	return schema.Topic{Title: "Jobs", Prose: strings.Replace(jobsProse, "INHERITED", inheritedNames(job), 1),
		Fields: []schema.Field{jobsField(job)}}
}

// jobsField is the row of the app's jobs.
func jobsField(job *schema.Type) schema.Field {
	return schema.Field{Name: "jobs", Scope: Shared,
		Doc: "CronJobs beside the app, by name: what it runs by a schedule, with its image, config and secrets.",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of jobs", Keys: schema.KeyRule{What: "a job", Check: &schema.Label1035},
			Elem: job},
		Example: "jobs:\n  nightly: {schedule: \"0 3 * * *\", command: [/app, report]}\n" +
			"  cleanup: {schedule: {cron: \"*/15 * * * *\", timeZone: Europe/Berlin}, command: [/app, clean], spec: {backoffLimit: 2}}"}
}

// newJobType returns the type of a job.
func newJobType(elsewhere func(what, key string) (hint string)) *schema.Type {
	return &schema.Type{Kind: schema.ObjectKind, What: "a job", Deferred: true, After: FoldShorthands,
		Fields: append([]schema.Field{{Name: "enabled", Doc: "false leaves the job out.", Type: &schema.Boolean}},
			beside(hookTakes|jobTakes)...),
		Elsewhere: func(key string) string {
			switch key {
			case "kind":
				return "remove it: a job is a CronJob; write the job under hooks to run it with each sync"
			case "phase", "wave", "deletePolicy":
				return key + " is a field of hooks, which run with each sync; a job runs by its schedule"
			}
			return elsewhere("a job", key)
		}}
}
