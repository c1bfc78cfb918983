package descriptor

const metadataProse = "What is said about objects and pods beside their names."

// metadataFields are labels and annotations.
var metadataFields = []field{
	{name: "labels", scope: inheritedScope, doc: "Further labels of the objects.", typ: labelMap,
		example: "labels: {example.com/team: shop}"},
	{name: "annotations", scope: inheritedScope, doc: "Annotations of the objects.", typ: annotationMap,
		example: "annotations: {example.com/contact: shop@example.com}"},
	{name: "podLabels", scope: inheritedScope, doc: "Further labels of the pods.", typ: labelMap,
		example: "podLabels: {example.com/backup: nightly}"},
	{name: "podAnnotations", scope: inheritedScope, doc: "Annotations of the pods.", typ: annotationMap,
		example: "podAnnotations: {example.com/scrape: \"true\"}"},
}
