package object

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Patch changes objects: those that Target selects or, where that is nil, those
// that its documents name. A document that is a list holds operations of JSON
// 6902, any other is a strategic merge patch.
type Patch struct {
	Pos       diag.Pos
	Target    *value.Value
	Documents []*value.Value
}

// Collect returns the objects in documents, and reports what is none. The objects
// of a List stand for it, as kustomize and Argo CD take it. Argo CD does so for
// every object with a list called items (IsList of unstructured.Unstructured), so
// nothing else may have one.
func Collect(docs []*value.Value, diags *diag.List) []*value.Value {
	var out []*value.Value
	for _, v := range docs {
		id := Object{Value: v}.ID()
		isList := strings.HasSuffix(id.Kind, "List")
		items := v.Entry("items")
		switch {
		case id.APIVersion == "" || id.Kind == "" || id.Name == "" && !(isList && items != nil):
			diags.Errorh(v.Pos, "not-an-object", "give it apiVersion, kind and metadata.name", "not a Kubernetes object")
		case items == nil:
			out = append(out, v)
		case !isList:
			diags.Errorh(items.KeyPos, "items", "put it under spec, or make it a List",
				"%s has items, which Argo CD would take for objects of their own", id)
		case !items.Value.Is(value.List):
			diags.Errorf(items.Value.Pos, "wrong-type", "items of a List must be a list of objects, not %s", items.Value.Describe())
		default:
			out = append(out, Collect(items.Value.Items, diags)...)
		}
	}
	return out
}
