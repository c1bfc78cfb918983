package repository

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

	"github.com/unfold-gitops/unfold/pkg/argocd"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/platform/locate"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Apps renders every environment of the apps in folders, which lie in the
// repository whose root is given. Mistakes are a diag.List.
func Apps(ctx context.Context, root string, folders []render.Folder, platforms locate.Chosen) ([]argocd.App, error) {
	var out []argocd.App
	var diags diag.List
	err := render.Each(ctx, folders, func(f render.Folder) (render.Rendered, error) {
		return render.RenderApp(f, platforms.Platform(f.Dir), "", render.Options{})
	}, func(f render.Folder, r render.Rendered) error {
		diags = append(diags, r.Diags...)
		if r.Foreign || r.Diags.HasErrors() {
			return nil
		}
		app, err := appOf(root, f, r)
		out = append(out, app)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, diags.Err()
}

// appOf returns an app in all its environments.
func appOf(root string, f render.Folder, r render.Rendered) (argocd.App, error) {
	var app argocd.App
	var err error
	if app.Path, err = tree.Rel(root, f.Dir); err != nil {
		return app, err
	}
	app.Pos = diag.Pos{File: path.Join(f.Dir, descriptor.FileName), Line: 1, Col: 1}
	for _, result := range r.Results {
		app.Name = result.Name
		app.Environments = append(app.Environments, argocd.Environment{Name: result.Env, Namespace: result.Namespace,
			Objects: result.Values()})
	}
	return app, nil
}

const kustomizationFile = "kustomization.yaml"

// Files returns Argo CD's objects as the files of a kustomization.
func Files(objects []*value.Value) (tree.Tree, error) {
	out := tree.Tree{}
	names := value.NewList(diag.Pos{})
	for _, o := range objects {
		text, err := value.EncodeSource(o)
		if err != nil {
			return nil, err
		}
		name := argocd.FileName(o)
		out[name] = text
		names.Items = append(names.Items, value.NewString(diag.Pos{}, name))
	}
	kustomization, err := value.EncodeSource(value.MapOf(diag.Pos{}, "apiVersion", "kustomize.config.k8s.io/v1beta1", "kind",
		"Kustomization", "resources", names))
	out[kustomizationFile] = kustomization
	return out, err
}

// written reports whether an entry of a folder is a file that Files returns: others
// are left alone.
func written(e fs.DirEntry) bool {
	if e.IsDir() {
		return false
	}
	if e.Name() == kustomizationFile {
		return true
	}
	kind, _, _ := strings.Cut(e.Name(), "-")
	return path.Ext(e.Name()) == ".yaml" && slices.Contains([]string{"application", "applicationset", "appproject"}, kind)
}

// Stale is a file that is not as it would be written, and why.
type Stale struct{ File, Why string }

// StaleFiles returns those in a folder that are not as they should be.
func StaleFiles(dir string, want tree.Tree) ([]Stale, error) {
	names, err := leftOver(dir, want)
	if err != nil {
		return nil, err
	}
	var out []Stale
	for _, name := range names {
		out = append(out, Stale{name, "is of no app any more"})
	}
	for _, name := range want.Paths() {
		got, err := os.ReadFile(filepath.Join(dir, name))
		switch {
		case errors.Is(err, os.ErrNotExist):
			out = append(out, Stale{filepath.Join(dir, name), "is missing"})
		case err != nil:
			return nil, err
		case !bytes.Equal(got, want[name]):
			out = append(out, Stale{filepath.Join(dir, name), "is stale"})
		}
	}
	return out, nil
}

// leftOver returns the files in a folder that Files would not return any more.
func leftOver(dir string, want tree.Tree) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if _, ok := want[e.Name()]; !ok && written(e) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out, nil
}

// Elsewhere returns the first file in a folder that would be lost although it is not
// of the apps in scope, a folder of the repository, alone, and what it is of; else
// "". Argo CD would delete what was deployed by it.
func Elsewhere(dir string, want tree.Tree, scope string) (name, of string, err error) {
	names, err := leftOver(dir, want)
	if err != nil || scope == "." {
		return "", "", err
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			return "", "", err
		}
		for _, o := range (file{shown: name, src: src}).docs() {
			app := o.StringAt("spec", "source", "path")
			switch {
			case o.StringAt("kind") == "ApplicationSet":
				return name, "all apps that it finds", nil
			case o.StringAt("kind") == "Application" && app != scope && !strings.HasPrefix(app, scope+"/"):
				return name, "the app in " + app, nil
			}
		}
	}
	return "", "", nil
}

// Replace writes the files and removes those of apps that are gone, which it
// gives. Whenever it is killed, each file that the kustomization names is there:
// in the order of names it comes after those that it names, and what it does not
// name any more goes last.
func Replace(ctx context.Context, dir string, want tree.Tree) (removed []string, err error) {
	removed, err = tree.Replace(ctx, dir, want, written)
	for i, name := range removed {
		removed[i] = filepath.Join(dir, name)
	}
	return removed, err
}

// committed are Argo CD's objects in a folder, as `unfold argocd` wrote them.
type committed struct {
	dir, url, revision, namespace string
	sets                          bool
}

// Folders returns the folders of the repository in root that hold objects of `unfold
// argocd --output` for the Argo CD in a namespace, "" for any, as the program can open them.
func Folders(ctx context.Context, root, namespace string) ([]string, error) {
	all, err := readFiles(ctx, root)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, x := range all.argocdObjects() {
		if namespace == "" || x.namespace == namespace {
			out = append(out, filepath.FromSlash(x.dir))
		}
	}
	return out, nil
}

// argocdObjects finds the folders that `unfold argocd --output` wrote.
func (all files) argocdObjects() []committed {
	var out []committed
	for _, f := range all.list {
		dir := path.Dir(f.shown)
		if !f.contains("argoproj.io/") || slices.ContainsFunc(out, func(x committed) bool { return x.dir == dir }) {
			continue
		}
		for _, o := range f.docs() {
			spec, set := o.Get("spec"), o.StringAt("kind") == "ApplicationSet"
			if set {
				spec = o.Get("spec", "template", "spec")
			} else if o.StringAt("kind") != "Application" {
				continue
			}
			if o.StringAt("metadata", "labels", "app.kubernetes.io/managed-by") != "unfold" || path.Base(f.name) != argocd.FileName(o) {
				continue
			}
			url, revision := spec.StringAt("source", "repoURL"), spec.StringAt("source", "targetRevision")
			if spec.Get("source", "plugin") == nil || strings.Contains(url+revision, "{{") {
				continue // the Application of these Applications, or that of pull requests
			}
			out = append(out, committed{dir, url, revision, o.StringAt("metadata", "namespace"), set})
			break
		}
	}
	return out
}

// Generated returns Folders for any Argo CD, by their paths in dir.
func Generated(ctx context.Context, dir string) ([]string, error) {
	folders, err := Folders(ctx, dir, "")
	if err != nil {
		return nil, err
	}
	for i, folder := range folders {
		if folders[i], err = tree.Rel(dir, folder); err != nil {
			return nil, err
		}
	}
	return folders, nil
}

// checkArgoCD compares what is committed with what would be written now.
func (c *checker) checkArgoCD() (Group, error) {
	g := Group{Title: "Argo CD"}
	folders := c.files.argocdObjects()
	if len(folders) == 0 {
		g.note("no Argo CD objects are committed; unfold argocd --output FOLDER writes them")
		return g, nil
	}
	choice, same := c.Platforms.Single()
	if !same {
		g.note("not looked at: not all apps have the same platform file; --platform names one for all")
		return g, nil
	}
	p, err := choice.Platform()
	if err != nil { // by other defaults, all that is committed would look stale
		g.note("not looked at: %s has to be right first", choice.File.Name)
		return g, nil
	}
	if p == nil {
		var diags diag.List
		if p, diags = platform.Builtin(); diags.HasErrors() {
			return g, diags
		}
	}
	var apps []argocd.App
	var paths []string
	for _, a := range c.apps {
		if a.Diags.HasErrors() {
			g.note("not looked at: %s has to be right first", a.Dir)
			return g, nil
		}
		if a.Foreign {
			continue
		}
		app, err := appOf(c.Top, a.Folder, a.Rendered)
		if err != nil {
			return g, err
		}
		apps, paths = append(apps, app), append(paths, app.Path)
	}
	if diags := argocd.TwoTeams(p, paths); diags.HasErrors() { // the part about the platform has them
		g.note("not looked at: %s has to be right first", diags[0].Pos.File)
		return g, nil
	}
	for _, folder := range folders {
		r := argocd.Repository{URL: folder.url, Revision: folder.revision, Apps: apps}
		if err := c.compare(&g, folder, r, p); err != nil {
			return g, err
		}
	}
	return g, nil
}

// compare adds what differs in one folder.
func (c *checker) compare(g *Group, folder committed, r argocd.Repository, p *platform.Platform) error {
	objects, diags := argocd.Static(r, p)
	command := "unfold argocd"
	if c.dir != "." {
		command = "cd " + diag.Word(filepath.ToSlash(c.dir)) + " && " + command
	}
	if folder.sets {
		objects, diags = argocd.Sets(r, p)
		command += " --style applicationset"
	}
	if diags.HasErrors() {
		g.found(diags, "%s: %s", folder.dir, counted(diags))
		return nil
	}
	want, err := Files(objects)
	if err != nil {
		return err
	}
	stale, err := StaleFiles(filepath.FromSlash(folder.dir), want)
	if err != nil {
		return err
	}
	if len(stale) == 0 {
		g.found(diags, "%s is current: %s", folder.dir, diag.Plural(len(want), "file"))
		return nil
	}
	if folder.revision != "HEAD" {
		command += " --revision " + diag.Word(folder.revision)
	}
	output, err := tree.Rel(c.dir, folder.dir)
	if err != nil {
		return err
	}
	command += " --repo-url " + diag.Word(folder.url) + " --output " + diag.Word(output)
	if c.Named != "" {
		file, err := tree.Rel(c.dir, c.Named)
		if err != nil {
			return err
		}
		command += " --platform " + diag.Word(file)
	}
	hint := "run " + command + ", and commit " + folder.dir
	for _, s := range stale {
		diags.Errorh(diag.Pos{File: filepath.ToSlash(s.File)}, "stale-argocd", hint, "the file %s", s.Why)
		hint = "" // once is enough
	}
	g.found(diags, "%s is not current: %s", folder.dir, counted(diags))
	return nil
}
