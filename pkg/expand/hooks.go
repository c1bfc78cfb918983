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
	jobs := make([]*value.Value, len(e.app.Hooks))
	for i := range e.app.Hooks {
		w := &e.app.Hooks[i]
		e.claims(w)
		jobs[i] = e.newObject(w.Pos, w.Kind.APIVersion, w.Kind.Name, w.Name, w, nil, e.hookAnnotations(w)).
			Set("spec", mergeMaps(newMap(w.Pos, "template", e.podTemplate(w)), w.Spec))
		e.add(object.Object{Value: jobs[i], Origin: w.Pos})
	}
	if !e.app.Opinions || len(jobs) == 0 {
		return
	}
	needed := e.needed(made)
	for i := range e.app.Hooks {
		e.before(&e.app.Hooks[i], needed.by(jobs[i].Get("spec", "template", "spec")))
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

// before puts the objects that a hook of the phase Sync uses, of which it gets the indices, into a wave before
// it; a claim into its own, since many are bound only when a pod uses them. In
// the phases before a first sync and after the deletion there are no objects.
func (e *expander) before(w *descriptor.Workload, used []int) {
	wave, _ := w.Hook.Wave.Int64()
	for _, i := range used {
		id := e.objects[i].ID()
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
			e.objects[i].Value = noLater(e.objects[i].Value, to, w.Pos)
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

// needed holds the indices of the objects that pods need: by the reference to them, and of
// those that all need.
type needed struct {
	references map[used][]int
	always     []int
}

// needed returns the objects that the pods of hooks may need: what they use, what makes it,
// and what gives their accounts their rights. Of the objects from the index made on, which
// hooks brought along, those are claims.
func (e *expander) needed(made int) needed {
	n := needed{references: map[used][]int{}}
	accounts := map[object.ID][]used{} // that a role is bound to, by the role's kind and name
	for _, o := range e.objects[:made] {
		role := object.ID{Kind: o.Value.StringAt("roleRef", "kind"), Name: o.Value.StringAt("roleRef", "name")}
		if role.Name != "" {
			accounts[role] = append(accounts[role], bound(o)...)
		}
	}
	for i, o := range e.objects {
		id := o.ID()
		if i >= made && id.Kind != "PersistentVolumeClaim" {
			continue
		}
		var by []used
		switch id.Kind {
		case "Namespace":
			n.always = append(n.always, i)
		case "ConfigMap":
			by = []used{{"configMap", id.Name}}
		case "Secret", "SealedSecret", "ExternalSecret":
			by = []used{{"secret", id.Name}}
		case "PersistentVolumeClaim":
			by = []used{{"claim", id.Name}}
		case "ServiceAccount":
			by = []used{{"serviceAccount", id.Name}}
		case "RoleBinding", "ClusterRoleBinding":
			by = bound(o)
		case "Role", "ClusterRole":
			by = accounts[object.ID{Kind: id.Kind, Name: id.Name}]
		}
		for _, x := range by {
			n.references[x] = append(n.references[x], i)
		}
	}
	return n
}

// by returns the indices of the objects that a pod needs, in order.
func (n needed) by(pod *value.Value) []int {
	out := slices.Clone(n.always)
	for x := range uses(pod) {
		out = append(out, n.references[x]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// bound returns the service accounts that a binding gives rights to.
func bound(binding object.Object) []used {
	var out []used
	for _, s := range binding.Value.Get("subjects").AllItems() {
		if s.StringAt("kind") == "ServiceAccount" {
			out = append(out, used{"serviceAccount", s.StringAt("name")})
		}
	}
	return out
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
