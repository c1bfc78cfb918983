package lint

import (
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// tinyAmounts finds memory and storage of less than a mebibyte, where a unit was forgotten or taken for
// another: 10 is ten bytes, 500m half a byte.
func tinyAmounts(in *Input, r *reporter) {
	for _, x := range in.items {
		look := func(v *value.Value, what string) {
			if q, ok := types.ParseQuantity(v.StringAt()); ok && q.Sign() > 0 && q.Cmp(mebibyte()) < 0 {
				r.report(x, v, "add a unit such as Mi or Gi", "%s asks for %s of %s, which is less than 1Mi", x.ID, v.Text, what)
			}
		}
		storage := func(claim *value.Value) { look(claim.Get("resources", "requests", "storage"), "storage") }
		if x.Kind == "PersistentVolumeClaim" {
			storage(x.value.Get("spec"))
		}
		for _, t := range x.value.Get("spec", "volumeClaimTemplates").AllItems() {
			storage(t.Get("spec"))
		}
		p, ok := x.pods()
		if !ok {
			continue
		}
		for _, v := range p.spec().Get("volumes").AllItems() {
			storage(v.Get("ephemeral", "volumeClaimTemplate", "spec"))
		}
		for _, c := range p.all() {
			for _, field := range []string{"requests", "limits"} {
				for _, what := range []string{"memory", "ephemeral-storage"} {
					look(c.Get("resources", field, what), what)
				}
			}
		}
	}
}

// hugeCPU finds containers that ask for 100 cores or more, where the m of millicores was forgotten. The most usual slips are 100, 250
// and 500; the largest nodes that are usual have 96 cores.
func hugeCPU(in *Input, r *reporter) {
	cores, _ := types.ParseQuantity("100")
	for _, p := range in.workloads {
		for _, c := range p.all() {
			for _, field := range []string{"requests", "limits"} {
				v := c.Get("resources", field, "cpu")
				if q, ok := types.ParseQuantity(v.StringAt()); ok && q.Cmp(cores) >= 0 {
					r.report(p.item, v, "for millicores, write "+v.Text+"m", "%s has %s cores under resources.%s.cpu", p.ID, v.Text, field)
				}
			}
		}
	}
}

func mebibyte() types.Quantity {
	q, _ := types.ParseQuantity("1Mi")
	return q
}
