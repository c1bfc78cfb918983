package lint

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Brought is what the app hands to kustomize besides its manifests.
type Brought struct {
	// Objects are those of components.
	Objects []*value.Value
	// Patches are the app's own and those of components.
	Patches []object.Patch
	// Documents are the kustomizations of components, and what these name besides.
	Documents []*value.Value
	// Namespaces are those that the kustomizations name.
	Namespaces []*value.Value
	// Generated are the objects that generators of components add, by the names before a hash. Renames says that
	// components change names.
	Generated []object.ID
	Renames   bool
}

// KustomizesOwn reports whether an annotation is one that kustomize obeys, takes
// away or writes itself (api/internal/utils/annotations.go, api/resource,
// kyaml/kio/kioutil, kyaml/fn/runtime).
func KustomizesOwn(key string) bool {
	domain, _, ok := strings.Cut(key, "/")
	switch domain {
	case "config.kubernetes.io", "internal.config.kubernetes.io", "alpha.config.kubernetes.io", "config.k8s.io", "kustomize.config.k8s.io":
		return ok
	}
	return false
}

// kustomizeAnnotations finds annotations that would not come out as they went in. They
// are looked for at every place, since patches can copy from anywhere.
func kustomizeAnnotations(in *Input, r *reporter) {
	refuse := func(x *value.Value, e value.Entry, what string) {
		pos := e.KeyPos
		if pos.Line == 0 {
			pos = x.At()
		}
		if pos.Line == 0 {
			pos = in.Pos
		}
		r.reportAt(pos, "remove it: it would do something in the build, and not come out",
			"%q is an annotation of kustomize's own", what)
	}
	var walk func(v *value.Value, names bool)
	walk = func(v *value.Value, names bool) {
		for _, item := range v.AllItems() {
			walk(item, names)
		}
		for _, e := range v.AllEntries() {
			if KustomizesOwn(e.Key) {
				refuse(v, e, e.Key)
			}
			if names && e.Value.IsScalar() && namesOwn(e.Key, e.Value.Text) {
				refuse(v, value.Entry{KeyPos: e.Value.Pos}, e.Value.Text)
			}
			for _, item := range e.Value.AllItems() {
				if names && item.IsScalar() && namesOwn(e.Key, item.Text) {
					refuse(v, value.Entry{KeyPos: item.Pos}, item.Text)
				}
			}
			walk(e.Value, names)
		}
	}
	for _, o := range in.Objects {
		walk(o.Value, false)
	}
	for _, v := range slices.Concat(in.Manifests, in.Brought.Objects) {
		walk(v, false)
	}
	for _, p := range in.Brought.Patches {
		for _, v := range p.Documents {
			walk(v, v.Is(value.List))
		}
	}
	for _, v := range in.Brought.Documents {
		walk(v, true)
	}
}

// namesOwn reports whether a field that names fields of objects names such an
// annotation, in one of the ways that kustomize has for it.
func namesOwn(field, text string) bool {
	switch field {
	case "path", "from", "fieldPath", "fieldpath", "fieldPaths":
	default:
		return false
	}
	text = strings.NewReplacer(`\`, "", "~1", "/").Replace(text)
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '/' || r == '[' || r == ']' }) {
		if KustomizesOwn(strings.TrimPrefix(part, "metadata.annotations.") + "/") {
			return true
		}
	}
	return false
}
