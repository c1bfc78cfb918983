package validation

import (
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// anywhere checks what stands in many places of an object: the requirements of
// selectors, of labels and of nodes, and metadata.
func (c *checker) anywhere(v *value.Value) {
	v.Walk(func(x *value.Value) {
		if !x.Is(value.Map) {
			return
		}
		for _, e := range x.Entries {
			switch e.Key {
			case "matchExpressions":
				for i, r := range e.Value.AllItems() {
					c.requirement(r, e.Key+"."+strconv.Itoa(i))
				}
			case "matchFields":
				for i, r := range e.Value.AllItems() {
					c.nodeField(r, e.Key+"."+strconv.Itoa(i))
				}
			case "metadata":
				c.annotations(e.Value.Get("annotations"))
			}
		}
	})
}

func (c *checker) requirement(r *value.Value, where string) {
	values := r.Get("values").AllItems()
	switch operator := r.StringAt("operator"); operator {
	case "In", "NotIn":
		if len(values) == 0 {
			c.reportAt(r.At(), "add values: [...]", "%s has no values, which %s needs", where, operator)
		}
	case "Exists", "DoesNotExist":
		if len(values) > 0 {
			c.excluded(r, "values", where, operator+" takes none")
		}
	case "Gt", "Lt":
		if len(values) != 1 || !types.IsInteger(values[0].StringAt()) {
			c.reportAt(r.At(), "", "%s needs one whole number in values for %s", where, operator)
		}
	}
}

// workload checks the selector of what runs pods, and the pods. Whether it chooses
// them is a rule of pkg/lint.
func (c *checker) workload(v *value.Value, kind kinds.Kind) {
	c.pod(v.Get(kind.Below("spec")...), strings.Join(kind.Below("spec"), "."), kind)
	selector := v.Get("spec", "selector")
	if kind.Selector && selector.Is(value.Map) && selector.Get("matchLabels").Empty() && selector.Get("matchExpressions").Empty() {
		c.reportAt(selector.Pos, "name labels of the template in matchLabels", "spec.selector is empty")
	}
}
