package law_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	table "github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/expand"
)

// TestLawGrown holds that an app of one workload that grows to several keeps what it has: written as the main one of
// workloads, it comes out byte for byte as before, and beside a second one no object of the first changes. Only rules that
// let in the app let in the second one too.
func TestLawGrown(t *testing.T) {
	grown := 0
	each(t, 2, func(t *testing.T, a app) error {
		if (object{a.doc}).get("workloads") != nil {
			return nil
		}
		grown++
		for _, field := range []string{"host", "hostSuffix", "replicas"} { // which have to name one of several workloads
			for i := len(a.overrides) - 1; i >= 0; i-- {
				if a.overrides[i].Name == field {
					a.overrides = slices.Delete(slices.Clone(a.overrides), i, i+1)
				}
			}
		}
		want, err := manifests(a.write(t), a.options())
		if err != nil {
			return err
		}
		doc := a.doc
		a.doc = grow(doc, false)
		got, err := manifests(a.write(t), a.options())
		if err != nil {
			return fmt.Errorf("written with workloads: %w", err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return fmt.Errorf("other manifests with the only workload written under workloads (-before +after):\n%s", diff)
		}
		a.doc = grow(doc, true)
		if got, err = manifests(a.write(t), a.options()); err != nil {
			if strings.Contains(err.Error(), "is made twice") { // the Services that a strategy of both names
				return nil
			}
			return fmt.Errorf("with a second workload: %w", err)
		}
		for env := range want {
			before, err := unwarned(want[env])
			if err != nil {
				return err
			}
			after, err := unwarned(got[env])
			if err != nil {
				return err
			}
			for _, o := range before {
				if !slices.ContainsFunc(after, func(x any) bool { return cmp.Equal(o, x) }) {
					return fmt.Errorf("environment %s: with a second workload, this is not as before:\n%v", env, o)
				}
			}
		}
		return nil
	})
	if grown == 0 {
		t.Error("no app of one workload was tried")
	}
}

// unwarned returns the objects of manifests without the annotation by which the first workload says what is wrong with
// anything.
func unwarned(manifests string) ([]any, error) {
	var out []any
	for doc := range strings.SplitSeq(manifests, "\n---\n") {
		var o map[string]any
		if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
			return nil, err
		}
		metadata, _ := o["metadata"].(map[string]any)
		if annotations, ok := metadata["annotations"].(map[string]any); ok {
			if delete(annotations, expand.WarningsAnnotation); len(annotations) == 0 {
				delete(metadata, "annotations")
			}
		}
		if o["kind"] != "NetworkPolicy" {
			out = append(out, o)
		}
	}
	return out, nil
}

// grow writes an app of one workload as one of several, with one more like it if asked.
func grow(doc *yaml.Node, second bool) *yaml.Node {
	kind := "Deployment"
	if k := (object{doc}).get("kind"); k != nil && k.Value != "App" {
		kind = k.Value
	}
	out := newObject()
	for key, v := range pairs(growLayer(doc, kind, second)) {
		if key == "environments" && v.Kind == yaml.MappingNode {
			environments := newObject()
			for env, layer := range pairs(v) {
				environments.set(env, growLayer(layer, "", second))
			}
			v = environments.Node
		}
		if key != "kind" {
			out.set(key, v)
		}
	}
	out.set("kind", plain("App"))
	out.set("main", plain("first-one"))
	return out.Node
}

// growLayer moves what belongs to a workload there, in one layer. Kind is that of the workload, "" for what it is.
func growLayer(layer *yaml.Node, kind string, second bool) *yaml.Node {
	layer = unaliased(layer)
	if layer.Kind != yaml.MappingNode {
		return layer
	}
	out, first, like := newObject(), newObject(), newObject()
	for key, v := range pairs(layer) {
		switch {
		case key == "names" && v.Kind == yaml.MappingNode: // those of the app stay, and of the others no two can have one
			shared, own := newObject(), newObject()
			for k, name := range pairs(v) {
				if ofApp(k) {
					shared.set(k, name)
				} else {
					own.set(k, name)
				}
			}
			out.set(key, shared.Node)
			first.set(key, own.Node)
		case key == "names": // a null, which takes away both
			out.set(key, v)
			first.set(key, v)
		case !ownField(key):
			out.set(key, v)
		case slices.Contains([]string{"selector", "strategy"}, key): // names that no two can have
			first.set(key, v)
		default:
			first.set(key, v)
			like.set(key, v)
		}
	}
	if kind != "" {
		first.set("kind", plain(kind))
		like.set("kind", plain(kind))
	}
	workloads := newObject()
	if len(first.Content) > 0 {
		workloads.set("first-one", first.Node)
	}
	if second && len(like.Content) > 0 {
		workloads.set("second", like.Node)
	}
	if len(workloads.Content) > 0 {
		out.set("workloads", workloads.Node)
	}
	return out.Node
}

// ownField reports whether a field belongs to one workload.
func ownField(key string) bool {
	f := table.OfWorkload(key)
	return f != nil && f.Scope == table.Own
}

// pairs iterates over a map.
func pairs(n *yaml.Node) func(yield func(key string, v *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

// unaliased returns a copy that can stand anywhere: without anchors, and with the values of aliases.
func unaliased(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return unaliased(n.Alias)
	}
	out := *n
	out.Anchor, out.Content = "", nil
	for _, x := range n.Content {
		out.Content = append(out.Content, unaliased(x))
	}
	return &out
}
