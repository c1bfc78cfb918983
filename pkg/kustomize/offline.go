package kustomize

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// errOffline is what kustomize gets where it tries to fetch something.
var errOffline = errors.New("unfold fetches nothing")

// goOffline makes every request by http.Client fail that names no transport of
// its own, as those of kustomize do (api/internal/loader). It is global to the
// process.
var goOffline = sync.OnceFunc(func() {
	fail := func(context.Context, string, string) (net.Conn, error) { return nil, errOffline }
	http.DefaultTransport = &http.Transport{DialContext: fail, DialTLSContext: fail}
})

// onlyFiles reports a kustomization in the tree that names anything but a file or
// folder of the tree. Kustomize clones with git what it takes for an address, and
// it tries that for every resource that it can't read and for every component.
func onlyFiles(t tree.Tree) error {
	g := gate{tree: t, folders: map[string]bool{}}
	for p := range t {
		for dir := path.Dir(p); !g.folders[dir]; dir = path.Dir(dir) {
			g.folders[dir] = true
		}
	}
	for _, p := range t.Paths() {
		if path.Base(p) != kustomizationFile {
			continue
		}
		docs, diags := value.ReadAll(p, t[p])
		diags = slices.DeleteFunc(diags, func(d diag.Diagnostic) bool { return d.Code == "unprintable" }) // no name of a file
		if err := diags.Err(); err != nil {
			return err
		}
		g.dir = path.Dir(p)
		for _, k := range docs {
			for _, e := range k.AllEntries() {
				g.field(e)
			}
		}
	}
	return g.err
}

type gate struct {
	tree    tree.Tree
	folders map[string]bool
	dir     string
	err     error // the first
}

func (g *gate) field(e value.Entry) {
	files, ok := fileFields(e.Key)
	if e.Key == "transformers" { // only those of pkg/expand
		files, ok = fileFields("resources")
	}
	if !ok && !allowed(e.Key) {
		g.refuse(fmt.Errorf("%s: kustomize's field %q is not run", e.KeyPos, e.Key))
	}
	for _, item := range e.Value.AllItems() {
		for _, f := range files {
			f.replace(item, func(f filesOf, v *value.Value) *value.Value {
				g.name(f, v)
				return v
			})
		}
	}
}

// name wants a path of the tree that can't be taken for an address.
func (g *gate) name(f filesOf, v *value.Value) {
	if _, name, ok := strings.Cut(v.Text, "="); ok && f.keyed {
		v = value.NewString(v.Pos, name)
	}
	p := path.Join(g.dir, v.Text)
	_, isFile := g.tree[p]
	switch {
	case isFile && !f.folder && !strings.Contains(v.Text, ":"):
	case isFile && v.Text == tree.PlainName(v.Text):
	case f.folder && g.folders[p] && tree.PlainFolder(v.Text):
	default:
		g.refuse(fmt.Errorf("%s: %q names no file that kustomize is given", v.Pos, v.Text))
	}
}

func (g *gate) refuse(err error) {
	if g.err == nil {
		g.err = err
	}
}
