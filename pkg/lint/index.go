package lint

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// index finds items by what others know them by, so that a rule about pairs of
// objects does not go through all pairs.
type index struct {
	// named are the items that stand for a name: their own, or that of what a
	// controller makes of them.
	named map[string][]item
	// scalers are those that scale something of a name.
	scalers map[string][]item
	// pods and services are those with a label, by their place in all.
	pods, services labelled
}

// labelled holds what has a label, in order.
type labelled struct {
	all int
	by  map[label][]int
}

type label struct{ key, text string }

func (l *labelled) add(i int, labels *value.Value) {
	for _, e := range labels.AllEntries() {
		k := label{e.Key, e.Value.Text}
		l.by[k] = append(l.by[k], i)
	}
}

// having returns those that may have all labels, since they have the rarest of them:
// all where there are none.
func (l *labelled) having(labels []value.Entry) []int {
	var rarest []int
	for i, e := range labels {
		if found := l.by[label{e.Key, e.Value.Text}]; i == 0 || len(found) < len(rarest) {
			rarest = found
		}
	}
	if len(labels) > 0 {
		return rarest
	}
	all := make([]int, l.all)
	for i := range all {
		all[i] = i
	}
	return all
}

// indexed fills the index.
func (in *Input) indexed() {
	x := &in.index
	x.named, x.scalers = map[string][]item{}, map[string][]item{}
	x.pods = labelled{all: len(in.workloads), by: map[label][]int{}}
	x.services = labelled{all: len(in.items), by: map[label][]int{}}
	for i, it := range in.items {
		names := []string{it.Name}
		switch it.Kind {
		case "ExternalSecret":
			names = append(names, it.value.StringAt("spec", "target", "name"))
		case "Certificate":
			names = append(names, it.value.StringAt("spec", "secretName"))
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			x.named[name] = append(x.named[name], it)
		}
		if scaled := it.value.Get("spec", "scaleTargetRef"); scaled != nil {
			x.scalers[scaled.StringAt("name")] = append(x.scalers[scaled.StringAt("name")], it)
		}
		if it.Kind == "Service" && it.Group() == "" {
			x.services.add(i, it.value.Get("metadata", "labels"))
		}
	}
	for i, p := range in.workloads {
		x.pods.add(i, p.template.Get("metadata", "labels"))
	}
}

// selected returns the workloads whose pods a selector of matchLabels and
// matchExpressions chooses.
func (in *Input) selected(selector *value.Value) []pods {
	var out []pods
	for _, i := range in.index.pods.having(selector.Get("matchLabels").AllEntries()) {
		if p := in.workloads[i]; selects(selector, p.template.Get("metadata", "labels")) {
			out = append(out, p)
		}
	}
	return out
}

// behind returns the workloads whose pods a Service has behind it.
func (in *Input) behind(service item) []pods {
	var out []pods
	for _, i := range in.index.pods.having(service.value.Get("spec", "selector").AllEntries()) {
		if p := in.workloads[i]; in.serves(service, p) {
			out = append(out, p)
		}
	}
	return out
}

// monitored reports whether a selector chooses a Service of the app.
func (in *Input) monitored(selector *value.Value) bool {
	for _, i := range in.index.services.having(selector.Get("matchLabels").AllEntries()) {
		if x := in.items[i]; x.Kind == "Service" && x.Group() == "" && selects(selector, x.value.Get("metadata", "labels")) {
			return true
		}
	}
	return false
}
