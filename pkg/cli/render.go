package cli

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

func newRender(s Streams) *cobra.Command {
	var env, output string
	var force bool
	var o overrideFlags
	cmd := &cobra.Command{
		Use:   "render [DIR]",
		Short: "Print the manifests of an environment, or of all",
		Long: `render prints what Argo CD would get for the app in DIR (the current folder
unless given), outside of Argo CD. With --output it writes one file for each
object to OUT/ENV instead.`,
		Example: "  unfold render --env prod\n  unfold render examples/example-app --output /tmp/manifests",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			opts, err := o.options()
			if err != nil {
				return err
			}
			return renderApp(s, folder(args), env, output, force, opts)
		},
	}
	cmd.Flags().StringVarP(&env, "env", "e", "", "environment; all unless given")
	cmd.Flags().StringVarP(&output, "output", "o", "", "folder to write one file for each object to")
	cmd.Flags().BoolVar(&force, "force", false, "replace environments that --output holds already")
	o.register(cmd)
	completeEnvironments(cmd)
	return cmd
}

func renderApp(s Streams, dir, env, output string, force bool, o render.Options) error {
	src, err := render.Open(dir)
	if err != nil {
		return err
	}
	defer src.Close()
	envs := []string{env}
	if env == "" {
		envs = src.Environments()
	}
	results, err := renderAll(src, envs, o)
	if err != nil {
		return err
	}
	files := tree.Tree{}
	for i, r := range results {
		for _, w := range r.Warnings {
			fmt.Fprintln(s.Err, w)
		}
		if output != "" {
			split(files, r)
			continue
		}
		if len(results) > 1 {
			if i > 0 {
				fmt.Fprintln(s.Out, "---")
			}
			fmt.Fprintf(s.Out, "# %s: %s\n", r.Name, r.Env)
		}
		if _, err := s.Out.Write(r.Manifests); err != nil {
			return err
		}
	}
	if output == "" {
		return nil
	}
	return existing(tree.Write(output, files, force))
}

// renderAll gives all environments, or the mistakes of all.
func renderAll(src *render.Source, envs []string, o render.Options) ([]*render.Result, error) {
	var results []*render.Result
	var diags diag.List
	for _, env := range envs {
		r, err := src.Environment(env, o)
		var found diag.List
		switch {
		case errors.As(err, &found):
			diags = append(diags, found...)
		case err != nil:
			return nil, err
		}
		results = append(results, r)
	}
	return results, diags.Err()
}

// split puts each object of a stream into a file of its own, named by kind and
// name. The stream is ours or kustomize's, so "---" alone on a line is always
// between two documents.
func split(files tree.Tree, r *render.Result) {
	for doc := range bytes.SplitSeq(r.Manifests, []byte("\n---\n")) {
		name := r.Env + "/" + strings.ToLower(topField(doc, "kind: ")) + "-" + metadataName(doc)
		unique := name
		for i := 2; files[unique+".yaml"] != nil; i++ {
			unique = fmt.Sprintf("%s-%d", name, i)
		}
		files[unique+".yaml"] = append(bytes.TrimSuffix(doc, []byte("\n")), '\n')
	}
}

func topField(doc []byte, prefix string) string {
	for line := range bytes.SplitSeq(doc, []byte("\n")) {
		if rest, ok := bytes.CutPrefix(line, []byte(prefix)); ok {
			return strings.Trim(string(rest), `"'`)
		}
	}
	return ""
}

// metadataName reads metadata.name of a document as kustomize prints it.
func metadataName(doc []byte) string {
	_, metadata, _ := bytes.Cut(append([]byte("\n"), doc...), []byte("\nmetadata:\n"))
	return strings.ReplaceAll(topField(metadata, "  name: "), ":", "-")
}

func existing(err error) error {
	if errors.Is(err, tree.ErrExists) {
		return usagef("%w; --force replaces it", err)
	}
	return err
}

// overrideFlags are the overrides that Argo CD gives as parameters.
type overrideFlags struct {
	image, tag, replicas, namespace string
	config                          []string
}

func (f *overrideFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.image, "image", "", "image in place of the descriptor's, or WORKLOAD=IMAGE")
	cmd.Flags().StringVar(&f.tag, "tag", "", "tag in place of the descriptor's, or WORKLOAD=TAG")
	cmd.Flags().StringVar(&f.replicas, "replicas", "", "count in place of the descriptor's, or WORKLOAD=COUNT")
	cmd.Flags().StringVarP(&f.namespace, "namespace", "n", "", "namespace in place of the descriptor's")
	cmd.Flags().StringArrayVar(&f.config, "config", nil, "further KEY=VALUE of config; can be repeated")
}

func (f *overrideFlags) options() (render.Options, error) {
	flag := func(name, text string) descriptor.Override {
		return descriptor.Override{Text: text, Pos: diag.Pos{File: "--" + name}}
	}
	o := render.Options{Overrides: descriptor.Overrides{
		Image: flag("image", f.image), Tag: flag("tag", f.tag),
		Replicas: flag("replicas", f.replicas), Namespace: flag("namespace", f.namespace),
	}}
	for _, kv := range f.config {
		key, text, ok := strings.Cut(kv, "=")
		if !ok {
			return o, usagef("--config %q: write KEY=VALUE", kv)
		}
		o.Overrides.Config = append(o.Overrides.Config, descriptor.ConfigOverride{Key: key, Override: flag("config "+key, text)})
	}
	return o, nil
}

// completeEnvironments lets the shell complete --env by the descriptor's.
func completeEnvironments(cmd *cobra.Command) {
	// The only error is a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("env", func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		src, err := render.Open(folder(args))
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer src.Close()
		return src.Environments(), cobra.ShellCompDirectiveNoFileComp
	})
}
