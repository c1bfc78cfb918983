package descriptor

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// DocumentType is the type of app.yaml, for tests that render.
func DocumentType() *schema.Type { return fields.Document() }

// SharedRows reports whether a type is one of those that have copies of the same
// rows: an app, an environment and a workload.
func SharedRows(t *schema.Type) bool {
	return t == fields.Document() || t == fields.Environment() || t == fields.Workload()
}

// Useless and SpecOwner say which fields a kind has no use for, and what makes those of its spec.
var (
	Useless   = useless
	SpecOwner = specOwner
)
