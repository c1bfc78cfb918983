package kustomize

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// filesOf is where an item of a field of a kustomization names files.
type filesOf struct {
	key    string // of the item, "" where the item itself is the name
	list   bool   // the key holds a list of names
	folder bool   // a name can be that of a folder with a kustomization
	keyed  bool   // a name can be KEY=NAME
}

// fileFields returns where the items of a field of a kustomization name files; ok is
// false for a field that names none.
func fileFields(field string) (files []filesOf, ok bool) {
	switch field {
	case "resources", "components":
		return []filesOf{{folder: true}}, true
	case "configurations":
		return []filesOf{{}}, true
	case "patches", "replacements":
		return []filesOf{{key: "path"}}, true
	case "configMapGenerator", "secretGenerator":
		return []filesOf{{key: "files", list: true, keyed: true}, {key: "envs", list: true}, {key: "env"}}, true
	}
	return nil, false
}

// allowed reports whether a field of a kustomization does nothing but change and add
// objects.
func allowed(field string) bool {
	_, files := fileFields(field)
	return files || slices.Contains([]string{"apiVersion", "kind", "metadata", "namespace", "namePrefix", "nameSuffix", "labels",
		"commonAnnotations", "images", "replicas", "generatorOptions", "sortOptions"}, field)
}

// replace returns an item with what change returns for each name of a file in it: nil
// removes the name. Nothing is left of an item that is such a name itself.
func (f filesOf) replace(item *value.Value, change func(filesOf, *value.Value) *value.Value) *value.Value {
	if f.key == "" {
		return change(f, item)
	}
	old := item.Get(f.key)
	if old == nil {
		return item
	}
	item = item.Copy()
	fresh := old
	if f.list {
		fresh = value.NewList(old.Pos)
		for _, x := range old.AllItems() {
			if x = change(f, x); x != nil {
				fresh.Items = append(fresh.Items, x)
			}
		}
	} else {
		fresh = change(f, old)
	}
	if fresh == nil {
		item.Delete(f.key)
	} else {
		item.Entry(f.key).Value = fresh
	}
	return item
}
