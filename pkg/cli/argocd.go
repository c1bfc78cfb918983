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
	"github.com/unfold-gitops/unfold/pkg/platform/locate"
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
	url, revision, style string
	output               outputFlag
	check, another       bool
	platform             platformFlag
}

func newArgoCD(s Streams) *cobra.Command {
	f := argocdFlags{output: outputFlag{prints: true}}
	cmd := &cobra.Command{
		Use:   "argocd [PATH]",
		Short: "Print the Argo CD objects for the apps of a repository",
		Long: `argocd prints one Application for each environment of each app at and below PATH
(default: current folder), and one AppProject for each team of the platform
file. With --style applicationset it prints ApplicationSets instead, which find
new apps by themselves.

With --output it writes the objects as files to a folder with a kustomization,
and prints one Application for that folder: apply it once, and Argo CD deploys
the files from then on. It removes the files of apps that no longer exist, but
never those of apps outside of PATH. It writes no second folder of objects in a
repository unless --another-argocd is given. --check fails if the files are out
of date.`,
		Example: "  unfold argocd apps --repo-url https://git.example.com/team/apps.git\n  unfold argocd --output argocd\n" +
			"  unfold argocd --output argocd --check",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case !slices.Contains([]string{staticStyle, setStyle}, f.style):
				return usagef("--style %q is not known: %s, %s", f.style, staticStyle, setStyle)
			case f.check && f.output.dir == "":
				return usagef("--check needs --output: the folder whose files are checked")
			}
			if err := f.output.check(cmd); err != nil {
				return err
			}
			return f.run(cmd.Context(), s, folder(args))
		},
	}
	cmd.Flags().StringVar(&f.url, "repo-url", "", "address of the repository for Argo CD (default: git's remote)")
	cmd.Flags().StringVar(&f.revision, "revision", "HEAD", "branch, tag or commit to deploy")
	cmd.Flags().StringVar(&f.style, "style", staticStyle, "objects to print: "+staticStyle+" or "+setStyle)
	f.output.register(cmd, "folder to write the objects to, as files")
	cmd.Flags().BoolVar(&f.check, "check", false, "write nothing; fail if the files in --output are out of date")
	cmd.Flags().BoolVar(&f.another, "another-argocd", false, "allow a second folder of objects in the repository, for another Argo CD")
	f.platform.register(cmd)
	// The only error is a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("style", cobra.FixedCompletions([]string{staticStyle, setStyle}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f argocdFlags) run(ctx context.Context, s Streams, dir string) error {
	operators, err := f.platform.all(ctx, s)
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
	top, _, err := operators.Top(ctx, root)
	if err != nil {
		return err
	}
	if below, err := tree.Rel(top, root); err != nil {
		return err
	} else if failure != nil && below != "." { // git can't be asked, but the repository is one of git's
		root = top
	}
	folders, err := render.Find([]string{dir})
	if err != nil {
		return usageError{err}
	}
	dirs := dirsOf(folders)
	if len(dirs) == 0 {
		dirs = []string{dir}
	}
	platforms, err := operators.ForAll(dirs)
	if err != nil {
		return err
	}
	notePlatform(s, platforms)
	p, err := f.one(platforms, dir)
	if err != nil {
		return err
	}
	apps, err := repository.Apps(ctx, root, folders, platforms)
	if err != nil {
		return err
	}
	r := argocd.Repository{URL: f.url, Revision: f.revision, Apps: apps}
	objects, diags := argocd.Static(r, p)
	if f.style == setStyle {
		objects, diags = argocd.Sets(r, p)
	}
	if scope, err := tree.Rel(root, dir); err != nil {
		return err
	} else if scope == "." { // else nobody knows all apps
		diags = append(diags, argocd.Unmatched(p, pathsOf(apps))...)
	}
	diags = append(diags, p.Warnings...)
	if err := diags.Err(); err != nil {
		return err
	}
	for _, w := range diags.Warnings() {
		s.complain(w)
	}
	if f.output.dir == "" {
		return writeObjects(s, objects)
	}
	files, err := repository.Files(objects)
	if err != nil {
		return err
	}
	if err := f.checkScope(root, dir, files); err != nil {
		return err
	}
	if err := f.checkFolder(ctx, root, p.ArgoCD.Namespace); err != nil {
		return err
	}
	if f.check {
		return f.compareFiles(s, files)
	}
	if err := f.writeFiles(ctx, s, files); err != nil {
		return err
	}
	return f.printRoot(s, root, func(folder string) *value.Value { return argocd.Root(r, p, folder) })
}

func pathsOf(apps []argocd.App) []string {
	var out []string
	for _, app := range apps {
		out = append(out, app.Path)
	}
	return out
}

// topFolder returns that of a repository without git: the current one, or dir where
// that lies elsewhere.
func topFolder(dir string) string {
	if rel, err := tree.Rel(".", dir); err == nil && filepath.IsLocal(rel) {
		return "."
	}
	return dir
}

// one returns the platform that all apps below dir have, since the objects of Argo CD have
// only one.
func (f argocdFlags) one(platforms locate.Chosen, dir string) (*platform.Platform, error) {
	choice, same := platforms.Single()
	if !same {
		return nil, usagef("the apps below %s don't all have the same platform file: name a PATH whose apps do, or name a file with "+
			"--platform", dir)
	}
	p, err := choice.Platform()
	if p != nil || err != nil {
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

// checkScope refuses to replace files of apps outside of dir.
func (f argocdFlags) checkScope(root, dir string, files tree.Tree) error {
	scope, err := tree.Rel(root, dir)
	if err != nil {
		return err
	}
	name, of, err := repository.Elsewhere(f.output.dir, files, scope)
	if err != nil {
		return err
	}
	if name != "" {
		return usagef("%s is for %s, but PATH is %s: name a PATH with all apps of %s, such as the repository's top folder", name, of, scope,
			f.output.dir)
	}
	return nil
}

// checkFolder refuses a further folder of objects in the repository. Its Application
// would have the name of the one that follows the first folder, and take its place: Argo
// CD would then delete all apps that only the first folder has.
func (f argocdFlags) checkFolder(ctx context.Context, root, namespace string) error {
	output, err := tree.Rel(root, f.output.dir)
	if f.another || err != nil || !filepath.IsLocal(output) {
		return err
	}
	folders, err := repository.Folders(ctx, root, namespace)
	if err != nil {
		return err
	}
	first := ""
	for _, folder := range folders {
		in, err := tree.Rel(root, folder)
		switch {
		case err != nil:
			return err
		case in == output: // it is only brought up to date
			return nil
		case first == "":
			first = folder
		}
	}
	if first == "" {
		return nil
	}
	var here [2]string
	for i, name := range []string{root, first} {
		if here[i], err = tree.Rel(".", name); err != nil {
			return err
		}
	}
	return usagef("the repository has its Argo CD objects in %s already: the Application of a second folder would take the place of the "+
		"one "+
		"for %s, and Argo CD would delete the apps that only %s has\n"+
		"  hint: run unfold argocd %s --output %s; or remove %s before; or, for "+
		"another Argo CD than that of %s, add --another-argocd", here[1], here[1], here[1], diag.Word(here[0]), diag.Word(here[1]), here[1],
		here[1])
}

// compareFiles checks whether the files in --output are up to date.
func (f argocdFlags) compareFiles(s Streams, files tree.Tree) error {
	stale, err := repository.StaleFiles(f.output.dir, files)
	if err != nil {
		return err
	}
	if len(stale) == 0 {
		fmt.Fprintf(s.Err, "%s is current: %s\n", f.output.dir, diag.Plural(len(files), "file"))
		return nil
	}
	for _, x := range stale {
		fmt.Fprintln(s.Err, diag.Line(x.File), x.Why)
	}
	fmt.Fprintf(s.Err, "next: run the same command without --check, and commit %s\n", f.output.dir)
	return errFound
}

// writeFiles writes the objects to --output, and removes the files of apps that no
// longer exist.
func (f argocdFlags) writeFiles(ctx context.Context, s Streams, files tree.Tree) error {
	var removed []string
	err := s.work.write(ctx, func() (err error) {
		removed, err = repository.Replace(ctx, f.output.dir, files)
		return err
	})
	for _, name := range removed {
		fmt.Fprintf(s.Err, "removed %s: Argo CD deletes the objects that it deployed\n", diag.Line(name))
	}
	if err == nil {
		fmt.Fprintf(s.Err, "wrote %s to %s\n", diag.Plural(len(files), "file"), f.output.dir)
	}
	return err
}

// printRoot prints the Application for --output, where that is in the repository.
func (f argocdFlags) printRoot(s Streams, root string, application func(folder string) *value.Value) error {
	inRepository, err := tree.Rel(root, f.output.dir)
	if err != nil {
		return err
	}
	if !filepath.IsLocal(inRepository) {
		fmt.Fprintf(s.Err, "next: put them into a folder that Argo CD reads; %s is not in the repository\n", f.output.dir)
		return nil
	}
	fmt.Fprintln(s.Err, "next: commit them, and apply the object on standard output once")
	return writeObjects(s, []*value.Value{application(inRepository)})
}
