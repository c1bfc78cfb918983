package render

import (
	"fmt"
	"slices"
	"sort"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/expand"
	"github.com/unfold-gitops/unfold/pkg/kustomize"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// entry is something that the descriptor hands to kustomize.
type entry struct {
	what string
	pos  diag.Pos
}

// bisect returns with how many entries an environment that is wrong with all of them
// begins to be wrong: 0 where the entries are not the reason.
func bisect(e expand.Environment, wrong func(expand.Environment) bool) int {
	return sort.Search(len(entriesOf(e.App)), func(n int) bool { return wrong(firstOf(e, n)) })
}

// buildError returns the diagnostic for what makes kustomize fail: an entry without
// which the build succeeds up to there. A failure without any entry is our own.
func buildError(e expand.Environment, failure error) error {
	first := bisect(e, func(part expand.Environment) bool {
		_, err := run(part)
		return err != nil
	})
	_, err := run(firstOf(e, first))
	if first == 0 || err == nil {
		return fmt.Errorf("kustomize: %w", failure)
	}
	x := entriesOf(e.App)[first-1]
	message, hint := explain(err)
	var diags diag.List
	diags.Errorh(x.pos, "kustomize", hint, "kustomize can't build with this %s: %s", x.what, message)
	return diags
}

// entriesOf lists them in the order in which kustomize takes them.
func entriesOf(app *descriptor.App) []entry {
	var out []entry
	for _, x := range app.Manifests {
		out = append(out, entry{"manifest", x.Pos})
	}
	for _, x := range app.Components {
		out = append(out, entry{"component", x.Pos})
	}
	for _, x := range app.Patches {
		out = append(out, entry{"patch", x.Pos})
	}
	return out
}

// checkBuilt reports what is wrong with the objects that kustomize returns. All that
// went in was right, so a patch, a component or a manifest did it: the entry with
// which it begins.
func (s *Source) checkBuilt(e expand.Environment, objects []*value.Value) error {
	wrong := s.problems(e, objects)
	if len(wrong) == 0 {
		return nil
	}
	first := bisect(e, func(part expand.Environment) bool {
		built, err := run(part)
		return err != nil || len(s.problems(part, built)) > 0
	})
	x := entry{"app", e.App.Pos}
	if first > 0 {
		x = entriesOf(e.App)[first-1]
	}
	for i := range wrong {
		wrong[i].Pos, wrong[i].Message = x.pos, "with this "+x.what+", "+wrong[i].Message
	}
	return wrong
}

// firstOf returns an environment with the first n entries alone.
func firstOf(e expand.Environment, n int) expand.Environment {
	app := *e.App
	app.Manifests = app.Manifests[:min(n, len(app.Manifests))]
	n -= len(app.Manifests)
	app.Components = app.Components[:min(n, len(app.Components))]
	n -= len(app.Components)
	app.Patches = app.Patches[:min(n, len(app.Patches))]
	e.App = &app
	e.Entries, e.Patches = e.Entries[:len(app.Manifests)], e.Patches[:len(app.Patches)]
	e.Manifests = slices.Concat(e.Entries...)
	return e
}

// run builds an environment by kustomize.
func run(e expand.Environment) ([]*value.Value, error) {
	t, err := expand.Alone(e)
	if err != nil {
		return nil, err
	}
	return kustomize.Run(t, expand.Overlay(e.App.Env))
}
