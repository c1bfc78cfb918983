package cli

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/argocd"
	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/repository"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// The styles of Argo CD's objects.
const (
	staticStyle = "applications"
	setStyle    = "applicationset"
)

type argocdFlags struct {
	url, revision, style, output string
	check                        bool
	platform                     platformFlag
}

func newArgoCD(s Streams) *cobra.Command {
	f := argocdFlags{}
	cmd := &cobra.Command{
		Use:   "argocd [PATH]",
		Short: "Print the Argo CD objects for the apps of a repository",
		Long: `argocd prints, for all apps at and below PATH (the current folder unless given),
one Application for each environment and an AppProject for each team of the
platform file. With --style applicationset it prints ApplicationSets instead,
which find new apps by themselves.

With --output the objects become files of a folder with a kustomization, and an
Application for that folder is printed: apply it once, and Argo CD follows the
files. Those of apps that are gone are removed, those of apps outside of PATH
never. --check fails where such files are not what would be written now.

Without --platform the platform file that lies in the repository holds, if there
is exactly one, as for check.`,
		Example: "  unfold argocd apps --repo-url https://git.example.com/team/apps.git\n  unfold argocd --output argocd\n" +
			"  unfold argocd --output argocd --check",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case !slices.Contains([]string{staticStyle, setStyle}, f.style):
				return usagef("--style %q is not known: %s, %s", f.style, staticStyle, setStyle)
			case f.check && f.output == "":
				return usagef("--check needs --output: the folder whose files are checked")
			}
			return printArgoCD(cmd.Context(), s, folder(args), f)
		},
	}
	cmd.Flags().StringVar(&f.url, "repo-url", "", "the repository as Argo CD reaches it; git's remote unless given")
	cmd.Flags().StringVar(&f.revision, "revision", "HEAD", "the branch, tag or commit that is deployed")
	cmd.Flags().StringVar(&f.style, "style", staticStyle, "what is printed: "+staticStyle+" or "+setStyle)
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "folder to write the objects to, as files")
	cmd.Flags().BoolVar(&f.check, "check", false, "write nothing; fail where the files in --output are stale")
	f.platform.register(cmd)
	// The only error is a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("style", cobra.FixedCompletions([]string{staticStyle, setStyle}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func printArgoCD(ctx context.Context, s Streams, dir string, f argocdFlags) error {
	p, err := f.platform.read(s)
	if err != nil {
		return err
	}
	root, url, failure := delivery.Origin(ctx, dir)
	switch {
	case failure != nil && f.url == "":
		return usagef("%w\n  hint: name the repository that Argo CD reads with --repo-url, or run this in a clone of it", failure)
	case failure != nil: // the repository's content, as an archive has it, from its top folder
		root = topFolder(dir)
	case f.url == "" && url == "":
		return usagef("the repository has no remote, or one whose address may hold a password: name the repository with --repo-url")
	case f.url == "":
		f.url = url
	}
	if p == nil {
		if p, err = platformOf(ctx, s, root); err != nil {
			return err
		}
	}
	folders, err := render.Find([]string{dir})
	if err != nil {
		return usageError{err}
	}
	apps, err := repository.Apps(ctx, root, folders, p)
	if err != nil {
		return err
	}
	r := argocd.Repository{URL: f.url, Revision: f.revision, Apps: apps}
	objects, diags := argocd.Static(r, p)
	if f.style == setStyle {
		objects, diags = argocd.Sets(r, p)
	}
	if err := diags.Err(); err != nil {
		return err
	}
	for _, w := range diags.Warnings() {
		fmt.Fprintln(s.Err, w)
	}
	if f.output == "" {
		return writeObjects(s, objects)
	}
	return argocdFiles(ctx, s, root, dir, objects, r, p, f)
}

// topFolder returns that of a repository without git: the current one, or dir where
// that lies elsewhere.
func topFolder(dir string) string {
	if rel, err := tree.Rel(".", dir); err == nil && filepath.IsLocal(rel) {
		return "."
	}
	return dir
}

// platformOf returns the platform by which unfold check would check the repository:
// the one that lies in it, or what is built in.
func platformOf(ctx context.Context, s Streams, root string) (*platform.Platform, error) {
	p, file, err := repository.Platform(ctx, root)
	if err != nil {
		return nil, err
	}
	if p != nil {
		name, err := tree.Rel(root, file)
		fmt.Fprintf(s.Err, "the platform file is the repository's %s\n", diag.Line(name))
		return p, err
	}
	p, diags := platform.Builtin()
	return p, diags.Err()
}

func writeObjects(s Streams, objects []*value.Value) error {
	var out bytes.Buffer
	for i, o := range objects {
		text, err := value.EncodeSource(o)
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteString("---\n")
		}
		out.Write(text)
	}
	_, err := s.data.Write(out.Bytes())
	return err
}

// argocdFiles writes the objects as files, or checks those that are there.
func argocdFiles(ctx context.Context, s Streams, root, dir string, objects []*value.Value, r argocd.Repository, p *platform.Platform,
	f argocdFlags) error {
	files, err := repository.Files(objects)
	if err != nil {
		return err
	}
	scope, err := tree.Rel(root, dir)
	if err != nil {
		return err
	}
	name, of, err := repository.Elsewhere(f.output, files, scope)
	if err != nil {
		return err
	}
	if name != "" {
		return usagef("%s is of %s, not of %s alone: name a PATH with all apps of %s, such as the repository's top folder", name, of, scope,
			f.output)
	}
	stale, err := repository.StaleFiles(f.output, files)
	if err != nil {
		return err
	}
	if f.check {
		if len(stale) == 0 {
			fmt.Fprintf(s.Err, "%s is current: %s\n", f.output, plural(len(files), "file"))
			return nil
		}
		for _, x := range stale {
			fmt.Fprintln(s.Err, diag.Line(x.File), x.Why)
		}
		fmt.Fprintf(s.Err, "next: run the same command without --check, and commit %s\n", f.output)
		return errFound
	}
	var removed []string
	err = s.work.write(ctx, func() error {
		removed, err = repository.Replace(ctx, f.output, files)
		return err
	})
	for _, name := range removed {
		fmt.Fprintf(s.Err, "removed %s: with it Argo CD deletes what it made\n", diag.Line(name))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Err, "wrote %s to %s\n", plural(len(files), "file"), f.output)
	inRepository, err := tree.Rel(root, f.output)
	if err != nil {
		return err
	}
	if !filepath.IsLocal(inRepository) {
		fmt.Fprintf(s.Err, "next: put them into a folder that Argo CD reads; %s is not in the repository\n", f.output)
		return nil
	}
	fmt.Fprintln(s.Err, "next: commit them, and apply once what stands on standard output")
	return writeObjects(s, []*value.Value{argocd.Root(r, p, inRepository)})
}
