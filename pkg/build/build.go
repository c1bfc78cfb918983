// Package build runs kustomize on an in-memory tree. It is the only package
// that imports kustomize's api.
package build

import (
	"path"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/unfold-gitops/unfold/pkg/tree"
)

// Run builds the kustomization at dir of the tree and gives the manifests as
// the stock "kustomize build" prints them, and how many objects they are. Nothing outside of the tree is read
// and no plugin runs; what in a tree could reach the network has to be refused
// before, by CheckLocal. It is safe for concurrent use.
func Run(t tree.Tree, dir string) (manifests []byte, objects int, err error) {
	fs := filesys.MakeFsInMemory()
	for _, p := range t.Paths() {
		if err := fs.WriteFile(path.Join("/", p), t[p]); err != nil {
			return nil, 0, err
		}
	}
	options := krusty.MakeDefaultOptions()
	// The command line's default; the library's own is another order.
	options.Reorder = krusty.ReorderOptionLegacy
	result, err := krusty.MakeKustomizer(options).Run(fs, path.Join("/", dir))
	if err != nil {
		return nil, 0, err
	}
	manifests, err = result.AsYaml()
	return manifests, result.Size(), err
}
