package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrExists is returned by Write for an entry that is there already.
var ErrExists = errors.New("exists already")

// Write puts the tree into dir. Everything is written beside its place first
// and moved at the end, so each top-level entry of the tree (a file or a whole
// folder) is there as a whole or as it was before. Entries that exist are
// replaced only with force, else ErrExists names the first; other content of
// dir is left alone.
func Write(dir string, t Tree, force bool) (err error) {
	tops := topLevel(t)
	if !force {
		for _, top := range tops {
			target := filepath.Join(dir, top)
			if _, err := os.Lstat(target); err == nil {
				return &fs.PathError{Op: "write", Path: target, Err: ErrExists}
			}
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	staging, err := os.MkdirTemp(dir, ".unfold-")
	if err != nil {
		return err
	}
	fresh, old := filepath.Join(staging, "new"), filepath.Join(staging, "old")
	if err := errors.Join(os.Mkdir(old, 0o755), writeAll(fresh, t)); err != nil {
		return errors.Join(err, os.RemoveAll(staging))
	}
	for i, top := range tops {
		if err := swap(dir, fresh, old, top); err != nil {
			for _, done := range slices.Backward(tops[:i]) {
				err = errors.Join(err, unswap(dir, old, done))
			}
			// The staging folder stays if it still holds former content.
			if left, _ := os.ReadDir(old); len(left) > 0 {
				return err
			}
			return errors.Join(err, os.RemoveAll(staging))
		}
	}
	return os.RemoveAll(staging)
}

func topLevel(t Tree) []string {
	var tops []string
	for _, p := range t.Paths() {
		top, _, _ := strings.Cut(p, "/")
		tops = append(tops, top)
	}
	return slices.Compact(tops)
}

func writeAll(dir string, t Tree) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, p := range t.Paths() {
		target := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, t[p], 0o644); err != nil {
			return err
		}
	}
	return nil
}

func swap(dir, fresh, old, top string) error {
	target := filepath.Join(dir, top)
	if err := os.Rename(target, filepath.Join(old, top)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(filepath.Join(fresh, top), target); err != nil {
		return errors.Join(err, unswap(dir, old, top))
	}
	return nil
}

func unswap(dir, old, top string) error {
	target := filepath.Join(dir, top)
	if err := os.RemoveAll(target); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(old, top), target); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
