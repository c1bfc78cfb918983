// Package delivery is what people and CI do to a descriptor in its repository:
// set an image or a field, promote, roll back, look at the history and at the
// difference that a change makes.
package delivery

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/unfold-gitops/unfold/pkg/delivery/git"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/edit"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// app is an app's folder with a descriptor, which need not be the one in it.
type app struct {
	dir, name string        // name is the folder's name in messages
	snapshot  *git.Snapshot // the folder in a commit, or nil for the one on the disk
	platform  *platform.Platform
	src       []byte
	top       *value.Value // as it stands in the file
	source    *render.Source
}

// open reads the app in dir; src takes the descriptor's place unless it is nil.
func open(dir, name string, p *platform.Platform, src []byte) (*app, error) {
	return app{dir: dir, name: name, platform: p}.with(src)
}

// openAt opens the app as a commit has it; name is that of its folder.
func openAt(snapshot *git.Snapshot, name string, p *platform.Platform) (*app, error) {
	return app{snapshot: snapshot, name: name, platform: p}.with(nil)
}

// with is the same folder with another descriptor; nil is its own.
func (a app) with(src []byte) (_ *app, err error) {
	if a.snapshot != nil {
		a.source, err = render.OpenIn(tree.In(a.snapshot), a.name, a.platform, src)
	} else {
		a.source, err = render.OpenAs(a.dir, a.name, a.platform, src)
	}
	if err != nil {
		return nil, err
	}
	if a.src = src; src == nil {
		f, err := a.folder()
		if err == nil {
			a.src, err = f.Read(descriptor.FileName)
			f.Close()
		}
		if err != nil {
			a.close()
			return nil, err
		}
	}
	a.top, _ = value.Read(a.file(), a.src)
	return &a, nil
}

func (a *app) close() { a.source.Close() }

// file is the descriptor's name in messages.
func (a *app) file() string { return path.Join(a.name, descriptor.FileName) }

// folder opens the folder.
func (a *app) folder() (*tree.Folder, error) {
	if a.snapshot != nil {
		return tree.In(a.snapshot), nil
	}
	return tree.Open(a.dir)
}

// pos is the beginning of the descriptor, for what has no line.
func (a *app) pos() diag.Pos { return diag.Pos{File: a.file(), Line: 1, Col: 1} }

// Errorh returns a mistake alone.
func (a *app) Errorh(pos diag.Pos, rule, hint, format string, args ...any) error {
	return diag.List{{Pos: pos, Code: rule, Hint: hint, Message: fmt.Sprintf(format, args...)}}
}

// environment refuses an environment that the app does not have.
func (a *app) environment(env string) error {
	_, diags := a.source.Document().Effective(env, descriptor.Options{Defaults: a.source.Defaults()})
	diags = slices.DeleteFunc(diags, func(d diag.Diagnostic) bool { return d.Code != "unknown-environment" })
	return diags.Err()
}

// environments are all that the descriptor has, those included that the app is
// not enabled in.
func (a *app) environments() []string {
	return a.source.Document().Environments(a.source.Defaults())
}

// images returns the images of an environment by workload, and the workloads in
// order; the only workload of an app has the key "".
func (a *app) images(env string) (map[string]descriptor.Image, []string) {
	x, _ := a.source.Document().Effective(env, descriptor.Options{Defaults: a.source.Defaults()})
	images := map[string]descriptor.Image{}
	var keys []string
	if x == nil {
		return images, nil
	}
	for _, w := range x.Workloads {
		images[w.Key] = descriptor.Image{Repository: w.Repository, Tag: w.Tag, Digest: w.Digest}
		keys = append(keys, w.Key)
	}
	return images, keys
}

// rendering holds the objects of an app, by environment.
type rendering struct {
	envs    []string
	objects map[string][]*value.Value
	// unnamed are the workloads of an app of several, none of which is the main one.
	unnamed []string
	// single says that the app has one workload, which has its name.
	single bool
	// diags are what is wrong, warnings what the rules warn of in what is right.
	diags, warnings diag.List
}

// render renders the environments that are named, or all where none is.
func (a *app) render(only ...string) (rendering, error) {
	d := a.source.Document()
	r := rendering{objects: map[string][]*value.Value{}, single: len(d.Workloads()) == 0}
	if d.Main() == "" {
		r.unnamed = d.Workloads()
	}
	collect := func(err error) error {
		var found diag.List
		if errors.As(err, &found) {
			r.diags = append(r.diags, found...)
			return nil
		}
		return err
	}
	for _, env := range a.source.Environments() {
		if len(only) > 0 && !slices.Contains(only, env) {
			continue
		}
		r.envs = append(r.envs, env)
		x, err := a.source.Environment(env, render.Options{ValuesOnly: true})
		if err := collect(err); err != nil {
			return r, err
		}
		if x != nil {
			r.objects[env] = x.Values()
			r.warnings = append(r.warnings, x.Warnings...)
		}
	}
	return r, collect(a.source.Mistakes())
}

// change applies changes and refuses those that break the app: an error in the
// result that there was not before.
func (a *app) change(changes []edit.Change) (fresh *app, before, after rendering, err error) {
	src, err := edit.Apply(a.file(), a.src, changes...)
	if err != nil {
		return nil, before, after, err
	}
	if before, err = a.render(); err != nil {
		return nil, before, after, err
	}
	if fresh, err = a.with(src); err != nil {
		return nil, before, after, err
	}
	if after, err = fresh.render(); err == nil {
		err = after.diags.Errors().Without(before.diags).Err()
	}
	if err != nil {
		fresh.close()
		return nil, before, after, err
	}
	return fresh, before, after, nil
}
