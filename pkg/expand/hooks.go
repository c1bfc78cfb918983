package expand

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// hooks adds the Jobs that Argo CD runs with a sync, and puts what they use
// before them.
func (e *expander) hooks() {
	made := len(e.objects)
	for i := range e.app.Hooks {
		w := &e.app.Hooks[i]
		e.claims(w)
		e.add(object.Object{
			Value: e.newObject(w.Pos, w.Kind.APIVersion, w.Kind.Name, w.Name, w, nil, e.hookAnnotations(w)).
				Set("spec", mergeMaps(newMap(w.Pos, "template", e.podTemplate(w)), w.Spec)),
			Origin: w.Pos,
		})
	}
	if !e.app.Opinions {
		return
	}
	for i := range e.app.Hooks {
		e.before(&e.app.Hooks[i], made)
	}
}

func (e *expander) hookAnnotations(w *descriptor.Workload) *value.Value {
	policies := ""
	if e.app.Opinions {
		policies = "BeforeHookCreation"
	}
	for i, x := range w.Hook.DeletePolicy.AllItems() {
		if i == 0 {
			policies = x.Text
		} else {
			policies += "," + x.Text
		}
	}
	return newMap(w.Pos, "argocd.argoproj.io/hook", w.Hook.Phase, "argocd.argoproj.io/hook-delete-policy", policies, syncWave,
		w.Hook.Wave.StringAt())
}

// before puts the objects that a hook of the phase Sync uses into a wave before
// it; a claim into its own, since many are bound only when a pod uses them. In
// the phases before a first sync and after the deletion there are no objects.
func (e *expander) before(w *descriptor.Workload, made int) {
	job := slices.IndexFunc(e.objects, func(o object.Object) bool {
		return o.ID() == object.ID{APIVersion: w.Kind.APIVersion, Kind: w.Kind.Name, Name: w.Name}
	})
	used := uses(e.objects[job].Value.Get("spec", "template", "spec"))
	wave, _ := w.Hook.Wave.Int64()
	for i, o := range e.objects {
		id := o.ID()
		if !e.usedBy(o, used) || i >= made && id.Kind != "PersistentVolumeClaim" {
			continue
		}
		switch w.Hook.Phase {
		case "PreSync", "PostDelete":
			if strings.HasSuffix(id.Kind, "Role") || strings.HasSuffix(id.Kind, "RoleBinding") { // which go with the account
				continue
			}
			e.diags.Errorh(w.Pos, "hook-too-early",
				"remove phase, for a hook before the app that can use all it needs; or write config: false where it needs no config, "+
					"files, secrets and service account",
				"the hook %q can't use %s in the phase %s, in which nothing of the app need be there", w.Key, id, w.Hook.Phase)
		case "Sync":
			to := wave - 1
			if id.Kind == "PersistentVolumeClaim" {
				to = wave
			}
			e.objects[i].Value = noLater(o.Value, to, w.Pos)
		}
	}
}

// used is a reference from a pod.
type used struct{ kind, name string }

// uses returns what a pod refers to by name.
func uses(pod *value.Value) map[used]bool {
	out := map[used]bool{}
	add := func(kind string, path ...string) {
		pod.Each(path, func(v *value.Value) { out[used{kind, v.Text}] = true })
	}
	for _, containers := range []string{"containers", "initContainers"} {
		for _, kind := range []string{"configMap", "secret"} {
			add(kind, containers, "env", "valueFrom", kind+"KeyRef", "name")
			add(kind, containers, "envFrom", kind+"Ref", "name")
		}
	}
	add("configMap", "volumes", "configMap", "name")
	add("secret", "volumes", "secret", "secretName")
	add("secret", "imagePullSecrets", "name")
	for _, kind := range []string{"configMap", "secret"} {
		add(kind, "volumes", "projected", "sources", kind, "name")
	}
	add("claim", "volumes", "persistentVolumeClaim", "claimName")
	add("serviceAccount", "serviceAccountName")
	return out
}

// usedBy reports whether an object is among what a pod uses, or makes it, or
// gives its account its rights.
func (e *expander) usedBy(o object.Object, by map[used]bool) bool {
	id := o.ID()
	switch id.Kind {
	case "Namespace":
		return true
	case "ConfigMap":
		return by[used{"configMap", id.Name}]
	case "Secret", "SealedSecret", "ExternalSecret":
		return by[used{"secret", id.Name}]
	case "PersistentVolumeClaim":
		return by[used{"claim", id.Name}]
	case "ServiceAccount":
		return by[used{"serviceAccount", id.Name}]
	case "RoleBinding", "ClusterRoleBinding":
		return bound(o, by)
	case "Role", "ClusterRole":
		return slices.ContainsFunc(e.objects, func(x object.Object) bool {
			return x.Value.StringAt("roleRef", "kind") == id.Kind && x.Value.StringAt("roleRef", "name") == id.Name && bound(x, by)
		})
	}
	return false
}

func bound(binding object.Object, by map[used]bool) bool {
	return slices.ContainsFunc(binding.Value.Get("subjects").AllItems(), func(s *value.Value) bool {
		return s.StringAt("kind") == "ServiceAccount" && by[used{"serviceAccount", s.StringAt("name")}]
	})
}

// noLater returns an object in a wave, unless it is in an earlier one.
func noLater(v *value.Value, wave int64, pos diag.Pos) *value.Value {
	if now, err := strconv.ParseInt(v.StringAt("metadata", "annotations", syncWave), 10, 64); err == nil && now <= wave {
		return v
	}
	metadata := v.Get("metadata")
	annotations := mergeMaps(metadata.Get("annotations"), newMap(pos, syncWave, strconv.FormatInt(wave, 10)))
	return v.Copy().Set("metadata", metadata.Copy().Set("annotations", annotations))
}
