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
		byID[idOf(o).Unhashed()] = o
	}
	out := make([]*value.Value, len(objects))
	for i, o := range objects {
		out[i] = redact.Keys(redact.Object(o, byID[idOf(o).Unhashed()], hide(changed)))
	}
	return out
}

// hide returns the marks of a text, changed where other has another one there.
func hide(changed string) redact.Replacement {
	return func(x, other *value.Value) string {
		if other != nil && !value.Equal(x, other) {
			return changed
		}
		return masked
	}
}
