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
	"github.com/unfold-gitops/unfold/pkg/diag"
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
	// Notes say what the change did beside what was asked for, or did not reach.
	Notes []string
	// Mistakes are those of the app that the change leaves, and Warnings those that it brings.
	Mistakes, Warnings diag.List
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
	envs   []string // that it changes; none is the top level
	images bool     // whether it is about their images
	fields []field  // that it sets
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
	m.src, m.before, m.after, m.result.Changed, m.result.Mistakes = src, before, after, true, after.diags.Errors().Sorted()
	m.result.Warnings = after.warnings.Without(before.warnings).Sorted()
	name := strings.TrimPrefix(a.file(), "/")
	m.result.Descriptor = diff.Unified("a/"+name, "b/"+name, maskPlain(a.src, src, "*** (before)"), maskPlain(src, a.src, "*** (after)"))
	m.result.Notes = slices.Concat(fresh.writtenOut(a), p.kept(a, fresh), p.followed(fresh), p.overridden(fresh))
	if o.DryRun { // which prints differences alone
		for _, env := range p.envs {
			m.result.Notes = append(m.result.Notes, p.sameFields(a, fresh, env)...)
		}
	}
	lines := p.differences(a, fresh)
	m.message = p.message(a, fresh, o, lines)
	m.result.Lines = append(p.asBefore(a, fresh), lines...)
	if len(m.result.Lines) == 0 {
		m.result.Lines = []string{"changed " + a.file()}
	}
	return m, nil
}

// unchanged returns the lines about values that are set already.
func (p plan) unchanged(a *app) []string {
	if !p.images {
		var keys []string
		for _, f := range p.fields {
			key := f.shown()
			for _, env := range p.envs {
				if env != "" && a.top.Get("environments", env).Get(f.path...) == nil && a.top.Get(f.path...) != nil {
					key += " (" + env + " inherits it from the top level; " + f.shown() + "=null leaves it out there)"
				}
			}
			keys = append(keys, key)
		}
		return []string{"unchanged: " + strings.Join(keys, ", ")}
	}
	var out []string
	for _, env := range p.envs {
		out = append(out, a.sameImages(env))
		out = append(out, p.sameFields(a, a, env)...)
	}
	return out
}

// sameImages returns the line about an environment that has its images already.
func (a *app) sameImages(env string) string {
	images, keys := a.images(env)
	return "unchanged: " + env + " has " + named(images, keys)
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

// asBefore returns the lines about environments that have their images already, or fields that
// are promoted, where others get them.
func (p plan) asBefore(a, fresh *app) []string {
	var out []string
	for _, env := range p.envs {
		if p.images && len(changedImages(a, fresh, env)) == 0 {
			out = append(out, fresh.sameImages(env))
		}
		out = append(out, p.sameFields(a, fresh, env)...)
	}
	return out
}

// differences returns a line for each image that changed, and for each field that is set:
// its value before, and its value now.
func (p plan) differences(a, fresh *app) []string {
	var out []string
	for _, env := range p.envs {
		for _, x := range changedImages(a, fresh, env) {
			where := env
			if x.workload != "" {
				where += " " + x.workload
			}
			out = append(out, fmt.Sprintf("%s: %s -> %s", where, orNone(x.before.String()), orNone(x.after.String())))
		}
		out = append(out, p.changedFields(a, fresh, env)...)
	}
	if len(p.envs) == 0 {
		out = append(out, p.changedFields(a, fresh, "")...)
	}
	return out
}

// changedImage is the image of a workload before a change and after it.
type changedImage struct {
	workload      string
	before, after descriptor.Image
}

// changedImages returns the images of an environment that are others now.
func changedImages(a, fresh *app, env string) []changedImage {
	before, _ := a.images(env)
	after, keys := fresh.images(env)
	var out []changedImage
	for _, key := range keys {
		if before[key] != after[key] {
			out = append(out, changedImage{key, before[key], after[key]})
		}
	}
	return out
}

func orNone(text string) string {
	if text == "" {
		return "no image"
	}
	return text
}

// message is the commit's message: a conventional first line, the values before and
// now, and trailers that a program can read.
func (p plan) message(a, fresh *app, o Options, lines []string) string {
	name := a.source.Document().Name
	var detail, trailers []string
	trailers = append(trailers, "App: "+name)
	for _, env := range p.envs {
		changed := changedImages(a, fresh, env)
		if p.images && len(changed) == 0 && len(p.fields) == 0 {
			continue
		}
		trailers = append(trailers, "Environment: "+env)
		for _, x := range changed {
			text, image := x.after.Tag, x.after.String()
			if text == "" || x.after.Repository != x.before.Repository {
				text = image
			}
			if x.workload != "" {
				text, image = x.workload+" "+text, x.workload+"="+image
			}
			trailers = append(trailers, "Image: "+image)
			if !slices.Contains(detail, text) {
				detail = append(detail, text)
			}
		}
	}
	trailers = append(trailers, p.trailers...)
	if o.Source != "" {
		trailers = append(trailers, "Source-Revision: "+o.Source)
	}
	const longest = 72 // characters of a first line
	subject := p.subject(name, strings.Join(detail, ", "))
	if len(subject) > longest {
		subject = p.subject(name, "")
	}
	if o.Subject != "" {
		subject = o.Subject
	}
	paragraphs := []string{subject}
	if len(lines) > 0 {
		paragraphs = append(paragraphs, strings.Join(lines, "\n"))
	}
	return strings.Join(append(paragraphs, strings.Join(trailers, "\n")), "\n\n") + "\n"
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

// ImageChange sets images in environments.
type ImageChange struct {
	Envs   []string
	Images []Image
	// Repository allows an image of another repository than the one that runs.
	Repository bool
}

// SetImage sets images of the app in dir.
func SetImage(ctx context.Context, dir string, c ImageChange, o Options) (Result, error) {
	p := plan{envs: c.Envs, images: true, changes: func(a *app) ([]edit.Change, error) {
		return a.inEach(c.Envs, func(a *app, env string) ([]edit.Change, error) {
			want, err := a.wanted(env, c)
			if err != nil {
				return nil, err
			}
			return a.setImages(env, want)
		})
	}}
	in := strings.Join(c.Envs, ", ")
	p.subject = func(app, detail string) string {
		if detail == "" {
			return fmt.Sprintf("chore(%s): set the image of %s", app, in)
		}
		return fmt.Sprintf("chore(%s): set %s to %s", app, in, detail)
	}
	return p.run(ctx, dir, o)
}

// inEach returns the changes of all environments, each made on what those before it
// make. It is for changes that look at the whole app.
func (a *app) inEach(envs []string, changes func(a *app, env string) ([]edit.Change, error)) ([]edit.Change, error) {
	var all []edit.Change
	for _, env := range envs {
		src, err := edit.Apply(a.file(), a.src, all...)
		if err != nil {
			return nil, err
		}
		on, err := a.with(src)
		if err != nil {
			return nil, err
		}
		more, err := changes(on, env)
		on.close()
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// FieldChange sets fields in environments, or at the top level where there are none, of
// the app, or of a workload where one is named.
type FieldChange struct {
	Envs     []string
	Workload string
	Fields   []Field
}

// SetFields sets fields of the app in dir.
func SetFields(ctx context.Context, dir string, c FieldChange, o Options) (Result, error) {
	p := plan{envs: c.Envs, changes: func(a *app) ([]edit.Change, error) {
		if len(c.Envs) == 0 {
			return a.setFields("", c)
		}
		return a.inEach(c.Envs, func(a *app, env string) ([]edit.Change, error) { return a.setFields(env, c) })
	}}
	var keys []string
	for _, f := range c.Fields {
		x := field{f.Key, append(c.at(), f.Path...)}
		keys = append(keys, x.shown())
		p.fields = append(p.fields, x)
		p.trailers = append(p.trailers, "Field: "+x.shown())
	}
	p.subject = func(app, _ string) string {
		in := ""
		if len(c.Envs) > 0 {
			in = " in " + strings.Join(c.Envs, ", ")
		}
		text := fmt.Sprintf("chore(%s): set %s%s", app, strings.Join(keys, ", "), in)
		if len(text) > 72 {
			return fmt.Sprintf("chore(%s): set fields%s", app, in)
		}
		return text
	}
	return p.run(ctx, dir, o)
}

// at returns the path of what the fields belong to, in an environment or at the top
// level.
func (c FieldChange) at() []string {
	if c.Workload == "" {
		return nil
	}
	return []string{"workloads", c.Workload}
}
