package expand

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func (e *expander) podTemplate(w *descriptor.Workload) *value.Value {
	return newMap(w.Pos,
		"metadata", newMap(w.Pos, "labels", e.podLabels(w), "annotations", mergeMaps(e.secretsChecksum(w), w.PodAnnotations)),
		"spec", e.podSpec(w),
	)
}

func (e *expander) podSpec(w *descriptor.Workload) *value.Value {
	volumes, mounts := e.fileVolumes(w)
	ownVolumes, ownMounts := e.ownVolumes(w)
	volumes, mounts = append(volumes, ownVolumes...), append(mounts, ownMounts...)
	secretVolumes, secretMounts := e.secretVolumes(w)
	volumes, mounts = append(volumes, secretVolumes...), append(mounts, secretMounts...)
	pod := newMap(w.Pos,
		"imagePullSecrets", names(pullSecrets(w)),
		"serviceAccountName", w.Account,
		"securityContext", podSecurity(w.Security),
		"volumes", newList(w.Pos, volumes...),
	)
	pod.Set("automountServiceAccountToken", w.Automount)
	e.placement(pod, w)
	if w.Kind.Completes {
		pod.Set("restartPolicy", value.NewString(w.Pos, "Never"))
	}
	e.containers(pod, w, mounts)
	return mergeMaps(pod, w.Fields.Get("pod"))
}

func names(texts *value.Value) *value.Value {
	if texts.Empty() {
		return nil
	}
	out := newList(texts.Pos)
	for _, t := range texts.Items {
		out.Items = append(out.Items, newMap(t.Pos, "name", t))
	}
	return out
}

// pullSecrets returns those of all containers, each once.
func pullSecrets(w *descriptor.Workload) *value.Value {
	all := w.PullSecrets
	for _, c := range w.Containers {
		for _, secret := range c.PullSecrets.AllItems() {
			switch {
			case all == nil:
				all = newList(secret.Pos, secret)
			case !slices.ContainsFunc(all.Items, func(x *value.Value) bool { return x.Text == secret.Text }):
				all = all.Copy()
				all.Items = append(all.Items, secret)
			}
		}
	}
	return all
}
