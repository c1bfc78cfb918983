package build

import (
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// MaxInclusions bounds how often kustomizations are built for one component: one
// that is included twice by one that is included twice is built four times.
const MaxInclusions = 1000

// CheckLocal looks at all kustomizations in a folder of the tree (a component
// and what lies below it) and reports what Run must not be given: fields that
// run programs, change kustomize's global state, or name a file that is not in
// the folder, which kustomize would fetch with git or HTTP; and YAML that is
// small but grows beyond all bounds. Name is what the folder is called in
// messages.
func CheckLocal(name string, t tree.Tree) diag.List {
	var diags diag.List
	c := localChecker{diags: &diags, name: name, tree: t, included: map[string][]string{}, read: map[string]bool{}}
	for _, p := range t.Paths() {
		if !isKustomization(path.Base(p)) {
			continue
		}
		top, found := value.Read(path.Join(name, p), t[p])
		diags = append(diags, found...)
		c.dir = path.Dir(p)
		for _, e := range top.Fields() {
			c.field(e)
		}
	}
	if !plainFolder(name) {
		diags.Errorh(diag.Pos{File: name}, "not-local", "name the folder with letters, digits, - and _", "kustomize could take the folder for a git URL")
	}
	if !slices.ContainsFunc(t.Paths(), isKustomization) {
		diags.Errorh(diag.Pos{File: name}, "no-component", "add a kustomization.yaml of kind Component", "the folder holds no kustomization")
	}
	if c.inclusions(".", map[string]int{}) > MaxInclusions {
		diags.Errorh(diag.Pos{File: name}, "too-large", "include each folder once", "the component includes kustomizations more than %d times in all", MaxInclusions)
	}
	return diags
}

func isKustomization(base string) bool {
	return base == "kustomization.yaml" || base == "kustomization.yml" || base == "Kustomization"
}

type localChecker struct {
	diags *diag.List
	name  string // of the component's folder
	tree  tree.Tree
	dir   string // of the kustomization that is looked at
	// included holds the folders that each folder's kustomization includes.
	included map[string][]string
	read     map[string]bool // files that were looked into
}

func (c *localChecker) field(e value.Entry) {
	switch e.Key {
	case "apiVersion", "kind", "metadata", "namespace", "namePrefix", "nameSuffix", "labels", "commonLabels",
		"commonAnnotations", "images", "replicas", "generatorOptions", "vars", "buildMetadata", "sortOptions":
	case "resources", "bases", "components", "configurations":
		for _, item := range itemsOf(e.Value) {
			c.yamlFile(item)
		}
	case "patchesStrategicMerge":
		for _, item := range itemsOf(e.Value) {
			c.fileOrText(item)
		}
	case "patches", "patchesJson6902", "replacements":
		for _, item := range itemsOf(e.Value) {
			for _, x := range get(item, "path") {
				c.yamlFile(x)
			}
			for _, x := range get(item, "patch") {
				c.text(x)
			}
		}
	case "configMapGenerator", "secretGenerator":
		for _, item := range itemsOf(e.Value) {
			for _, source := range slices.Concat(get(item, "files"), get(item, "envs")) {
				for _, x := range itemsOf(source) {
					c.source(x)
				}
			}
			for _, x := range get(item, "env") {
				c.file(x)
			}
		}
	default:
		c.diags.Errorh(e.KeyPos, "kustomize-field", "ship what it makes as manifests", "unfold does not run kustomize's %q: it could run programs, reach the network or change other builds", e.Key)
	}
}

// get gives what kustomize takes for the value under a key: it reads
// kustomizations by encoding/json, to which "Path" is as good as "path".
func get(v *value.Value, key string) []*value.Value {
	var out []*value.Value
	for _, e := range v.Fields() {
		if strings.EqualFold(e.Key, key) && e.Value.Kind != value.Null {
			out = append(out, e.Value)
		}
	}
	return out
}

func itemsOf(v *value.Value) []*value.Value {
	if v == nil {
		return nil
	}
	return v.Items
}

// source checks a generator's file, KEY=PATH or PATH.
func (c *localChecker) source(v *value.Value) {
	if _, file, ok := strings.Cut(v.Text, "="); ok {
		v = value.Str(file, v.Pos)
	}
	c.file(v)
}

// fileOrText checks an entry that is a patch in place unless it is a path.
func (c *localChecker) fileOrText(v *value.Value) {
	if strings.Contains(v.Text, "\n") {
		c.text(v)
	} else {
		c.yamlFile(v)
	}
}

// text reads YAML in place within our bounds, since kustomize has none.
func (c *localChecker) text(v *value.Value) {
	_, found := value.ReadAll("", []byte(v.Text))
	for _, d := range found {
		d.Pos = v.Pos
		*c.diags = append(*c.diags, d)
	}
}

// yamlFile is file for a file that kustomize parses, or for a folder.
func (c *localChecker) yamlFile(v *value.Value) {
	if !c.file(v) {
		return
	}
	p := path.Join(c.dir, v.Text)
	content, ok := c.tree[p]
	if !ok {
		c.included[c.dir] = append(c.included[c.dir], p)
	} else if !c.read[p] {
		c.read[p] = true
		_, found := value.ReadAll(path.Join(c.name, p), content)
		*c.diags = append(*c.diags, found...)
	}
}

// file wants a path to be a file or a kustomization's folder in the tree.
func (c *localChecker) file(v *value.Value) bool {
	if !v.IsScalar() {
		c.diags.Errorf(v.At(), "wrong-type", "a path must be text, not %s", v.Describe())
		return false
	}
	p := path.Join(c.dir, v.Text)
	_, isFile := c.tree[p]
	isFolder := len(c.tree.Under(p)) > 0 && plainFolder(v.Text)
	if (isFile || isFolder) && !path.IsAbs(v.Text) && !strings.ContainsAny(v.Text, ":\\") {
		return true
	}
	c.diags.Errorh(v.Pos, "not-local", "name a file or folder in the component's folder", "%q is not in the component's folder, and nothing else is read", v.Text)
	return false
}

// inclusions counts the kustomizations that are built for a folder, each as
// often as it is included, up to just over MaxInclusions. Known holds those that
// were counted. A circle counts once: kustomize itself reports it.
func (c *localChecker) inclusions(dir string, known map[string]int) int {
	if n, ok := known[dir]; ok {
		return n
	}
	known[dir] = 1
	n := 1
	for _, sub := range c.included[dir] {
		n = min(n+c.inclusions(sub, known), MaxInclusions+1)
	}
	known[dir] = n
	return n
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
