package kustomize

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// betweenPatches are the fields that kustomize carries out after patches and before patchesJson6902
// (kustomize, api/internal/target, configureBuiltinTransformers).
var betweenPatches = [...]string{"namespace", "namePrefix", "nameSuffix", "labels", "commonLabels", "commonAnnotations"}

// modern returns a kustomization with what its deprecated fields say under the names that replace them, in the order
// in which kustomize carries them out: it warns of the old names on standard error. Those that can't be said otherwise are
// reported.
func (c *reader) modern(k *value.Value) *value.Value {
	out := value.NewMap(k.At())
	for _, e := range k.AllEntries() {
		switch e.Key {
		case "bases", "imageTags", "patchesStrategicMerge", "patchesJson6902", "commonLabels":
		case "vars":
			c.diags.Errorh(e.KeyPos, "kustomize-field", "copy the values by replacements",
				"unfold does not take vars, which kustomize has deprecated")
		default:
			out.SetEntry(e)
		}
	}
	c.join(out, k, "resources", nil, k.Entry("bases"))
	c.join(out, k, "images", nil, k.Entry("imageTags"))
	c.join(out, k, "labels", nil, selecting(k.Entry("commonLabels")))
	json := k.Entry("patchesJson6902")
	for _, field := range betweenPatches {
		if json != nil && k.Has(field) {
			c.diags.Errorh(json.KeyPos, "kustomize-field", "move them to patches, which are applied before "+field,
				"patchesJson6902 are deprecated in kustomize, which applies them after %s", field)
			json = nil
		}
	}
	c.join(out, k, "patches", merges(k.Entry("patchesStrategicMerge")), json)
	return out
}

// join sets a list to that of a kustomization between two others, all of which may be nil.
func (c *reader) join(out, k *value.Value, key string, before, after *value.Entry) {
	var list *value.Value
	at := k.Entry(key)
	for _, e := range []*value.Entry{before, at, after} {
		if e == nil {
			continue
		}
		if list == nil {
			list = value.NewList(e.Value.At())
			if at == nil {
				at = e
			}
		}
		list.Items = append(list.Items, e.Value.AllItems()...)
	}
	if list != nil {
		out.SetEntry(value.Entry{Key: key, KeyPos: at.KeyPos, Value: list})
	}
}

// merges returns strategic merge patches, files and texts, as patches.
func merges(e *value.Entry) *value.Entry {
	if e == nil {
		return nil
	}
	list := value.NewList(e.Value.At())
	for _, x := range e.Value.AllItems() {
		key := "path"
		if strings.Contains(x.Text, "\n") {
			key = "patch"
		}
		list.Items = append(list.Items, value.NewMap(x.Pos).Set(key, x))
	}
	return &value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: list}
}

// selecting returns common labels as an entry of labels, which goes into selectors too.
func selecting(e *value.Entry) *value.Entry {
	if e == nil {
		return nil
	}
	labels := value.NewMap(e.Value.At()).Set("pairs", e.Value).Set("includeSelectors", value.NewBool(e.KeyPos, true))
	return &value.Entry{Key: e.Key, KeyPos: e.KeyPos, Value: value.NewList(e.Value.At(), labels)}
}
