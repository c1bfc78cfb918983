package redact

import "github.com/unfold-gitops/unfold/pkg/yaml/value"

// Object is Tree for a Kubernetes object: all that a Secret and a SealedSecret hold is
// replaced too, and of a Secret the copy of it that kubectl keeps in an annotation.
func Object(v, other *value.Value, instead Replacement) *value.Value {
	var fields [][]string
	switch v.StringAt("kind") {
	case "SealedSecret":
		fields = [][]string{{"spec", "encryptedData"}}
	case "Secret":
		fields = [][]string{{"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"}}
	}
	for _, path := range fields {
		before := other.Get(path...)
		v = v.Replace(path, func(x *value.Value) *value.Value { return All(x, before, instead) })
	}
	return Tree(v, other, instead)
}
