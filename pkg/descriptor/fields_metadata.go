package descriptor

import "github.com/unfold-gitops/unfold/pkg/schema"

const metadataProse = "What is said about objects and pods beside their names."

// metadataFields are labels and annotations.
var metadataFields = []schema.Field{
	{Name: "labels", Scope: inheritedScope, Traits: hookInherits, Doc: "Further labels of the objects.", Type: labelMap,
		Example: "labels: {example.com/team: shop}"},
	{Name: "annotations", Scope: inheritedScope, Traits: hookInherits, Doc: "Annotations of the objects.", Type: annotationMap,
		Example: "annotations: {example.com/contact: shop@example.com}"},
	{Name: "podLabels", Scope: inheritedScope, Traits: hookTakes, Doc: "Further labels of the pods.", Type: labelMap,
		Example: "podLabels: {example.com/backup: nightly}"},
	{Name: "podAnnotations", Scope: inheritedScope, Traits: hookInherits, Doc: "Annotations of the pods.", Type: annotationMap,
		Example: "podAnnotations: {example.com/scrape: \"true\"}"},
}
