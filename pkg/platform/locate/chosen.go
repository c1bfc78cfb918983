package locate

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
)

// Chosen is the platform file of each of several apps.
type Chosen struct {
	dirs []string
	by   map[string]Choice
}

// ForAll chooses for the apps in folders.
func (p *Platforms) ForAll(dirs []string) (Chosen, error) {
	c := Chosen{dirs: dirs, by: map[string]Choice{}}
	for _, dir := range dirs {
		choice, err := p.Of(dir)
		if err != nil {
			return c, err
		}
		c.by[dir] = choice
	}
	return c, nil
}

// Of returns the choice for one of the folders.
func (c Chosen) Of(dir string) Choice { return c.by[dir] }

// Platform returns the platform of one of the folders: nil for the built-in one, which
// also stands in for one with mistakes.
func (c Chosen) Platform(dir string) *platform.Platform {
	p, err := c.by[dir].Platform()
	if err != nil {
		return nil
	}
	return p
}

// Mistakes returns what is wrong in the files that apply, each file once.
func (c Chosen) Mistakes() error {
	var all diag.List
	for _, u := range c.Uses() {
		all = append(all, u.Mistakes()...)
	}
	return all.Err()
}

// Use is a platform file and the number of apps that it applies to.
type Use struct {
	Name string // the path that messages call it by
	Apps int
	file *File
}

// Mistakes returns what is wrong in the file, if it was found and not named.
func (u Use) Mistakes() diag.List {
	if u.file == nil {
		return nil
	}
	_, diags := u.file.Read()
	return diags
}

// Uses returns the files that apply, in the order of folders.
func (c Chosen) Uses() []Use {
	var out []Use
	for _, dir := range c.dirs {
		file := c.by[dir].File
		if file == nil {
			continue
		}
		i := slices.IndexFunc(out, func(u Use) bool { return u.file == file })
		if i < 0 {
			i = len(out)
			out = append(out, Use{Name: file.Name, file: file})
		}
		out[i].Apps++
	}
	return out
}

// Apps returns the number of apps.
func (c Chosen) Apps() int { return len(c.dirs) }

// Single returns the choice for all of the apps, and whether it is the same for all.
func (c Chosen) Single() (Choice, bool) {
	for _, dir := range c.dirs {
		if !c.by[dir].Same(c.by[c.dirs[0]]) {
			return Choice{}, false
		}
	}
	if len(c.dirs) == 0 {
		return Choice{}, true
	}
	return c.by[c.dirs[0]], true
}

// Unused returns the first choice of no file although the repository has one, for a note.
func (c Chosen) Unused() (Choice, bool) {
	for _, dir := range c.dirs {
		if x := c.by[dir]; len(x.Several)+len(x.Elsewhere) > 0 {
			return x, true
		}
	}
	return Choice{}, false
}
