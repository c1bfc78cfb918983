package lint

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/image"
)

// imageName finds repositories that are most likely misspelt.
func imageName(in *Input, r *reporter) {
	for _, x := range in.NearImages {
		if x.Beside {
			r.named(x.Repository, nil).reportAt(x.Pos, "did you mean "+x.Meant+"?",
				"the image repository %q is almost that of the app, %q", x.Repository, x.Meant)
			continue
		}
		r.named(x.Repository, nil).reportAt(x.Pos, "did you mean "+x.Meant+"?",
			"the image repository %q of the environment %q is almost %q", x.Repository, in.Env, x.Meant)
	}
}

// imageNotPinned finds images that are another one tomorrow.
func imageNotPinned(in *Input, r *reporter) {
	for _, p := range in.parts {
		for _, i := range p.images {
			ref, problem := i.parse()
			switch {
			case i.loose || problem != "" || ref.Digest != "":
			case ref.Tag == "":
				r.report(p.item, i.Value, "add tag:", "the image %q of %s has no tag", ref.Repository, p.ID)
			case ref.Tag == "latest" || strings.HasSuffix(ref.Tag, "-latest"):
				r.report(p.item, i.Value, "name a tag that nobody moves",
					"the tag %q of %s is moved to every new image", ref.Tag, p.ID)
			}
		}
	}
}

// invalidImage finds images that no kubelet can pull.
func invalidImage(in *Input, r *reporter) {
	for _, p := range in.parts {
		for _, i := range p.images {
			if _, problem := i.parse(); problem != "" && !i.loose && !i.filledIn(p.item) {
				r.report(p.item, i.Value, "write REPOSITORY[:TAG][@DIGEST], such as ghcr.io/team/app:v1",
					"the image %q of %s %s", i.Text, p.ID, problem)
			}
		}
	}
}

// registryNotAllowed finds images from registries that the operator does not
// list.
func registryNotAllowed(in *Input, r *reporter) {
	if len(in.Policy.Registries) == 0 {
		return
	}
	hint := "allowed are: " + strings.Join(in.Policy.Registries, ", ")
	var allowed []image.Scope
	for _, text := range in.Policy.Registries {
		if scope, problem := image.ParseScope(text); problem == "" {
			allowed = append(allowed, scope)
		}
	}
	for _, p := range in.parts {
		for _, i := range p.images {
			ref, problem := i.parse()
			switch {
			case problem != "":
				r.report(p.item, i.Value, hint,
					"nobody can tell from which registry the image %q of %s is", i.Text, p.ID)
			case !slices.ContainsFunc(allowed, func(s image.Scope) bool { return s.Has(ref) }):
				r.report(p.item, i.Value, hint,
					"the image %q of %s is from a registry that the operator does not allow", ref.Repository, p.ID)
			}
		}
	}
}
