// Package tree holds files: an in-memory tree, reads that never leave a folder,
// and writes that happen whole or not at all.
package tree

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// Tree maps slash-separated relative paths to contents.
type Tree map[string][]byte

// Paths returns the paths in order.
func (t Tree) Paths() []string { return slices.Sorted(maps.Keys(t)) }

// Under returns the files below dir, their paths relative to it.
func (t Tree) Under(dir string) Tree {
	prefix := strings.TrimSuffix(dir, "/") + "/"
	out := Tree{}
	for p, content := range t {
		if rest, ok := strings.CutPrefix(p, prefix); ok {
			out[rest] = content
		}
	}
	return out
}

// Merge adds the files of other below dir.
func (t Tree) Merge(dir string, other Tree) {
	for p, content := range other {
		t[path.Join(dir, p)] = content
	}
}
