package check

import (
	"slices"
	"strings"
)

// imageNotPinned finds images that are another one tomorrow.
func imageNotPinned(in *Input, r *report) {
	for _, p := range in.workloads {
		for _, c := range p.all() {
			image := c.Get("image")
			if image.StringAt() == "" {
				continue
			}
			repository, tag, digest := splitImage(image.Text)
			switch {
			case digest != "":
			case tag == "":
				r.about(p.item).Warnh(p.at(image), "image-not-pinned", "add tag:", "the image %q of %s has no tag", repository, p.ID)
			case tag == "latest" || strings.HasSuffix(tag, "-latest"):
				r.about(p.item).Warnh(p.at(image), "image-not-pinned", "name a tag that nobody moves", "the tag %q of %s is moved to every new image", tag, p.ID)
			}
		}
	}
}

// splitImage takes REPOSITORY[:TAG][@DIGEST] apart.
func splitImage(ref string) (repository, tag, digest string) {
	repository, digest, _ = strings.Cut(ref, "@")
	if i := strings.LastIndexByte(repository, ':'); i > strings.LastIndexByte(repository, '/') {
		repository, tag = repository[:i], repository[i+1:]
	}
	return repository, tag, digest
}

// registryNotAllowed finds images from registries that the operator does not
// list.
func registryNotAllowed(in *Input, r *report) {
	if len(in.Policy.Registries) == 0 {
		return
	}
	for _, p := range in.workloads {
		for _, c := range p.all() {
			image := c.Get("image")
			if image.StringAt() == "" {
				continue
			}
			repository, _, _ := splitImage(image.Text)
			full := fullRepository(repository)
			if !slices.ContainsFunc(in.Policy.Registries, func(allowed string) bool {
				allowed = strings.TrimSuffix(allowed, "/")
				return full == allowed || strings.HasPrefix(full, allowed+"/")
			}) {
				r.about(p.item).Warnh(p.at(image), "registry-not-allowed", "allowed are: "+strings.Join(in.Policy.Registries, ", "),
					"the image %q of %s is from a registry that the operator does not allow", repository, p.ID)
			}
		}
	}
}

// fullRepository adds what an image without a registry leaves out.
func fullRepository(repository string) string {
	host, _, several := strings.Cut(repository, "/")
	switch {
	case several && (strings.ContainsAny(host, ".:") || host == "localhost"):
		return repository
	case several:
		return "docker.io/" + repository
	}
	return "docker.io/library/" + repository
}
