package lint

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// patchDocuments finds operations of JSON 6902 that kustomize would leave out.
func patchDocuments(in *Input, r *reporter) {
	for _, p := range in.Brought.Patches {
		for _, doc := range p.Documents {
			if doc.Is(value.List) && len(p.Documents) > 1 {
				r.reportAt(doc.Pos, "make it a patch of its own",
					"kustomize takes the first document only of a patch with JSON 6902 operations")
			}
		}
	}
}

// patchPaths finds paths of JSON 6902 that kustomize would read in another way.
func patchPaths(in *Input, r *reporter) {
	for _, path := range in.Brought.paths() {
		if path.Text != "" && path.Text[0] != '/' {
			r.reportAt(path.Pos, "start it with a slash", "%q is not a path of JSON 6902: kustomize would leave out its first part",
				path.Text)
		}
	}
}

// patchIdentities finds patches that take away or change what an object is known
// by, in which kustomize would lose it.
func patchIdentities(in *Input, r *reporter) {
	const hint = "remove the object with $patch: delete, and add another to manifests"
	for _, path := range in.Brought.paths() {
		if isIdentity(path) {
			r.reportAt(path.Pos, hint, "a patch can't change %q, by which the object is known", path.Text)
		}
	}
	for _, doc := range in.Brought.merges() {
		metadata := doc.Get("metadata")
		for _, e := range slices.Concat(doc.AllEntries(), metadata.AllEntries()) {
			null := e.Value.Kind == value.Null
			switch e.Key {
			case "apiVersion", "kind", "metadata", "name", "namespace":
			case "$patch":
				null = metadata.Entry("$patch") != nil && metadata.Get("$patch") == e.Value
			default:
				null = false
			}
			if null {
				r.reportAt(e.Value.Pos, hint, "a patch can't take away %q, by which the object is known", e.Key)
			}
		}
	}
}

// patchItems finds patches that add the items of a list to an object.
func patchItems(in *Input, r *reporter) {
	const hint = "put it under spec"
	const message = "a patch can't add items to an object: Argo CD would take them for objects of their own"
	for _, path := range in.Brought.paths() {
		if parts := pointer(path); len(parts) > 0 && parts[0] == "items" {
			r.reportAt(path.Pos, hint, message)
		}
	}
	for _, doc := range in.Brought.merges() {
		if items := doc.Entry("items"); items != nil {
			r.reportAt(items.KeyPos, hint, message)
		}
	}
}

// merges returns the strategic merge patches, which have the form of an object.
func (b Brought) merges() []*value.Value {
	var out []*value.Value
	for _, p := range b.Patches {
		for _, doc := range p.Documents {
			if doc.Is(value.Map) {
				out = append(out, doc)
			}
		}
	}
	return out
}

// paths returns the paths that operations of JSON 6902 change. What is no text is
// left out: kustomize reports it.
func (b Brought) paths() []*value.Value {
	var out []*value.Value
	for _, p := range b.Patches {
		for _, doc := range p.Documents {
			for _, op := range doc.AllItems() {
				for _, field := range changedBy(op) {
					if path := op.Get(field); path.Is(value.String) {
						out = append(out, path)
					}
				}
			}
		}
	}
	return out
}

// changedBy returns the fields of an operation that hold a path which it changes.
func changedBy(op *value.Value) []string {
	switch op.StringAt("op") {
	case "test":
		return nil
	case "move":
		return []string{"path", "from"}
	}
	return []string{"path"}
}

// pointer takes a path of JSON 6902 apart (RFC 6901). Empty parts are left out, and
// one that does not start with a slash has none: it is no path.
func pointer(path *value.Value) []string {
	rest, ok := strings.CutPrefix(path.Text, "/")
	if !ok {
		return nil
	}
	parts := strings.Split(rest, "/")
	for i, part := range parts {
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
	}
	return slices.DeleteFunc(parts, func(part string) bool { return part == "" })
}

// isIdentity reports whether a path is that of what an object is known by, or of
// something that holds it.
func isIdentity(path *value.Value) bool {
	if path.Text != "" && path.Text[0] != '/' {
		return false // no path at all
	}
	parts := pointer(path)
	switch len(parts) {
	case 0:
		return true
	case 1:
		return parts[0] == "apiVersion" || parts[0] == "kind" || parts[0] == "metadata"
	}
	return parts[0] == "metadata" && (parts[1] == "name" || parts[1] == "namespace") && len(parts) == 2
}
