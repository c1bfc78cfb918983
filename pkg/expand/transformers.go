package expand

import (
	"regexp"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// kustomize's images and replicas are what a person would write, but they match
// more than one object. They are used only where replaying their matching over
// everything in the overlay changes nothing that is already as it has to be;
// since patches run before them, that is enough for the result to be right.

// image is an entry of a kustomization's images.
type image struct{ name, newName, newTag, digest string }

// splitRef takes an image apart as kustomize does (api/internal/image, Split).
func splitRef(ref string) (name, tag, digest string) {
	name, digest, _ = strings.Cut(ref, "@")
	from := max(strings.IndexByte(name, '/'), 0)
	if i := strings.IndexByte(name[from:], ':'); i >= 0 {
		name, tag = name[:from+i], name[from+i+1:]
	}
	return name, tag, digest
}

// apply returns what the entry makes of an image (api/filters/imagetag). The name
// is a regular expression that nobody escapes.
func (x image) apply(ref string) string {
	pattern, err := regexp.Compile("^" + x.name + `(:[a-zA-Z0-9_.{}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?$`)
	if err != nil || !pattern.MatchString(ref) {
		return ref
	}
	name, tag, digest := splitRef(ref)
	if x.newName != "" {
		name = x.newName
	}
	switch {
	case x.newTag != "" && x.digest != "":
		tag, digest = x.newTag, x.digest
	case x.newTag != "":
		tag, digest = x.newTag, ""
	case x.digest != "":
		tag, digest = "", x.digest
	}
	if tag != "" {
		name += ":" + tag
	}
	if digest != "" {
		name += "@" + digest
	}
	return name
}

func (x image) value() *value.Value {
	return newMap(diag.Pos{}, "name", x.name, "newName", x.newName, "newTag", x.newTag, "digest", x.digest)
}

// imagesOf returns the images that kustomize's images look at: those in any list
// called containers or initContainers.
func imagesOf(v *value.Value) []string {
	var refs []string
	v.Walk(func(x *value.Value) {
		for _, key := range []string{"containers", "initContainers"} {
			if list := x.Get(key); list.Is(value.List) {
				for _, c := range list.Items {
					if ref := c.Get("image"); ref.IsScalar() {
						refs = append(refs, ref.Text)
					}
				}
			}
		}
	})
	return refs
}

// containerImages are the places of images in the workloads that expand makes.
func containerImages() [][]string {
	var out [][]string
	for _, spec := range kinds.PodSpecs() {
		out = append(out, slices.Concat(spec, []string{"containers"}), slices.Concat(spec, []string{"initContainers"}))
	}
	return out
}

// chooseImages returns the entries that bring base images to those of the
// environment without touching any other.
func chooseImages(pairs []pair, all []*value.Value) []image {
	var present []string
	for _, v := range all {
		present = append(present, imagesOf(v)...)
	}
	var chosen []image
	for _, p := range pairs {
		for _, path := range containerImages() {
			from, to := p.base.Value.Get(path...), p.env.Value.Get(path...)
			if !sameNames(from, to) {
				continue
			}
			for i := range from.Items {
				x, ok := imageFor(from.Items[i].StringAt("image"), to.Items[i].StringAt("image"))
				if ok && !slices.ContainsFunc(chosen, func(c image) bool { return c.name == x.name }) &&
					!slices.ContainsFunc(present, func(ref string) bool { return x.apply(ref) != ref }) {
					chosen = append(chosen, x)
				}
			}
		}
	}
	return chosen
}

// imageFor returns the entry that turns one image into another, if there is one.
func imageFor(from, to string) (image, bool) {
	if from == "" || to == "" || from == to {
		return image{}, false
	}
	name, _, _ := splitRef(from)
	newName, tag, digest := splitRef(to)
	x := image{name: name, newTag: tag, digest: digest}
	if newName != name {
		x.newName = newName
	}
	return x, x.apply(from) == to
}

// applyImages returns an object with the entries applied as kustomize would.
func applyImages(v *value.Value, images []image) *value.Value {
	if len(images) == 0 {
		return v
	}
	for _, path := range containerImages() {
		v = v.Replace(append(path, "image"), func(ref *value.Value) *value.Value {
			text := ref.Text
			for _, x := range images {
				text = x.apply(text)
			}
			if text == ref.Text {
				return ref
			}
			return value.NewString(ref.Pos, text)
		})
	}
	return v
}

// count is an entry of a kustomization's replicas.
type count struct {
	name  string
	count *value.Value
}

// chooseReplicas returns the entries for those workloads that have a count in the
// base and another in the environment.
func chooseReplicas(pairs []pair, all []*value.Value) []count {
	var chosen []count
	for _, p := range pairs {
		from, to := p.base.Value.Get("spec", "replicas"), p.env.Value.Get("spec", "replicas")
		id := p.env.ID()
		if from == nil || to == nil || value.Equal(from, to) || !scaled(id.Kind) {
			continue
		}
		fits := func(v *value.Value) bool {
			return v.StringAt("metadata", "name") != id.Name || !scaled(v.StringAt("kind")) || value.Equal(v.Get("spec", "replicas"), to)
		}
		if !slices.ContainsFunc(all, func(v *value.Value) bool { return !fits(v) }) {
			chosen = append(chosen, count{id.Name, to})
		}
	}
	return chosen
}

// scaled reports whether kustomize's replicas look at a kind.
func scaled(kind string) bool {
	k, _ := kinds.Find(kind)
	return k.Counted
}

func applyReplicas(o object.Object, replicas []count) *value.Value {
	id := o.ID()
	v := o.Value
	for _, r := range replicas {
		if r.name == id.Name && scaled(id.Kind) {
			v = v.Replace([]string{"spec", "replicas"}, func(*value.Value) *value.Value { return r.count })
		}
	}
	return v
}
