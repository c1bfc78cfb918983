package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// alike is how much of two objects must be the same for one to be the other under a new name.
const alike = 0.6

// successors returns for objects that go those that come in their places: one that runs pods under the same name, as another
// kind, or one of the same kind that is much like it, under another name. What is generated has a new name whenever its
// content changes, so nothing comes in its place.
func successors(pairs []both) map[*value.Value]*value.Value {
	var gone, come []*value.Value
	for _, p := range pairs {
		switch {
		case p.new == nil && idOf(p.old).Unhashed() == idOf(p.old):
			gone = append(gone, p.old)
		case p.old == nil && idOf(p.new).Unhashed() == idOf(p.new):
			come = append(come, p.new)
		}
	}
	type candidate struct {
		old, new *value.Value
		share    float64
	}
	var all []candidate
	for _, x := range gone {
		for _, y := range come {
			a, b := idOf(x), idOf(y)
			switch {
			case isHook(x) != isHook(y):
			case a.Name == b.Name && runsPods(a.Kind) && runsPods(b.Kind):
				all = append(all, candidate{x, y, 1})
			case a.Kind == b.Kind && a.Group() == b.Group():
				if share := likeness(x, y); share >= alike {
					all = append(all, candidate{x, y, share})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return -cmp.Compare(a.share, b.share) })
	out, taken := map[*value.Value]*value.Value{}, map[*value.Value]bool{}
	for _, c := range all {
		if out[c.old] == nil && !taken[c.new] {
			out[c.old], taken[c.new] = c.new, true
		}
	}
	return out
}

func runsPods(kind string) bool {
	k, ok := kinds.Find(kind)
	return ok && len(k.Template) > 0
}

// isHook reports whether Argo CD makes an object anew by itself.
func isHook(v *value.Value) bool {
	return v.Get("metadata", "annotations").Has("argocd.argoproj.io/hook")
}

// likeness returns which share of two objects is the same, wherever in a list it is. That each has its own name in other
// places too makes no difference.
func likeness(a, b *value.Value) float64 {
	plain := share(leaves{}.of(a, ""), leaves{}.of(b, ""))
	return max(plain, share(leaves{name: idOf(a).Name}.of(a, ""), leaves{name: idOf(b).Name}.of(b, "")))
}

// share returns which share of two counts is the same.
func share(x, y map[string]int) float64 {
	all, same := 0, 0
	for leaf, times := range x {
		all += times
		same += min(times, y[leaf])
	}
	for _, times := range y {
		all += times
	}
	return 2 * float64(same) / float64(max(all, 1))
}

// leaves counts the scalars of an object, each with its path. The name, unless it is "", is the same as any other's.
type leaves struct {
	name  string
	count map[string]int
}

func (l leaves) of(v *value.Value, path string) map[string]int {
	if l.count == nil {
		l.count = map[string]int{}
	}
	switch {
	case v.Is(value.Map):
		for _, e := range v.Entries {
			l.of(e.Value, path+"."+e.Key)
		}
	case v.Is(value.List):
		for _, item := range v.Items {
			l.of(item, path+"[]")
		}
	case l.name != "":
		l.count[path+"="+strings.ReplaceAll(v.Text, l.name, "NAME")]++
	default:
		l.count[path+"="+v.Text]++
	}
	return l.count
}
