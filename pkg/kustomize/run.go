// Package kustomize runs kustomize on an in-memory tree. It is the only package
// that imports kustomize's api.
package kustomize

import (
	"fmt"
	"io"
	"log"
	"os"
	"path"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Run builds the kustomization at dir of the tree and returns the objects in the
// order of the stock "kustomize build". object.Encode prints them as it does,
// but for keys like 6C, 8 and 64 in one map: the order in which kustomize prints
// those changes from run to run. Nothing outside of the tree is read: its file
// system holds nothing else, a kustomization that names anything else is an
// error, requests fail, and no plugin runs. A panic in kustomize is an error. It
// is safe for concurrent use.
func Run(t tree.Tree, dir string) (objects []*value.Value, err error) {
	if err := onlyFiles(t); err != nil {
		return nil, err
	}
	return Build(t, dir)
}

// Foreign is Build without what kustomize prints by itself: it warns of deprecated fields on
// the process's standard error, whatever that is for the caller.
func Foreign(t tree.Tree, dir string) (objects []*value.Value, err error) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	silence.Lock()
	defer silence.Unlock()
	stderr, logged := os.Stderr, log.Writer()
	os.Stderr = null
	log.SetOutput(io.Discard)
	defer func() {
		os.Stderr = stderr
		log.SetOutput(logged)
	}()
	return Build(t, dir)
}

// silence is held while the process's standard error is another one.
var silence sync.Mutex

// Build is Run for kustomizations that somebody else wrote, which can have every
// field. The caller has to see to it that each of them names only files and folders
// of the tree: for what is in neither, kustomize would start git.
func Build(t tree.Tree, dir string) (objects []*value.Value, err error) {
	if err := useMergeSchema(); err != nil {
		return nil, err
	}
	limitCopies()
	goOffline()
	defer func() {
		if x := recover(); x != nil {
			objects, err = nil, fmt.Errorf("it stops with a fault of its own: %v", x)
		}
	}()
	fs := filesys.MakeFsInMemory()
	for _, p := range t.Paths() {
		if err := fs.WriteFile(path.Join("/", p), t[p]); err != nil {
			return nil, err
		}
	}
	options := krusty.MakeDefaultOptions()
	// The command line's default; the library's own is another order.
	options.Reorder = krusty.ReorderOptionLegacy
	result, err := krusty.MakeKustomizer(options).Run(fs, path.Join("/", dir))
	if err != nil {
		return nil, err
	}
	objects = make([]*value.Value, 0, result.Size())
	for _, r := range result.Resources() {
		content, err := r.MarshalJSON()
		if err != nil {
			return nil, err
		}
		v, err := value.FromJSON(content)
		if err != nil {
			return nil, err
		}
		objects = append(objects, v)
	}
	return objects, nil
}
