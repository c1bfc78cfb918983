package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/image"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Image is a reference to a container image, as the field image takes it.
type Image = image.Reference

// imageReference is REPOSITORY[:TAG][@DIGEST].
func imageReference(s string) string {
	_, problem := image.Parse(s)
	return problem
}

// expandImage expands the shorthand of image.
func expandImage(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	ref := image.Split(v.Text)
	full := value.NewMap(v.Pos).Set("repository", value.Str(ref.Repository, v.Pos))
	// "app:" and "app@" are kept as an empty tag or digest, which is refused.
	rest := v.Text[len(ref.Repository):]
	if strings.HasPrefix(rest, ":") {
		full.Set("tag", value.Str(ref.Tag, v.Pos))
	}
	if strings.Contains(rest, "@") {
		full.Set("digest", value.Str(ref.Digest, v.Pos))
	}
	return full
}
