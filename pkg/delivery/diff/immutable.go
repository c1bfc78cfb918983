package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// rule says which fields of a kind the API server lets nobody change: those
// below fixed, but for those below free.
type rule struct {
	kinds, fixed, free []string
}

// immutables are the update rules of Kubernetes' own validation
// (pkg/apis/core, rbac, storage, scheduling: Validate…Update), those of what runs pods from the table of kinds.
func immutables() []rule {
	out := []rule{
		{kinds: []string{"PersistentVolumeClaim"}, fixed: []string{"spec"},
			free: []string{"spec.resources", "spec.volumeAttributesClassName"}},
		{kinds: []string{"Service"}, fixed: []string{"spec.clusterIP", "spec.clusterIPs"}},
		{kinds: []string{"Secret"}, fixed: []string{"type"}},
		{kinds: []string{"RoleBinding", "ClusterRoleBinding"}, fixed: []string{"roleRef"}},
		{kinds: []string{"StorageClass"}, fixed: []string{"provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"}},
		{kinds: []string{"PriorityClass"}, fixed: []string{"value", "preemptionPolicy"}},
		{kinds: []string{"IngressClass"}, fixed: []string{"spec.controller"}},
	}
	for _, k := range kinds.All() {
		out = append(out, rule{kinds: []string{k.Name}, fixed: k.Fixed, free: k.Free})
	}
	return out
}

// immutable warns of changes that the API server refuses.
func immutable(old, fresh *value.Value, fields []Field) []string {
	var out []string
	id := idOf(fresh)
	replaced := strings.Contains(fresh.StringAt("metadata", "annotations", "argocd.argoproj.io/sync-options"), "Replace=true")
	warn := func(path, why string) {
		text := fmt.Sprintf("%s of %s can't be changed: %s", path, id, why)
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, f := range fields {
		if f.Path == "metadata.namespace" {
			out = append(out, fmt.Sprintf("%s moves to another namespace: it is deleted and made anew", id))
		}
		for _, r := range immutables() {
			if !slices.Contains(r.kinds, id.Kind) || replaced || slices.ContainsFunc(r.free,
				func(x string) bool { return below(f.Path, x) }) {
				continue
			}
			for _, fixed := range r.fixed {
				if below(f.Path, fixed) {
					path := fixed
					if fixed == "spec" {
						path = strings.Join(strings.SplitN(f.Path, ".", 3)[:2], ".")
						path, _, _ = strings.Cut(path, "[")
					}
					warn(path, "Argo CD's sync will fail until the object is deleted, or has Replace=true,Force=true in its sync options")
				}
			}
		}
		if old.Get("immutable").IsTrue() && (below(f.Path, "data") || below(f.Path, "binaryData") || below(f.Path, "stringData") ||
			f.Path == "immutable") && idOf(old).Unhashed() == idOf(old) {
			warn(strings.SplitN(f.Path, ".", 2)[0], "the object is marked immutable")
		}
	}
	return out
}

func below(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// lost warns where an object goes and one of the same name and another kind
// comes, and where data goes with it.
func lost(old *value.Value, pairs []both) []string {
	id := idOf(old)
	workload := func(kind string) bool {
		k, ok := kinds.Find(kind)
		return ok && len(k.Template) > 0
	}
	for _, p := range pairs {
		if p.old == nil && idOf(p.new).Name == id.Name && workload(id.Kind) && workload(idOf(p.new).Kind) {
			return []string{fmt.Sprintf("%s turns into a %s: its pods are deleted before the new ones run", id, idOf(p.new).Kind)}
		}
	}
	switch id.Kind {
	case "PersistentVolumeClaim":
		return []string{fmt.Sprintf("%s goes, and its data with it, unless Prune=false keeps it", id)}
	case "Namespace":
		return []string{fmt.Sprintf("%s goes, and everything in it, unless Prune=false keeps it", id)}
	}
	return nil
}
