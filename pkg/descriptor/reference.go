package descriptor

import "github.com/unfold-gitops/unfold/pkg/schema"

// topics are the sections of the reference: all fields, each once.
func topics() []schema.Topic {
	t := fieldTable()
	kind := t.kind
	kind.Name = "workloads.NAME.kind"
	several := schema.Topic{Title: "Workloads and environments", Prose: severalProse,
		Fields: []schema.Field{t.workloads, kind, enabledField, t.environments}}
	return append([]schema.Topic{{Title: "The app", Prose: appProse, Fields: t.app}, several}, t.topics...)
}

const severalProse = "`workloads` lists them by name; their objects are named `APP-WORKLOAD`. Whether the top level has `workloads` " +
	"decides\n" +
	"names and selectors for ever, so an environment can't introduce them; it can add one, change one, and leave one out\n" +
	"with `null`."

// Reference returns all fields in Markdown, by topic, for docs/descriptor.md.
func Reference() string { return schema.Reference(topics(), DefaultOf) }

// Examples returns all examples of the table, each once.
func Examples() []schema.Example { return schema.Examples(topics()) }

// FieldNames returns the names of the top level's fields.
func FieldNames() []string { return documentType().FieldNames() }
