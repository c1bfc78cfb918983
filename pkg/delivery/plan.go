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

// Options say what is done with a change of a descriptor.
type Options struct {
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

// Result is the result of a change.
type Result struct {
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
	// Recovered says what was done about an earlier run that was killed, "" for nothing.
	Recovered string
}

// plan is a change of a descriptor that can be made anew on top of another one.
type plan struct {
	env    string
	fields []string // keys of fields that are set
	// subject returns a commit's first line; detail is what changed
	subject func(app, detail string) string
	changes func(*app) ([]edit.Change, error)
	// trailers are further ones of the commit.
	trailers []string
}

// edited is a descriptor on which a plan was carried out.
type edited struct {
	src           []byte
	result        Result
	before, after rendering
	message       string
}

// apply carries the plan out in memory. The source is nil where nothing changes.
func (p plan) apply(a *app, o Options) (*edited, error) {
	changes, err := p.changes(a)
	if err != nil {
		return nil, err
	}
	m := &edited{result: Result{App: a.source.Document().Name}}
	src, err := edit.Apply(a.file(), a.src, changes...)
	if err != nil {
		return nil, err
	}
	if string(src) == string(a.src) {
		m.result.Lines = p.unchanged(a)
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
	m.src, m.before, m.after, m.result.Changed = src, before, after, true
	name := strings.TrimPrefix(a.file(), "/")
	m.result.Descriptor = diff.Unified("a/"+name, "b/"+name, maskPlain(a.src, src, "*** (before)"), maskPlain(src, a.src, "*** (after)"))
	m.result.Lines = p.differences(a, fresh)
	m.message = p.message(a, fresh, o)
	return m, nil
}

// unchanged returns the line about a value that is set already.
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

// differences returns a line for each image that changed, or one for the file.
func (p plan) differences(a, fresh *app) []string {
	var out []string
	if p.env != "" {
		before, _ := a.images(p.env)
		after, keys := fresh.images(p.env)
		for _, key := range keys {
			if before[key] != after[key] {
				where := p.env
				if key != "" {
					where += " " + key
				}
				out = append(out, fmt.Sprintf("%s: %s -> %s", where, orNone(before[key].String()), orNone(after[key].String())))
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
func (p plan) message(a, fresh *app, o Options) string {
	name := a.source.Document().Name
	var detail, trailers []string
	trailers = append(trailers, "App: "+name)
	if p.env != "" {
		trailers = append(trailers, "Environment: "+p.env)
		before, _ := a.images(p.env)
		after, keys := fresh.images(p.env)
		for _, key := range keys {
			if before[key] == after[key] {
				continue
			}
			text := after[key].Tag
			if text == "" || after[key].Repository != before[key].Repository {
				text = after[key].String()
			}
			if key != "" {
				text = key + " " + text
				trailers = append(trailers, "Image: "+key+"="+after[key].String())
			} else {
				trailers = append(trailers, "Image: "+after[key].String())
			}
			detail = append(detail, text)
		}
	}
	trailers = append(trailers, p.trailers...)
	if o.Source != "" {
		trailers = append(trailers, "Source-Revision: "+o.Source)
	}
	const longest = 72 // characters of a first line
	detail = slices.Compact(detail)
	subject := p.subject(name, strings.Join(detail, ", "))
	if len(subject) > longest {
		subject = p.subject(name, "")
	}
	if o.Subject != "" {
		subject = o.Subject
	}
	return subject + "\n\n" + strings.Join(trailers, "\n") + "\n"
}

// run carries a plan out as it was asked for.
func (p plan) run(ctx context.Context, dir string, o Options) (Result, error) {
	if o.Push && !o.DryRun {
		return p.push(ctx, dir, o)
	}
	a, err := open(dir, dir, o.Platform, nil)
	if err != nil {
		return Result{}, err
	}
	defer a.close()
	m, err := p.apply(a, o)
	if err != nil {
		return Result{}, err
	}
	switch {
	case o.Commit && !o.DryRun: // what is changed already need not be committed
		err = p.commit(ctx, a, o, &m.result)
	case !m.result.Changed:
	case o.DryRun:
		m.result.Manifests = manifests(m.before, m.after)
	default:
		err = p.write(dir, o)
	}
	return m.result, err
}

// write changes the file. The plan is made anew on what the file holds when
// nobody else can change it.
func (p plan) write(dir string, o Options) error {
	_, err := edit.File(dir, func(src []byte) ([]byte, error) {
		a, err := open(dir, dir, o.Platform, src)
		if err != nil {
			return nil, err
		}
		defer a.close()
		m, err := p.apply(a, o)
		if err != nil || !m.result.Changed {
			return src, err
		}
		return m.src, nil
	})
	return err
}

func (p plan) commit(ctx context.Context, a *app, o Options, out *Result) error {
	repo, prefix, err := git.Open(ctx, a.dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	target := git.Target{Path: git.Join(prefix, descriptor.FileName), Author: o.Author}
	committed, err := repo.Commit(ctx, target, func(ctx context.Context, base string) (*git.File, error) {
		m, err := p.at(repo.At(ctx, base, prefix), a.dir, o)
		if err != nil {
			return nil, err
		}
		if *out = m.result; !m.result.Changed { // others may have changed it since
			return nil, nil
		}
		return &git.File{Content: m.src, Message: m.message}, nil
	}, func() error { return p.write(a.dir, o) })
	out.Commit, out.Recovered = committed.Commit, committed.Recovered
	return err
}

func (p plan) push(ctx context.Context, dir string, o Options) (Result, error) {
	repo, prefix, err := git.Open(ctx, dir)
	if err != nil {
		return Result{}, err
	}
	defer repo.Close()
	var last *edited
	target := git.Target{Path: git.Join(prefix, descriptor.FileName), Author: o.Author, Remote: o.Remote, Branch: o.Branch}
	pushed, err := repo.Push(ctx, target, func(ctx context.Context, base string) (*git.File, error) {
		m, err := p.at(repo.At(ctx, base, prefix), dir, o)
		if err != nil {
			return nil, err
		}
		if last = m; !m.result.Changed {
			return nil, nil
		}
		return &git.File{Content: m.src, Message: m.message}, nil
	})
	if err != nil {
		return Result{}, err
	}
	out := last.result
	if out.Changed {
		out.Commit, out.Pushed = pushed.Commit, &pushed
	}
	return out, nil
}

// at carries the plan out on the app as a commit has it.
func (p plan) at(snapshot *git.Snapshot, name string, o Options) (*edited, error) {
	a, err := openAt(snapshot, name, o.Platform)
	if err != nil {
		return nil, err
	}
	defer a.close()
	return p.apply(a, o)
}

// manifests returns the difference between the manifests of two descriptors, with
// secrets masked.
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
func SetImage(ctx context.Context, dir, env string, images []Image, o Options) (Result, error) {
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
	return p.run(ctx, dir, o)
}

// FieldChange sets fields in an environment, or at the top level where Env is "", of
// the app, or of a workload where one is named.
type FieldChange struct {
	Env, Workload string
	Fields        []Field
}

// SetFields sets fields of the app in dir.
func SetFields(ctx context.Context, dir string, c FieldChange, o Options) (Result, error) {
	p := plan{env: c.Env, changes: func(a *app) ([]edit.Change, error) { return a.setFields(c) }}
	for _, f := range c.Fields {
		p.fields = append(p.fields, f.Key)
		p.trailers = append(p.trailers, "Field: "+f.Key)
	}
	p.subject = func(app, _ string) string {
		in := ""
		if c.Env != "" {
			in = " in " + c.Env
		}
		text := fmt.Sprintf("chore(%s): set %s%s", app, strings.Join(p.fields, ", "), in)
		if len(text) > 72 {
			return fmt.Sprintf("chore(%s): set fields%s", app, in)
		}
		return text
	}
	return p.run(ctx, dir, o)
}
