package fields

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// hooksTopic returns the topic of the app's hooks.
func hooksTopic(hook *schema.Type) schema.Topic {
	return schema.Topic{Title: "Hooks", Prose: strings.Replace(hooksProse, "INHERITED", inheritedNames(hook), 1),
		Fields: []schema.Field{hooksField(hook)}}
}

// inheritedNames lists the fields of a hook or job that it goes by.
func inheritedNames(typ *schema.Type) string {
	var names []string
	for _, f := range typ.Fields {
		if f.Traits&inherited != 0 {
			names = append(names, "`"+f.Name+"`")
		}
	}
	return listed(names, "and")
}

// hooksField is the row of the app's hooks.
func hooksField(hook *schema.Type) schema.Field {
	return schema.Field{Name: "hooks", Scope: Shared,
		Doc: "Jobs that run with a sync, by name: a migration before the app, a smoke test after it.",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of hooks", Keys: schema.KeyRule{What: "a hook", Check: &schema.Label1035},
			Elem: hook},
		Example: "hooks:\n  migrate: {command: [/app, migrate], spec: {backoffLimit: 1}}\n" +
			"  smoke-test: {phase: PostSync, command: [/app, smoke-test], deletePolicy: [HookSucceeded, BeforeHookCreation]}"}
}

// Traits of a workload's fields.
const (
	// hookTakes says that a hook can have the field too.
	hookTakes uint8 = 1 << iota
	// jobTakes says that a job can have the field too, which takes all that hooks take.
	jobTakes
	// inherited says that what takes it goes by what the workload or app has.
	inherited

	hookInherits = hookTakes | inherited
	jobInherits  = jobTakes | inherited
)

// InheritedBy reports whether a field is one of those by which hooks or jobs go. Typ is the type of either.
func InheritedBy(typ *schema.Type, name string) bool {
	f := OfWorkload(name)
	return f != nil && f.Traits&inherited != 0 && typ.Field(name) != nil
}

func newHookType(elsewhere func(what, key string) (hint string)) *schema.Type {
	fields := []schema.Field{
		{Name: "phase", Doc: "When it runs: PreSync, Sync (default), PostSync, SyncFail or PostDelete.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a phase",
				Enum: []string{"PreSync", "Sync", "PostSync", "SyncFail", "PostDelete"}}},
		{Name: "wave", Doc: "The wave in its phase; -1 in the phase Sync.",
			Type: &schema.Type{Kind: schema.IntegerKind, What: "a whole number", Min: -1 << 31, Max: 1<<31 - 1}},
		{Name: "deletePolicy", Doc: "When the Job is deleted: BeforeHookCreation (default), HookSucceeded, HookFailed.",
			Type: &schema.Type{Kind: schema.ListKind, What: "a list of delete policies", Expand: listOfOne,
				Shorthand: deletePolicy, Elem: deletePolicy}},
	}
	return &schema.Type{Kind: schema.ObjectKind, What: "a hook", Deferred: true, After: FoldShorthands,
		Fields: append(fields, beside(hookTakes)...),
		Elsewhere: func(key string) string {
			switch key {
			case "kind":
				return "remove it: a hook is a Job; write it under jobs to run it by a schedule"
			case "schedule":
				return "a hook runs with each sync; write it under jobs to run it by a schedule"
			}
			return elsewhere("a hook", key)
		}}
}

// beside returns the fields of what runs beside the workloads and goes by what they have: those that it has in a form of
// its own, and the rows that say by a trait that it takes them.
func beside(takes uint8) []schema.Field {
	fields := []schema.Field{
		{Name: "config", Doc: "false leaves out what the app has of config, files, secrets and service account.", Type: &schema.Boolean},
		{Name: "serviceAccount", Doc: "The name of another service account than the app's, without its token unless asked; false for none.",
			Type: &schema.Type{
				Kind: schema.ObjectKind, What: "a service account", ShorthandKey: "name", AllowBool: true,
				Fields: []schema.Field{
					{Name: "name", Doc: "Its name (default: the name of the app's).",
						Type: &schema.Type{Kind: schema.TextKind, What: "a service account's name", Check: &schema.Subdomain}},
					{Name: "automount", Doc: "Whether the pod gets its token.", Type: &schema.Boolean},
				}}},
	}
	for _, f := range slices.Concat(containerFields, podFields, containersFields, volumeFields, kindFields, metadataFields) {
		if f.Traits&takes != 0 {
			fields = append(fields, f)
		}
	}
	return fields
}

var deletePolicy = &schema.Type{Kind: schema.TextKind, What: "a delete policy",
	Enum: []string{"BeforeHookCreation", "HookSucceeded", "HookFailed"}}

// listOfOne takes a text for a list.
func listOfOne(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	return value.NewList(v.Pos, v)
}
