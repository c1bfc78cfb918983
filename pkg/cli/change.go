package cli

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/diag"
)

// changeFlags are the flags of all commands that change a descriptor.
type changeFlags struct {
	platform platformFlag
	options  delivery.Options
}

func (f *changeFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.options.DryRun, "dry-run", false, "change nothing; print the changes to app.yaml and to the manifests")
	flags.BoolVar(&f.options.Commit, "commit", false, "commit the change, and nothing else")
	flags.BoolVar(&f.options.Push, "push", false, "commit the change on the remote's branch")
	flags.StringVar(&f.options.Author, "author", "", `"NAME <EMAIL>" of the commit (default: git's)`)
	flags.StringVar(&f.options.Remote, "remote", "", "git remote to push to (default: the branch's)")
	flags.StringVar(&f.options.Branch, "branch", "", "branch to push to (default: the one that is checked out)")
	flags.StringVarP(&f.options.Subject, "message", "m", "", "first line of the commit message")
	flags.StringVar(&f.options.Source, "source-revision", "", "revision that the image was built from (default: CI's)")
	f.platform.register(cmd)
}

// run makes a change of the app in dir and prints the result.
func (f *changeFlags) run(ctx context.Context, s Streams, dir string,
	change func(context.Context, delivery.Options) (delivery.Result, error),
) error {
	o := f.options
	switch {
	case !o.Commit && !o.Push && (o.Author != "" || o.Subject != "" || o.Branch != "" || o.Remote != ""):
		return usagef("--author, --message, --remote and --branch need a commit: add --commit or --push")
	case !o.Push && (o.Branch != "" || o.Remote != ""):
		return usagef("--remote and --branch need a push: add --push")
	}
	if o.Source == "" {
		o.Source = cmp.Or(s.variable("GITHUB_SHA"), s.variable("CI_COMMIT_SHA")) // of GitHub Actions, GitLab CI
	}
	var err error
	if o.Platform, err = f.platform.read(ctx, s, dir); err != nil {
		return err
	}
	// git is ended and waited for, so the change itself knows how far it came.
	var r delivery.Result
	err = s.work.write(ctx, func() error {
		r, err = change(ctx, o)
		return err
	})
	if r.Recovered != "" {
		fmt.Fprintln(s.Err, diag.Line(r.Recovered))
	}
	if err != nil {
		return err
	}
	if len(r.Mistakes) > 0 {
		fmt.Fprintln(s.Err, "note: the app had mistakes before the change, and has them still:")
		s.complain(r.Mistakes...)
	}
	if len(r.Warnings) > 0 {
		s.complain(r.Warnings...)
	}
	for _, note := range r.Notes {
		fmt.Fprintln(s.Err, "note: "+diag.Line(note))
	}
	if o.DryRun && r.Changed {
		_, err := fmt.Fprint(s.Out, r.Descriptor, r.Manifests)
		return err
	}
	printChange(s, r)
	return nil
}

// printChange prints the result of a change that was made.
func printChange(s Streams, r delivery.Result) {
	for _, line := range r.Lines {
		fmt.Fprintln(s.Out, diag.Line(line))
	}
	if p := r.Pushed; p != nil {
		for _, text := range p.HookOutput {
			fmt.Fprintln(s.Err, diag.Line(text))
		}
		fmt.Fprintf(s.Out, "pushed %.12s to %s %s\n", r.Commit, diag.Line(p.Remote), diag.Line(p.Branch))
		if p.Behind != "" {
			fmt.Fprintf(s.Err, "%s; once that is out of the way, git pull brings the change into the clone\n", diag.Line(p.Behind))
		}
	} else if r.Commit != "" {
		fmt.Fprintf(s.Out, "committed %.12s\n", r.Commit)
	}
}
