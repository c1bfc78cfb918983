package descriptor

// metadataFields are labels and annotations.
var metadataFields = []field{
	{name: "labels", scope: inheritedScope, doc: "Further labels of the objects.", typ: labelMap},
	{name: "annotations", scope: inheritedScope, doc: "Annotations of the objects.", typ: annotationMap},
	{name: "podLabels", scope: inheritedScope, doc: "Further labels of the pods.", typ: labelMap},
	{name: "podAnnotations", scope: inheritedScope, doc: "Annotations of the pods.", typ: annotationMap},
}
