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

// ownAnnotations finds annotations that would not come out as they went in. They
// are looked for at every place, since patches can copy from anywhere.
func ownAnnotations(in *Input, r *report) {
	refuse := func(x *value.Value, e value.Entry, what string) {
		pos := e.KeyPos
		if pos.Line == 0 {
			pos = x.At()
		}
		if pos.Line == 0 {
			pos = in.Pos
		}
		r.Errorh(pos, "kustomize-annotation", "remove it: it would do something in the build, and not come out",
			"%q is an annotation of kustomize's own", what)
	}
	var walk func(v *value.Value, names bool)
	walk = func(v *value.Value, names bool) {
		for _, item := range v.Elements() {
			walk(item, names)
		}
		for _, e := range v.Fields() {
			if KustomizesOwn(e.Key) {
				refuse(v, e, e.Key)
			}
			if names && e.Value.IsScalar() && namesOwn(e.Key, e.Value.Text) {
				refuse(v, value.Entry{KeyPos: e.Value.Pos}, e.Value.Text)
			}
			for _, item := range e.Value.Elements() {
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

// identityPatches finds patches that take away or change what an object is known
// by, in which kustomize would lose it.
func identityPatches(in *Input, r *report) {
	for _, p := range in.Brought.Patches {
		for _, doc := range p.Documents {
			if doc.Is(value.List) && len(p.Documents) > 1 {
				r.Errorh(doc.Pos, "patch-documents", "make it a patch of its own",
					"kustomize takes the first document only of a patch with JSON 6902 operations")
			}
			for _, op := range doc.Elements() {
				operation(op, r)
			}
			if doc.Is(value.Map) {
				strategicMerge(doc, r)
			}
		}
	}
}

const identityHint = "remove the object with $patch: delete, and add another to manifests"

// operation looks at an operation of JSON 6902.
func operation(op *value.Value, r *report) {
	fields := []string{"path"}
	switch op.StringAt("op") {
	case "test":
		return
	case "move":
		fields = []string{"path", "from"}
	}
	for _, field := range fields {
		at := op.Get(field)
		if !at.Is(value.String) {
			continue // which kustomize reports
		}
		if at.Text != "" && at.Text[0] != '/' {
			r.Errorh(at.Pos, "patch-path", "start it with a slash",
				"%q is not a path of JSON 6902: kustomize would leave out its first part", at.Text)
			continue
		}
		switch parts := pointer(at.Text); {
		case len(parts) > 0 && parts[0] == "items":
			itemsPatch(at, r)
		case isIdentity(parts):
			r.Errorh(at.Pos, "patch-identity", identityHint, "a patch can't change %q, by which the object is known", at.Text)
		}
	}
}

// pointer takes a path of JSON 6902 apart (RFC 6901). Empty parts are left out.
func pointer(text string) []string {
	parts := strings.Split(strings.TrimPrefix(text, "/"), "/")
	for i, part := range parts {
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
	}
	return slices.DeleteFunc(parts, func(part string) bool { return part == "" })
}

// isIdentity reports whether a path is that of what an object is known by, or of
// something that holds it.
func isIdentity(parts []string) bool {
	switch len(parts) {
	case 0:
		return true
	case 1:
		return parts[0] == "apiVersion" || parts[0] == "kind" || parts[0] == "metadata"
	}
	return parts[0] == "metadata" && (parts[1] == "name" || parts[1] == "namespace") && len(parts) == 2
}

// strategicMerge looks at a patch in the form of an object.
func strategicMerge(doc *value.Value, r *report) {
	if items := doc.Entry("items"); items != nil {
		itemsPatch(&value.Value{Pos: items.KeyPos}, r)
	}
	metadata := doc.Get("metadata")
	for _, e := range slices.Concat(doc.Fields(), metadata.Fields()) {
		null := e.Value.Kind == value.Null
		switch e.Key {
		case "apiVersion", "kind", "metadata", "name", "namespace":
		case "$patch":
			null = metadata.Entry("$patch") != nil && metadata.Get("$patch") == e.Value
		default:
			null = false
		}
		if null {
			r.Errorh(e.Value.Pos, "patch-identity", identityHint, "a patch can't take away %q, by which the object is known", e.Key)
		}
	}
}

func itemsPatch(at *value.Value, r *report) {
	r.Errorh(at.Pos, "items", "put it under spec", "a patch can't add items to an object: Argo CD would take them for objects of their own")
}
