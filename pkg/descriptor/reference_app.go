package descriptor

// topics are the sections of the reference: all fields, each once.
func topics() []topic {
	t := fieldTable()
	kind := kindField
	kind.name = "workloads.NAME.kind"
	several := topic{"Workloads and environments", severalProse, []field{t.workloads, kind, enabledField, t.environments}}
	return append([]topic{{"The app", appProse, appFields}, several}, t.topics...)
}

const severalProse = "`workloads` lists them by name; their objects are named `APP-WORKLOAD`. Whether the top level has `workloads` decides\n" +
	"names and selectors for ever, so an environment can't introduce them; it can add one, change one, and leave one out\n" +
	"with `null`."

// Reference returns all fields in Markdown, by topic, for docs/descriptor.md.
func Reference() string { return topicReference(topics(), DefaultOf) }

// Examples returns all examples of the table, each once.
func Examples() []Example { return examples(topics()) }

// FieldNames gives the names of the top level's fields.
func FieldNames() []string { return documentType().fieldNames() }
