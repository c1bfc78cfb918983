package render

import (
	"fmt"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/kustomize"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Limits on one environment of an app. At all of them at once one run ends within
// the bounds of generate: see TestLimits.
const (
	maxObjects    = 20_000      // the API server is asked for each on every sync
	maxBytes      = 16 << 20    // more than all of an app's files make, written as base64
	maxPatches    = 500         // kustomize matches each with every object
	maxBuilt      = 1000        // kustomize holds every object against every other one that it has loaded
	maxPairs      = 10_000      // of a patch and an object: kustomize encodes and decodes the whole object for each
	maxBuiltBytes = 8 << 20     // what kustomize holds takes it thirty times as much memory
	maxLookups    = 250_000_000 // some 15 ns each: kustomize finds an entry of a map or list by going through it
	maxSteps      = 100_000_000 // some 8 ns each, by kustomize and by rules; kustomize tries what an object was called before, too
	maxSpecs      = 1_000_000   // some 2 µs each
	// maxPatchedBytes is the same as maxPairs for large objects.
	maxPatchedBytes = 8 << 20
)

// Limit is a row of the table of limits.
type Limit struct {
	What  string
	Most  int
	Bytes bool
	Why   string
}

// Limits returns all limits on what an app may be, for docs/operating.md.
func Limits() []Limit {
	return []Limit{
		{"one file", tree.MaxFileSize, true, "the largest Secret, sealed, fits"},
		{"all files of an app", tree.MaxTotalSize, true, "they are held in memory"},
		{"files of an app", tree.MaxFiles, false, "each is opened"},
		{"folders in one another", tree.MaxDepth, false, "each step is looked at, so that no link is followed"},
		{"maps and lists in one another", value.MaxDepth, false, "each is a call in another one"},
		{"values in a YAML file, its aliases resolved", value.MaxNodes, false, "an alias repeats its whole value"},
		{"texts in a YAML file, its aliases resolved", value.MaxBytes, true, "an alias repeats its whole value"},
		{"objects of an environment", maxObjects, false, "Argo CD asks the API server for each"},
		{"objects of an environment in all", maxBytes, true, "more than all files of an app make, written as base64"},
		{"workloads, hooks and jobs", descriptor.MaxWorkloads, false, "each is one object at least"},
		{"values in all workloads, with what they inherit", descriptor.MaxInherited, false, "a workload repeats what it inherits"},
		{"patches", maxPatches, false, "kustomize matches each with every object"},
		{"objects, where kustomize builds", maxBuilt, false, "kustomize holds each against every other one"},
		{"objects in all, where kustomize builds, with what replacements write", maxBuiltBytes, true,
			"kustomize takes thirty times as much memory"},
		{"objects that patches (or images, labels, replacements …) change, each as often", maxPairs, false,
			"kustomize encodes and decodes the object for each"},
		{"objects that they change, each as often", maxPatchedBytes, true, "kustomize encodes and decodes the object for each"},
		{"steps to find each entry of a map or list among the others, where kustomize builds", maxLookups, false,
			"kustomize goes through them one by one"},
		{"fields that a component's configurations list, each in each object", maxSpecs, false, "kustomize looks for each"},
		{"kustomizations of a component, as often as they are included", kustomize.MaxInclusions, false, "each is built anew"},
		{"what the copies in a JSON 6902 patch add", kustomize.MaxCopied, true, "a copy can copy the copy before it"},
		{"a regular expression in a patch's target", kustomize.MaxPattern, true, "it is tried on every object"},
		{"steps of such an expression", kustomize.MaxSteps, false, "counted repetitions multiply"},
		{"steps of all of them, at each letter of each object's name", maxSteps, false, "those that match nothing are tried too"},
	}
}

// LimitsTable returns the table in Markdown.
func LimitsTable() string {
	var b strings.Builder
	b.WriteString("| of | at most | since |\n| --- | --- | --- |\n")
	for _, l := range Limits() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", l.What, l.amount(), l.Why)
	}
	return b.String()
}

func (l Limit) amount() string {
	switch {
	case l.Bytes && l.Most%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", l.Most>>20)
	case l.Bytes && l.Most%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", l.Most>>10)
	case l.Bytes:
		return fmt.Sprintf("%d bytes", l.Most)
	}
	return fmt.Sprint(l.Most)
}
