package delivery

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/delivery/git"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/edit"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Release is a commit that changed the images of an environment.
type Release struct {
	git.Revision
	// Images are those of all workloads, by workload; Workloads is their order.
	Images    map[string]descriptor.Image
	Workloads []string
}

// Text names the images, each with its workload where there are several.
func (r Release) Text() string { return named(r.Images, r.Workloads) }

// History is the images of an environment, the newest first. Shallow reports whether
// the clone lacks a part of the history.
type History struct {
	App      string
	Releases []Release
	Shallow  bool
}

// ReadHistory reads the history of the app in dir from git. Revisions in which
// the descriptor can't be read, or does not have the environment, are passed
// over.
func ReadHistory(ctx context.Context, dir, env string, p *platform.Platform) (History, error) {
	a, err := open(dir, dir, p, nil)
	if err != nil {
		return History{}, err
	}
	defer a.close()
	if err := a.environment(env); err != nil {
		return History{}, err
	}
	repo, prefix, err := git.Open(ctx, dir)
	if err != nil {
		return History{}, err
	}
	defer repo.Close()
	h := History{App: a.source.Document().Name, Shallow: repo.Shallow(ctx)}
	h.Releases, err = a.releases(ctx, repo, prefix, env)
	return h, err
}

func (a *app) releases(ctx context.Context, repo *git.Repo, prefix, env string) ([]Release, error) {
	rev := "HEAD"
	if a.snapshot != nil {
		rev = a.snapshot.Commit()
	}
	revisions, err := repo.Log(ctx, rev, git.Join(prefix, descriptor.FileName))
	if err != nil {
		return nil, err
	}
	var out []Release
	for _, r := range slices.Backward(revisions) {
		images, keys, err := a.imagesAt(repo.At(ctx, r.Hash, prefix), env)
		if err != nil {
			return nil, err
		}
		if len(images) == 0 || len(out) > 0 && maps.Equal(out[len(out)-1].Images, images) {
			continue
		}
		out = append(out, Release{Revision: r, Images: images, Workloads: keys})
	}
	slices.Reverse(out)
	return out, nil
}

// imagesAt returns the images of an environment as the descriptor of a commit has
// them, none where it can't be read. The rest of the folder is as it is now.
func (a *app) imagesAt(snapshot *git.Snapshot, env string) (map[string]descriptor.Image, []string, error) {
	src, err := tree.In(snapshot).Read(descriptor.FileName)
	if err != nil {
		if tree.IsRefusal(err) {
			err = nil
		}
		return nil, nil, err
	}
	x, err := a.with(src)
	if err != nil {
		return nil, nil, nil
	}
	defer x.close()
	if !slices.Contains(x.environments(), env) {
		return nil, nil, nil
	}
	images, keys := x.images(env)
	return images, keys, nil
}

// Rollback sets the images that an environment had at the revision to, or the
// last ones that were different from those of now.
func Rollback(ctx context.Context, dir, env, to string, o Options) (Result, error) {
	repo, prefix, err := git.Open(ctx, dir)
	if err != nil {
		return Result{}, err
	}
	defer repo.Close()
	var chosen string
	p := plan{env: env, changes: func(a *app) ([]edit.Change, error) {
		if err := a.environment(env); err != nil {
			return nil, err
		}
		want, rev, err := a.earlier(ctx, repo, prefix, env, to)
		if err != nil {
			return nil, err
		}
		chosen = rev
		return a.setImages(env, want)
	}}
	p.subject = func(app, detail string) string {
		if detail == "" {
			return fmt.Sprintf("revert(%s): roll %s back", app, env)
		}
		return fmt.Sprintf("revert(%s): roll %s back to %s", app, env, detail)
	}
	out, err := p.run(ctx, dir, o)
	if err == nil && out.Changed && chosen != "" {
		out.Lines = append(out.Lines, "as of "+chosen)
	}
	return out, err
}

// earlier returns the images to go back to, and the revision that they are from.
func (a *app) earlier(ctx context.Context, repo *git.Repo, prefix, env, to string) (map[string]descriptor.Image, string, error) {
	current, keys := a.images(env)
	if to != "" {
		hash, err := repo.Resolve(ctx, to)
		if err != nil {
			return nil, "", err
		}
		images, _, err := a.imagesAt(repo.At(ctx, hash, prefix), env)
		if err != nil {
			return nil, "", err
		}
		images = known(images, keys)
		if len(images) == 0 {
			return nil, "", a.Errorh(a.pos(), "no-release", "unfold history shows the revisions",
				"the revision %q has no images of the environment %q", to, env)
		}
		return images, hash[:12], nil
	}
	releases, err := a.releases(ctx, repo, prefix, env)
	if err != nil {
		return nil, "", err
	}
	for _, r := range releases {
		images := known(r.Images, keys)
		for key, image := range images {
			if current[key] != image {
				return images, fmt.Sprintf("%.12s of %s by %s", r.Hash, r.When.Format("2006-01-02"), r.Author), nil
			}
		}
	}
	hint := "name a revision with --to"
	if repo.Shallow(ctx) {
		hint = "the clone is shallow: run git fetch --unshallow first"
	}
	return nil, "", a.Errorh(a.pos(), "no-release", hint, "the history has no other image of the environment %q", env)
}

// known leaves out what is no workload any more, or had no image.
func known(images map[string]descriptor.Image, keys []string) map[string]descriptor.Image {
	out := maps.Clone(images)
	maps.DeleteFunc(out, func(key string, image descriptor.Image) bool {
		return !slices.Contains(keys, key) || image.Repository == ""
	})
	return out
}

// Promotion sets the images of the environment To to those of From: of the workloads
// named, or of all. Fields are the keys of fields whose values are copied too.
type Promotion struct {
	From, To          string
	Workloads, Fields []string
}

// Promote sets the images of one environment to those of another.
func Promote(ctx context.Context, dir string, x Promotion, o Options) (Result, error) {
	p := plan{env: x.To, trailers: []string{"Promoted-From: " + x.From}, changes: func(a *app) ([]edit.Change, error) {
		return a.promote(x)
	}}
	p.subject = func(app, detail string) string {
		if detail == "" {
			return fmt.Sprintf("chore(%s): promote %s to %s", app, x.From, x.To)
		}
		return fmt.Sprintf("chore(%s): promote %s from %s to %s", app, detail, x.From, x.To)
	}
	return p.run(ctx, dir, o)
}

func (a *app) promote(p Promotion) ([]edit.Change, error) {
	for _, env := range []string{p.From, p.To} {
		if err := a.environment(env); err != nil {
			return nil, err
		}
	}
	images, _ := a.images(p.From)
	_, keys := a.images(p.To)
	want := known(images, keys)
	for _, w := range p.Workloads {
		if _, ok := want[w]; !ok {
			return nil, a.Errorh(a.pos(), "unknown-workload", "the workloads are "+strings.Join(keys, ", "),
				"there is no workload %q in both environments", w)
		}
	}
	maps.DeleteFunc(want, func(key string, _ descriptor.Image) bool {
		return len(p.Workloads) > 0 && !slices.Contains(p.Workloads, key)
	})
	out, err := a.setImages(p.To, want)
	if err != nil {
		return nil, err
	}
	if len(out) == 0 && len(p.Fields) > 0 {
		out = a.listed()
	}
	for _, key := range p.Fields {
		path := splitKey(key)
		x := a.declared(p.From, path)
		if x == nil {
			return nil, a.Errorh(a.pos(), "no-field", "only fields that app.yaml sets can be promoted",
				"the descriptor does not set %s for the environment %q", key, p.From)
		}
		out = append(out, a.copied(p.To, path, x)...)
	}
	return out, nil
}

// declared returns the value of a field that the descriptor sets for an environment:
// in the environment, over the one at the top level.
func (a *app) declared(env string, path []string) *value.Value {
	return merged(a.top.Get(path...), a.top.Get("environments", env).Get(path...))
}

// merged returns high, with what only low has where both are maps.
func merged(low, high *value.Value) *value.Value {
	if high == nil || !low.Is(value.Map) || !high.Is(value.Map) {
		if high == nil {
			return low
		}
		return high
	}
	out := low.Copy()
	for _, e := range high.Entries {
		out.Set(e.Key, merged(low.Get(e.Key), e.Value))
	}
	return out
}

// copied returns the changes that set the field at path to x in the environment. Of a map
// each entry is copied by itself, and those that only the environment has stay.
func (a *app) copied(env string, path []string, x *value.Value) []edit.Change {
	if x.Is(value.Map) {
		var out []edit.Change
		for _, e := range x.Entries {
			out = append(out, a.copied(env, append(slices.Clone(path), e.Key), e.Value)...)
		}
		return out
	}
	if value.Equal(a.declared(env, path), x) {
		return nil
	}
	at := append([]string{"environments", env}, path...)
	if x.IsScalar() && x.Plain {
		return []edit.Change{edit.SetText(x.Text, at...)}
	}
	return []edit.Change{edit.Set(x, at...)}
}
