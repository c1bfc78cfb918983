package render

import (
	"fmt"
	"slices"

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

// buildError returns the diagnostic for what makes kustomize fail: an entry without
// which the build succeeds up to there. A failure without any entry is our own.
func buildError(e expand.Environment, failure error) error {
	entries := entriesOf(e.App)
	failures := map[int]error{len(entries): failure}
	first, found := bisect(e, func(n int) bool {
		_, err := run(firstOf(e, n))
		failures[n] = err
		return err != nil
	})
	if found && first == 0 {
		return fmt.Errorf("kustomize: %w", failure)
	}
	var diags diag.List
	if !found {
		message, _ := explain(failure)
		diags.Errorh(e.App.Pos, "kustomize", "leave out manifests, components and patches to find which of them it is",
			"kustomize can't build the app: %s", message)
		return diags
	}
	x := entries[first-1]
	message, hint := explain(failures[first])
	diags.Errorh(x.pos, "kustomize", hint, "kustomize can't build with this %s: %s", x.what, message)
	return diags
}

// bisect returns with how many of its entries an environment, which is wrong with all of
// them, begins to be so. Found is false where it would take too long to find that out:
// all builds for it are to take no longer together than three of the largest app there may
// be, and most are of half the app.
func bisect(e expand.Environment, wrong func(n int) bool) (n int, found bool) {
	left := int(3 / weight(e))
	low, high := 0, len(entriesOf(e.App))
	for low < high {
		if left--; left < 0 {
			return 0, false
		}
		middle := (low + high) / 2
		if wrong(middle) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low, true
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
func (s *Source) checkBuilt(e expand.Environment, objects []*value.Value, o Options) error {
	wrong := s.problems(e, objects)
	if len(wrong) == 0 {
		return nil
	}
	o.begin("looking for what makes the wrong objects in %s", e.App.Env)
	first, _ := bisect(e, func(n int) bool {
		part := firstOf(e, n)
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
