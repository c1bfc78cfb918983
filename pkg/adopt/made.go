package adopt

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// written returns the objects that somebody wrote, and the IDs of those that a cluster
// made by itself, which are among what kubectl gets.
func written(objects []*value.Value) (rest []*value.Value, made []object.ID) {
	for _, v := range objects {
		if madeByCluster(v, objects) {
			made = append(made, idOf(v))
		} else {
			rest = append(rest, v)
		}
	}
	return rest, made
}

// madeByCluster reports whether controllers made an object: one with an owner that
// controls it, the endpoints of a Service, the claims of a StatefulSet, and what each
// namespace has from the start (kube-controller-manager: rootcacertpublisher,
// serviceaccount, endpoint, statefulset). An object that was never in a cluster has no uid.
func madeByCluster(v *value.Value, all []*value.Value) bool {
	if v.StringAt("metadata", "uid") == "" {
		return false
	}
	owned := slices.ContainsFunc(v.Get("metadata", "ownerReferences").AllItems(),
		func(x *value.Value) bool { return x.Get("controller").IsTrue() })
	if owned {
		return true
	}
	id := idOf(v)
	switch id.Kind {
	case "Event":
		return true
	case "ConfigMap":
		return id.Name == "kube-root-ca.crt"
	case "ServiceAccount":
		return id.Name == "default"
	case "Secret":
		return v.StringAt("type") == "kubernetes.io/service-account-token"
	case "Endpoints":
		return slices.ContainsFunc(all, func(x *value.Value) bool {
			return idOf(x).Kind == "Service" && idOf(x).Name == id.Name && !x.Get("spec", "selector").Empty()
		})
	case "PersistentVolumeClaim":
		return slices.ContainsFunc(all, func(x *value.Value) bool { return claimOf(id.Name, x) })
	}
	return false
}

// claimOf reports whether a claim has the name of one that a StatefulSet makes:
// TEMPLATE-STATEFULSET-ORDINAL.
func claimOf(name string, set *value.Value) bool {
	if idOf(set).Kind != "StatefulSet" {
		return false
	}
	return slices.ContainsFunc(set.Get("spec", "volumeClaimTemplates").AllItems(), func(t *value.Value) bool {
		ordinal, ok := strings.CutPrefix(name, t.StringAt("metadata", "name")+"-"+idOf(set).Name+"-")
		return ok && ordinal != "" && strings.Trim(ordinal, "0123456789") == ""
	})
}
