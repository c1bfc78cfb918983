package kustomize

import (
	"sync"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
)

// MaxCopied bounds what the copy operations of one JSON 6902 patch may add, in
// bytes: a few dozen of them, each of a field that holds the last copy, would
// else take all memory there is. No object in a cluster is as large.
const MaxCopied = 256 << 10

// limitCopies sets the bound, which is global to the process in the library that
// kustomize patches with.
var limitCopies = sync.OnceFunc(func() { jsonpatch.AccumulatedCopySizeLimit = MaxCopied })
