// Package adopt makes a descriptor of what runs already: it reads objects, folds
// them, and proves that the descriptor comes to the same objects.
package adopt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/defaults"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/kustomize"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Mistake is why objects can't be imported, with the next step for the user.
type Mistake struct{ Message, Hint string }

// Error returns the message and, on a line of its own, the hint.
func (m *Mistake) Error() string { return diag.WithHint(m.Message, m.Hint) }

// Source is where the objects of an environment are: a kustomization, a folder of
// manifests, a file of them, or "-" for standard input.
type Source struct{ Env, Path string }

// Read returns the objects of a source without what a cluster added to them, and the IDs
// of those that a cluster made by itself. Kustomizations are built in memory; what these
// would fetch or run is an error.
func (s Source) Read(stdin io.Reader) (objects []*value.Value, made []object.ID, err error) {
	return s.read(stdin, map[string]int{})
}

// read is Read. It adds the lines of each file that it reads.
func (s Source) read(stdin io.Reader, lines map[string]int) (objects []*value.Value, made []object.ID, err error) {
	if objects, err = s.objects(stdin, lines); err != nil {
		return nil, nil, err
	}
	objects, made = written(objects)
	for i, v := range objects {
		objects[i] = defaults.Live(v)
	}
	return objects, made, nil
}

// objects returns the objects of a source as they are there.
func (s Source) objects(stdin io.Reader, lines map[string]int) ([]*value.Value, error) {
	var docs []*value.Value
	var err error
	info, statErr := os.Stat(s.Path)
	switch {
	case s.Path == "-":
		docs, err = readFile("standard input", stdin, lines)
	case statErr != nil:
		return nil, &Mistake{s.Path + " does not exist", ""}
	case !info.IsDir():
		docs, err = open(s.Path, lines)
	case isKustomization(s.Path):
		docs, err = build(s.Path, lines)
	default:
		docs, err = readFolder(s.Path, lines)
	}
	if err != nil {
		return nil, err
	}
	var diags diag.List
	objects := object.Collect(docs, &diags)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	if len(objects) == 0 {
		return nil, &Mistake{s.Path + " holds no Kubernetes objects", ""}
	}
	return objects, nil
}

func readFile(name string, r io.Reader, lines map[string]int) ([]*value.Value, error) {
	src, err := io.ReadAll(io.LimitReader(r, tree.MaxTotalSize))
	if err != nil {
		return nil, err
	}
	lines[name] = bytes.Count(src, []byte("\n"))
	docs, diags := value.ReadAll(name, src)
	return docs, diags.Err()
}

func open(name string, lines map[string]int) ([]*value.Value, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readFile(name, f, lines)
}

// readFolder reads all manifests in a folder and below.
func readFolder(dir string, lines map[string]int) ([]*value.Value, error) {
	var out []*value.Value
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ext := filepath.Ext(name); d.IsDir() || ext != ".yaml" && ext != ".yml" && ext != ".json" {
			return nil
		}
		docs, err := open(name, lines)
		out = append(out, docs...)
		return err
	})
	return out, err
}

// names are those that kustomize takes for a kustomization.
var names = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

func isKustomization(dir string) bool { return kustomizationIn(dir) != "" }

func kustomizationIn(dir string) string {
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && !info.IsDir() {
			return filepath.Join(dir, name)
		}
	}
	return ""
}

// build builds a kustomization of the disk.
func build(dir string, lines map[string]int) ([]*value.Value, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	c := collector{files: tree.Tree{}, seen: map[string]bool{}, here: here}
	c.kustomization(abs)
	if err := errors.Join(c.errs...); err != nil {
		return nil, err
	}
	root := commonFolder(c.files, strings.TrimPrefix(filepath.ToSlash(abs), "/"))
	files := tree.Tree{}
	for name, content := range c.files {
		lines[name] = bytes.Count(content, []byte("\n"))
		files[strings.TrimPrefix(name, root)] = content
	}
	objects, err := kustomize.Foreign(files, strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(abs), "/")+"/", root))
	if err != nil {
		return nil, &Mistake{fmt.Sprintf("%s: %v", dir, err), "render it first, and import what comes out: kustomize build " + dir +
			" > objects.yaml"}
	}
	for i, v := range objects {
		objects[i] = value.Sorted(v)
	}
	return objects, nil
}

// commonFolder returns the folder that dir and all files are in, with a slash behind it:
// kustomize does not have to know how the folders above are called.
func commonFolder(files tree.Tree, dir string) string {
	root := dir + "/"
	for name := range files {
		for !strings.HasPrefix(name, root) {
			root = root[:strings.LastIndexByte(strings.TrimSuffix(root, "/"), '/')+1]
		}
	}
	return root
}

// collector collects the files that kustomizations name.
type collector struct {
	here  string // the current folder, which messages leave out of paths
	files tree.Tree
	seen  map[string]bool
	errs  []error
}

func (c *collector) kustomization(dir string) {
	if c.seen[dir] {
		return
	}
	c.seen[dir] = true
	name := kustomizationIn(dir)
	content, err := os.ReadFile(name)
	if err != nil {
		c.errs = append(c.errs, err)
		return
	}
	c.put(name, content)
	docs, diags := value.ReadAll(c.shown(name), content)
	// Only names of files matter here. What a text can't hold is seen in the objects.
	diags = slices.DeleteFunc(diags, func(d diag.Diagnostic) bool { return d.Code == "unprintable" })
	if diags.HasErrors() {
		c.errs = append(c.errs, diags.Err())
		return
	}
	for _, doc := range docs {
		for _, e := range doc.AllEntries() {
			c.field(dir, name, e)
		}
	}
}

// field adds the files that a field of a kustomization names: each text in it that is
// the path of one.
func (c *collector) field(dir, name string, e value.Entry) {
	fetched := slices.Contains([]string{"resources", "bases", "components"}, e.Key)
	if e.Key == "helmCharts" || e.Key == "helmChartInflationGenerator" {
		c.errs = append(c.errs, &Mistake{fmt.Sprintf("%s:%d: kustomize would run helm for %s", c.shown(name), e.KeyPos.Line, e.Key),
			"render it first, and import what comes out: kustomize build --enable-helm " + c.shown(dir) + " > objects.yaml"})
		return
	}
	e.Value.Walk(func(v *value.Value) {
		if !v.Is(value.String) || strings.Contains(v.Text, "\n") {
			return
		}
		_, file, keyed := strings.Cut(v.Text, "=")
		switch {
		case c.path(filepath.Join(dir, v.Text)):
		case keyed && c.path(filepath.Join(dir, file)):
		case fetched:
			c.errs = append(c.errs, &Mistake{fmt.Sprintf("%s:%d: %q is no file or folder here, and kustomize would fetch it", c.shown(name),
				v.Pos.Line, v.Text), "render it first, and import what comes out: kustomize build " + c.shown(dir) + " > objects.yaml"})
		}
	})
}

// shown returns a path as messages have it.
func (c *collector) shown(name string) string {
	if rel, err := filepath.Rel(c.here, name); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return name
}

func (c *collector) path(name string) bool {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return false
	case info.IsDir():
		if isKustomization(name) {
			c.kustomization(name)
		}
		return true
	}
	if !c.seen[name] {
		c.seen[name] = true
		content, err := os.ReadFile(name)
		if err != nil {
			c.errs = append(c.errs, err)
			return true
		}
		c.put(name, content)
	}
	return true
}

func (c *collector) put(name string, content []byte) {
	c.files[strings.TrimPrefix(filepath.ToSlash(name), "/")] = content
}
