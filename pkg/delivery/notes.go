package delivery

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	imageref "github.com/unfold-gitops/unfold/pkg/kube/image"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// writtenOut returns the note about environments of the defaults that a change of the app before wrote into it.
func (a *app) writtenOut(before *app) []string {
	written := a.top.Get("environments").Keys()
	if len(before.listed()) == 0 || len(written) == 0 {
		return nil
	}
	return []string{"app.yaml listed no environments and had the default ones: it lists them all now (" + strings.Join(written, ", ") +
		"), since one alone would take their place"}
}

// reached returns the environments that the plan can change: all where it is about the top level.
func (p plan) reached(fresh *app) []string {
	if len(p.envs) == 0 {
		return fresh.environments()
	}
	return p.envs
}

// kept returns the note about what runs beside the workloads whose images changed, and whose own image or tag stays.
func (p plan) kept(before, fresh *app) []string {
	var out []string
	in := map[string][]string{} // the environments, by what stays there
	for _, env := range p.reached(fresh) {
		if text := strings.Join(fresh.keptIn(before, env), ", "); text != "" {
			if in[text] == nil {
				out = append(out, text)
			}
			in[text] = append(in[text], env)
		}
	}
	for i, text := range out {
		out[i] = strings.Join(in[text], ", ") + ": these keep their image: " + text
	}
	return out
}

// overridden returns the notes about fields that were changed at the top level, and which environments have for themselves:
// nothing changes there.
func (p plan) overridden(fresh *app) []string {
	if len(p.envs) > 0 {
		return nil
	}
	var out []string
	for _, f := range p.fields {
		var in []string
		for _, env := range fresh.top.Get("environments").AllEntries() {
			if own := env.Value.Get(f.path...); own != nil && (own.IsScalar() || fresh.top.Get(f.path...) == nil) {
				in = append(in, env.Key)
			}
		}
		if len(in) > 0 {
			out = append(out, fmt.Sprintf("%s: %s does not change, since it has a value of its own there", strings.Join(in, ", "),
				credential.Redact(strings.Join(f.path, "."))))
		}
	}
	return out
}

// followed returns the notes about hooks and jobs that the change gave another repository without a tag: they have the tag of the
// app, of which there need be no such image, and follow it.
func (p plan) followed(fresh *app) []string {
	var out []string
	for _, f := range p.fields {
		path, of := f.path, ""
		if len(path) > 2 && path[0] == "workloads" {
			path, of = path[2:], path[1]
		}
		if len(path) < 3 || path[0] != "jobs" && path[0] != "hooks" || path[2] != "image" {
			continue
		}
		what := strings.TrimSuffix(path[0], "s") + " " + path[1]
		if of != "" {
			what += " of " + of
		}
		for _, env := range p.reached(fresh) {
			images, keys := fresh.images(env)
			for _, o := range fresh.others(env) {
				followed := slices.ContainsFunc(keys, func(key string) bool {
					return (of == "" || key == of) && !same(images[key], o.image) && images[key].Tag == o.image.Tag
				})
				if o.what == what && o.image.Tag != "" && followed && !fresh.ownTag(env, f.path) {
					out = append(out, fmt.Sprintf("%s: the %s runs %s: without a tag of its own, it has that of the app, and follows it",
						env, what, o.image))
				}
			}
		}
	}
	return out
}

// ownTag reports whether an environment or the top level names a tag or digest for the image at a path.
func (a *app) ownTag(env string, path []string) bool {
	for _, layer := range []*value.Value{a.top.Get("environments", env), a.top} {
		of := layer.Get(path[:len(path)-1]...)
		image, _ := imageref.Parse(of.StringAt("image"))
		if of.Has("tag") || image.Tag+image.Digest != "" || of.Get("image").Has("tag") || of.Get("image").Has("digest") {
			return true
		}
	}
	return false
}

// keptIn names what has another image in an environment than the workloads that got one: their hooks and jobs, and init
// containers and sidecars of the repository that those workloads had.
func (a *app) keptIn(before *app, env string) []string {
	changed := changedImages(before, a, env)
	if len(changed) == 0 {
		return nil
	}
	among := func(is func(changedImage) bool) bool { return slices.ContainsFunc(changed, is) }
	was := before.others(env)
	var out []string
	for _, o := range a.others(env) {
		switch {
		case o.image.Repository == "" || !slices.Contains(was, o): // or it changed
		case among(func(x changedImage) bool { return x.after == o.image }):
		case o.of != "" && !among(func(x changedImage) bool { return x.workload == o.of }):
		case o.container && !among(func(x changedImage) bool { return same(x.before, o.image) }):
		default:
			out = append(out, fmt.Sprintf("%s (%s)", o.what, o.image))
		}
	}
	return out
}

// other is an image beside those of the workloads: of a hook, a job or a further container. Of is the workload that it belongs to,
// "" for the app.
type other struct {
	what, of  string
	image     descriptor.Image
	container bool
}

// others returns the images of an environment beside those of the workloads, in order.
func (a *app) others(env string) []other {
	x, _ := a.source.Document().Effective(env, descriptor.Options{Defaults: a.source.Defaults()})
	if x == nil {
		return nil
	}
	var out []other
	add := func(of, what, in string, c descriptor.Container) {
		image := descriptor.Image{Repository: c.Repository, Tag: c.Tag, Digest: c.Digest}
		out = append(out, other{what + in, of, image, c.Phase != descriptor.Main})
	}
	further := func(w *descriptor.Workload, of, in string) {
		for _, c := range w.Containers {
			what := "sidecar "
			if c.Phase == descriptor.Initial {
				what = "init container "
			}
			add(of, what+c.Name, in, c)
		}
	}
	in := func(name string) string {
		if name == "" {
			return ""
		}
		return " of " + name
	}
	for i := range x.Workloads {
		w := &x.Workloads[i]
		further(w, w.Key, in(w.Key))
	}
	for _, w := range x.Beside() {
		what := "job " + w.Key
		if w.Hook != nil {
			what = "hook " + w.Key
		}
		of := w.Owner.Workload
		add(of, what, in(of), w.Container)
		further(w, of, " of "+what+in(of))
	}
	return out
}
