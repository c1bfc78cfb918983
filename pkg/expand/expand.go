// Package expand turns an app into Kubernetes objects, and the objects of all
// its environments into a kustomize base with one overlay for each. It is pure:
// values in, values out.
package expand

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Objects returns the objects of an app, without namespace and with unhashed
// names; object.Finish completes them. What is handed to kustomize as it is
// (manifests, components, patches) is not among them. Files holds the content
// of the files that the app refers to, by path.
func Objects(app *descriptor.App, files tree.Tree) ([]object.Object, diag.List) {
	e := expander{app: app, files: files}
	e.namespace()
	e.configMap(nil, app.Config)
	e.fileMap(nil, app.Files)
	e.namedObjects()
	e.serviceAccount(app.ServiceAccount, nil)
	e.secrets(app.Secrets, nil)
	for i := range app.Workloads {
		e.workload(&app.Workloads[i])
	}
	e.jobs()
	e.hooks()
	if full := app.Named(app.Name); full != app.Name && app.Opinions { // what the descriptor's own selectors mean too
		for i, o := range e.objects {
			e.objects[i].Value = relabel(o.Value, app.Name, full)
		}
	}
	return e.objects, e.diags
}

type expander struct {
	app     *descriptor.App
	files   tree.Tree
	objects []object.Object
	diags   diag.List
}

func (e *expander) add(o object.Object) {
	e.objects = append(e.objects, o)
	if !o.Generated {
		return
	}
	for _, field := range []string{"data", "binaryData"} {
		for _, entry := range o.Value.Get(field).AllEntries() {
			if value.ReadAsText(entry.Key) {
				continue
			}
			pos := entry.KeyPos
			if pos.IsZero() {
				pos = entry.Value.Pos
			}
			// api/internal/generators writes keys without quotes, and the hash reads them again.
			e.diags.Errorh(pos, "bad-name", "rename it, or use configMaps with hash: false",
				"kustomize can't carry the key %q of %s, which is no text in YAML without quotes", entry.Key, o.ID())
		}
	}
}

// newMap, newValue and newList build values: see pkg/yaml/value.
func newMap(pos diag.Pos, pairs ...any) *value.Value { return value.MapOf(pos, pairs...) }

func newValue(pos diag.Pos, x any) *value.Value { return value.From(pos, x) }

func newList(pos diag.Pos, items ...*value.Value) *value.Value {
	return value.NewList(pos, items...)
}

// Labels returns the labels of the object that runs a workload, or, without one, of the
// objects that workloads share.
func Labels(app *descriptor.App, w *descriptor.Workload) *value.Value {
	e := &expander{app: app}
	own, _ := e.userMetadata(w)
	labels := e.labels(w, own)
	if w == nil {
		return labels
	}
	return e.given(w, runs(w).Name, "labels", labels)
}

// labels of an object: those that never change first, then the user's. Without opinions there are the user's alone.
func (e *expander) labels(w *descriptor.Workload, more ...*value.Value) *value.Value {
	if !e.app.Opinions {
		return mergeMaps(nil, more...)
	}
	out := e.known(w).Copy().Set("app.kubernetes.io/managed-by",
		value.NewString(diag.Pos{File: descriptor.BuiltinFile}, "unfold"))
	if w != nil {
		out = mergeMaps(out, w.Selector)
	}
	return mergeMaps(out, more...)
}

// podLabels returns the labels of a workload's pods. Without opinions they are the selector and the user's; unfold's own
// selector is among them where something goes by it.
func (e *expander) podLabels(w *descriptor.Workload) *value.Value {
	if e.app.Opinions {
		return e.labels(w, w.PodLabels)
	}
	selector := w.Selector
	if selector == nil && (runs(w).Selector || e.inPolicy(w)) {
		selector = e.known(w)
	}
	return mergeMaps(nil, selector, w.PodLabels)
}

// selector holds the labels that select a workload's pods: those that the
// descriptor names, where an existing app has to keep them.
func (e *expander) selector(w *descriptor.Workload) *value.Value {
	if w != nil && w.Selector != nil {
		return w.Selector
	}
	return e.known(w)
}

// known holds what never changes between environments or releases, since a
// selector is immutable.
func (e *expander) known(w *descriptor.Workload) *value.Value {
	if w != nil && w.Owner != nil { // which no Service may select
		return newMap(w.Pos, nameLabel, e.app.Named(w.Owner.Name))
	}
	// With prefix and suffix: what runs beside it must not select its pods.
	if e.app.Multi && w != nil {
		return e.podsOf(e.app.NamePos, e.app.Named, value.NewString(w.Pos, w.Key))
	}
	return newMap(e.app.Pos).Set(nameLabel, value.NewString(e.app.NamePos, e.app.Named(e.app.Name)))
}

// podsOf returns the labels of the pods of one of several workloads. Where one of them has the labels of the app alone, its
// selector must not find the pods of the others. Named puts around the app's name what names have.
func (e *expander) podsOf(pos diag.Pos, named func(name string) string, workload *value.Value) *value.Value {
	name := e.app.Name
	switch e.app.Main {
	case "":
	case workload.Text:
		return newMap(pos, nameLabel, named(name))
	default:
		name += "-" + workload.Text
	}
	return newMap(pos, nameLabel, named(name), "app.kubernetes.io/component", workload)
}

// mergeMaps merges maps: later ones win, key by key. It returns nil
// where all are nil.
func mergeMaps(base *value.Value, more ...*value.Value) *value.Value {
	for _, x := range more {
		if x == nil {
			continue
		}
		if base == nil {
			base = value.NewMap(x.Pos)
		} else {
			base = base.Copy()
		}
		index := make(map[string]int, len(base.Entries)+len(x.Entries))
		for i, entry := range base.Entries {
			index[entry.Key] = i
		}
		for _, entry := range x.Entries {
			if i, there := index[entry.Key]; there {
				base.Entries[i] = entry
				continue
			}
			index[entry.Key] = len(base.Entries)
			base.Entries = append(base.Entries, entry)
		}
	}
	return base
}

// userMetadata returns the labels and annotations that the descriptor has for all objects of a workload or of the app.
func (e *expander) userMetadata(w *descriptor.Workload) (labels, annotations *value.Value) {
	if w != nil && (e.app.Multi || w.Owner != nil) {
		return w.Labels, w.Annotations
	}
	return e.app.Labels, e.app.Annotations
}

// newObject returns an object's beginning. Labels and annotations of the workload
// hold those of the app already.
func (e *expander) newObject(pos diag.Pos, apiVersion, kind, name string, w *descriptor.Workload, labels,
	annotations *value.Value) *value.Value {
	ownLabels, ownAnnotations := e.userMetadata(w)
	return newMap(pos, "apiVersion", apiVersion, "kind", kind, "metadata", newMap(pos,
		"name", value.NewString(e.names(w).At(kind, name, pos), name),
		"labels", e.given(w, kind, "labels", e.labels(w, ownLabels, labels)),
		"annotations", e.given(w, kind, "annotations", e.synced(w, ownAnnotations, annotations)),
	))
}

// given returns the labels or annotations of an object with those that the descriptor has for its kind.
func (e *expander) given(w *descriptor.Workload, kind, field string, usual *value.Value) *value.Value {
	metadata := e.app.Metadata
	if w != nil {
		metadata = w.Metadata
	}
	out := usual
	for _, entry := range metadata.Get(kind, field).AllEntries() {
		if !entry.Value.Is(value.Null) {
			out = mergeMaps(out, value.NewMap(entry.KeyPos).SetEntry(entry))
		} else if out.Has(entry.Key) {
			out = out.Copy()
			out.Delete(entry.Key)
		}
	}
	return out
}

// namespace adds the Namespace object where the app asks for it. Argo CD never
// prunes it, since all that is in it would go too.
func (e *expander) namespace() {
	ns := e.app.Namespace
	if !ns.Create || e.app.Env == "" {
		return
	}
	prune := e.syncOption(ns.Pos, "Prune=false")
	e.add(object.Object{
		Value:  e.newObject(ns.Pos, "v1", "Namespace", ns.Name, nil, ns.Labels, mergeMaps(prune, ns.Annotations)),
		Origin: ns.Pos,
	})
}
