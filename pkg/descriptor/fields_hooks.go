package descriptor

import (
	"slices"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/value"
)

const hooksProse = "Jobs that Argo CD runs with a sync. A hook has the app's image, environment variables, config, files, resources and security\n" +
	"unless it says otherwise, and takes the fields of a workload's container and pod; besides them\n" +
	"`phase` (`Sync` unless given, `PreSync`, `PostSync`, `SyncFail`, `PostDelete`), `wave` (-1 in the phase Sync), `deletePolicy` (`BeforeHookCreation` unless given,\n" +
	"`HookSucceeded`, `HookFailed`; a list for several) and `config` (`false` leaves the app's config and files out).\n" +
	"In the phase Sync, what a hook uses is there a wave before it, and the workloads come after it. Nothing of the app is there before a first PreSync or after\n" +
	"PostDelete, so such a hook can use nothing that unfold makes. In a workload, the hook is named `APP-WORKLOAD-HOOK` and has that workload's image and config."

// hookFields are the app's hooks.
var hookFields = sync.OnceValue(func() []field {
	return []field{{name: "hooks", scope: sharedScope, doc: "Jobs that run with a sync, by name: a migration before the app, a smoke test after it.",
		typ:     &schema{kind: mapKind, what: "a map of hooks", keys: keyRule{"a hook", dnsLabel}, elem: hookType()},
		example: "hooks:\n  migrate: {command: [/app, migrate], spec: {backoffLimit: 1}}\n  smoke-test: {phase: PostSync, command: [/app, smoke-test], deletePolicy: [HookSucceeded, BeforeHookCreation]}"}}
})

// Of a workload's fields, a hook takes those of its container and pod; with some
// of them it goes by what the workload or app has.
var (
	hookTakes = []string{"image", "tag", "command", "args", "env", "resources", "security", "volumes", "spec", "labels", "annotations", "podLabels", "podAnnotations",
		"gracePeriod", "nodeSelector", "tolerations", "affinity", "priorityClass", "initContainers", "sidecars", "pod", "container", "serviceAccount"}
	hookInherits = []string{"image", "env", "resources", "security", "labels", "annotations", "podAnnotations", "nodeSelector", "tolerations", "affinity", "priorityClass",
		"pod", "container", "serviceAccount"}
)

var hookType = sync.OnceValue(func() *schema {
	fields := []field{
		{name: "phase", doc: "When it runs: PreSync, Sync (default), PostSync, SyncFail or PostDelete.", typ: &schema{kind: textKind, what: "a phase", enum: []string{"PreSync", "Sync", "PostSync", "SyncFail", "PostDelete"}}},
		{name: "wave", doc: "The wave in its phase; -1 in the phase Sync.", typ: &schema{kind: integerKind, what: "a whole number", min: -1 << 31, max: 1<<31 - 1}},
		{name: "deletePolicy", doc: "When the Job is deleted: BeforeHookCreation (default), HookSucceeded, HookFailed.", typ: &schema{kind: listKind, what: "a list of delete policies", short: listOfOne,
			line: deletePolicy, elem: deletePolicy}},
		{name: "config", doc: "false leaves the app's config and files out.", typ: boolean},
	}
	for _, f := range slices.Concat(containerFields, podFields, volumeFields, kindFields, metadataFields) {
		if slices.Contains(hookTakes, f.name) {
			fields = append(fields, f)
		}
	}
	return &schema{kind: objectKind, what: "a hook", after: foldShort, fields: fields}
})

var deletePolicy = &schema{kind: textKind, what: "a delete policy", enum: []string{"BeforeHookCreation", "HookSucceeded", "HookFailed"}}

// listOfOne takes a text for a list.
func listOfOne(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	return value.NewList(v.Pos, v)
}
