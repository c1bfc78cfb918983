package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/platform/locate"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

// platformVariable names the operator's file where no flag does. The author of
// an Application can't set it: Argo CD gives theirs a prefix.
const platformVariable = "UNFOLD_PLATFORM"

// noPlatform takes the place of a path for those who want none.
const noPlatform = "none"

// platformFlag is where the operator's file is.
type platformFlag struct{ file string }

// register adds the flag to a command that people run.
func (f *platformFlag) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "platform", "",
		"the operator's platform file, or "+noPlatform+" (default: $"+platformVariable+", else the repository's)")
}

// registerPlugin adds the flag to a command that Argo CD runs, which takes no file from a
// repository.
func (f *platformFlag) registerPlugin(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "platform", "", "the operator's platform file (default: $"+platformVariable+")")
}

// path returns the file's path, or "" for none, and who names it.
func (f *platformFlag) path(s Streams) (file, from string) {
	if f.file != "" {
		return f.file, "--platform"
	}
	return s.variable(platformVariable), platformVariable
}

// all returns the platforms by which apps are rendered: the one that the flag or the
// variable names, else those of their repositories.
func (f *platformFlag) all(ctx context.Context, s Streams) (*locate.Platforms, error) {
	switch file, _ := f.path(s); file {
	case "":
		return locate.New(ctx), nil
	case noPlatform:
		return locate.Named(nil), nil
	default:
		p, err := platform.Read(file)
		return locate.Named(p), err
	}
}

// choose returns the platforms of the apps in folders, and says on standard error which
// files they are unless somebody has named one. Mistakes in the files are the error.
func (f *platformFlag) choose(ctx context.Context, s Streams, dirs ...string) (locate.Chosen, error) {
	all, err := f.all(ctx, s)
	if err != nil {
		return locate.Chosen{}, err
	}
	chosen, err := all.ForAll(dirs)
	if err != nil {
		return chosen, err
	}
	notePlatform(s, chosen)
	return chosen, chosen.Mistakes()
}

// read returns the operator's platform for the app in a folder, nil if there is none.
func (f *platformFlag) read(ctx context.Context, s Streams, dir string) (*platform.Platform, error) {
	chosen, err := f.choose(ctx, s, dir)
	return chosen.Platform(dir), err
}

// notePlatform prints which platform files of repositories apply to the apps of a run.
func notePlatform(s Streams, c locate.Chosen) {
	if text := platformNote(c); text != "" {
		fmt.Fprintln(s.Err, "note:", diag.Line(text))
	}
}

func platformNote(c locate.Chosen) string {
	uses := c.Uses()
	if len(uses) == 1 && uses[0].Apps == c.Apps() {
		return "the platform file is " + uses[0].Name
	}
	var texts []string
	for _, u := range uses {
		texts = append(texts, fmt.Sprintf("%s for %s", u.Name, diag.Plural(u.Apps, "app")))
	}
	if len(texts) > 0 {
		used := 0
		for _, u := range uses {
			used += u.Apps
		}
		if rest := c.Apps() - used; rest > 0 {
			texts = append(texts, "none for "+diag.Plural(rest, "app"))
		}
		return "the platform files are " + strings.Join(texts, ", ")
	}
	choice, ok := c.Unused()
	switch {
	case !ok:
		return ""
	case len(choice.Several) > 0:
		return fmt.Sprintf("no platform file is used, since there are several: %s; choose one with --platform", fileNames(choice.Several))
	}
	return fmt.Sprintf("no platform file is used: %s only for the apps at or below its folder; --platform names one",
		appliesTo(choice.Elsewhere))
}

func appliesTo(files []*locate.File) string {
	if len(files) == 1 {
		return files[0].Name + " is"
	}
	return "each of " + fileNames(files) + " is"
}

func fileNames(files []*locate.File) string {
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	return join(names)
}

// readBeside is read for a folder that nobody has looked at: the file must not
// come from there. A mistake in it is the operator's, and says so.
func (f *platformFlag) readBeside(s Streams, dir string) (*platform.Platform, error) {
	file, from := f.path(s)
	if file == "" {
		return nil, nil
	}
	p, err := f.readOutside(file, from, dir)
	var diags diag.List
	if errors.As(err, &diags) {
		diags.Errorh(diag.Pos{}, "platform-file", "tell the operator of Argo CD",
			"the operator's platform file %q is wrong, so no app can be generated; it is not the app's fault", file)
		return nil, diags
	}
	return p, err
}

func (f *platformFlag) readOutside(file, from, dir string) (*platform.Platform, error) {
	var diags diag.List
	if !filepath.IsAbs(file) {
		diags.Errorh(diag.Pos{File: from}, "platform-file", "give an absolute path",
			"the path %q is relative to the app's folder, from which no platform file is read", file)
		return nil, diags
	}
	rel, err := tree.Rel(dir, file)
	if err != nil {
		return nil, err
	}
	if filepath.IsLocal(rel) {
		diags.Errorh(diag.Pos{File: from}, "platform-file", "mount it somewhere else",
			"the file %q is in the app's folder, from which no platform file is read", file)
		return nil, diags
	}
	return platform.Read(file)
}
