package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
)

func newSet(s Streams) *cobra.Command {
	var env, workload string
	var how howFlags
	cmd := &cobra.Command{
		Use:   "set [DIR] KEY=VALUE...",
		Short: "Set fields in app.yaml, and change nothing else in it",
		Long: `set changes single values in the app.yaml of DIR (the current folder unless
given): in the environment --env, or at the top level. KEY is the way to the
field with dots between, such as config.LOG_LEVEL; a dot in a key is written \.
and KEY- removes the field. Comments, quotes and order stay as they are, byte for
byte. What was valid stays valid, or nothing is changed.`,
		Example: "  unfold set --env prod replicas=5 config.LOG_LEVEL=INFO\n" +
			"  unfold set examples/multi --env prod --workload web replicas=7 --dry-run",
		Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			return completeField(begun), cobra.ShellCompDirectiveNoSpace
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, args := dirFirst(args, func(arg string) bool { return strings.Contains(arg, "=") || strings.HasSuffix(arg, "-") })
			if len(args) == 0 {
				return usagef("set takes KEY=VALUE; see unfold set --help")
			}
			var fields []delivery.Field
			for i, arg := range args {
				f, problem := delivery.ParseField(arg)
				if problem != "" && isDir(arg) {
					return usagef("%q is a folder; set takes [DIR] KEY=VALUE, with the folder first", arg)
				}
				if problem != "" {
					return usagef("%s %s; see unfold set --help", shownField(arg, i), problem)
				}
				fields = append(fields, f)
			}
			return how.run(cmd.Context(), s, func(ctx context.Context, how delivery.How) (delivery.Outcome, error) {
				return delivery.SetFields(ctx, dir, env, workload, fields, how)
			})
		},
	}
	cmd.Flags().StringVarP(&env, "env", "e", "", "environment; the top level unless given")
	cmd.Flags().StringVarP(&workload, "workload", "w", "", "workload of an app with several")
	how.register(cmd)
	completeEnvironments(cmd, s, &how.platform, folderToSet)
	completeWorkloads(cmd, s, &how.platform, folderToSet)
	cmd.AddCommand(newSetImage(s))
	return cmd
}

func newSetImage(s Streams) *cobra.Command {
	var env string
	var how howFlags
	cmd := &cobra.Command{
		Use:   "image [DIR] [WORKLOAD=]IMAGE[:TAG][@DIGEST]...",
		Short: "Set the image of an environment in app.yaml",
		Long: `image sets the image that an environment of the app in DIR (the current folder
unless given) runs, where app.yaml says it for that environment: in tag, in
image, or in a workload. Of several workloads it is set for the one that is
named, else for those that run the same repository. A tag or digest that IMAGE
leaves out stays. Nothing but the value is changed, and nothing if it is there
already.`,
		Example: "  unfold set image examples/example-app --env prod ashik9001/demo-app:v1.1.0\n" +
			"  unfold set image --env prod web=ghcr.io/example/shop:v2 --commit --push",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if env == "" {
				return usagef("--env is missing: the environment to set the image of")
			}
			dir, args := dirFirst(args, func(arg string) bool { return strings.Contains(arg, "=") })
			if len(args) == 1 && dir == "." && isDir(args[0]) {
				return usagef("IMAGE is missing: the image to set in the folder %q", args[0])
			}
			var images []delivery.Image
			for _, arg := range args {
				image, problem := delivery.ParseImage(arg)
				if problem != "" {
					return usagef("%q %s", arg, problem)
				}
				images = append(images, image)
			}
			return how.run(cmd.Context(), s, func(ctx context.Context, how delivery.How) (delivery.Outcome, error) {
				return delivery.SetImage(ctx, dir, env, images, how)
			})
		},
	}
	cmd.Flags().StringVarP(&env, "env", "e", "", "environment")
	how.register(cmd)
	completeEnvironments(cmd, s, &how.platform, folderToSet)
	return cmd
}

// dirFirst takes the folder off the arguments: the first of several, unless that
// is something to set.
func dirFirst(args []string, settable func(string) bool) (dir string, rest []string) {
	if len(args) > 1 && !settable(args[0]) {
		return args[0], args[1:]
	}
	if len(args) > 1 && isDir(args[0]) {
		return args[0], args[1:]
	}
	return ".", args
}

// shownField returns an argument that is wrong, by its place among the fields where it may
// be nothing but a value.
func shownField(arg string, i int) string {
	if key, _, ok := strings.Cut(arg, "="); ok || isName(key) {
		return strconv.Quote(credential.Redact(key))
	}
	return fmt.Sprintf("field %d", i+1)
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// folderToSet returns the folder for completions, when what to set may still be
// missing.
func folderToSet(args []string) string {
	if len(args) > 0 && isDir(args[0]) {
		return args[0]
	}
	return "."
}

// howFlags are what all verbs take that change a descriptor.
type howFlags struct {
	platform platformFlag
	how      delivery.How
}

func (f *howFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.how.DryRun, "dry-run", false, "change nothing, print what would change in app.yaml and in the manifests")
	flags.BoolVar(&f.how.Commit, "commit", false, "make a git commit of the change, and of nothing else")
	flags.BoolVar(&f.how.Push, "push", false, "make the commit on the remote's branch")
	flags.StringVar(&f.how.Author, "author", "", `"NAME <EMAIL>" of the commit; git's own unless given`)
	flags.StringVar(&f.how.Remote, "remote", "", "git remote to push to; that of the branch unless given")
	flags.StringVar(&f.how.Branch, "branch", "", "branch to push to; the one that is checked out unless given")
	flags.StringVarP(&f.how.Subject, "message", "m", "", "first line of the commit's message")
	flags.StringVar(&f.how.Source, "source-revision", "", "revision that the image was built from; CI's own unless given")
	f.platform.register(cmd)
}

// run makes a change and prints what came of it.
func (f *howFlags) run(ctx context.Context, s Streams, change func(context.Context, delivery.How) (delivery.Outcome, error)) error {
	how := f.how
	switch {
	case !how.Commit && !how.Push && (how.Author != "" || how.Subject != "" || how.Branch != "" || how.Remote != ""):
		return usagef("--author, --message, --remote and --branch are about a commit: add --commit or --push")
	case !how.Push && (how.Branch != "" || how.Remote != ""):
		return usagef("--remote and --branch say where to push: add --push")
	}
	if how.Source == "" {
		how.Source = cmp.Or(s.variable("GITHUB_SHA"), s.variable("CI_COMMIT_SHA")) // of GitHub Actions, GitLab CI
	}
	var err error
	if how.Platform, err = f.platform.read(s); err != nil {
		return err
	}
	// git is ended and waited for, so the change itself knows how far it came.
	var out delivery.Outcome
	err = s.work.write(ctx, func() error {
		out, err = change(ctx, how)
		return err
	})
	if out.Mended != "" {
		fmt.Fprintln(s.Err, diag.Line(out.Mended))
	}
	if err != nil {
		return err
	}
	if how.DryRun && out.Changed {
		_, err := fmt.Fprint(s.Out, out.Descriptor, out.Manifests)
		return err
	}
	for _, line := range out.Lines {
		fmt.Fprintln(s.Out, diag.Line(line))
	}
	if p := out.Pushed; p != nil {
		for _, text := range p.Said {
			fmt.Fprintln(s.Err, diag.Line(text))
		}
		fmt.Fprintf(s.Out, "pushed %.12s to %s %s\n", out.Commit, diag.Line(p.Remote), diag.Line(p.Branch))
		if p.Behind != "" {
			fmt.Fprintf(s.Err, "%s; when that is out of the way, git pull brings the change into the clone\n", diag.Line(p.Behind))
		}
	} else if out.Commit != "" {
		fmt.Fprintf(s.Out, "committed %.12s\n", out.Commit)
	}
	return nil
}
