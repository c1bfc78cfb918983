package descriptor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/image"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Image is a reference to a container image, as the field image takes it.
type Image = image.Reference

// tagAlone reports a tag that stands where an image belongs: it would be taken for a
// repository, in place of the one that a lower layer names. From outside of the descriptor
// any word alone is taken for a tag, as `unfold set image` does.
func (e *effective) tagAlone(v *value.Value) {
	repository, tag := v.Get("repository"), v.Get("tag")
	word, pos := repository.StringAt(), repository.At()
	outside := slices.ContainsFunc(e.options.Overrides, func(o Override) bool { return o.Name == "image" && o.Pos == pos })
	if strings.Contains(word, "/") || tag != nil && tag.Pos == pos || v.Has("digest") && v.Get("digest").Pos == pos {
		return
	}
	if !outside && !image.LooksLikeTag(word) {
		return
	}
	var others []string
	for _, other := range e.repositories {
		switch {
		case other.At() == pos:
		case Image{Repository: other.Text}.FullName() == Image{Repository: word}.FullName():
			return
		case !image.LooksLikeTag(other.Text) && !slices.Contains(others, other.Text):
			others = append(others, other.Text)
		}
	}
	if len(others) == 0 {
		return
	}
	whole := "REPOSITORY:" + word
	if len(others) == 1 {
		whole = others[0] + ":" + word
	}
	hint := "write tag: " + word + ", or image: " + whole
	if outside {
		hint = "if it is a tag, write " + whole + ", or give it as tag; if it is a repository, write docker.io/library/" + word
	}
	d := diag.Diagnostic{Pos: pos, Code: "ambiguous-image", Hint: hint,
		Message: "the image " + strconv.Quote(word) + " is most likely a tag, but would be taken for a repository"}
	if !slices.Contains(e.diags, d) { // several containers may have the image
		e.diags = append(e.diags, d)
	}
}

// repositories returns the repositories that layers name, for the app and for workloads.
func repositories(layers []layer) []*value.Value {
	var out []*value.Value
	for _, l := range layers {
		for _, of := range append([]value.Entry{{Value: l.fields}}, l.fields.Get("workloads").AllEntries()...) {
			if repository := of.Value.Get("image", "repository"); repository.Is(value.String) {
				out = append(out, repository)
			}
		}
	}
	return out
}
