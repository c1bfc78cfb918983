package diff

import (
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/object"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// What stands for a text that nobody is to read; as kubectl diff has it, the
// last two where it changes.
const (
	masked       = "***"
	maskedBefore = "*** (before)"
	maskedAfter  = "*** (after)"
)

// Mask gives two streams of manifests with the content of every Secret, and the
// ciphertext of every SealedSecret, replaced.
func Mask(a, b []byte) (string, string) {
	x, y := parse(a), parse(b)
	return encode(maskAll(x, y, maskedBefore)), encode(maskAll(y, x, maskedAfter))
}

// parse reads manifests that were printed by us or by kustomize.
func parse(manifests []byte) []*value.Value {
	docs, _ := value.ReadAll("", manifests)
	return docs
}

func encode(objects []*value.Value) string {
	out, err := object.EncodeValues(objects)
	if err != nil {
		return "" // rather nothing than what is not masked
	}
	return string(out)
}

func maskAll(objects, others []*value.Value, changed string) []*value.Value {
	byID := map[object.ID]*value.Value{}
	for _, o := range others {
		byID[object.Object{Value: o}.ID()] = o
	}
	out := make([]*value.Value, len(objects))
	for i, o := range objects {
		out[i] = mask(o, byID[object.Object{Value: o}.ID()], changed)
	}
	return out
}

// secretFields are where kinds keep what nobody is to read.
func secretFields(kind string) [][]string {
	switch kind {
	case "Secret":
		return [][]string{{"data"}, {"stringData"}}
	case "SealedSecret":
		return [][]string{{"spec", "encryptedData"}}
	}
	return nil
}

// mask replaces texts of v, by changed where other has another text there.
func mask(v, other *value.Value, changed string) *value.Value {
	hide := func(x, was *value.Value) *value.Value {
		if was != nil && !value.Equal(x, was) {
			return value.Str(changed, diag.Pos{})
		}
		return value.Str(masked, diag.Pos{})
	}
	for _, path := range secretFields(v.StringAt("kind")) {
		v = v.Replace(path, func(m *value.Value) *value.Value {
			if !m.Is(value.Map) {
				return hide(m, other.Get(path...))
			}
			out := m.Copy()
			for i, e := range out.Entries {
				out.Entries[i].Value = hide(e.Value, other.Get(path...).Get(e.Key))
			}
			return out
		})
	}
	// kubectl keeps a copy of the whole object there.
	copied := []string{"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"}
	if v.StringAt("kind") == "Secret" {
		v = v.Replace(copied, func(x *value.Value) *value.Value { return hide(x, other.Get(copied...)) })
	}
	return v
}
