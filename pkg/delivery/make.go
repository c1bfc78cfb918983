package delivery

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/delivery/git"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/edit"
)

// How says what is done with a change of a descriptor.
type How struct {
	Platform *platform.Platform
	// DryRun changes nothing.
	DryRun bool
	// Commit makes a git commit of the change and of nothing else, Push one on the
	// remote's branch.
	Commit, Push bool
	// Author is NAME <EMAIL>, "" for git's. Remote and Branch are where Push goes, ""
	// for what is checked out.
	Author, Remote, Branch string
	// Subject takes the place of the commit's first line, Source is the revision that
	// the image was built from.
	Subject, Source string
}

// Outcome is what came of a change.
type Outcome struct {
	App string
	// Lines say what is different now, or why nothing is.
	Lines   []string
	Changed bool
	// Descriptor and Manifests are differences in the unified format.
	Descriptor, Manifests string
	// Commit is the commit's name, "" where none was asked for; Pushed is where it
	// went.
	Commit string
	Pushed *git.Pushed
	// Mended says what was done about a run before that was killed, "" where nothing.
	Mended string
}

// plan is a change of a descriptor that can be made anew on top of another one.
type plan struct {
	env    string
	fields []string // keys of fields that are set
	// what names it in a commit's first line, given what it comes to
	subject func(app, detail string) string
	changes func(*app) ([]edit.Change, error)
	// trailers are further ones of the commit.
	trailers []string
}

// made is a plan that was carried out on one descriptor.
type made struct {
	src           []byte
	outcome       Outcome
	before, after rendering
	message       string
}

// make carries a plan out in memory. Nothing is made where nothing changes.
func (p plan) make(a *app, how How) (*made, error) {
	changes, err := p.changes(a)
	if err != nil {
		return nil, err
	}
	m := &made{outcome: Outcome{App: a.source.Document().Name}}
	src, err := edit.Apply(a.file(), a.src, changes...)
	if err != nil {
		return nil, err
	}
	if string(src) == string(a.src) {
		m.outcome.Lines = p.unchanged(a)
		return m, nil
	}
	if len(src) > tree.MaxFileSize {
		return nil, a.Errorh(a.pos(), "unreadable", "keep what is large out of it: several small secrets, or externalSecrets",
			"the file would be larger than %d MiB, which is as much as can be read", tree.MaxFileSize>>20)
	}
	fresh, before, after, err := a.change(changes)
	if err != nil {
		return nil, err
	}
	defer fresh.close()
	m.src, m.before, m.after, m.outcome.Changed = src, before, after, true
	name := strings.TrimPrefix(a.file(), "/")
	m.outcome.Descriptor = diff.Unified("a/"+name, "b/"+name, maskPlain(a.src, src, "*** (before)"), maskPlain(src, a.src, "*** (after)"))
	m.outcome.Lines = p.differences(a, fresh)
	m.message = p.message(a, fresh, how)
	return m, nil
}

// unchanged says what is there already.
func (p plan) unchanged(a *app) []string {
	if len(p.fields) > 0 {
		return []string{"unchanged: " + strings.Join(p.fields, ", ")}
	}
	images, keys := a.images(p.env)
	return []string{"unchanged: " + p.env + " has " + named(images, keys)}
}

// named lists images, each with its workload where there are several.
func named(images map[string]descriptor.Image, keys []string) string {
	var out []string
	for _, key := range keys {
		text := images[key].String()
		if text == "" {
			text = "no image"
		}
		if key != "" {
			text = key + "=" + text
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

// differences says what is different now: images as such, anything else by the
// lines of the descriptor.
func (p plan) differences(a, fresh *app) []string {
	var out []string
	if p.env != "" {
		old, _ := a.images(p.env)
		now, keys := fresh.images(p.env)
		for _, key := range keys {
			if old[key] != now[key] {
				where := p.env
				if key != "" {
					where += " " + key
				}
				out = append(out, fmt.Sprintf("%s: %s -> %s", where, orNone(old[key].String()), orNone(now[key].String())))
			}
		}
	}
	if len(out) == 0 {
		out = append(out, "changed "+a.file())
	}
	return out
}

func orNone(text string) string {
	if text == "" {
		return "no image"
	}
	return text
}

// message is the commit's message: a conventional first line, and trailers that
// a program can read.
func (p plan) message(a, fresh *app, how How) string {
	name := a.source.Document().Name
	var detail, trailers []string
	trailers = append(trailers, "App: "+name)
	if p.env != "" {
		trailers = append(trailers, "Environment: "+p.env)
		old, _ := a.images(p.env)
		now, keys := fresh.images(p.env)
		for _, key := range keys {
			if old[key] == now[key] {
				continue
			}
			text := now[key].Tag
			if text == "" || now[key].Repository != old[key].Repository {
				text = now[key].String()
			}
			if key != "" {
				text = key + " " + text
				trailers = append(trailers, "Image: "+key+"="+now[key].String())
			} else {
				trailers = append(trailers, "Image: "+now[key].String())
			}
			detail = append(detail, text)
		}
	}
	trailers = append(trailers, p.trailers...)
	if how.Source != "" {
		trailers = append(trailers, "Source-Revision: "+how.Source)
	}
	const longest = 72 // characters of a first line
	detail = slices.Compact(detail)
	subject := p.subject(name, strings.Join(detail, ", "))
	if len(subject) > longest {
		subject = p.subject(name, "")
	}
	if how.Subject != "" {
		subject = how.Subject
	}
	return subject + "\n\n" + strings.Join(trailers, "\n") + "\n"
}

// run carries a plan out as it was asked for.
func (p plan) run(ctx context.Context, dir string, how How) (Outcome, error) {
	if how.Push && !how.DryRun {
		return p.push(ctx, dir, how)
	}
	a, err := open(dir, dir, how.Platform, nil)
	if err != nil {
		return Outcome{}, err
	}
	defer a.close()
	m, err := p.make(a, how)
	if err != nil {
		return Outcome{}, err
	}
	switch {
	case how.Commit && !how.DryRun: // what is changed already need not be committed
		err = p.commit(ctx, a, how, &m.outcome)
	case !m.outcome.Changed:
	case how.DryRun:
		m.outcome.Manifests = manifests(m.before, m.after)
	default:
		err = p.write(dir, how)
	}
	return m.outcome, err
}

// write changes the file. The plan is made anew on what the file holds when
// nobody else can change it.
func (p plan) write(dir string, how How) error {
	_, err := edit.File(dir, func(src []byte) ([]byte, error) {
		a, err := open(dir, dir, how.Platform, src)
		if err != nil {
			return nil, err
		}
		defer a.close()
		m, err := p.make(a, how)
		if err != nil || !m.outcome.Changed {
			return src, err
		}
		return m.src, nil
	})
	return err
}

func (p plan) commit(ctx context.Context, a *app, how How, out *Outcome) error {
	repo, prefix, err := git.Open(ctx, a.dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	target := git.Target{Path: git.Join(prefix, descriptor.FileName), Author: how.Author}
	committed, err := repo.Commit(ctx, target, func(ctx context.Context, base string) (*git.File, error) {
		m, err := p.at(repo.At(ctx, base, prefix), a.dir, how)
		if err != nil {
			return nil, err
		}
		if *out = m.outcome; !m.outcome.Changed { // others may have changed it since
			return nil, nil
		}
		return &git.File{Content: m.src, Message: m.message}, nil
	}, func() error { return p.write(a.dir, how) })
	out.Commit, out.Mended = committed.Commit, committed.Mended
	return err
}

func (p plan) push(ctx context.Context, dir string, how How) (Outcome, error) {
	repo, prefix, err := git.Open(ctx, dir)
	if err != nil {
		return Outcome{}, err
	}
	defer repo.Close()
	var last *made
	target := git.Target{Path: git.Join(prefix, descriptor.FileName), Author: how.Author, Remote: how.Remote, Branch: how.Branch}
	pushed, err := repo.Push(ctx, target, func(ctx context.Context, base string) (*git.File, error) {
		m, err := p.at(repo.At(ctx, base, prefix), dir, how)
		if err != nil {
			return nil, err
		}
		if last = m; !m.outcome.Changed {
			return nil, nil
		}
		return &git.File{Content: m.src, Message: m.message}, nil
	})
	if err != nil {
		return Outcome{}, err
	}
	out := last.outcome
	if out.Changed {
		out.Commit, out.Pushed = pushed.Commit, &pushed
	}
	return out, nil
}

// at carries the plan out on the app as a commit has it.
func (p plan) at(then *git.Snapshot, name string, how How) (*made, error) {
	a, err := openAt(then, name, how.Platform)
	if err != nil {
		return nil, err
	}
	defer a.close()
	return p.make(a, how)
}

// manifests returns the difference of what two descriptors come to, secrets masked.
func manifests(before, after rendering) string {
	var b strings.Builder
	for _, env := range union(before.envs, after.envs) {
		name := path.Join(env, "manifests.yaml")
		x, y := diff.Mask(before.objects[env], after.objects[env])
		b.WriteString(diff.Unified("a/"+name, "b/"+name, x, y))
	}
	return b.String()
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// SetImage sets images in an environment.
func SetImage(ctx context.Context, dir, env string, images []Image, how How) (Outcome, error) {
	p := plan{env: env, changes: func(a *app) ([]edit.Change, error) {
		want, err := a.wanted(env, images)
		if err != nil {
			return nil, err
		}
		return a.setImages(env, want)
	}}
	p.subject = func(app, detail string) string {
		if detail == "" {
			return fmt.Sprintf("chore(%s): set the image of %s", app, env)
		}
		return fmt.Sprintf("chore(%s): set %s to %s", app, env, detail)
	}
	return p.run(ctx, dir, how)
}

// SetFields sets fields in an environment, or at the top level where env is "",
// of the app or of one of its workloads.
func SetFields(ctx context.Context, dir, env, workload string, fields []Field, how How) (Outcome, error) {
	p := plan{env: env, changes: func(a *app) ([]edit.Change, error) { return a.setFields(env, workload, fields) }}
	for _, f := range fields {
		p.fields = append(p.fields, f.Key)
		p.trailers = append(p.trailers, "Field: "+f.Key)
	}
	p.subject = func(app, _ string) string {
		in := ""
		if env != "" {
			in = " in " + env
		}
		text := fmt.Sprintf("chore(%s): set %s%s", app, strings.Join(p.fields, ", "), in)
		if len(text) > 72 {
			return fmt.Sprintf("chore(%s): set fields%s", app, in)
		}
		return text
	}
	return p.run(ctx, dir, how)
}
