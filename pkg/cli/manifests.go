package cli

import (
	"context"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/adopt"
	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
)

// compareManifests compares the app in dir with the manifests that a flag names.
func (f *diffFlags) compareManifests(ctx context.Context, s Streams, dir string) ([]delivery.Difference, error) {
	p, err := f.platform.read(ctx, s, dir)
	if err != nil {
		return nil, err
	}
	source := adopt.Source{Env: f.envs[0], Path: f.manifests}
	c, name, err := adopt.Against(source, s.In, dir, p)
	if err != nil {
		return nil, err
	}
	besides(s.Err, c)
	if len(c.Differences) == 0 {
		return nil, nil
	}
	from := f.manifests
	if from == "-" {
		from = "standard input"
	}
	d := delivery.Difference{App: name, Dir: path.Clean(filepath.ToSlash(dir)), Env: from + " -> " + source.Env, Objects: c.Differences}
	return []delivery.Difference{d}, nil
}

// besides prints what a comparison found beside differences.
func besides(w io.Writer, c adopt.Comparison) {
	fmt.Fprintf(w, "note: %s the same in a cluster\n", isAre(c.Same))
	for _, x := range c.Erased {
		fmt.Fprintf(w, "note: %s: the API server stores as the same what differs in %s\n", diag.Line(x.String()), some(x.Paths))
	}
	for _, id := range c.Secrets {
		fmt.Fprintf(w, "note: %s is not compared: the app does not have it, so keep it in the cluster, or seal its values\n",
			diag.Line(id.String()))
	}
	if len(c.Made) > 0 {
		fmt.Fprintf(w, "note: not compared, since the cluster makes them: %s\n", some(texts(c.Made)))
	}
}

func texts(ids []object.ID) []string {
	var out []string
	for _, id := range ids {
		out = append(out, id.String())
	}
	return out
}

func isAre(n int) string {
	if n == 1 {
		return "1 object is"
	}
	return fmt.Sprintf("%d objects are", n)
}

// some returns the first texts of a list, and how many more there are.
func some(list []string) string {
	const most = 5
	rest := ""
	if more := len(list) - most; more > 0 {
		list, rest = list[:most], fmt.Sprintf(" and %d more", more)
	}
	return diag.Line(strings.Join(list, ", ")) + rest
}
