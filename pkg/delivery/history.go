package delivery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/delivery/git"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/edit"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Release is a commit that changed the images of an environment of an app.
type Release struct {
	git.Revision
	App, Dir, Env string
	// Images are those of all workloads, by workload; Workloads is their order.
	Images    map[string]descriptor.Image
	Workloads []string
}

// Text names the images, each with its workload where there are several.
func (r Release) Text() string { return named(r.Images, r.Workloads) }

// History is the images of environments, each with the newest first: by apps, and of an
// app by environments. Shallow reports whether the clone lacks a part of the history.
type History struct {
	Releases []Release
	Apps     int
	Shallow  bool
	Unborn   bool // the repository has no commit yet
}

// ReadHistory reads the history of the apps in folders, which are dir or below it, from git:
// of the environments named, or of all. PlatformOf returns the platform of a folder. Revisions in which a descriptor can't
// be read, or does not have the environment, are passed over. The error is a diag.List
// where a descriptor can't be read now; the history then has the other apps.
func ReadHistory(ctx context.Context, dir string, folders []render.Folder, envs []string, platformOf func(dir string) *platform.Platform,
) (History, error) {
	repo, prefix, err := git.Open(ctx, dir)
	if err != nil {
		if _, err := open(dir, dir, platformOf(dir), nil); err != nil {
			return History{}, err // that the app is not there comes first
		}
		return History{}, err
	}
	defer repo.Close()
	revisions := map[string][]git.Revision{}
	born := repo.HasCommits(ctx)
	if born {
		if revisions, err = repo.LogBelow(ctx, "HEAD", prefix, descriptor.FileName); err != nil {
			return History{}, err
		}
	}
	h := history{repo: repo, prefix: prefix, dir: dir, envs: envs, platformOf: platformOf, revisions: revisions,
		has: map[string]bool{}, lacks: map[string]error{}}
	for _, f := range folders {
		if err := h.add(ctx, f); err != nil {
			return History{}, err
		}
	}
	for _, env := range envs {
		if !h.has[env] && h.lacks[env] != nil {
			return History{}, h.lacks[env]
		}
	}
	h.Shallow, h.Unborn = repo.Shallow(ctx), !born
	return h.History, h.mistakes.Err()
}

// history collects that of several apps.
type history struct {
	History
	repo        *git.Repo
	prefix, dir string
	envs        []string
	platformOf  func(dir string) *platform.Platform
	revisions   map[string][]git.Revision // by the descriptor's path in the repository
	mistakes    diag.List
	has         map[string]bool  // the environments that some app has
	lacks       map[string]error // about environments that an app does not have
}

// add adds the history of an app.
func (h *history) add(ctx context.Context, f render.Folder) error {
	a, err := open(f.Dir, f.Dir, h.platformOf(f.Dir), nil)
	var mistakes diag.List
	if f.Found && errors.As(err, &mistakes) {
		if !f.OfAnotherTool(mistakes) {
			h.mistakes = append(h.mistakes, mistakes...)
		}
		return nil
	}
	if err != nil {
		return err
	}
	defer a.close()
	h.Apps++
	rel, err := filepath.Rel(h.dir, f.Dir)
	if err != nil {
		return err
	}
	at := git.Join(h.prefix, filepath.ToSlash(rel))
	for _, env := range a.environments() {
		h.has[env] = true
		if len(h.envs) > 0 && !slices.Contains(h.envs, env) {
			continue
		}
		found, err := a.releasesOf(ctx, h.repo, at, env, h.revisions[git.Join(at, descriptor.FileName)])
		if err != nil {
			return err
		}
		h.Releases = append(h.Releases, found...)
	}
	for _, env := range h.envs {
		if err := a.environment(env); err != nil && h.lacks[env] == nil {
			h.lacks[env] = err
		}
	}
	return nil
}

// releases returns the commits that changed the images of an environment, the newest
// first.
func (a *app) releases(ctx context.Context, repo *git.Repo, prefix, env string) ([]Release, error) {
	rev := "HEAD"
	if a.snapshot != nil {
		rev = a.snapshot.Commit()
	}
	revisions, err := repo.Log(ctx, rev, git.Join(prefix, descriptor.FileName))
	if err != nil {
		return nil, err
	}
	return a.releasesOf(ctx, repo, prefix, env, revisions)
}

// releasesOf is releases among some revisions.
func (a *app) releasesOf(ctx context.Context, repo *git.Repo, prefix, env string, revisions []git.Revision) ([]Release, error) {
	var out []Release
	for _, r := range slices.Backward(revisions) {
		images, keys, err := a.imagesAt(repo.At(ctx, r.Hash, prefix), env)
		if err != nil {
			return nil, err
		}
		if len(images) == 0 || len(out) > 0 && maps.Equal(out[len(out)-1].Images, images) {
			continue
		}
		out = append(out, Release{Revision: r, App: a.source.Document().Name, Dir: a.name, Env: env, Images: images, Workloads: keys})
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

// Rollback sets the images that environments had at the revision to, or for each the
// last ones that were different from those of now.
func Rollback(ctx context.Context, dir string, envs []string, to string, o Options) (Result, error) {
	repo, prefix, err := git.Open(ctx, dir)
	if err != nil {
		return Result{}, err
	}
	defer repo.Close()
	chosen := map[string]string{}
	p := plan{envs: envs, images: true, changes: func(a *app) ([]edit.Change, error) {
		return a.inEach(envs, func(a *app, env string) ([]edit.Change, error) {
			if err := a.environment(env); err != nil {
				return nil, err
			}
			want, rev, err := a.earlier(ctx, repo, prefix, env, to)
			if err != nil {
				return nil, err
			}
			chosen[env] = rev
			return a.setImages(env, want)
		})
	}}
	p.subject = func(app, detail string) string {
		in := strings.Join(envs, ", ")
		if detail == "" {
			return fmt.Sprintf("revert(%s): roll %s back", app, in)
		}
		return fmt.Sprintf("revert(%s): roll %s back to %s", app, in, detail)
	}
	out, err := p.run(ctx, dir, o)
	if err != nil || !out.Changed {
		return out, err
	}
	for _, env := range envs {
		line := "as of " + chosen[env]
		if len(envs) > 1 {
			line = env + " " + line
		}
		out.Lines = append(out.Lines, line)
	}
	return out, nil
}

// earlier returns the images to go back to, and the revision that they are from.
func (a *app) earlier(ctx context.Context, repo *git.Repo, prefix, env, to string) (map[string]descriptor.Image, string, error) {
	current, keys := a.images(env)
	if to != "" {
		hash, err := repo.Resolve(ctx, to)
		if err != nil {
			return nil, "", a.tagForRevision(ctx, repo, prefix, env, to, err)
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

// tagForRevision returns the error about a revision that there is not. If it is the tag of an image that the environment had, it
// names the commit that set the image.
func (a *app) tagForRevision(ctx context.Context, repo *git.Repo, prefix, env, to string, err error) error {
	releases, failed := a.releases(ctx, repo, prefix, env)
	if failed != nil {
		return err
	}
	for _, r := range releases {
		for _, image := range r.Images {
			if image.Tag == to {
				return a.Errorh(a.pos(), "no-release", fmt.Sprintf("write --to %.12s, the revision that unfold history prints for it",
					r.Hash),
					"%q is the tag of an image, and --to takes a commit", to)
			}
		}
	}
	return err
}

// known leaves out what is no workload any more, or had no image.
func known(images map[string]descriptor.Image, keys []string) map[string]descriptor.Image {
	out := maps.Clone(images)
	maps.DeleteFunc(out, func(key string, image descriptor.Image) bool {
		return !slices.Contains(keys, key) || image.Repository == ""
	})
	return out
}

// Promotion sets the images of the environments To to those of From: of the workloads
// named, or of all. Fields are the keys of fields whose values are copied too.
type Promotion struct {
	From                  string
	To, Workloads, Fields []string
}

// Promote sets the images of environments to those of another.
func Promote(ctx context.Context, dir string, x Promotion, o Options) (Result, error) {
	p := plan{envs: x.To, images: true, trailers: []string{"Promoted-From: " + x.From}, changes: func(a *app) ([]edit.Change, error) {
		return a.inEach(x.To, func(a *app, env string) ([]edit.Change, error) { return a.promote(x, env) })
	}}
	for _, key := range x.Fields {
		p.fields = append(p.fields, field{key, splitKey(key)})
	}
	p.subject = func(app, detail string) string {
		to := strings.Join(x.To, ", ")
		if detail == "" {
			return fmt.Sprintf("chore(%s): promote %s to %s", app, x.From, to)
		}
		return fmt.Sprintf("chore(%s): promote %s from %s to %s", app, detail, x.From, to)
	}
	return p.run(ctx, dir, o)
}

// promote returns the changes that promote to one environment.
func (a *app) promote(p Promotion, to string) ([]edit.Change, error) {
	for _, env := range []string{p.From, to} {
		if err := a.environment(env); err != nil {
			return nil, err
		}
	}
	images, _ := a.images(p.From)
	_, keys := a.images(to)
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
	out, err := a.setImages(to, want)
	if err != nil {
		return nil, err
	}
	var fields []edit.Change
	for _, key := range p.Fields {
		path := splitKey(key)
		x := a.declared(p.From, path)
		if _, diags := descriptor.Explain(strings.Join(path, ".")); x == nil && diags.HasErrors() {
			return nil, diags.Err()
		}
		if x == nil {
			return nil, a.Errorh(a.pos(), "no-field", "only fields that app.yaml sets can be promoted",
				"the descriptor does not set %s for the environment %q", credential.Redact(key), p.From)
		}
		fields = append(fields, a.copied(to, path, x)...)
	}
	if len(out) == 0 && len(fields) > 0 {
		out = a.listed()
	}
	return append(out, fields...), nil
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
