package diff

import (
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/secret/redact"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// What stands for a text that nobody is to read; as kubectl diff has it, the
// last two where it changes.
const (
	masked       = "***"
	maskedBefore = "*** (before)"
	maskedAfter  = "*** (after)"
)

// Mask prints two lists of objects with the content of every Secret, the ciphertext
// of every SealedSecret, and whatever else looks like a credential, replaced.
func Mask(a, b []*value.Value) (string, string) {
	return encode(maskAll(a, b, maskedBefore)), encode(maskAll(b, a, maskedAfter))
}

func encode(objects []*value.Value) string {
	out, err := object.Encode(objects)
	if err != nil {
		return "" // rather nothing than what is not masked
	}
	return string(out)
}

func maskAll(objects, others []*value.Value, changed string) []*value.Value {
	byID := map[object.ID]*value.Value{}
	for _, o := range others {
		byID[unhashedID(o)] = o
	}
	out := make([]*value.Value, len(objects))
	for i, o := range objects {
		out[i] = hidden(o, byID[unhashedID(o)], changed)
	}
	return out
}

// unhashedID tells an object from others without the hash of its content.
func unhashedID(v *value.Value) object.ID {
	id := idOf(v)
	id.Name = unhashed(id)
	return id
}

// secretFields are where kinds keep what nobody is to read, besides Secrets.
func secretFields(kind string) [][]string {
	if kind == "SealedSecret" {
		return [][]string{{"spec", "encryptedData"}}
	}
	return nil
}

// hide returns the marks of a text, changed where other has another one there.
func hide(changed string) redact.Instead {
	return func(x, other *value.Value) string {
		if other != nil && !value.Equal(x, other) {
			return changed
		}
		return masked
	}
}

// hidden returns an object without what nobody is to read.
func hidden(v, other *value.Value, changed string) *value.Value {
	for _, path := range secretFields(v.StringAt("kind")) {
		was := other.Get(path...)
		v = v.Replace(path, func(m *value.Value) *value.Value { return redact.All(m, was, hide(changed)) })
	}
	// kubectl keeps a copy of the whole object there.
	copied := []string{"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"}
	if v.StringAt("kind") == "Secret" {
		v = v.Replace(copied, func(x *value.Value) *value.Value { return redact.All(x, other.Get(copied...), hide(changed)) })
	}
	return redact.Tree(v, other, hide(changed))
}
