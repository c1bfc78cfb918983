package validation

import (
	"strconv"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// scheduling checks tolerations and how pods are spread.
func (c *checker) scheduling(spec *value.Value, where string) {
	for i, t := range spec.Get("tolerations").Elements() {
		at := where + ".tolerations." + strconv.Itoa(i)
		switch operator := t.StringAt("operator"); {
		case operator == "Exists" && t.StringAt("value") != "":
			c.excluded(t, "value", at, "its operator is Exists")
		case operator != "Exists" && t.StringAt("key") == "":
			c.diags.Errorh(t.At(), "invalid-object", "name the key, or use operator: Exists for all taints", "%s has no key", at)
		}
		if e := t.Entry("tolerationSeconds"); e != nil && !e.Value.Is(value.Null) && t.StringAt("effect") != "NoExecute" {
			c.excluded(t, "tolerationSeconds", at, "only the effect NoExecute has it")
		}
	}
	seen := map[string]bool{}
	for i, t := range spec.Get("topologySpreadConstraints").Elements() {
		at := where + ".topologySpreadConstraints." + strconv.Itoa(i)
		c.once(seen, t.StringAt("topologyKey")+", "+t.StringAt("whenUnsatisfiable"), t, where, "topology spread constraint")
		if t.StringAt("whenUnsatisfiable") != "DoNotSchedule" {
			c.excluded(t, "minDomains", at, "only whenUnsatisfiable: DoNotSchedule has it")
		}
	}
}

// cmpPos returns the place of v, or of what it is missing in.
func cmpPos(v, in *value.Value) diag.Pos {
	if v != nil {
		return v.Pos
	}
	return in.At()
}
