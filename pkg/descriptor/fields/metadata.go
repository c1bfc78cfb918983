package fields

import "github.com/unfold-gitops/unfold/pkg/schema"

// metadataFields are labels and annotations.
var metadataFields = []schema.Field{
	{Name: "labels", Scope: Inherited, Traits: hookInherits, Doc: "Further labels of the objects.", Type: LabelMap,
		Example: "labels: {example.com/team: shop}"},
	{Name: "annotations", Scope: Inherited, Traits: hookInherits, Doc: "Annotations of the objects.", Type: AnnotationMap,
		Example: "annotations: {example.com/contact: shop@example.com}"},
	{Name: "podLabels", Scope: Inherited, Traits: hookTakes, Doc: "Further labels of the pods.", Type: LabelMap,
		Example: "podLabels: {example.com/backup: nightly}"},
	{Name: "podAnnotations", Scope: Inherited, Traits: hookInherits, Doc: "Annotations of the pods.", Type: AnnotationMap,
		Example: "podAnnotations: {example.com/scrape: \"true\"}"},
}
