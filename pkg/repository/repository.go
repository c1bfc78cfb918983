// Package repository looks at a whole repository: its apps, and what lies beside
// them, such as the Argo CD objects, Secrets and CI.
package repository

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
)

// The parts that may be left out.
const (
	structurePart = "structure"
	platformPart  = "platform"
	argocdPart    = "argocd"
	secretsPart   = "secrets"
	ciPart        = "ci"
)

// Parts returns the names of the parts that may be left out, in their order.
func Parts() []string {
	return []string{structurePart, platformPart, argocdPart, secretsPart, ciPart}
}

// Options say what is looked at, and how.
type Options struct {
	// Top is the top folder of the repository, which may be above the folder that is looked at. Part says that this is only
	// a part of a repository of git's.
	Top  string
	Part bool
	// Platforms are those of the apps. Named is the path of the file if somebody named
	// one for all.
	Platforms locate.Chosen
	Named     string
	// Skip are those of Parts that are left out.
	Skip []string
	// Progress is called after each app.
	Progress func(done int)
}

// Report is what was found, part by part.
type Report struct {
	Groups             []Group
	Apps, Environments int
}

// Diags returns what is wrong in all parts, in their order.
func (r Report) Diags() diag.List {
	var all diag.List
	for _, g := range r.Groups {
		for _, line := range g.Lines {
			all = append(all, line.Diags...)
		}
	}
	return all
}

// Group is a part of the report.
type Group struct {
	Title string
	Lines []Line
}

// Line says that something is right, or with Diags that it is not, or with Note
// that there was nothing to look at.
type Line struct {
	Text  string
	Note  bool
	Diags diag.List
}

func (g *Group) right(format string, args ...any) {
	g.Lines = append(g.Lines, Line{Text: fmt.Sprintf(format, args...)})
}

func (g *Group) note(format string, args ...any) {
	g.Lines = append(g.Lines, Line{Text: fmt.Sprintf(format, args...), Note: true})
}

func (g *Group) found(diags diag.List, format string, args ...any) {
	g.Lines = append(g.Lines, Line{Text: fmt.Sprintf(format, args...), Diags: diags})
}

// checker looks at one repository.
type checker struct {
	dir   string
	files files
	apps  []renderedApp
	Options
}

// renderedApp is an app as it comes out.
type renderedApp struct {
	render.Folder
	render.Rendered
}

// Check looks at the repository in dir and at the apps in folders, several at a
// time. An error is a fault of the machine, or that ctx is done.
func Check(ctx context.Context, dir string, folders []render.Folder, o Options) (Report, error) {
	var out Report
	read, err := readFiles(ctx, dir)
	if err != nil {
		return out, err
	}
	c := &checker{dir: dir, files: read, Options: o}
	apps, err := c.checkApps(ctx, folders)
	if err != nil {
		return out, err
	}
	operators, err := c.checkPlatform()
	if err != nil {
		return out, err
	}
	if !slices.ContainsFunc(c.apps, func(a renderedApp) bool { return !a.Foreign }) {
		for i, line := range apps.Lines {
			line.Diags.Raise()
			apps.Lines[i].Text = fmt.Sprintf("%s: %s", c.apps[i].Dir, counted(line.Diags))
		}
	}
	objects, err := c.checkArgoCD()
	if err != nil {
		return out, err
	}
	groups := []struct {
		part string
		Group
	}{
		{structurePart, c.checkStructure()}, {platformPart, operators}, {"", apps}, {argocdPart, objects},
		{secretsPart, c.checkSecrets()}, {ciPart, c.checkCI()},
	}
	for _, g := range groups {
		if slices.Contains(c.Skip, g.part) {
			g.Lines = nil
			g.note("left out by --skip %s", g.part)
		}
		out.Groups = append(out.Groups, g.Group)
	}
	for _, a := range c.apps {
		if !a.Foreign {
			out.Apps++
		}
		out.Environments += a.Rendered.Environments
	}
	return out, nil
}

// checkPlatform looks at the operator's files, and says by which the apps are checked.
func (c *checker) checkPlatform() (Group, error) {
	g := Group{Title: "Platform"}
	used, err := c.platformsInUse()
	if err != nil {
		return g, err
	}
	patterns, err := c.patterns()
	if err != nil {
		return g, err
	}
	files, err := c.platformFiles(used)
	if err != nil {
		return g, err
	}
	all := c.Platforms.Apps()
	rest := all
	for _, f := range files {
		apps := used[f.real].Apps
		rest -= apps
		switch wrong := append(f.beside, patterns[f.real]...); {
		case !f.diags.HasErrors() && wrong.HasErrors():
			g.found(append(f.diags, wrong...), "%s", f.name)
		case !f.diags.HasErrors():
			g.found(append(f.diags, wrong...), "%s", validFor(f.name, apps, all))
		case apps == 0:
			g.found(f.diags, "%s", f.name)
		default:
			g.found(f.diags, "%s", f.name)
			g.note("%s checked by the built-in defaults until %s is right", are(apps), f.name)
		}
	}
	switch {
	case rest == 0:
	case rest == all && len(files) == 0:
		g.note("no platform file: the built-in defaults hold")
	case rest == all:
		g.note("the apps are checked by the built-in defaults; --platform chooses a platform file")
	default:
		g.note("%s checked by the built-in defaults; --platform chooses a platform file", are(rest))
	}
	return g, nil
}

// platformFile is a platform file with its mistakes.
type platformFile struct {
	name, real string // as messages call it, and its real path
	diags      diag.List
	beside     diag.List // mistakes in the files that it names
}

// platformFiles returns those in use that lie elsewhere, and then all in the folder.
func (c *checker) platformFiles(used map[string]locate.Use) ([]platformFile, error) {
	var inside, out []platformFile
	for _, f := range c.files.platforms() {
		real, err := tree.Real(f.shown)
		if err != nil {
			return nil, err
		}
		p, diags := platform.Parse(f.shown, f.src)
		wrong, err := c.certificates(p)
		if err != nil {
			return nil, err
		}
		inside = append(inside, platformFile{f.shown, real, diags, wrong})
	}
	for _, real := range slices.Sorted(maps.Keys(used)) {
		if !slices.ContainsFunc(inside, func(f platformFile) bool { return f.real == real }) {
			diags := used[real].Mistakes()
			if choice, ok := c.Platforms.Single(); ok && c.Named != "" {
				p, err := choice.Platform()
				if err != nil {
					return nil, err
				}
				diags = p.Warnings
			}
			out = append(out, platformFile{used[real].Name, real, diags, nil})
		}
	}
	return append(out, inside...), nil
}

// certificates returns what is wrong with the files of certificates that a platform file names in the repository; p is nil
// for a wrong file. What lies elsewhere may be on another machine.
func (c *checker) certificates(p *platform.Platform) (diag.List, error) {
	var diags diag.List
	if p == nil {
		return diags, nil
	}
	for _, certificate := range p.Certificates() {
		name, err := tree.Rel(c.Top, certificate.File)
		if err != nil || !filepath.IsLocal(name) {
			continue
		}
		src, err := tree.ReadFile(certificate.File)
		switch {
		case errors.Is(err, tree.ErrNotExist):
			diags.Errorh(certificate.Pos, "certificate", "add the file; its path is relative to the platform file",
				"the certificate %s does not exist", certificate.File)
		case tree.IsRefusal(err):
			diags.Errorf(certificate.Pos, "certificate", "the certificate %s %s", certificate.File, err)
		case err != nil:
			return nil, err
		default:
			if problem := platform.CertificateProblem(src); problem != "" {
				diags.Errorh(certificate.Pos, "certificate", "write to it what kubeseal --fetch-cert prints", "the certificate %s %s",
					certificate.File, problem)
			}
		}
	}
	return diags, nil
}

// patterns returns what is wrong with the patterns of teams, by the real paths of the platform files: those that match none of
// the apps, which a part of the repository can't tell, and those that match an app of another team.
func (c *checker) patterns() (map[string]diag.List, error) {
	out := map[string]diag.List{}
	folders := map[*platform.Platform][]string{}
	for _, a := range c.apps {
		if a.Foreign {
			continue
		}
		folder, err := tree.Rel(c.Top, a.Dir)
		if err != nil {
			return out, err
		}
		if p := c.Platforms.Platform(a.Dir); p != nil {
			folders[p] = append(folders[p], folder)
		}
	}
	for p, of := range folders {
		diags := argocd.TwoTeams(p, of)
		if !c.Part {
			diags = append(diags, argocd.Unmatched(p, of)...)
		}
		for _, d := range diags {
			real, err := tree.Real(d.Pos.File)
			if err != nil {
				return out, err
			}
			out[real] = append(out[real], d)
		}
	}
	return out, nil
}

func are(apps int) string {
	if apps == 1 {
		return "1 app is"
	}
	return diag.Plural(apps, "app") + " are"
}

// validFor says of a platform file that it is right, and to how many of all apps it applies.
func validFor(name string, apps, all int) string {
	switch apps {
	case 0:
		return name + " is valid"
	case all:
		return name + " is valid, and the apps are checked by it"
	}
	return name + " is valid, and " + are(apps) + " checked by it"
}

// platformsInUse returns the files that apply, by their real paths.
func (c *checker) platformsInUse() (map[string]locate.Use, error) {
	uses := c.Platforms.Uses()
	if c.Named != "" {
		uses = []locate.Use{{Name: c.Named, Apps: c.Platforms.Apps()}}
	}
	used := map[string]locate.Use{}
	for _, u := range uses {
		name, err := tree.Real(u.Name)
		if err != nil {
			return nil, err
		}
		used[name] = u
	}
	return used, nil
}

// manyApps is from where on those that are right share a line.
const manyApps = 20

func (c *checker) checkApps(ctx context.Context, folders []render.Folder) (Group, error) {
	g := Group{Title: "Apps"}
	right, environments := 0, 0
	err := render.Each(ctx, folders, func(f render.Folder) (render.Rendered, error) {
		return render.RenderApp(f, c.Platforms.Platform(f.Dir), "", render.Options{})
	}, func(f render.Folder, r render.Rendered) error {
		c.apps = append(c.apps, renderedApp{f, r})
		c.Progress(len(c.apps))
		switch {
		case len(r.Diags) > 0:
			g.found(r.Diags, "%s: %s", f.Dir, counted(r.Diags))
		case len(folders) > manyApps:
			right++
			environments += r.Environments
		default:
			var names []string
			for _, x := range r.Results {
				names = append(names, x.Env)
			}
			g.right("%s renders in %s", f.Dir, strings.Join(names, ", "))
		}
		return nil
	})
	if right > 0 {
		g.right("%s in %s", diag.Plural(right, "app"), diag.Plural(environments, "environment"))
	}
	return g, err
}

// counted says how many errors and warnings there are.
func counted(diags diag.List) string {
	diags = diags.Sorted()
	warnings := len(diags.Warnings())
	errors := len(diags) - warnings
	switch {
	case warnings == 0:
		return diag.Plural(errors, "error")
	case errors == 0:
		return diag.Plural(warnings, "warning")
	}
	return diag.Plural(errors, "error") + ", " + diag.Plural(warnings, "warning")
}

// checkStructure looks at where things lie and how they are called.
func (c *checker) checkStructure() Group {
	g := Group{Title: "Structure"}
	var diags diag.List
	first, apps := map[string]string{}, 0
	for _, a := range c.apps {
		if a.Foreign {
			continue
		}
		apps++
		if len(a.Results) == 0 {
			continue
		}
		name := a.Results[0].Name
		if other, ok := first[name]; ok {
			diags.Warnh(diag.Pos{File: path.Join(a.Dir, descriptor.FileName), Line: 1, Col: 1}, "app-twice",
				"rename one of them, unless they go to different clusters", "the app %q is in the folders %q and %q", name, other, a.Dir)
			continue
		}
		first[name] = a.Dir
	}
	diags = append(diags, c.shared()...)
	var misnamed []string
	for _, f := range c.files.misnamed() {
		misnamed = append(misnamed, f.shown)
	}
	diags = append(diags, render.Misnamed(misnamed)...)
	if len(diags) > 0 {
		g.found(diags, "%s", counted(diags))
	} else {
		g.right("%s, each with a name of its own", diag.Plural(apps, "app"))
	}
	return g
}
