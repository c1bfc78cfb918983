package cli

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
)

func newSet(s Streams) *cobra.Command {
	var c delivery.FieldChange
	var change changeFlags
	cmd := &cobra.Command{
		Use:   "set [DIR] KEY=VALUE...",
		Short: "Set fields in app.yaml, and keep every other byte",
		Long: `set changes single values in the app.yaml of DIR (default: current folder): in
the environments --env, or at the top level. KEY is the path of the field with
dots, such as config.LOG_LEVEL; write \. for a dot in a key. KEY- removes the
field, and KEY=null leaves it out where it would be inherited. A list is written
in brackets: 'args=[a, b]'. Comments, quotes and the order of keys stay. It refuses a change that would break a
valid app, and prints each value before and after.`,
		Example: "  unfold set --env prod replicas=5 config.LOG_LEVEL=INFO\n" +
			"  unfold set --env dev --env staging config.FEATURE_X=on --commit\n" +
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
			seen := map[string]string{}
			for i, arg := range args {
				f, problem := delivery.ParseField(arg)
				if problem != "" && isDir(arg) {
					return usagef("%q is a folder; set takes [DIR] KEY=VALUE, with the folder first", arg)
				}
				if problem != "" {
					return usagef("%s %s; see unfold set --help", shownField(arg, i), problem)
				}
				_, to, _ := strings.Cut(arg, f.Key)
				if err := twice(seen, strings.Join(f.Path, "\x00"), to, shownField(arg, i)); err != nil {
					return err
				}
				c.Fields = append(c.Fields, f)
			}
			c.Envs = distinct(c.Envs)
			return change.run(cmd.Context(), s, dir, func(ctx context.Context, o delivery.Options) (delivery.Result, error) {
				return delivery.SetFields(ctx, dir, c, o)
			})
		},
	}
	cmd.Flags().StringArrayVarP(&c.Envs, "env", "e", nil, "environment; can be repeated (default: the top level)")
	cmd.Flags().StringVarP(&c.Workload, "workload", "w", "", "workload, if the app has several")
	change.register(cmd)
	completion{cmd, s, &change.platform, folderToSet}.environments("env").workloads()
	cmd.AddCommand(newSetImage(s))
	return cmd
}

func newSetImage(s Streams) *cobra.Command {
	var c delivery.ImageChange
	var change changeFlags
	cmd := &cobra.Command{
		Use:   "image [DIR] [WORKLOAD=]IMAGE[:TAG][@DIGEST]...",
		Short: "Set the image of an environment in app.yaml",
		Long: `image sets the image of the environments --env in the app.yaml of DIR (default:
current folder). It changes the field that sets the image now: tag, image, or a
workload's. If the app has several workloads, it changes the named one, or else
all that run the same repository. A tag or digest that IMAGE does not have
stays, and so does the repository: image refuses an IMAGE of another one unless
--change-repository allows it. Nothing else in the file changes.`,
		Example: "  unfold set image examples/example-app --env prod ashik9001/demo-app:v1.1.0\n" +
			"  unfold set image --env prod web=ghcr.io/example/shop:v2 --commit --push",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.Envs = distinct(c.Envs); len(c.Envs) == 0 {
				return usagef("--env is missing: the environment to set the image of")
			}
			dir, args := dirFirst(args, func(arg string) bool {
				return strings.Contains(arg, "=") || strings.ContainsAny(arg, ":@") && !isThere(folder([]string{arg}))
			})
			if len(args) == 1 && dir == "." && isDir(args[0]) {
				return usagef("IMAGE is missing: the image to set in the folder %q", args[0])
			}
			for _, arg := range args {
				image, problem := delivery.ParseImage(arg)
				if problem != "" {
					return usagef("%q %s", arg, problem)
				}
				c.Images = append(c.Images, image)
			}
			return change.run(cmd.Context(), s, dir, func(ctx context.Context, o delivery.Options) (delivery.Result, error) {
				return delivery.SetImage(ctx, dir, c, o)
			})
		},
	}
	cmd.Flags().StringArrayVarP(&c.Envs, "env", "e", nil, "environment; can be repeated")
	cmd.Flags().BoolVar(&c.Repository, "change-repository", false, "allow an IMAGE of another repository than now")
	change.register(cmd)
	completion{cmd, s, &change.platform, folderToSet}.environments("env")
	return cmd
}

// dirFirst takes the folder off the arguments: the first of several, unless that
// is something to set.
func dirFirst(args []string, settable func(string) bool) (dir string, rest []string) {
	if len(args) > 1 && (!settable(args[0]) || isDir(args[0])) {
		return folder(args), args[1:]
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
	if dir := folder(args); isDir(dir) {
		return dir
	}
	return "."
}
