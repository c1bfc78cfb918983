package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/diag/report"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func newRender(s Streams) *cobra.Command {
	r := rendering{output: outputFlag{prints: true}}
	var o overrideFlags
	var p platformFlag
	var explain bool
	cmd := &cobra.Command{
		Use:   "render [DIR]",
		Short: "Print the manifests of an environment, or of all",
		Long: `render prints the manifests that Argo CD would get for the app in DIR (default:
current folder). If DIR has no app.yaml, it renders every app below. With
--output it writes one file for each object to OUT/ENV instead, for several apps
to OUT/PATH/ENV. With --format json it prints a List of the objects of one
environment. With --explain it adds a comment to each value, with the file and
line that set it, and hides the contents of Secrets; if the descriptor has
mistakes, it prints what they leave, and exits with 1.`,
		Example: "  unfold render --env prod\n  unfold render --env prod --format json\n" +
			"  unfold render examples/example-app --output /tmp/manifests",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := r.format.check()
			if err == nil {
				err = r.output.check(cmd)
			}
			if err != nil {
				return err
			}
			if r.options, err = o.options(); err != nil {
				return err
			}
			switch r.options.Explain = explain; {
			case explain && r.output.dir != "":
				return usagef("--explain prints for people, so it can't be combined with --output")
			case explain && r.format.text != "yaml":
				return usagef("--explain prints YAML with comments, so it can't be combined with --format %s", r.format.text)
			case r.output.dir != "" && r.format.text != "yaml":
				return usagef("--output writes YAML, so it can't be combined with --format %s", r.format.text)
			}
			r.envs = distinct(r.envs)
			return r.run(cmd.Context(), s, folder(args), p)
		},
	}
	cmd.Flags().StringArrayVarP(&r.envs, "env", "e", nil, "environment; can be repeated (default: all)")
	r.output.register(cmd, "folder to write to, one file for each object")
	r.format.register(cmd, "yaml", "json")
	cmd.Flags().BoolVar(&r.force, "force", false, "replace environments that exist in --output")
	cmd.Flags().BoolVar(&explain, "explain", false, "add a comment to each value: the file and line that set it")
	o.register(cmd)
	p.register(cmd)
	completion{cmd, s, &p, folder}.environments("env")
	return cmd
}

// rendering is a call of render.
type rendering struct {
	envs    []string
	output  outputFlag
	format  formatFlag
	force   bool
	options render.Options
}

// dirsOf returns the folders of apps.
func dirsOf(folders []render.Folder) []string {
	out := make([]string, len(folders))
	for i, f := range folders {
		out[i] = f.Dir
	}
	return out
}

func (r rendering) run(ctx context.Context, s Streams, dir string, p platformFlag) error {
	folders, err := render.Below(dir)
	if err != nil {
		return err
	}
	platforms, err := p.choose(ctx, s, dirsOf(folders)...)
	if err != nil {
		return err
	}
	bar := newProgress(s, "rendered", len(folders))
	var diags diag.List
	done, apps := 0, 0
	do := func(f render.Folder) (render.Rendered, error) {
		app, err := render.RenderEnvironments(f, platforms.Platform(f.Dir), r.envs, r.options)
		if err == nil && r.output.dir != "" && !app.Diags.HasErrors() {
			err = s.work.write(ctx, func() error { return r.write(ctx, dir, f, app) })
		}
		return app, err
	}
	err = render.Each(ctx, folders, do, func(f render.Folder, app render.Rendered) error {
		diags = append(diags, app.Diags...)
		done++
		if !app.Foreign {
			apps++
		}
		bar.show(done)
		several := len(folders) > 1 || len(app.Results) > 1
		switch {
		case r.output.dir != "" || app.Diags.HasErrors() && !r.options.Explain:
			return nil
		case r.format.text == "json" && several:
			return usagef("--format json prints one environment of one app: name its folder, and its environment with --env")
		case r.format.text == "json":
			return printList(s, app.Results)
		}
		return r.print(s, app, several)
	})
	bar.clear()
	if err != nil {
		return existing(err)
	}
	if apps == 0 { // only other tools' files
		diags.Raise()
	}
	if err := diags.Err(); err != nil {
		return err
	}
	for _, w := range diags.Sorted() {
		s.complain(w)
	}
	return nil
}

// print prints manifests; where there are several environments or apps, with a
// comment before each.
func (r rendering) print(s Streams, app render.Rendered, several bool) error {
	out := s.data
	if r.options.Explain {
		out = s.Out // for people, who see where values are from
	}
	for _, x := range app.Results {
		text := x.Manifests
		if x.Warnings.HasErrors() {
			text = append([]byte("# what the mistakes leave, without manifests, patches and components\n"), text...)
		}
		if several {
			text = fmt.Appendf(nil, "---\n# %s: %s\n%s", x.Name, x.Env, text)
		}
		if _, err := out.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// printList prints the objects as kubectl does with -o json.
func printList(s Streams, results []*render.Result) error {
	items := []*value.Value{}
	for _, x := range results {
		items = append(items, x.Values()...)
	}
	return report.EncodeJSON(s.data, struct {
		APIVersion string         `json:"apiVersion"`
		Kind       string         `json:"kind"`
		Items      []*value.Value `json:"items"`
	}{"v1", "List", items})
}

// write puts an app's files below --output: the app's path in dir, if there are
// several, and its environments.
func (r rendering) write(ctx context.Context, dir string, f render.Folder, app render.Rendered) error {
	files := tree.Tree{}
	for _, x := range app.Results {
		addFiles(files, x)
	}
	out := r.output.dir
	if f.Found {
		rel, err := filepath.Rel(dir, f.Dir)
		if err != nil {
			return err
		}
		out = filepath.Join(out, rel)
	}
	if len(files) == 0 {
		return nil
	}
	return tree.Write(ctx, out, files, r.force)
}

// addFiles puts each object into a file of its own, named by kind and name.
func addFiles(files tree.Tree, r *render.Result) {
	for _, o := range r.Objects {
		name := strings.ReplaceAll(o.StringAt("metadata", "name"), ":", "-")
		name = r.Env + "/" + strings.ToLower(o.StringAt("kind")) + "-" + name
		unique := name
		for i := 2; files[unique+".yaml"] != nil; i++ {
			unique = fmt.Sprintf("%s-%d", name, i)
		}
		files[unique+".yaml"] = o.Text
	}
}

func existing(err error) error {
	if errors.Is(err, tree.ErrExists) {
		return usagef("%w; --force replaces it", err)
	}
	return err
}

// overrideFlags are the overrides that Argo CD passes as parameters, and the version
// of Kubernetes.
type overrideFlags struct {
	texts       map[string]*string   // by the name of the override
	keys        map[string]*[]string // KEY=VALUE
	kubeVersion string
}

func (f *overrideFlags) register(cmd *cobra.Command) {
	f.texts, f.keys = map[string]*string{}, map[string]*[]string{}
	for _, o := range descriptor.Overridables() {
		if o.Map {
			f.keys[o.Name] = cmd.Flags().StringArrayP(o.Flag(), o.Letter, nil, o.Usage)
		} else {
			f.texts[o.Name] = cmd.Flags().StringP(o.Flag(), o.Letter, "", o.Usage)
		}
	}
	cmd.Flags().StringVar(&f.kubeVersion, "kube-version", "",
		"Kubernetes version of the cluster, as Argo CD passes it (default: new enough for every field)")
}

func (f *overrideFlags) options() (render.Options, error) {
	var o render.Options
	if problem := descriptor.KubeVersion(f.kubeVersion).Problem(); problem != "" {
		return o, usagef("--kube-version %q %s", f.kubeVersion, problem)
	}
	o.Kubernetes = descriptor.KubeVersion(f.kubeVersion)
	add := func(row descriptor.Overridable, key, text, flag string) {
		o.Overrides = append(o.Overrides, descriptor.Override{Name: row.Name, Key: key, Text: text, Pos: diag.Pos{File: "--" + flag}})
	}
	for _, row := range descriptor.Overridables() {
		if !row.Map {
			add(row, "", *f.texts[row.Name], row.Flag())
			continue
		}
		seen := map[string]string{}
		for _, kv := range *f.keys[row.Name] {
			key, text, ok := strings.Cut(kv, "=")
			if !ok {
				return o, usagef("--%s takes KEY=VALUE", row.Flag())
			}
			if err := twice(seen, key, text, fmt.Sprintf("--%s %s", row.Flag(), credential.Redact(key))); err != nil {
				return o, err
			}
			add(row, key, text, row.Flag()+" "+key)
		}
	}
	return o, nil
}
