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

// immutable warns of changes that the API server refuses, and of those for which the object is deleted and made anew. It
// marks the fields of the former.
func immutable(old, fresh *value.Value, fields []Field) (warnings []string, recreated bool) {
	id := idOf(fresh)
	warn := func(format string, args ...any) {
		if text := fmt.Sprintf(format, args...); !slices.Contains(warnings, text) {
			warnings = append(warnings, text)
		}
	}
	options := fresh.StringAt("metadata", "annotations", "argocd.argoproj.io/sync-options")
	replaced := strings.Contains(options, "Replace=true")
	if replaced && strings.Contains(options, "Force=true") {
		recreated = true
		if k, _ := kinds.Find(id.Kind); k.Completes {
			warn("%s is deleted and made anew, and runs again: write it under hooks if it is to run with each sync", id)
		} else {
			warn("%s is deleted and made anew: remove Replace=true,Force=true from its sync options to change it in place", id)
		}
	}
	for i, f := range fields {
		if f.Path == "metadata.namespace" {
			recreated = true
			warn("%s moves to another namespace: it is deleted and made anew, unless namespace stays what it was", id)
		}
		for _, r := range immutables() {
			if !slices.Contains(r.kinds, id.Kind) || replaced || slices.ContainsFunc(r.free,
				func(x string) bool { return below(f.Path, x) }) {
				continue
			}
			for _, fixed := range r.fixed {
				if below(f.Path, fixed) {
					fields[i].Fixed = true
					path := fixed
					if fixed == "spec" {
						path = strings.Join(strings.SplitN(f.Path, ".", 3)[:2], ".")
						path, _, _ = strings.Cut(path, "[")
					}
					warn("%s of %s can't be changed: Argo CD's sync will fail until the object is deleted, or has "+
						"Replace=true,Force=true in its sync options; %s", path, id, keep(path))
				}
			}
		}
		if old.Get("immutable").IsTrue() && (below(f.Path, "data") || below(f.Path, "binaryData") || below(f.Path, "stringData") ||
			f.Path == "immutable") && idOf(old).Unhashed() == idOf(old) {
			warn("%s of %s can't be changed: the object is marked immutable; give the new one another name",
				strings.SplitN(f.Path, ".", 2)[0], id)
		}
	}
	return warnings, recreated
}

// keep says how a field stays as it is.
func keep(path string) string {
	switch path {
	case "spec.selector":
		return "write the old labels under selector to keep it"
	case "spec.serviceName":
		return "write the old name as spec: {serviceName: NAME} to keep it"
	}
	return "keep the old value to avoid that"
}

func below(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// lost warns of what is lost with an object that goes, and of one that comes in its place, nil for none.
func (c Comparison) lost(old, successor *value.Value) (warnings []string, recreated bool) {
	id := idOf(old)
	if isHook(old) {
		return nil, false
	}
	switch id.Kind {
	case "PersistentVolumeClaim":
		warnings = append(warnings, fmt.Sprintf("%s goes, and its data with it, unless Prune=false keeps it", id))
	case "Namespace":
		warnings = append(warnings, fmt.Sprintf("%s goes, and everything in it, unless Prune=false keeps it", id))
	}
	k, _ := kinds.Find(id.Kind)
	switch {
	case successor == nil && len(k.Template) > 0 && !k.Completes:
		return append(warnings, fmt.Sprintf("%s goes, and its pods with it: write replicas: 0 to keep it without pods", id)), false
	case successor == nil:
		return warnings, false
	case idOf(successor).Kind != id.Kind:
		return append(warnings, fmt.Sprintf("%s turns into a %s: its pods are deleted before the new ones run, unless it stays a %s", id,
			idOf(successor).Kind, id.Kind)), true
	}
	return append(warnings, fmt.Sprintf("%s is deleted and made anew as %s: %s", id, idOf(successor), c.keepName(old,
		successor))), true
}

// keepName says how an object keeps its name.
func (c Comparison) keepName(from, to *value.Value) string {
	old, fresh := idOf(from).Name, idOf(to).Name
	for _, w := range c.Grown {
		for _, part := range []string{w + "-", "-" + w} {
			for at := strings.Index(fresh, part); at >= 0 && at < len(fresh); at++ {
				if strings.HasPrefix(fresh[at:], part) && fresh[:at]+fresh[at+len(part):] == old {
					return "write main: " + w + " at the top level to keep the names of the first workload"
				}
			}
		}
	}
	if k, _ := kinds.Find(idOf(from).Kind); k.Completes {
		return "write the old name under names to keep it"
	}
	return "write the old name under names, and the old labels under selector, to keep it"
}
