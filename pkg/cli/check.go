package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/diag/report"
	"github.com/unfold-gitops/unfold/pkg/platform/locate"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/repository"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

type checkFlags struct {
	format     formatFlag
	repository bool
	skip       []string
	platform   platformFlag
}

func newCheck(s Streams) *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Check every app below the paths in every environment, and the repository",
		Long: `check finds every app.yaml at and below the paths (default: current folder),
renders it in each environment, and prints all mistakes with their lines. It
exits with 1 if there are errors, or if none of the files is a descriptor.

In the top folder of a repository it also checks the rest of the repository: the
places of descriptors, the platform file, the Argo CD objects if they are
committed, Secrets in plain text, and whether CI sets images. A "–" marks a part
that the repository does not have, which is no mistake. With --repository it
checks the whole repository, from any folder in it.`,
		Example: "  unfold check\n  unfold check apps --format github\n  unfold check --skip ci,argocd",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.format.check(); err != nil {
				return err
			}
			for _, part := range f.skip {
				if !slices.Contains(repository.Parts(), part) {
					return usagef("--skip %q is not known: %s", part, join(repository.Parts()))
				}
			}
			if len(args) == 0 {
				args = []string{"."}
			}
			whole := f.repository
			if whole && len(args) > 1 {
				return usagef("--repository takes one folder")
			}
			if !cmd.Flags().Changed("repository") {
				whole = len(args) == 1 && isRepository(args[0])
			}
			err := f.check(cmd.Context(), s, args, whole)
			var mistakes diag.List
			if errors.As(err, &mistakes) { // in the platform file
				return errors.Join(f.write(s, mistakes), errFound)
			}
			return err
		},
	}
	f.format.register(cmd, report.Formats()...)
	cmd.Flags().BoolVar(&f.repository, "repository", false,
		"check the whole repository that the folder is in (default: if the folder holds .git)")
	cmd.Flags().StringSliceVar(&f.skip, "skip", nil, "parts of the repository to skip: "+join(repository.Parts()))
	f.platform.register(cmd)
	// The only error is a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("skip", cobra.FixedCompletions(repository.Parts(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// isRepository reports whether dir is the top folder of one.
func isRepository(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil
}

func (f *checkFlags) check(ctx context.Context, s Streams, paths []string, whole bool) error {
	operators, err := f.platform.all(ctx, s)
	if err != nil {
		return err
	}
	top, part := "", false
	if whole {
		if paths[0], top, part, err = wholeRepository(ctx, operators, paths[0]); err != nil {
			return err
		}
	}
	folders, misnamed, err := render.FindAll(paths)
	for i := range folders {
		if whole && err == nil {
			folders[i].Dir, err = tree.Short(folders[i].Dir)
		}
	}
	var generated []string // Argo CD objects of apps that are gone
	if err == nil && whole && len(folders)+len(misnamed) == 0 {
		generated, err = repository.Generated(ctx, paths[0])
	}
	switch {
	case err != nil:
		return usageError{err}
	case len(generated) > 0:
	case len(folders) == 0 && len(misnamed) > 0:
		return render.Misnamed(misnamed)
	case len(folders) == 0:
		return usagef("no app.yaml at or below %s; unfold init writes one", join(paths))
	}
	dirs := dirsOf(folders)
	if len(dirs) == 0 {
		dirs = paths
	}
	platforms, err := operators.ForAll(dirs)
	if err != nil {
		return err
	}
	notePlatform(s, platforms)
	if err := platforms.Mistakes(); err != nil && !whole { // else they are a part of the report
		return err
	}
	bar := newProgress(s, "checked", len(folders))
	var summary render.Summary
	file, _ := f.platform.path(s)
	if file == noPlatform {
		file = ""
	}
	if whole {
		var found repository.Report
		found, err = repository.Check(ctx, paths[0], folders, repository.Options{Top: top, Part: part, Platforms: platforms,
			Named: file, Skip: f.skip, Progress: bar.show})
		summary = render.Summary{Apps: found.Apps, Environments: found.Environments, Diags: found.Diags()}
		bar.clear()
		if err == nil && f.format.text == "text" {
			err = writeGroups(s, found)
		}
	} else {
		summary, err = render.CheckAll(ctx, folders, platforms.Platform, bar.show)
		summary.Diags = append(summary.Diags, render.Misnamed(misnamed)...)
		if p := platforms.Platform(dirs[0]); file != "" && p != nil {
			summary.Diags = append(summary.Diags, p.Warnings...)
		}
		bar.clear()
	}
	if err != nil {
		return err
	}
	if !whole || f.format.text != "text" {
		if err := f.write(s, summary.Diags); err != nil {
			return err
		}
	}
	all := summary.Diags.Sorted()
	warnings := len(all.Warnings())
	fmt.Fprintf(s.Err, "checked %s in %s: %s, %s\n", diag.Plural(summary.Apps, "app"), diag.Plural(summary.Environments, "environment"),
		diag.Plural(len(all)-warnings, "error"), diag.Plural(warnings, "warning"))
	if len(folders) == 0 {
		fmt.Fprintf(s.Err, "unfold: no app was checked: no app.yaml at or below %s\n", join(paths))
		return errFound
	}
	if summary.Apps == 0 { // only other tools' files
		fmt.Fprintf(s.Err, "unfold: nothing was checked: no app.yaml at or below %s is a descriptor\n", join(paths))
		return errFound
	}
	if all.HasErrors() {
		return errFound
	}
	return nil
}

// wholeRepository returns the folder of the repository that a folder is in, as a path for messages, its top folder, and
// whether it is only a part of one of git's: it is if it has a platform file for itself, and then a repository of its own.
func wholeRepository(ctx context.Context, operators *locate.Platforms, dir string) (repository, top string, part bool, err error) {
	if info, err := os.Stat(dir); err != nil { // who looks for apps in it says so
		return dir, dir, false, nil
	} else if !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	top, part, err = operators.Top(ctx, dir)
	if err != nil || !part {
		return dir, top, part, err
	}
	own, err := tree.Rel(top, dir)
	if err != nil || own == "." {
		return dir, top, part, err
	}
	repository, err = tree.Rel(".", top)
	return repository, top, false, err
}

// write prints diagnostics in the format that is asked for.
func (f *checkFlags) write(s Streams, diags diag.List) error {
	if f.format.text != "text" {
		return report.Write(f.to(s), f.format.text, programVersion(), diags)
	}
	var b strings.Builder
	for _, d := range diags.Sorted() {
		b.WriteString(s.coloured(s.Out, d) + "\n")
	}
	_, err := io.WriteString(s.painted(), fold(b.String(), s.width(s.Out)))
	return err
}

// to returns the stream of a format: one that programs read escapes by itself.
func (f *checkFlags) to(s Streams) io.Writer {
	if f.format.text == "text" {
		return s.Out
	}
	return s.data
}

// writeGroups prints what was found about a repository, for people.
func writeGroups(s Streams, r repository.Report) error {
	paint := s.paint(s.Out)
	var b strings.Builder
	for i, g := range r.Groups {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(paint("1", g.Title) + "\n")
		for _, line := range g.Lines {
			mark := paint("32", "✓")
			switch {
			case line.Diags.HasErrors():
				mark = paint("31", "✗")
			case line.Note:
				mark = paint("2", "–")
			case len(line.Diags) > 0:
				mark = paint("33", "!")
			}
			fmt.Fprintf(&b, "  %s %s\n", mark, diag.Line(line.Text))
			for _, d := range line.Diags.Sorted() {
				b.WriteString("      " + strings.ReplaceAll(s.coloured(s.Out, d), "\n", "\n      ") + "\n")
			}
		}
	}
	_, err := io.WriteString(s.painted(), fold(b.String(), s.width(s.Out)))
	return err
}
