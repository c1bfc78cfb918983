package expand

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// ownVolumes returns the volumes that the descriptor lists, and where the
// workload's container mounts them. A claim of each pod is no volume here: its
// template stands in the StatefulSet.
func (e *expander) ownVolumes(w *descriptor.Workload) (volumes, mounts []*value.Value) {
	for _, x := range w.Volumes {
		volume := newMap(x.Pos, "name", x.Name)
		switch {
		case x.Source.Key != "claim":
			volumes = append(volumes, volume.Set(x.Source.Key, x.Source.Value))
		case x.Claim != "":
			volumes = append(volumes, volume.Set("persistentVolumeClaim", newMap(x.Pos, "claimName", x.Claim)))
		}
		for _, mount := range x.Mounts {
			mounts = append(mounts, mergeMaps(newMap(mount.Pos, "name", x.Name, "mountPath", mount.Path), mount.Options))
		}
	}
	return volumes, mounts
}

// claims adds the workload's claims. Nothing but a person deletes them.
func (e *expander) claims(w *descriptor.Workload) {
	for _, x := range w.Volumes {
		if x.Claim == "" {
			continue
		}
		e.add(e.claimObject(x.Pos, x.Claim, w, x.Source.Value))
	}
}

// claimObject returns a claim.
func (e *expander) claimObject(pos diag.Pos, name string, w *descriptor.Workload, c *value.Value) object.Object {
	keep := e.syncOption(pos, "Prune=false,Delete=false")
	return object.Object{
		Value: e.newObject(pos, "v1", "PersistentVolumeClaim", name, w, c.Get("labels"), mergeMaps(keep, c.Get("annotations"))).
			Set("spec", claimSpec(c)),
		Origin: pos,
	}
}

// claimTemplates returns the claims of each pod of a StatefulSet. They can't be
// changed, so they hold nothing that a release could change.
func claimTemplates(w *descriptor.Workload) *value.Value {
	out := newList(w.Pos)
	for _, x := range w.Volumes {
		if x.Source.Key != "claim" || x.Claim != "" {
			continue
		}
		c := x.Source.Value
		out.Items = append(out.Items, newMap(x.Pos, "apiVersion", "v1", "kind", "PersistentVolumeClaim",
			"metadata", newMap(x.Pos, "name", x.Name, "labels", c.Get("labels"), "annotations", c.Get("annotations")), "spec",
			claimSpec(c)))
	}
	return newValue(diag.Pos{}, out)
}

func claimSpec(c *value.Value) *value.Value {
	size := c.Get("size")
	spec := newMap(c.Pos, "accessModes", c.Get("accessModes"), "resources",
		newMap(size.At(), "requests", newMap(size.At(), "storage", size)))
	for _, entry := range c.Entries {
		switch entry.Key {
		case "size", "accessModes", "labels", "annotations":
		case "storageClass":
			entry.Key = "storageClassName"
			fallthrough
		default:
			spec.SetEntry(entry)
		}
	}
	return spec
}
