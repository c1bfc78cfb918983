package render

import (
	"path"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/expand"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/kustomize"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// checkSize refuses an app whose objects are too many or too large in all, before
// anything looks at them.
func checkSize(e expand.Environment) diag.List {
	var diags diag.List
	if n := len(e.Objects) + len(e.Manifests); n > maxObjects {
		diags.Errorh(e.App.Pos, "too-large", "split the app", "the app has %d objects, more than %d", n, maxObjects)
		return diags
	}
	bytes := 0
	for _, v := range valuesOf(e) {
		if bytes += kustomize.Object(v).Bytes; bytes > maxBytes {
			break
		}
	}
	if bytes > maxBytes {
		diags.Errorh(e.App.Pos, "too-large", "split the app, or repeat less in each workload",
			"the app's objects are larger than %d MiB together", maxBytes>>20)
	}
	return diags
}

// checkBounds refuses what kustomize would need minutes for.
func checkBounds(e expand.Environment) diag.List {
	var diags diag.List
	if !e.App.UsesKustomize() {
		return nil
	}
	if len(e.App.Patches) > maxPatches {
		diags.Errorh(e.App.Patches[maxPatches].Pos, "too-large", "write patches that change more at once", "there are more than %d patches",
			maxPatches)
	}
	for _, p := range e.App.Patches {
		kustomize.CheckPatterns(p.Value.Get("target"), &diags)
	}
	if diags.HasErrors() {
		return diags
	}
	work, changed, lookups, copied := kustomizeWork(e, &diags)
	moved := grown(work.Moved, work.Doubled)
	if diags.HasErrors() {
		return diags
	}
	pos := e.App.Pos
	switch {
	case work.Steps > maxSteps:
		diags.Errorh(pos, "too-large", "write simpler regular expressions, name objects in full, or split the app",
			"kustomize could try the regular expressions of targets in more than %d steps", maxSteps)
	case work.Specs > maxSpecs:
		diags.Errorh(pos, "too-large", "list fewer fields, or split the app",
			"kustomize would look for the fields that configurations list in more than %d places", maxSpecs)
	case work.Objects > maxBuilt:
		diags.Errorh(pos, "too-large", "split the app",
			"the app has %d objects, more than the %d that manifests, components and patches can be built with", work.Objects, maxBuilt)
	case work.Pairs+work.Changes*work.Objects > maxPairs:
		diags.Errorh(pos, "too-large", "write patches that change more at once, or split the app",
			"patches and the like would change %d objects one after the other, more than %d", work.Pairs+work.Changes*work.Objects,
			maxPairs)
	case work.Bytes+copied > maxBuiltBytes, work.Added*work.Objects > maxBuiltBytes:
		diags.Errorh(pos, "too-large", "split the app", "what kustomize builds of the app could be larger than %d MiB", maxBuiltBytes>>20)
	case work.Bytes+moved > maxBuiltBytes:
		diags.Errorh(pos, "too-large", "use fewer replacements, or shorter texts",
			"what replacements repeat could be larger than %d MiB", maxBuiltBytes>>20)
	case lookups > maxLookups:
		diags.Errorh(pos, "too-large", "split the largest map or list, or write patches that change more at once",
			"maps and lists have so many entries that kustomize would take more than %d steps to find them", maxLookups)
	case changed > maxPatchedBytes:
		diags.Errorh(pos, "too-large", "write patches that change more at once, or split the app",
			"patches and the like would change objects of more than %d MiB one after the other", maxPatchedBytes>>20)
	}
	return diags
}

// weight returns how large a part of what kustomize may be given an environment is, which
// is within the bounds.
func weight(e expand.Environment) float64 {
	w, changed, lookups, copied := kustomizeWork(e, &diag.List{})
	largest := 1e-6
	for _, x := range []struct{ n, most int }{
		{w.Steps, maxSteps}, {w.Specs, maxSpecs}, {w.Objects, 3 * maxBuilt}, {w.Pairs + w.Changes*w.Objects, maxPairs},
		{w.Bytes + copied + grown(w.Moved, w.Doubled), maxBuiltBytes}, {lookups, maxLookups}, {changed, maxPatchedBytes},
	} {
		largest = max(largest, float64(x.n)/float64(x.most))
	}
	return largest
}

// grown returns how large something can get that is doubled so often.
func grown(bytes, doubled int) int {
	const ends = 40 // doublings that make anything too large
	if bytes > maxBuiltBytes {
		return bytes
	}
	return bytes << min(doubled, ends)
}

// kustomizeWork adds up what an environment hands to kustomize. It returns how many
// bytes of objects that changes, and how many steps it takes to find their entries,
// each object as often as it is changed, and how many bytes patches copy.
func kustomizeWork(e expand.Environment, diags *diag.List) (w kustomize.Work, changed, lookups, copied int) {
	var objects []measured
	var largest kustomize.Work
	for _, v := range valuesOf(e) {
		x := kustomize.Object(v)
		w.Add(x)
		objects = append(objects, measured{object.Object{Value: v}.ID(), x})
		largest.Bytes, largest.Lookups = max(largest.Bytes, x.Bytes), max(largest.Lookups, x.Lookups)
	}
	var components []tree.Tree
	for _, c := range e.App.Components {
		t := e.Components[path.Clean(c.Text)]
		components = append(components, t)
		for _, d := range kustomize.CheckComponentPatterns(t) {
			d.Pos = c.Pos
			*diags = append(*diags, d)
		}
	}
	if diags.HasErrors() {
		return w, 0, 0, 0
	}
	w.Add(kustomize.Components(components, valuesOf(e)))
	for _, p := range e.App.Patches {
		w.Steps += w.Names.Steps(p.Value.Get("target"))
	}
	if w.Steps > maxSteps { // they would be tried here, too
		return w, 0, 0, 0
	}
	changed, lookups = w.Changes*w.Bytes+w.Pairs*w.Bytes, (1+w.Changes+w.Pairs)*w.Lookups
	for i, p := range e.App.Patches {
		patch := kustomize.Patch(e.Patches[i])
		w.Add(patch)
		if target := p.Value.Get("target"); target.Empty() { // the object that it names
			w.Pairs++
			copied += kustomize.Copied(patch.Copies, kustomize.Work{Objects: 1, Bytes: largest.Bytes})
			changed, lookups = changed+largest.Bytes, lookups+largest.Lookups
		} else {
			x := matches(target, objects)
			w.Pairs += x.Objects
			changed, lookups = changed+x.Bytes, lookups+x.Lookups
			copied += kustomize.Copied(patch.Copies, x)
		}
	}
	// What one patch adds the next ones have to go through, and what replacements move as
	// far as it is more than there was before.
	moved, one := max(0, grown(w.Moved, w.Doubled)-w.Bytes), max(0, grown(w.MovedOne, w.Doubled)-largest.Bytes)
	return w, changed + w.Pairs*w.Added + len(e.App.Patches)*copied + w.Changes*moved + w.Pairs*one, lookups, copied
}

// valuesOf returns the objects that kustomize gets.
func valuesOf(e expand.Environment) []*value.Value {
	var out []*value.Value
	for _, o := range e.Objects {
		out = append(out, o.Value)
	}
	return append(out, e.Manifests...)
}

// measured is an object with the work that it makes.
type measured struct {
	object.ID
	kustomize.Work
}

// matches returns the work of the objects that a patch's target selects.
func matches(target *value.Value, objects []measured) (w kustomize.Work) {
	selector := object.NewSelector(target)
	for _, x := range objects {
		if selector.Selects(x.ID) {
			w.Add(x.Work)
		}
	}
	return w
}
