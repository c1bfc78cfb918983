package kustomize

import (
	_ "embed"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/openapi"
)

// mergeSchema is what a strategic merge asks Kubernetes' schema for: which lists
// are merged, and by which key. It is made from the schema that kustomize has
// built in, which takes 30 ms to read; a test holds the two equal.
//
//go:embed schema.json
var mergeSchema []byte

// useMergeSchema puts mergeSchema in the place of the built-in one. kustomize's
// schema is global to the process, so this is done once, before any build.
var useMergeSchema = sync.OnceValue(func() error {
	openapi.SuppressBuiltInSchemaUse()
	return openapi.AddSchema(mergeSchema)
})
