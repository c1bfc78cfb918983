package build

import (
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// CheckLocal looks at all kustomizations in a folder of the tree (a component
// and what lies below it) and reports what Run must not be given: fields that
// run programs, change kustomize's global state, or name a file that is not in
// the folder, which kustomize would fetch with git or HTTP. Name is what the
// folder is called in messages.
func CheckLocal(name string, t tree.Tree) diag.List {
	var diags diag.List
	for _, p := range t.Paths() {
		if !isKustomization(path.Base(p)) {
			continue
		}
		file := path.Join(name, p)
		top, read := value.Read(file, t[p])
		diags = append(diags, read...)
		c := localChecker{diags: &diags, tree: t, dir: path.Dir(p)}
		for _, e := range entriesOf(top) {
			c.field(e)
		}
	}
	if !plainFolder(name) {
		diags.Errorh(diag.Pos{File: name}, "not-local", "name the folder with letters, digits, - and _", "kustomize could take the folder for a git URL")
	}
	if !slices.ContainsFunc(t.Paths(), isKustomization) {
		diags.Errorh(diag.Pos{File: name}, "no-component", "add a kustomization.yaml of kind Component", "the folder holds no kustomization")
	}
	return diags
}

func isKustomization(base string) bool {
	return base == "kustomization.yaml" || base == "kustomization.yml" || base == "Kustomization"
}

func entriesOf(v *value.Value) []value.Entry {
	if v == nil {
		return nil
	}
	return v.Entries
}

type localChecker struct {
	diags *diag.List
	tree  tree.Tree
	dir   string
}

func (c *localChecker) field(e value.Entry) {
	switch e.Key {
	case "apiVersion", "kind", "metadata", "namespace", "namePrefix", "nameSuffix", "labels", "commonLabels",
		"commonAnnotations", "images", "replicas", "generatorOptions", "vars", "buildMetadata", "sortOptions":
	case "resources", "bases", "components", "configurations":
		c.files(e.Value)
	case "patchesStrategicMerge":
		c.filesOrText(e.Value)
	case "patches", "patchesJson6902", "replacements":
		for _, item := range itemsOf(e.Value) {
			c.file(item.Get("path"))
		}
	case "configMapGenerator", "secretGenerator":
		for _, item := range itemsOf(e.Value) {
			for _, key := range []string{"files", "envs"} {
				for _, source := range itemsOf(item.Get(key)) {
					_, file, ok := strings.Cut(source.Text, "=")
					if !ok {
						file = source.Text
					}
					c.file(value.Str(file, source.Pos))
				}
			}
			c.file(item.Get("env"))
		}
	default:
		c.diags.Errorh(e.KeyPos, "kustomize-field", "ship what it makes as manifests", "unfold does not run kustomize's %q: it could run programs, reach the network or change other builds", e.Key)
	}
}

func itemsOf(v *value.Value) []*value.Value {
	if v == nil {
		return nil
	}
	return v.Items
}

func (c *localChecker) files(v *value.Value) {
	for _, item := range itemsOf(v) {
		c.file(item)
	}
}

// filesOrText checks entries that are a patch in place unless they are a path.
func (c *localChecker) filesOrText(v *value.Value) {
	for _, item := range itemsOf(v) {
		if !strings.Contains(item.Text, "\n") {
			c.file(item)
		}
	}
}

// file wants a path to be a file or a kustomization's folder in the tree.
func (c *localChecker) file(v *value.Value) {
	if v == nil {
		return
	}
	if !v.IsScalar() {
		c.diags.Errorf(v.Pos, "wrong-type", "a path must be text, not %s", v.Describe())
		return
	}
	p := path.Join(c.dir, v.Text)
	_, isFile := c.tree[p]
	isFolder := len(c.tree.Under(p)) > 0 && plainFolder(v.Text)
	if (isFile || isFolder) && !path.IsAbs(v.Text) && !strings.ContainsAny(v.Text, ":\\") {
		return
	}
	c.diags.Errorh(v.Pos, "not-local", "name a file or folder in the component's folder", "%q is not in the component's folder, and nothing else is read", v.Text)
}

// plainFolder reports whether kustomize can only take a path for a folder. Dots
// and signs could make it a git URL, such as the path github.com/team/app, and
// kustomize looks for those first (api/internal/git, repospec.go).
func plainFolder(p string) bool {
	for part := range strings.SplitSeq(p, "/") {
		if part == "." || part == ".." || part == "" {
			continue
		}
		if part == "_git" || strings.ContainsFunc(part, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
		}) {
			return false
		}
	}
	return true
}
