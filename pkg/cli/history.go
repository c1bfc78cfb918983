package cli

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/diag/report"
	"github.com/unfold-gitops/unfold/pkg/render"
)

func newHistory(s Streams) *cobra.Command {
	var envs []string
	var format formatFlag
	var p platformFlag
	cmd := &cobra.Command{
		Use:   "history [DIR]",
		Short: "List the images that environments had, from git",
		Long: `history lists the commits that changed an image, newest first, for each
environment of the app in DIR (default: current folder), or for those of --env.
If DIR has no app.yaml, it does so for every app below.`,
		Example: "  unfold history --env prod\n  unfold history apps --env prod --format json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := format.check(); err != nil {
				return err
			}
			folders, err := render.Below(folder(args))
			if err != nil {
				return err
			}
			platforms, err := p.choose(cmd.Context(), s, dirsOf(folders)...)
			if err != nil {
				return err
			}
			envs = distinct(envs)
			h, err := delivery.ReadHistory(cmd.Context(), folder(args), folders, envs, platforms.Platform)
			var mistakes diag.List
			if err != nil && !errors.As(err, &mistakes) {
				return err
			}
			if h.Apps == 0 && err != nil {
				return err
			}
			return errors.Join(printHistory(s, h, len(envs) != 1, format.text), err)
		},
	}
	cmd.Flags().StringArrayVarP(&envs, "env", "e", nil, "environment; can be repeated (default: all)")
	format.register(cmd, "text", "json")
	p.register(cmd)
	completion{cmd, s, &p, folder}.environments("env")
	return cmd
}

// printHistory prints the images of environments; in a table with the environment where
// there are several, and with the app's folder.
func printHistory(s Streams, h delivery.History, environments bool, format string) error {
	if format == "json" {
		return report.EncodeJSON(s.data, releases(h))
	}
	head := []string{"REVISION", "WHEN", "WHO", "IMAGE"}
	if environments {
		head = append([]string{"ENVIRONMENT"}, head...)
	}
	if h.Apps > 1 {
		head = append([]string{"APP"}, head...)
	}
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(head, "\t"))
	for _, r := range h.Releases {
		row := []string{fmt.Sprintf("%.12s", r.Hash), r.When.Format("2006-01-02 15:04"), diag.Line(r.Author), diag.Line(r.Text())}
		if environments {
			row = append([]string{r.Env}, row...)
		}
		if h.Apps > 1 {
			row = append([]string{diag.Line(r.Dir)}, row...)
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if h.Unborn {
		fmt.Fprintln(s.Err, "note: the repository has no commit yet, so there are no images to list")
	}
	if h.Shallow {
		fmt.Fprintln(s.Err, "the clone is shallow, so older images may be missing: git fetch --unshallow")
	}
	return nil
}

// release is one in JSON.
type release struct {
	App         string            `json:"app"`
	Dir         string            `json:"dir"`
	Environment string            `json:"environment"`
	Revision    string            `json:"revision"`
	Time        time.Time         `json:"time"`
	Author      string            `json:"author"`
	Subject     string            `json:"subject"`
	Images      map[string]string `json:"images"` // by workload, or the app's name
}

func releases(h delivery.History) []release {
	out := []release{}
	for _, r := range h.Releases {
		images := map[string]string{}
		for key, image := range r.Images {
			if key == "" {
				key = r.App
			}
			images[key] = image.String()
		}
		out = append(out, release{r.App, r.Dir, r.Env, r.Hash, r.When, r.Author, r.Subject, images})
	}
	return out
}
