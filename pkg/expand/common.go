package expand

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// commonLabels returns the entry of a kustomization's labels for an app's common labels, nil for none. They get where
// kustomize's commonLabels put them (api/internal/konfig/builtinpluginconsts/commonlabels.go), but not into the selectors
// of other pods: with them an affinity or a NetworkPolicy would no longer find the pods of other apps, such as those of DNS.
func commonLabels(labels *value.Value) *value.Value {
	if labels.Empty() {
		return nil
	}
	pos := labels.Pos
	fields := newList(pos,
		newMap(pos, "path", "spec/selector", "version", "v1", "kind", "Service", "create", true),
		newMap(pos, "path", "spec/selector/matchLabels", "group", "policy", "kind", "PodDisruptionBudget"),
		newMap(pos, "path", "spec/podSelector/matchLabels", "group", "networking.k8s.io", "kind", "NetworkPolicy"),
	)
	for _, k := range kinds.All() {
		at := func(path ...string) {
			fields.Items = append(fields.Items,
				newMap(pos, "path", strings.Join(path, "/"), "group", k.Group(), "kind", k.Name, "create", true))
		}
		if k.Selector {
			at("spec", "selector", "matchLabels")
		}
		if k.Custom {
			at(k.Below("metadata", "labels")...)
		}
	}
	return newList(pos, newMap(pos, "pairs", texts(labels), "includeTemplates", true, "includeVolumeClaimTemplates", true, "fields",
		fields))
}
