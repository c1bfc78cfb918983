package descriptor

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// Reference returns all fields in Markdown, by topic, for docs/descriptor.md.
func Reference() string { return schema.Reference(fields.Topics(), DefaultOf) }

// Examples returns all examples of the table, each once.
func Examples() []schema.Example { return schema.Examples(fields.Topics()) }

// FieldNames returns the names of the top level's fields.
func FieldNames() []string { return fields.Document().FieldNames() }
