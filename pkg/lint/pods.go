package lint

import (
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// pods are those of a workload: their template, and how many there are. Rules about
// workloads look at these; those about what pods may do look at podParts.
type pods struct {
	item
	kind     kinds.Kind
	template *value.Value // metadata and spec
}

// pods returns the pods of an object, ok is false where it has none.
func (x item) pods() (p pods, ok bool) {
	kind, ok := kinds.Find(x.Kind)
	if !ok {
		return pods{}, false
	}
	p = pods{x, kind, x.value.Get(kind.Template...)}
	return p, len(kind.Template) == 0 || p.spec().Is(value.Map)
}

// ends reports whether the pods are there to end.
func (p pods) ends() bool { return p.kind.Completes }

// spec returns the pod's specification.
func (p pods) spec() *value.Value { return p.template.Get("spec") }

// containers returns those that run beside one another.
func (p pods) containers() []*value.Value { return p.spec().Get("containers").AllItems() }

// together returns the containers that run at the same time as others, in the order in which they start.
func (p pods) together() []*value.Value {
	var out []*value.Value
	for _, c := range p.spec().Get("initContainers").AllItems() {
		if c.StringAt("restartPolicy") == "Always" {
			out = append(out, c)
		}
	}
	return append(out, p.containers()...)
}

// all returns all containers.
func (p pods) all() []*value.Value {
	out := p.containers()[:len(p.containers()):len(p.containers())]
	return append(out, p.spec().Get("initContainers").AllItems()...)
}

// replicas returns how many pods there are at least, ok is false where nobody
// says so.
func (p pods) replicas(in *Input) (n int64, ok bool) {
	for _, x := range in.index.scalers[p.Name] {
		target := x.value.Get("spec", "scaleTargetRef")
		if target.Has("kind") && target.StringAt("kind") != p.Kind {
			continue
		}
		for _, field := range []string{"minReplicas", "minReplicaCount"} {
			if n, ok := x.value.Get("spec", field).Int64(); ok {
				return n, true
			}
		}
		return 0, false
	}
	if n, ok = p.value.Get("spec", "replicas").Int64(); !ok && !p.value.Get("spec").Has("replicas") {
		return 1, !p.kind.PerNode
	}
	return n, ok
}

// selects reports whether a selector of matchLabels and matchExpressions chooses
// labels. One without content chooses all.
func selects(selector, labels *value.Value) bool {
	for _, e := range selector.Get("matchLabels").AllEntries() {
		if !hasLabel(labels, e) {
			return false
		}
	}
	for _, x := range selector.Get("matchExpressions").AllItems() {
		got := labels.Get(x.StringAt("key"))
		among := false
		for _, v := range x.Get("values").AllItems() {
			among = among || got != nil && v.Text == got.Text
		}
		switch x.StringAt("operator") {
		case "In":
			if !among {
				return false
			}
		case "NotIn":
			if among {
				return false
			}
		case "Exists":
			if got == nil {
				return false
			}
		case "DoesNotExist":
			if got != nil {
				return false
			}
		}
	}
	return true
}

func hasLabel(labels *value.Value, e value.Entry) bool {
	got := labels.Get(e.Key)
	return got != nil && got.Text == e.Value.Text
}
