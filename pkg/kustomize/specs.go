package kustomize

import (
	"strings"

	kyamlutils "sigs.k8s.io/kustomize/kyaml/utils"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// configuration returns the work that a file under configurations makes: kustomize looks
// for each field that it lists in each object, for each label, prefix and the like, and
// holds each reference that it finds against all objects.
func (f *flow) configuration(doc *value.Value) (w Work) {
	for _, e := range doc.AllEntries() {
		if e.Key != "nameReference" {
			w.Add(f.specs(e.Value, 1+f.transformers, f.written(e.Key)))
			continue
		}
		for _, x := range e.Value.AllItems() {
			w.Add(f.specs(x.Get("fieldSpecs"), len(f.objects)*f.repeats, f.affixes))
		}
		w.Specs = plus(w.Specs, merging(len(e.Value.AllItems())))
	}
	return w
}

// written returns how many bytes go into each field that a list of configurations has.
func (f *flow) written(list string) int {
	if strings.HasSuffix(list, "abels") { // commonLabels, templateLabels and the like
		return f.marked["labels"]
	}
	return f.marked[list]
}

// specs returns the work of a list of fields, where so much is done at each field, and
// so many bytes are put there.
func (f *flow) specs(list *value.Value, each, bytes int) (w Work) {
	objects := len(f.objects) * f.repeats
	for _, x := range list.AllItems() {
		p := kyamlutils.PathSplitter(x.StringAt("path"), "/")
		hits, most := 0, 0
		for _, o := range f.objects {
			n := f.hits(o, p, x.StringAt("create") == "true")
			hits, most = plus(hits, n), max(most, n)
		}
		w.Specs = plus(w.Specs, plus(times(objects, pathWork(len(p))), times(times(hits, f.repeats), each)))
		w.Moved = plus(w.Moved, times(times(hits, f.repeats), bytes))
		w.MovedOne = plus(w.MovedOne, times(most, bytes))
	}
	w.Specs = plus(w.Specs, merging(len(list.AllItems())))
	return w
}

// merging returns how many looks at a field it is worth to put so many of them together:
// kustomize looks for each among those before it.
func merging(n int) int {
	const quicker = 100
	return n * n / quicker
}

// hits returns how many fields of an object a path with slashes leads to, through lists.
func (f *flow) hits(v *value.Value, p []string, create bool) (n int) {
	switch {
	case !f.visited(1):
		return most
	case len(p) == 0:
		return 1
	case v.Is(value.List):
		for _, x := range v.Items {
			n = plus(n, f.hits(x, p, create))
		}
		return n
	}
	next := v.Get(strings.TrimSuffix(p[0], "[]"))
	if next == nil {
		if create {
			return 1
		}
		return 0
	}
	return f.hits(next, p[1:], create)
}
