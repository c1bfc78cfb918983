// Package locate finds the platform file that applies to an app, in the repository
// that the app is in. Argo CD's plugin never uses it: there the file is the
// operator's alone.
package locate

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/delivery/git"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

// File is a platform file.
type File struct {
	Name  string // the path that messages call it by
	name  string // the path in its repository
	src   []byte
	parse func() (*platform.Platform, diag.List)
}

func newFile(name, shown string, src []byte) *File {
	return &File{Name: shown, name: name, src: src,
		parse: sync.OnceValues(func() (*platform.Platform, diag.List) { return platform.Parse(shown, src) })}
}

// Read returns the platform, nil with the mistakes in the file.
func (f *File) Read() (*platform.Platform, diag.List) { return f.parse() }

// Choice is the platform file that applies to a folder.
type Choice struct {
	// File is nil if no file applies, or if the platform was named.
	File *File
	// Several are the files of which none applies, because nothing makes one of them
	// the right one. Elsewhere are those that apply only to other folders.
	Several, Elsewhere []*File
	named              *platform.Platform
}

// Platform returns the platform, nil for the built-in one. Its error is a diag.List.
func (c Choice) Platform() (*platform.Platform, error) {
	if c.File == nil {
		return c.named, nil
	}
	p, diags := c.File.Read()
	return p, diags.Err()
}

// Same reports whether two choices are of the same platform.
func (c Choice) Same(other Choice) bool {
	if c.File == nil || other.File == nil {
		return c.File == other.File && c.named == other.named
	}
	return bytes.Equal(c.File.src, other.File.src)
}

// Platforms finds the platform of each app. It reads each repository once, and is safe
// for concurrent use.
type Platforms struct {
	ctx   context.Context
	named *platform.Platform

	mu      sync.Mutex
	tops    []string // folders that are taken for repositories, absolute
	found   map[string]*repository
	folders map[string][]*File // outside of repositories
}

// Named returns a platform that somebody has named: it applies to all apps.
func Named(p *platform.Platform) *Platforms { return &Platforms{named: p} }

// New returns the platforms of the repositories that apps are in. Reading from them ends
// with ctx.
func New(ctx context.Context) *Platforms {
	return &Platforms{ctx: ctx, found: map[string]*repository{}, folders: map[string][]*File{}}
}

// Top returns the top folder of the repository that a folder is, and whether the folder is only a part of one of git's. In
// one of git's it is a repository of its own only if it has apps and a platform file for itself.
func (p *Platforms) Top(ctx context.Context, dir string) (top string, part bool, err error) {
	real, err := tree.Real(dir)
	if err != nil {
		return "", false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	top = p.topOf(real)
	if top == real {
		return top, false, nil
	}
	if top != "" {
		r, err := read(ctx, real)
		if err != nil {
			return "", false, err
		}
		if own := r.choose("."); len(r.apps) == 0 || own.File == nil && len(own.Several) == 0 {
			return top, true, nil
		}
		if p.found != nil {
			p.found[real] = r
		}
	}
	p.tops = append(p.tops, real)
	return real, top != "", nil
}

// Of returns the platform file that applies to the app in a folder, which need not
// exist: the one in the nearest folder at or above it in the repository; or else the
// one that has no app at or below its own folder, if there is exactly one. Outside of a
// repository it looks only at and above the folder, up to the current folder.
func (p *Platforms) Of(dir string) (Choice, error) {
	if p.found == nil {
		return Choice{named: p.named}, nil
	}
	real, err := tree.Real(dir)
	if err != nil {
		return Choice{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	top := p.topOf(real)
	if top == "" {
		return p.outside(real)
	}
	r, ok := p.found[top]
	if !ok {
		if r, err = read(p.ctx, top); err != nil {
			return Choice{}, err
		}
		p.found[top] = r
	}
	rel, err := filepath.Rel(top, real)
	return r.choose(filepath.ToSlash(rel)), err
}

// topOf returns the top folder of the repository that a folder is in, or "".
func (p *Platforms) topOf(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil || slices.Contains(p.tops, dir) {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// outside chooses for a folder that is in no repository.
func (p *Platforms) outside(dir string) (Choice, error) {
	current, err := tree.Real(".")
	if err != nil {
		return Choice{}, err
	}
	if rel, err := filepath.Rel(current, dir); err != nil || !filepath.IsLocal(rel) {
		current = dir
	}
	for {
		files, ok := p.folders[dir]
		if !ok {
			if files, err = inFolder(dir); err != nil {
				return Choice{}, err
			}
			p.folders[dir] = files
		}
		if len(files) > 0 {
			return one(files), nil
		}
		if dir == current {
			return Choice{}, nil
		}
		dir = filepath.Dir(dir)
	}
}

// one chooses among files with the same claim.
func one(files []*File) Choice {
	if len(files) == 1 {
		return Choice{File: files[0]}
	}
	return Choice{Several: files}
}

// inFolder returns the platform files in a folder itself.
func inFolder(dir string) ([]*File, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, nil // who opens the app says so
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return readFiles(dir, names)
}

// repository is one with its platform files.
type repository struct {
	files []*File
	apps  []string // the folders that hold an app.yaml
}

// read reads the repository of a top folder.
func read(ctx context.Context, top string) (*repository, error) {
	names, err := Names(ctx, top)
	if err != nil {
		return nil, err
	}
	r := &repository{apps: appFolders(names)}
	r.files, err = readFiles(top, names)
	return r, err
}

func appFolders(names []string) []string {
	var out []string
	for _, name := range names {
		if path.Base(name) == descriptor.FileName {
			out = append(out, path.Dir(name))
		}
	}
	return out
}

// choose returns the file that applies to a folder of the repository.
func (r *repository) choose(rel string) Choice {
	for dir := rel; ; dir = path.Dir(dir) {
		here := slices.DeleteFunc(slices.Clone(r.files), func(f *File) bool { return path.Dir(f.name) != dir })
		if len(here) > 0 {
			return one(here)
		}
		if dir == "." || dir == ".." || dir == "/" {
			break
		}
	}
	apart := slices.DeleteFunc(slices.Clone(r.files), r.hasApps)
	if len(apart) > 0 {
		return one(apart)
	}
	return Choice{Elsewhere: r.files}
}

// hasApps reports whether an app is at or below the folder of a file.
func (r *repository) hasApps(f *File) bool {
	dir := path.Dir(f.name)
	return slices.ContainsFunc(r.apps, func(app string) bool { return dir == "." || app == dir || strings.HasPrefix(app, dir+"/") })
}

// readFiles returns the platform files among those of the names in a folder.
func readFiles(dir string, names []string) ([]*File, error) {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !candidate(name) })
	var out []*File
	err := Visit(dir, names, func(name, full string, src []byte, err error) error {
		switch {
		case errors.Is(err, fs.ErrPermission): // nobody can tell whether it is one
			return nil
		case err != nil || !platform.IsPlatform(src):
			return err
		}
		shown, err := shownIn(dir, full)
		out = append(out, newFile(name, shown, src))
		return err
	})
	return out, err
}

// Visit calls visit with each YAML file of the names in a folder: its name, its path, and its content or why it can't be read.
// It leaves out what is no file, as a link, and what is too large. It ends with the first error.
func Visit(dir string, names []string, visit func(name, full string, src []byte, err error) error) error {
	for _, name := range names {
		if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" {
			continue
		}
		full := filepath.Join(dir, filepath.FromSlash(name))
		info, err := os.Lstat(full)
		switch {
		case errors.Is(err, fs.ErrNotExist): // not committed yet that it is gone
			continue
		case err != nil:
			return err
		case !info.Mode().IsRegular() || info.Size() > tree.MaxFileSize:
			continue
		}
		src, err := os.ReadFile(full)
		if errors.Is(err, fs.ErrNotExist) { // gone just now
			continue
		}
		if err := visit(name, full, src, err); err != nil {
			return err
		}
	}
	return nil
}

// shownIn returns the path by which messages call a file in a folder: relative to the
// current folder if that is in the folder too, or the file in the current one.
func shownIn(dir, file string) (string, error) {
	current, err := tree.Real(".")
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(current, file)
	if err != nil {
		return filepath.ToSlash(file), nil
	}
	if here, err := filepath.Rel(dir, current); !filepath.IsLocal(rel) && (err != nil || !filepath.IsLocal(here)) {
		return filepath.ToSlash(file), nil
	}
	return filepath.ToSlash(rel), nil
}

// candidate reports whether a file can be a platform file by its name.
func candidate(name string) bool {
	ext := path.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && path.Base(name) != descriptor.FileName
}

// At returns the platforms as a commit of the repository has them. changed are the
// files that differ between the commit and the work tree; the snapshot is of the whole
// commit. A platform that was named stays.
func (p *Platforms) At(top string, snapshot *git.Snapshot, changed []string) (*Platforms, error) {
	if p.found == nil {
		return p, nil
	}
	if _, err := p.Of(top); err != nil { // reads the repository
		return nil, err
	}
	real, err := tree.Real(top)
	if err != nil {
		return nil, err
	}
	now := p.found[real]
	if now == nil {
		return p, nil // the repository of git is not where the files are
	}
	differs := map[string]bool{}
	for _, name := range changed {
		differs[name] = true
	}
	then := &repository{}
	for _, f := range now.files {
		if !differs[f.name] {
			then.files = append(then.files, f)
		}
	}
	for _, dir := range now.apps {
		if !differs[git.Join(dir, descriptor.FileName)] {
			then.apps = append(then.apps, dir)
		}
	}
	for name := range differs {
		if err := then.add(snapshot, name, real); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(then.files, func(a, b *File) int { return strings.Compare(a.name, b.name) })
	out := New(p.ctx)
	out.tops, out.found[real] = p.tops, then
	return out, nil
}

// add adds a file as a commit has it.
func (r *repository) add(snapshot *git.Snapshot, name, top string) error {
	isApp := path.Base(name) == descriptor.FileName
	if !isApp && !candidate(name) {
		return nil
	}
	info, err := snapshot.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular() || info.Size() > tree.MaxFileSize:
		return nil
	case isApp:
		r.apps = append(r.apps, path.Dir(name))
		return nil
	}
	src, err := snapshot.ReadFile(name)
	if err != nil || !platform.IsPlatform(src) {
		return err
	}
	shown, err := shownIn(top, filepath.Join(top, filepath.FromSlash(name)))
	r.files = append(r.files, newFile(name, shown, src))
	return err
}

// Names returns the names of the files below dir, sorted: what git would commit, or
// everything if git can't tell.
func Names(ctx context.Context, dir string) ([]string, error) {
	if repo, prefix, err := git.Open(ctx, dir); err == nil {
		defer repo.Close()
		return repo.WorkFiles(ctx, prefix)
	} else if ctx.Err() != nil {
		return nil, err
	}
	var names []string
	err := tree.Walk(dir, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules"):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	return names, err
}
