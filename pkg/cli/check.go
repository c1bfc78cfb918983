package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/report"
)

func newCheck(s Streams) *cobra.Command {
	var format string
	var p platformFlag
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Check every app below the paths, in every environment",
		Long: `check finds every app.yaml at and below the paths (the current folder unless
given), renders all environments of each and prints what is wrong, all of it, with
its line. It exits with 1 if there are errors.`,
		Example: "  unfold check\n  unfold check apps --format github",
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(report.Formats(), format) {
				return usagef("--format %q is not known: %s", format, join(report.Formats()))
			}
			if len(args) == 0 {
				args = []string{"."}
			}
			operator, err := p.read(s)
			var mistakes diag.List
			if errors.As(err, &mistakes) {
				return errors.Join(report.Write(s.Out, format, version, mistakes), errFound)
			}
			if err != nil {
				return err
			}
			return check(cmd.Context(), s, operator, args, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how findings are printed: "+join(report.Formats()))
	p.register(cmd)
	// The only error is a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(report.Formats(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func check(ctx context.Context, s Streams, p *platform.Platform, paths []string, format string) error {
	folders, err := render.Find(paths)
	if err != nil {
		return usageError{err}
	}
	if len(folders) == 0 {
		return usagef("no app.yaml at or below %s", join(paths))
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	bar := newProgress(s, "checked", len(folders))
	summary, err := render.CheckAll(ctx, folders, p, bar.show)
	bar.clear()
	if err != nil {
		return err
	}
	if err := report.Write(s.Out, format, version, summary.Diags); err != nil {
		return err
	}
	errors, warnings := 0, 0
	for _, d := range summary.Diags.Sorted() {
		if d.Severity == diag.Error {
			errors++
		} else {
			warnings++
		}
	}
	fmt.Fprintf(s.Err, "checked %s in %s: %s, %s\n", plural(summary.Apps, "app"), plural(summary.Environments, "environment"),
		plural(errors, "error"), plural(warnings, "warning"))
	if errors > 0 {
		return errFound
	}
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
