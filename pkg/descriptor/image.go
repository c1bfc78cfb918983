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

// NearImage is an image repository of an environment that is most likely meant for another one.
type NearImage struct {
	Repository, Meant string
	Pos               diag.Pos
	// Beside says that the other is that of the app, beside which this one is: of a job, say.
	Beside bool
}

// compared is how many environments before its own an image repository is compared with: each is rendered by itself, so with
// all of them the work would grow with the square of their number.
const compared = 10

// nearImages returns the repositories of the environment that are almost, but not quite, those of the top level, or of one of
// the first environments before it, in the same place. Another repository, as of a mirror, is as good as any.
func (e *effective) nearImages() []NearImage {
	others := []*value.Value{e.root}
	for _, x := range e.envs[:min(len(e.envs), compared)] {
		if x.Key == e.env {
			break
		}
		others = append(others, x.Value)
	}
	var out []NearImage
	eachRepository(e.environment(e.env), nil, func(path []string, own *value.Value) {
		for _, other := range others {
			has := other.Get(path...).StringAt()
			switch {
			case has == "":
			case Image{Repository: own.Text}.FullName() == Image{Repository: has}.FullName():
				return
			case nearRepository(own.Text, has):
				out = append(out, NearImage{Repository: own.Text, Meant: has, Pos: own.Pos})
				return
			}
		}
		out = append(out, e.nearApp(path, own)...)
	})
	eachRepository(e.root, nil, func(path []string, own *value.Value) {
		if e.environment(e.env).Get(path...) == nil {
			out = append(out, e.nearApp(path, own)...)
		}
	})
	return out
}

// nearApp returns the repository at a path if it is that of a job, workload or anything else beside the app's own image at the top
// level, and almost the same. Words of three letters differ by intention, as in shop-api and shop-app.
func (e *effective) nearApp(path []string, own *value.Value) []NearImage {
	app := e.root.StringAt("image", "repository")
	of, with := words(own.Text), words(app)
	lost := lostRegistry(own.Text, app)
	if len(path) < 3 || app == "" || !lost && len(of) != len(with) || !nearRepository(own.Text, app) {
		return nil
	}
	for i := 0; !lost && i < len(of); i++ {
		if of[i] != with[i] && !nearWords(of[i], with[i]) {
			return nil
		}
	}
	return []NearImage{{Repository: own.Text, Meant: app, Pos: own.Pos, Beside: true}}
}

// eachRepository calls visit with each image repository in a layer, of workloads, jobs and all else.
func eachRepository(v *value.Value, path []string, visit func(path []string, repository *value.Value)) {
	for _, x := range v.AllEntries() {
		at := append(slices.Clone(path), x.Key)
		if repository := x.Value.Get("repository"); x.Key == "image" && repository.Is(value.String) {
			visit(append(at, "repository"), repository)
			continue
		}
		eachRepository(x.Value, at, visit)
	}
}

// words returns the words of a repository, between its separators.
func words(repository string) []string {
	return strings.FieldsFunc(repository, func(r rune) bool { return strings.ContainsRune("/.:-_", r) })
}

// lostRegistry reports whether one repository is another one without its registry, so that it is Docker Hub's.
func lostRegistry(a, b string) bool {
	first, _, _ := strings.Cut(a, "/")
	return strings.HasSuffix(b, "/"+a) && !strings.ContainsAny(first, ".:")
}

// nearRepository reports whether one repository is most likely a slip of another: it has lost the registry, or one word between
// the separators has a slip. What differs in numbers differs by intention.
func nearRepository(a, b string) bool {
	if lostRegistry(a, b) {
		return true
	}
	a, b = Image{Repository: a}.FullName(), Image{Repository: b}.FullName()
	of, with := words(a), words(b)
	if len(of) != len(with) {
		return false
	}
	slips := 0
	for i := range of {
		if of[i] == with[i] {
			continue
		}
		if strings.ContainsAny(of[i]+with[i], "0123456789") || !diag.OneSlip(of[i], with[i]) {
			return false
		}
		slips++
	}
	return slips == 1
}
