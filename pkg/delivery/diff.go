package delivery

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/delivery/git"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/platform/locate"
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
	one, err := a.source.Environment(from, render.Options{ValuesOnly: true})
	if err != nil {
		return nil, err
	}
	two, err := a.source.Environment(to, render.Options{ValuesOnly: true})
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

// Since says with what the apps at and below a folder are compared, and how.
type Since struct {
	Revision string
	// Envs are the environments that are compared, all where none is named.
	Envs []string
	// Platforms are those of now. The apps at the revision have those of the revision,
	// unless one was named for all.
	Platforms *locate.Platforms
	// Chosen is called with the platforms of the apps before any is compared, Progress
	// before the first app and after each.
	Chosen   func(locate.Chosen)
	Progress func(done, total int)
}

// CompareRevision compares the objects of the apps at and below dir with those at a
// revision. Mistakes in an app are a diag.List; the differences of other apps, and of its
// environments without mistakes, are returned all the same.
func CompareRevision(ctx context.Context, dir string, o Since) ([]Difference, error) {
	repo, prefix, err := git.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	hash, err := repo.Resolve(ctx, o.Revision)
	if err != nil {
		return nil, err
	}
	c := comparison{Since: o, dir: dir, prefix: prefix, snapshot: repo.At(ctx, hash, prefix)}
	dirs, err := appsBeforeAndAfter(c.snapshot, dir)
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 {
		_, err := open(dir, dir, nil, nil)
		return nil, err
	}
	// Of the whole repository, since its platform file can lie anywhere.
	names, err := repo.Changes(ctx, hash, "")
	if err != nil {
		return nil, err
	}
	ignored, err := repo.Ignored(ctx, prefix)
	if err != nil {
		return nil, err
	}
	c.names, c.changed = map[string]bool{}, foldersOf(names)
	for _, name := range names {
		c.names[name] = true
	}
	// An app in the work tree can have files that no commit has. One that git ignores
	// itself is left out.
	for name := range foldersOf(slices.DeleteFunc(ignored, func(name string) bool { return path.Base(name) == descriptor.FileName })) {
		c.changed[name] = true
	}
	if err := c.choose(repo, names, dirs); err != nil {
		return nil, err
	}
	if err := c.known(dirs); err != nil {
		return nil, err
	}
	return c.run(ctx, dirs)
}

// comparison compares the apps below a folder with themselves at a revision.
type comparison struct {
	Since
	dir, prefix string // in the repository too
	snapshot    *git.Snapshot
	names       map[string]bool // of the repository's files that differ
	changed     map[string]bool // the folders in which they are
	before, now locate.Chosen
}

// choose finds the platforms of the apps on both sides.
func (c *comparison) choose(repo *git.Repo, changed, dirs []string) error {
	before, err := c.Platforms.At(repo.Root(), c.snapshot.Whole(), changed)
	if err != nil {
		return err
	}
	full := make([]string, len(dirs))
	for i, rel := range dirs {
		full[i] = filepath.Join(c.dir, rel)
	}
	if c.before, err = before.ForAll(full); err == nil {
		c.now, err = c.Platforms.ForAll(full)
	}
	if err == nil {
		c.Chosen(c.now)
	}
	return err
}

// run compares the apps of which something changed.
func (c *comparison) run(ctx context.Context, dirs []string) ([]Difference, error) {
	var apps []render.Folder
	for _, rel := range dirs {
		full := filepath.Join(c.dir, rel)
		if c.differs(rel) || !c.before.Of(full).Same(c.now.Of(full)) {
			apps = append(apps, render.Folder{Dir: rel})
		}
	}
	type result struct {
		found    []Difference
		mistakes diag.List
	}
	var all result
	done := 0
	c.Progress(0, len(apps))
	err := render.Each(ctx, apps, func(f render.Folder) (r result, err error) {
		app, err := c.app(f.Dir)
		if err == nil {
			r.found, r.mistakes, err = app.compare()
		}
		var mistakes diag.List
		if errors.As(err, &mistakes) {
			r.mistakes, err = append(r.mistakes, mistakes...), nil
		}
		return r, err
	}, func(_ render.Folder, r result) error {
		all.found = append(all.found, r.found...)
		all.mistakes = append(all.mistakes, r.mistakes...)
		done++
		c.Progress(done, len(apps))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all.found, all.mistakes.Err()
}

// differs reports whether files of the app in a folder differ. Of a submodule git has one name for all files.
func (c *comparison) differs(rel string) bool {
	return c.changed[git.Join(c.prefix, rel)] || c.submodule(rel) != ""
}

// submodule returns the submodule that the app in a folder is in, if it has another commit than at the revision or was none
// then, else "".
func (c *comparison) submodule(rel string) string {
	for dir := git.Join(c.prefix, rel); dir != "" && dir != "."; dir = path.Dir(dir) {
		if c.names[dir] {
			return dir
		}
	}
	return ""
}

// app returns the comparison of one app. Its error is a diag.List if its platform file has
// mistakes, or if git has its old files in another repository.
func (c *comparison) app(rel string) (appComparison, error) {
	dir := filepath.Join(c.dir, rel)
	sub := c.submodule(rel)
	if info, err := c.snapshot.Whole().Lstat(sub); sub != "" && err == nil && info.Mode()&fs.ModeIrregular != 0 {
		var diags diag.List
		diags.Errorh(diag.Pos{File: filepath.ToSlash(filepath.Join(dir, descriptor.FileName))}, "submodule",
			"run unfold diff --against REVISION in the submodule",
			"the submodule %q has another commit, and its apps are not compared", sub)
		return appComparison{}, diags
	}
	a := appComparison{dir: dir, envs: c.Envs}
	if c.differs(rel) {
		a.snapshot = c.snapshot.Below(rel)
	}
	var err error
	if a.now, err = c.now.Of(dir).Platform(); err != nil {
		return a, err
	}
	switch a.before, err = c.before.Of(dir).Platform(); {
	case err != nil:
		a.before = a.now
		a.note = "the platform file was not valid at the revision, so both sides have the present one"
	case !c.before.Of(dir).Same(c.now.Of(dir)):
		a.note = "the platform file changed"
	}
	return a, nil
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

// known refuses an environment that no app has or had. It opens no more apps than it
// needs to find all.
func (c *comparison) known(dirs []string) error {
	missing := slices.Clone(c.Envs)
	var all []string
	found := func(a *app) {
		defer a.close()
		all = union(all, a.source.Allowed())
		missing = slices.DeleteFunc(missing, func(env string) bool { return slices.Contains(a.environments(), env) })
	}
	for _, rel := range dirs {
		if len(missing) == 0 {
			return nil
		}
		dir := filepath.Join(c.dir, rel)
		a, err := open(dir, dir, c.now.Platform(dir), nil)
		if err == nil {
			found(a)
		} else if !gone(dir) {
			return nil // it may have the environment; the comparison reports what is wrong
		}
		if len(missing) == 0 {
			return nil
		}
		if a, err := openAt(c.snapshot.Below(rel), dir, c.before.Platform(dir)); err == nil {
			found(a)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if len(dirs) == 1 {
		dir := filepath.Join(c.dir, dirs[0])
		if a, err := open(dir, dir, c.now.Platform(dir), nil); err == nil {
			defer a.close()
			return a.environment(missing[0])
		}
	}
	return &git.Failure{Message: fmt.Sprintf("no app at or below %s has the environment %q", c.dir, missing[0]),
		Hint: diag.Hint(missing[0], "the environments are", all)}
}

// appComparison compares one app with itself at a revision.
type appComparison struct {
	snapshot    *git.Snapshot // nil if no file of the app differs
	dir         string
	envs        []string
	before, now *platform.Platform
	note        string
}

// compare returns the differences in the environments that are right, and the mistakes in
// the others.
func (c appComparison) compare() ([]Difference, diag.List, error) {
	before, oldName, note, err := c.old()
	if err != nil {
		return nil, nil, err
	}
	after, name, err := c.fresh()
	if err != nil {
		return nil, nil, err
	}
	var grown []string
	if before.single {
		grown = after.unnamed
	}
	if name == "" {
		name = oldName
	}
	if note == "" {
		note = c.note
	}
	var out []Difference
	for _, env := range union(before.envs, after.envs) {
		if _, ok := after.objects[env]; !ok && slices.Contains(after.envs, env) {
			continue // it has mistakes
		}
		d := Difference{App: name, Dir: path.Clean(filepath.ToSlash(c.dir)), Env: env, Note: note}
		switch {
		case d.Note != "":
		case !slices.Contains(before.envs, env):
			d.Note = "the environment is new"
		case !slices.Contains(after.envs, env):
			d.Note = "the environment was removed"
		}
		d.Objects = diff.Comparison{Grown: grown}.Objects(before.objects[env], after.objects[env])
		if len(d.Objects) > 0 {
			out = append(out, d)
		}
	}
	return out, after.diags.Errors(), nil
}

// old returns the objects at the revision. A mistake that the descriptor had then is not
// reported.
func (c appComparison) old() (r rendering, name, note string, err error) {
	var a *app
	if c.snapshot != nil {
		a, err = openAt(c.snapshot, c.dir, c.before)
	} else {
		a, err = open(c.dir, c.dir, c.before, nil)
	}
	var diags diag.List
	switch {
	case errors.As(err, &diags):
		return r, "", "", nil // it was not there
	case err != nil:
		return r, "", "", err
	}
	defer a.close()
	if r, err = a.render(c.envs...); err == nil && r.diags.HasErrors() {
		note = "the descriptor was not valid at the revision, so its objects are not all known"
	}
	return r, a.source.Document().Name, note, err
}

// fresh returns the objects of the work tree, and the mistakes in some environments. Those
// in all are its error.
func (c appComparison) fresh() (r rendering, name string, err error) {
	a, err := open(c.dir, c.dir, c.now, nil)
	var diags diag.List
	if errors.As(err, &diags) && (gone(c.dir) || slices.ContainsFunc(diags,
		func(d diag.Diagnostic) bool { return d.Code == descriptor.NotADescriptor })) {
		return r, "", nil
	}
	if err != nil {
		return r, "", err
	}
	defer a.close()
	r, err = a.render(c.envs...)
	if err == nil && a.source.Mistakes() != nil { // every environment lacks what the mistakes are about
		err = r.diags.Errors().Err()
	}
	return r, a.source.Document().Name, err
}

func gone(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, descriptor.FileName))
	return errors.Is(err, os.ErrNotExist)
}
