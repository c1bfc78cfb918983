package validation

import (
	"strconv"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// scheduling checks tolerations and how pods are spread.
func (c *checker) scheduling(spec *value.Value, where string) {
	for i, t := range spec.Get("tolerations").AllItems() {
		at := where + ".tolerations." + strconv.Itoa(i)
		switch operator := t.StringAt("operator"); {
		case operator == "Exists" && t.StringAt("value") != "":
			c.excluded(t, "value", at, "its operator is Exists")
		case operator != "Exists" && types.LabelValue(t.StringAt("value")) != "":
			c.reportAt(t.Get("value").Pos, "", "%s.value can't be %q: it %s", at, t.StringAt("value"),
				types.LabelValue(t.StringAt("value")))
		case operator != "Exists" && t.StringAt("key") == "":
			c.reportAt(t.At(), "name the key, or use operator: Exists for all taints", "%s has no key", at)
		}
		if e := t.Entry("tolerationSeconds"); e != nil && !e.Value.Is(value.Null) && t.StringAt("effect") != "NoExecute" {
			c.excluded(t, "tolerationSeconds", at, "only the effect NoExecute has it")
		}
	}
	for _, affinity := range []string{"podAffinity", "podAntiAffinity"} {
		at := where + ".affinity." + affinity
		for i, term := range spec.Get("affinity", affinity, "requiredDuringSchedulingIgnoredDuringExecution").AllItems() {
			c.podTerm(term, at+".requiredDuringSchedulingIgnoredDuringExecution."+strconv.Itoa(i))
		}
		for i, x := range spec.Get("affinity", affinity, "preferredDuringSchedulingIgnoredDuringExecution").AllItems() {
			c.podTerm(x.Get("podAffinityTerm"), at+".preferredDuringSchedulingIgnoredDuringExecution."+strconv.Itoa(i)+".podAffinityTerm")
		}
	}
	required := spec.Get("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
	for i, term := range required.AllItems() {
		for j, r := range term.Get("matchExpressions").AllItems() {
			for _, v := range r.Get("values").AllItems() {
				if problem := types.LabelValue(v.StringAt()); problem != "" {
					c.reportAt(v.Pos, "", "%s.affinity: nodeSelectorTerms.%d.matchExpressions.%d can't have the value %q: it %s", where,
						i, j, v.Text, problem)
				}
			}
		}
	}
	seen := map[string]bool{}
	for i, t := range spec.Get("topologySpreadConstraints").AllItems() {
		at := where + ".topologySpreadConstraints." + strconv.Itoa(i)
		c.once(seen, t.StringAt("topologyKey")+", "+t.StringAt("whenUnsatisfiable"), t, where, "topology spread constraint")
		if t.StringAt("whenUnsatisfiable") != "DoNotSchedule" {
			c.excluded(t, "minDomains", at, "only whenUnsatisfiable: DoNotSchedule has it")
		}
	}
}

// podTerm checks a term of the affinity to pods.
func (c *checker) podTerm(term *value.Value, where string) {
	if term.Get("labelSelector").Is(value.Map) {
		return
	}
	for _, field := range []string{"matchLabelKeys", "mismatchLabelKeys"} {
		if !term.Get(field).Empty() {
			c.excluded(term, field, where, "it has no labelSelector")
		}
	}
}

// nodeField checks a requirement on the fields of a node, of which there is its name
// alone (ValidateNodeFieldSelectorRequirement).
func (c *checker) nodeField(r *value.Value, where string) {
	if key := r.Get("key"); key.StringAt() != "metadata.name" {
		c.reportAt(cmpPos(key, r), "write metadata.name, or use matchExpressions for labels", "%s.key can't be %q",
			where, key.StringAt())
	}
	if operator := r.Get("operator"); operator.StringAt() != "In" && operator.StringAt() != "NotIn" {
		c.reportAt(cmpPos(operator, r), "use In or NotIn", "%s.operator can't be %q", where, operator.StringAt())
	}
	if values := r.Get("values"); len(values.AllItems()) != 1 {
		c.reportAt(cmpPos(values, r), "name one node", "%s needs one value", where)
	}
}

// cmpPos returns the place of v, or of what it is missing in.
func cmpPos(v, in *value.Value) diag.Pos {
	if v != nil {
		return v.Pos
	}
	return in.At()
}
