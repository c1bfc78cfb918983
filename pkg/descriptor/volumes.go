package descriptor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Volume is a volume of a workload.
type Volume struct {
	Name   string
	Pos    diag.Pos
	Source value.Entry // Kubernetes' own; "claim" for a claim of its own
	Claim  string      // the name of that, where it is not one for each pod
	Mounts []Mount
}

// Mount is where a volume is in the container; Options are Kubernetes' own.
type Mount struct {
	Path    string
	Pos     diag.Pos
	Options *value.Value
}

// mountOptions are the fields of a mount.
var mountOptions = []string{"subPath", "subPathExpr", "readOnly", "recursiveReadOnly", "mountPropagation"}

// reserved returns the names of the volumes that other fields make, with what has them: those of
// the app, and those of the workload that a pod belongs to. Another name is free, for volumes that
// are called so where the app comes from.
func (e *effective) reserved(shared, own *value.Value) map[string]string {
	names := map[string]string{}
	for prefix, fields := range map[string]*value.Value{"": shared, "workload-": own} {
		if !fields.Get("files").Empty() {
			names[prefix+"files"] = "that of files"
		}
		if !fields.Get("externalSecrets").Empty() {
			names[prefix+"external-secrets"] = "that of externalSecrets"
		}
		if !fields.Get("secrets").Empty() {
			for _, scope := range []string{"", "-namespace-wide", "-cluster-wide"} {
				names[prefix+"secrets"+scope] = "that of secrets"
			}
		}
	}
	return names
}

// volumes lists the volumes in the order written; names are reserved ones.
func (e *effective) volumes(w *Workload, v *value.Value, names map[string]string) {
	for _, entry := range v.AllEntries() {
		x := Volume{Name: volumeName(entry.Key), Pos: entry.KeyPos}
		if x.Name == "" {
			e.diags.Errorh(x.Pos, "bad-name", "write NAME: with mounts: "+entry.Key,
				"the path %q has no letters or digits to name the volume by", entry.Key)
			continue
		}
		if other, taken := names[x.Name]; taken {
			e.diags.Errorh(x.Pos, "volume-collision", "write NAME: with another name and mounts: "+entry.Key,
				"the volume %q would have the name %q, as %s has", entry.Key, x.Name, other)
			continue
		}
		names[x.Name] = "that of " + strconv.Quote(entry.Key)
		for _, source := range fields.VolumeSources {
			if s := entry.Value.Entry(source); s != nil {
				x.Source = *s
			}
		}
		if x.Source.Value == nil {
			e.diags.Errorh(x.Pos, "missing-source", "add claim: {size: 10Gi}, emptyDir: {} or another source",
				"the volume %q says nothing to mount", entry.Key)
			continue
		}
		e.mounts(w, &x, entry)
		if x.Source.Key == "claim" {
			e.claim(w, &x)
		}
		w.Volumes = append(w.Volumes, x)
	}
}

// volumeName returns a volume's name: a path has its letters and digits, and "-"
// for all else.
func volumeName(key string) string {
	if !strings.HasPrefix(key, "/") {
		return key
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, key)
	if len(name) > 64 { // the first is the slash
		name = name[:64]
	}
	return strings.Trim(name, "-")
}

// mounts lists where a volume is mounted: at the path that is its key, with the
// options beside its source, and at those under mounts.
func (e *effective) mounts(w *Workload, x *Volume, entry value.Entry) {
	path := strings.HasPrefix(entry.Key, "/")
	options := value.NewMap(x.Pos)
	for _, field := range mountOptions {
		option := entry.Value.Entry(field)
		switch {
		case option == nil:
		case path:
			options.SetEntry(*option)
		default:
			e.diags.Errorh(option.KeyPos, "misplaced-option", "write mounts: {/PATH: {"+field+": …}}",
				"%s of the volume %q belongs to a mount", field, entry.Key)
		}
	}
	if path {
		x.Mounts = append(x.Mounts, Mount{entry.Key, x.Pos, options})
	}
	for _, m := range entry.Value.Get("mounts").AllEntries() {
		if !isNone(m.Value) {
			x.Mounts = append(x.Mounts, Mount{m.Key, m.KeyPos, m.Value})
		}
	}
	if len(x.Mounts) == 0 && !nowhere(entry.Value.Get("mounts")) && !mountedElsewhere(w, x.Name) {
		e.diags.Errorh(x.Pos, "not-mounted", "add mounts: /PATH; mounts: {} if that is right", "the volume %q is mounted nowhere", x.Name)
	}
}

// nowhere reports whether mounts are said to be none.
func nowhere(mounts *value.Value) bool { return mounts.Is(value.Map) && len(mounts.Entries) == 0 }

// mountedElsewhere reports whether one of the workload's other containers mounts
// a volume, or any has it for a device.
func mountedElsewhere(w *Workload, name string) bool {
	names := func(v *value.Value) bool {
		return slices.ContainsFunc(v.AllItems(), func(m *value.Value) bool { return m.StringAt("name") == name })
	}
	for _, c := range w.Containers {
		if slices.ContainsFunc(c.Mounts(), func(m ContainerMount) bool { return m.Volume == name }) ||
			names(c.Fields.Get("volumeMounts")) || names(c.Fields.Get("volumeDevices")) {
			return true
		}
	}
	return names(w.Fields.Get("container", "volumeDevices")) || names(w.Fields.Get("container", "volumeMounts"))
}

// claim completes a workload's own claim. One that only one node or pod can
// mount leaves room for one pod.
func (e *effective) claim(w *Workload, x *Volume) {
	c := x.Source.Value
	if !c.Has("size") {
		e.diags.Errorh(x.Source.KeyPos, "missing-size", "add size: such as 10Gi, or write claim: NAME for an existing one",
			"the claim of the volume %q has no size", x.Name)
	}
	x.Source.Value = withAccess(c)
	if w.Kind.Ordinal {
		return
	}
	key := x.Name
	if w.Owner != nil {
		key = w.Key + "-" + x.Name
	}
	x.Claim = w.Names.Of("PersistentVolumeClaim", key, w.Name+"-"+x.Name)
	if slices.ContainsFunc(c.Get("accessModes").AllItems(), func(mode *value.Value) bool { return strings.HasSuffix(mode.Text, "Many") }) {
		return
	}
	if !e.opinions { // which says exactly what runs
		return
	}
	const hint = "write kind: StatefulSet for a claim of each pod, or accessModes: [ReadWriteMany] where the storage can"
	replicas, _ := w.Replicas.Int64()
	switch {
	case w.Kind.PerNode:
		e.diags.Errorh(x.Pos, "claim-not-shared", hint,
			"the pods of a %s can't share the claim of the volume %q, which is ReadWriteOnce", w.Kind.Name, x.Name)
	case !w.Kind.Replicas:
	case w.Rollout != nil:
		e.diags.Errorh(w.Rollout.Pos, "claim-not-shared", hint,
			"%s runs old and new pods at the same time, which can't share the claim of the volume %q: it is ReadWriteOnce",
			w.Rollout.Strategy, x.Name)
	case w.Fields.Get("autoscaling").Is(value.Map):
		e.diags.Errorh(w.Fields.Get("autoscaling").Pos, "claim-not-shared", hint,
			"pods can't be scaled while they share the claim of the volume %q, which is ReadWriteOnce", x.Name)
	case replicas > 1 && e.asked(w.Replicas):
		e.diags.Errorh(w.Replicas.Pos, "claim-not-shared", hint, "%d pods can't share the claim of the volume %q, which is ReadWriteOnce",
			replicas, x.Name)
	default:
		w.Single = true
		if replicas > 1 { // which nobody asked for
			w.Replicas, w.AtLeast = value.NewInt(x.Pos, 1), 1
		}
	}
}
