package adopt

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/fold"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// blame tells which objects the mistakes of a descriptor are about.
type blame struct {
	*attempt
	written *value.Value // the descriptor, with places
	keys    map[string]map[object.ID]string
	fields  map[string]map[object.ID]bool
}

func (a *attempt) newBlame(r fold.Result, src []byte) *blame {
	d, _ := value.Read(descriptor.FileName, src)
	return &blame{a, d, r.Workloads, r.Fields}
}

// all marks the objects that mistakes in an environment are about as ones to keep as they
// are, or the rules that found them as accepted. It returns false where it finds none
// that is not marked already.
func (b *blame) all(env string, diags diag.List) bool {
	found := false
	for _, d := range diags {
		switch {
		case d.Severity != diag.Error:
		case d.Rule:
			found = found || !b.accepted[d.Code]
			b.accepted[d.Code] = true
		default:
			found = b.keep(env, pathAt(b.written, d.Pos, nil)) || found
		}
	}
	return found
}

// keep marks the objects that a field makes: those of its kind, else those of its workload,
// else all that fields make.
func (b *blame) keep(env string, path []string) bool {
	envs := b.envs
	if len(path) > 1 && path[0] == "environments" {
		envs = slices.DeleteFunc(slices.Clone(b.envs), func(e fold.Environment) bool { return e.Name != path[1] })
		path = path[2:]
	}
	key := ""
	if len(path) > 1 && path[0] == "workloads" {
		key, path = path[1], path[2:]
	}
	for _, wanted := range []func(env string, id object.ID) bool{
		func(env string, id object.ID) bool { return b.inWorkload(env, id, key) && ofField(id, path) },
		func(env string, id object.ID) bool { return b.inWorkload(env, id, key) },
		func(string, object.ID) bool { return true },
	} {
		found := false
		for _, e := range envs {
			for id := range b.fields[e.Name] {
				if !b.raw[e.Name][id] && wanted(e.Name, id) {
					b.raw[e.Name][id], found = true, true
				}
			}
		}
		if found {
			return true
		}
	}
	return false
}

func (b *blame) inWorkload(env string, id object.ID, key string) bool {
	return key == "" || b.keys[env][id] == key
}

// ofField reports whether a field makes an object.
func ofField(id object.ID, path []string) bool {
	if len(path) == 0 {
		return false
	}
	if len(path) > 1 && (path[0] == "configMaps" && id.Kind == "ConfigMap" || path[0] == "claims" && id.Kind == "PersistentVolumeClaim") {
		return strings.HasPrefix(id.Name, path[1])
	}
	switch path[0] {
	case "ingress":
		return id.Kind == "Ingress"
	case "autoscaling":
		return id.Kind == "HorizontalPodAutoscaler"
	case "disruption":
		return id.Kind == "PodDisruptionBudget"
	case "service":
		return id.Kind == "Service"
	case "namespace":
		return id.Kind == "Namespace"
	case "names", "metadata":
		return len(path) > 1 && id.Kind == path[1]
	}
	k, ok := kinds.Find(id.Kind)
	return ok && k.Chosen
}

// pathAt returns the keys of the value at a place, or of the last one before it.
func pathAt(v *value.Value, at diag.Pos, above []string) []string {
	best := above
	for _, e := range v.AllEntries() {
		if e.KeyPos.Line > at.Line || e.KeyPos.Line == at.Line && e.KeyPos.Col > at.Col {
			break
		}
		best = pathAt(e.Value, at, append(slices.Clone(above), e.Key))
	}
	return best
}
