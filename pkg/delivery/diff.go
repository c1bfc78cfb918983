package delivery

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/delivery/git"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
)

// Difference is what differs in one environment of an app, or between two.
type Difference struct {
	App, Dir, Env string
	// Note says that the environment is new or was removed, or that its old objects are
	// not all known.
	Note    string
	Objects []diff.Object
}

// CompareEnvironments compares two environments of the app in dir, nil where
// nothing differs.
func CompareEnvironments(dir, from, to string, p *platform.Platform) ([]Difference, error) {
	a, err := open(dir, dir, p, nil)
	if err != nil {
		return nil, err
	}
	defer a.close()
	one, err := a.source.Environment(from, render.Options{})
	if err != nil {
		return nil, err
	}
	two, err := a.source.Environment(to, render.Options{})
	if err != nil {
		return nil, err
	}
	objects := diff.Comparison{Places: true}.Objects(one.Values(), two.Values())
	if len(objects) == 0 {
		return nil, nil
	}
	d := Difference{App: one.Name, Dir: path.Clean(filepath.ToSlash(dir)), Env: from + " -> " + to, Objects: objects}
	return []Difference{d}, nil
}

// CompareRevision compares the objects of the apps at and below dir with those at a
// revision, in the environments named or in all.
func CompareRevision(ctx context.Context, dir, rev string, envs []string, p *platform.Platform) ([]Difference, error) {
	repo, prefix, err := git.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	hash, err := repo.Resolve(ctx, rev)
	if err != nil {
		return nil, err
	}
	snapshot := repo.At(ctx, hash, prefix)
	dirs, err := appsBeforeAndAfter(snapshot, dir)
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 {
		_, err := open(dir, dir, p, nil)
		return nil, err
	}
	if dirs[0] == "." {
		if err := knownBeforeOrAfter(snapshot, dir, envs, p); err != nil {
			return nil, err
		}
	}
	names, err := repo.Changes(ctx, hash, prefix)
	if err != nil {
		return nil, err
	}
	changed := foldersOf(names)
	var apps []render.Folder
	for _, rel := range dirs {
		if changed[git.Join(prefix, rel)] {
			apps = append(apps, render.Folder{Dir: rel})
		}
	}
	type result struct {
		found    []Difference
		mistakes diag.List
	}
	var all result
	err = render.Each(ctx, apps, func(f render.Folder) (r result, err error) {
		c := comparison{snapshot: snapshot.Below(f.Dir), dir: filepath.Join(dir, f.Dir), envs: envs, platform: p}
		if r.found, err = c.run(); errors.As(err, &r.mistakes) {
			err = nil
		}
		return r, err
	}, func(_ render.Folder, r result) error {
		all.found = append(all.found, r.found...)
		all.mistakes = append(all.mistakes, r.mistakes...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all.found, all.mistakes.Err()
}

// foldersOf returns all folders in which files lie, at any depth; "" is the topmost.
func foldersOf(names []string) map[string]bool {
	folders := map[string]bool{}
	for _, name := range names {
		for dir := path.Dir(name); ; dir = path.Dir(dir) {
			if dir == "." {
				folders[""] = true
				break
			}
			if folders[dir] {
				break
			}
			folders[dir] = true
		}
	}
	return folders
}

// appsBeforeAndAfter returns the folders that hold a descriptor, or held one, relative
// to dir.
func appsBeforeAndAfter(snapshot *git.Snapshot, dir string) ([]string, error) {
	dirs, err := snapshot.Folders(descriptor.FileName) // in any case, since it finds out what can't be checked out
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(dir, descriptor.FileName)); err == nil {
		return []string{"."}, nil
	}
	after, err := render.Find([]string{dir})
	if err != nil {
		return nil, err
	}
	for _, f := range after {
		rel, err := filepath.Rel(dir, f.Dir)
		if err != nil {
			return nil, err
		}
		dirs = append(dirs, filepath.ToSlash(rel))
	}
	slices.Sort(dirs)
	return slices.Compact(dirs), nil
}

// knownBeforeOrAfter refuses an environment that the app neither has nor had.
func knownBeforeOrAfter(snapshot *git.Snapshot, dir string, envs []string, p *platform.Platform) error {
	a, err := open(dir, dir, p, nil)
	if err != nil {
		return err
	}
	defer a.close()
	var before []string
	if old, err := openAt(snapshot, dir, p); err == nil {
		before = old.environments()
		old.close()
	}
	for _, env := range envs {
		if err := a.environment(env); err != nil && !slices.Contains(before, env) {
			return err
		}
	}
	return nil
}

// comparison compares one app with itself at a revision.
type comparison struct {
	snapshot *git.Snapshot
	dir      string
	envs     []string
	platform *platform.Platform
}

func (c comparison) run() ([]Difference, error) {
	before, oldName, note, err := c.before()
	if err != nil {
		return nil, err
	}
	after, name, err := c.after()
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = oldName
	}
	var out []Difference
	for _, env := range union(before.envs, after.envs) {
		if len(c.envs) > 0 && !slices.Contains(c.envs, env) {
			continue
		}
		d := Difference{App: name, Dir: path.Clean(filepath.ToSlash(c.dir)), Env: env, Note: note}
		switch {
		case d.Note != "":
		case !slices.Contains(before.envs, env):
			d.Note = "the environment is new"
		case !slices.Contains(after.envs, env):
			d.Note = "the environment was removed"
		}
		d.Objects = diff.Comparison{}.Objects(before.objects[env], after.objects[env])
		if len(d.Objects) > 0 {
			out = append(out, d)
		}
	}
	return out, nil
}

// before returns the objects at the revision. A mistake that the descriptor had then is
// not reported.
func (c comparison) before() (r rendering, name, note string, err error) {
	a, err := openAt(c.snapshot, c.dir, c.platform)
	var diags diag.List
	switch {
	case errors.As(err, &diags):
		return r, "", "", nil // it was not there
	case err != nil:
		return r, "", "", err
	}
	defer a.close()
	if r, err = a.render(); err == nil && r.diags.HasErrors() {
		note = "the descriptor was not valid at the revision, so its objects are not all known"
	}
	return r, a.source.Document().Name, note, err
}

func (c comparison) after() (r rendering, name string, err error) {
	a, err := open(c.dir, c.dir, c.platform, nil)
	var diags diag.List
	if errors.As(err, &diags) && (gone(c.dir) || slices.ContainsFunc(diags,
		func(d diag.Diagnostic) bool { return d.Code == descriptor.NotADescriptor })) {
		return r, "", nil
	}
	if err != nil {
		return r, "", err
	}
	defer a.close()
	if r, err = a.render(); err == nil {
		err = r.diags.Err()
	}
	return r, a.source.Document().Name, err
}

func gone(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, descriptor.FileName))
	return errors.Is(err, os.ErrNotExist)
}
