package descriptor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Remark says something about a value that no layer says: by what it is made, or why it has no effect. Pos is the
// place that the text speaks of last, zero for none.
type Remark struct {
	Text string
	Pos  diag.Pos
}

// Made returns by what the value at a path is made of what the layers say, if it is not what one of them says.
func (p *Provenance) Made(path []string) (Remark, bool) {
	r, ok := p.made[joined(path)]
	return r, ok
}

// Useless returns why the value at a path, or all around it, has no effect; "" if it has one.
func (p *Provenance) Useless(path []string) string {
	for i := range path {
		if why := p.useless[joined(path[:i+1])]; why != "" {
			return why
		}
	}
	return ""
}

func joined(path []string) string { return strings.Join(path, "\x00") }

// short notes the values that a shorthand stands for: their line says something else.
func (p *Provenance) short(d *Document) {
	texts := map[int][]string{}
	note := func(line int, text string) { texts[line] = append(texts[line], text) }
	d.source.Walk(func(v *value.Value) {
		note(v.Pos.Line, v.Text)
		for _, e := range v.AllEntries() {
			note(e.KeyPos.Line, e.Key)
		}
	})
	p.eachScalar(nil, p.Fields, func(path []string, v *value.Value) {
		if _, made := p.Made(path); made || v.Pos.File != d.File || v.Pos.Line == 0 {
			return
		}
		number, isNumber := v.Int64()
		if !slices.ContainsFunc(texts[v.Pos.Line], func(text string) bool {
			n, err := strconv.ParseInt(text, 0, 64)
			return strings.Contains(text, v.Text) || isNumber && err == nil && n == number
		}) {
			p.made[joined(path)] = Remark{Text: "in short"}
		}
	})
}

func (p *Provenance) eachScalar(path []string, v *value.Value, f func(path []string, v *value.Value)) {
	for _, e := range v.AllEntries() {
		p.eachScalar(append(path, e.Key), e.Value, f)
	}
	for i, item := range v.AllItems() {
		p.eachScalar(append(path, strconv.Itoa(i)), item, f)
	}
	if v.IsScalar() {
		f(path, v)
	}
}

// AddLabels puts in the labels that objects have beside those that the layers say. The
// path is that of a workload, empty for the app.
func (p *Provenance) AddLabels(labels *value.Value, path ...string) {
	at := append(slices.Clone(path), "labels")
	for _, x := range labels.AllEntries() {
		if !p.Fields.Get(at...).Has(x.Key) {
			p.put(x.Value, Remark{Text: "which every object gets"}, append(slices.Clone(at), x.Key)...)
		}
	}
}

// AddCommonLabels puts in the common labels, which take the place of others. The path is that of AddLabels.
func (p *Provenance) AddCommonLabels(path ...string) {
	for _, x := range p.App.CommonLabels.AllEntries() {
		p.put(x.Value, Remark{Text: "which commonLabels say"}, append(slices.Clone(path), "labels", x.Key)...)
	}
}

// put sets a value that is made of others.
func (p *Provenance) put(v *value.Value, by Remark, path ...string) {
	p.Fields = putAt(p.Fields, path, v)
	if by != (Remark{}) {
		p.made[joined(path)] = by
	}
}

// putAt returns v with a value at a path, and leaves v as it is.
func putAt(v *value.Value, path []string, x *value.Value) *value.Value {
	if len(path) == 0 {
		return x
	}
	if !v.Is(value.Map) {
		v = value.NewMap(x.Pos)
	}
	entry := value.Entry{Key: path[0], KeyPos: x.Pos}
	if old := v.Entry(path[0]); old != nil {
		entry = *old
	}
	entry.Value = putAt(entry.Value, path[1:], x)
	return v.Copy().SetEntry(entry)
}

// idle notes that a value has no effect, if there is one.
func (p *Provenance) idle(why string, path ...string) {
	if v := p.Fields.Get(path...); v != nil && !isNone(v) && p.Useless(path) == "" {
		p.useless[joined(path)] = why
	}
}

// complete puts in what the app makes of the layers.
func (p *Provenance) complete(e *effective, app *App) {
	head := e.head.Copy()
	head.Entries = append(head.Entries, p.Fields.AllEntries()...)
	p.Fields = head
	if p.Fields.Get("namespace", "name") == nil {
		by := Remark{Text: "made of the app's and the environment's name"}
		if app.Namespace.From.File == "ARGOCD_APP_NAMESPACE" {
			by = Remark{}
		} else if app.Namespace.From.File != "" {
			by = Remark{"made of the app's and the environment's name by the pattern of", app.Namespace.From}
		}
		name := value.NewString(app.Namespace.From, app.Namespace.Name)
		if by.Text != "" {
			name.Pos = diag.Pos{}
		}
		p.put(name, by, "namespace", "name")
	}
	p.beside("hooks", app.Hooks)
	p.beside("jobs", app.Jobs)
	if !app.Multi {
		for i := range app.Workloads {
			p.workload(e, &app.Workloads[i], nil)
		}
		return
	}
	for _, key := range p.Fields.Get("workloads").Keys() {
		i := slices.IndexFunc(app.Workloads, func(w Workload) bool { return w.Key == key })
		if i < 0 {
			p.idle("the workload is not enabled", "workloads", key)
			continue
		}
		p.workload(e, &app.Workloads[i], []string{"workloads", key})
	}
}

// beside puts in what hooks or jobs go by of the app, or of the workload that they belong to.
func (p *Provenance) beside(field string, all []Workload) {
	for i := range all {
		w := &all[i]
		path := []string{field, w.Key}
		if w.Owner.Workload != "" {
			path = slices.Concat([]string{"workloads", w.Owner.Workload}, path)
		}
		for _, x := range w.Fields.AllEntries() {
			p.put(x.Value, Remark{}, append(slices.Clone(path), x.Key)...)
		}
		p.scheduled(w, path)
	}
}

// scheduled puts in what a schedule at a path has by itself.
func (p *Provenance) scheduled(w *Workload, path []string) {
	at := slices.Concat(path, []string{"schedule", "concurrencyPolicy"})
	if p.App.Opinions && w.Kind.Scheduled && w.Schedule.Is(value.Map) && !w.Schedule.Has("concurrencyPolicy") {
		p.put(value.NewString(diag.Pos{}, ConcurrencyPolicy), Remark{Text: "what nothing else says"}, at...)
	}
}

// workload puts in what one workload makes of its fields, which are at a path.
func (p *Provenance) workload(e *effective, w *Workload, at []string) {
	path := func(keys ...string) []string { return slices.Concat(at, keys) }
	for _, entry := range p.Fields.Get(at...).AllEntries() {
		if !e.head.Has(entry.Key) && fields.OfWorkload(entry.Key) != nil && !w.Fields.Has(entry.Key) {
			p.idle("a "+w.Kind.Name+" has no use for it", path(entry.Key)...)
		}
	}
	if replicas := p.Fields.Get(path("replicas")...); w.Kind.Ordinal && replicas != nil && !w.Fields.Has("replicas") {
		p.idle("a "+w.Kind.Name+" has one pod, unless the app itself sets another number", path("replicas")...)
	}
	if w.Selector == nil && e.again() {
		p.idle("the app once more, under a nameSuffix from outside, selects its own pods", path("selector")...)
	}
	p.scale(w, path)
	p.scheduled(w, at)
	for _, probe := range w.Probes.AllEntries() {
		for _, handler := range probe.Value.AllEntries() {
			at := path("probes", probe.Key, handler.Key, "port")
			port, said := handler.Value.Get("port"), p.Fields.Get(at...)
			switch {
			case port == nil || said != nil && said.Text == port.Text:
			case said == nil:
				p.put(port, Remark{Text: "the port that nothing else says"}, at...)
			default:
				p.put(port, Remark{Text: "the number of the port " + said.Text + ", which has no name in the container"}, at...)
			}
		}
	}
	if p.Fields.Get(path("disruption")...).Is(value.Map) {
		if w.Disruption == nil {
			p.idle("there are fewer than two pods", path("disruption")...)
		} else if at := path("disruption", "maxUnavailable"); p.Fields.Get(at...) == nil && w.Disruption.Has("maxUnavailable") {
			p.put(w.Disruption.Get("maxUnavailable"), Remark{Text: "what a budget has by itself"}, at...)
		}
	}
	for _, key := range p.Fields.Get(path("spread")...).Keys() {
		if !slices.ContainsFunc(w.Spread, func(x value.Entry) bool { return x.Key == key }) {
			p.idle("there are fewer than two pods, or the app names others", path("spread", key)...)
		}
	}
	for _, x := range w.Spread {
		if !p.Fields.Get(path("spread")...).Has(x.Key) {
			p.put(x.Value, Remark{Text: "what nothing else says"}, path("spread", x.Key)...)
		}
	}
	if w.Strategy != nil && !w.Strategy.Has("rollingUpdate") {
		p.idle("the type is not RollingUpdate", path("strategy", "rollingUpdate")...)
	}
	if m := w.Metrics; m != nil {
		for key, v := range map[string]*value.Value{"path": m.Path, "port": m.Chosen, "kind": value.NewString(m.Pos, m.Monitor)} {
			if at := path("metrics", key); v != nil && p.Fields.Get(at...) == nil {
				p.put(v, Remark{Text: "what nothing else says"}, at...)
			}
		}
	}
	p.ingresses(e, w, path)
	if w.Route != nil {
		p.hosts(e, w.Route.Name, w.Route.Hosts, path("route"))
	}
}

// scale puts in how many pods there are.
func (p *Provenance) scale(w *Workload, path func(...string) []string) {
	a := w.Autoscaling
	if a == nil || a.Min == nil || w.Replicas != nil { // without opinions both are what is written
		return
	}
	replicas, least := w.Fields.Get("replicas"), path("autoscaling", "min")
	switch given := p.Fields.Get(least...); {
	case given != nil:
		p.idle("autoscaling says how many pods there are", path("replicas")...)
	case replicas != nil:
		p.put(a.Min, Remark{Text: "the number of replicas"}, least...)
		p.made[joined(path("replicas"))] = Remark{Text: "the least that autoscaling chooses"}
	default:
		p.put(a.Min, Remark{Text: "what nothing else says"}, least...)
	}
	if at := path("autoscaling", "cpu"); p.Fields.Get(at...) == nil && a.Fields.Has("cpu") {
		p.put(a.Fields.Get("cpu"), Remark{Text: "what it scales by if nothing else is said"}, at...)
	}
}

// ingresses puts in the hosts and the class of a workload's Ingresses.
func (p *Provenance) ingresses(e *effective, w *Workload, path func(...string) []string) {
	written := p.Fields.Get(path("ingress")...)
	if written.Is(value.Map) && len(w.Ingresses) == 0 {
		p.idle("an Ingress needs a host", path("ingress")...)
	}
	for i := range w.Ingresses {
		x := &w.Ingresses[i]
		at := path("ingress")
		if x.Key != "" {
			at = path("ingress", x.Key)
			for _, entry := range x.Full.AllEntries() { // with what it has of the one above
				p.put(entry.Value, Remark{}, append(slices.Clone(at), entry.Key)...)
			}
		}
		if secrets := x.Full.Get("tls", "secrets"); secrets != nil {
			p.put(secrets, Remark{}, append(slices.Clone(at), "tls", "secrets")...)
		}
		names := make([]*value.Value, len(x.Hosts))
		for n, h := range x.Hosts {
			names[n] = h.Name
		}
		p.hosts(e, x.Name, names, at)
		if class := append(slices.Clone(at), "className"); x.Class != nil && p.Fields.Get(class...) == nil {
			p.put(x.Class, Remark{}, class...)
		}
	}
}

// hosts puts in the hosts of the Ingress or route at a path: those under host, then those that are keys under hosts.
func (p *Provenance) hosts(e *effective, name string, full []*value.Value, at []string) {
	list, keyed := p.Fields.Get(append(slices.Clone(at), "host")...), p.Fields.Get(append(slices.Clone(at), "hosts")...)
	given := slices.Clone(list.AllItems())
	bare := len(given)+len(keyed.AllEntries()) == 0
	if bare {
		given = []*value.Value{value.NewString(p.Fields.Get(at...).At(), e.prefix.Text+name+e.suffix.Text)}
	}
	if len(given)+len(keyed.AllEntries()) != len(full) { // mistakes, which are reported
		return
	}
	place := e.options.Defaults.Place(e.env)
	by := func(v, host *value.Value) Remark {
		switch {
		case host.Text == v.Text && !bare:
			return Remark{}
		case strings.HasPrefix(host.Pos.File, "-") || host.Pos.Line == 0:
			return Remark{"made of the object's name and", host.Pos}
		case bare:
			return Remark{"the object's name in the domain of", place.Domain.Pos}
		}
		return Remark{"in the domain of", place.Domain.Pos}
	}
	if len(given) > 0 {
		path := append(slices.Clone(at), "host")
		p.put(value.NewList(given[0].Pos, full[:len(given)]...), Remark{}, path...)
		for i, v := range given {
			if r := by(v, full[i]); r.Text != "" {
				p.made[joined(append(slices.Clone(path), strconv.Itoa(i)))] = r
			}
		}
	}
	if len(keyed.AllEntries()) == 0 {
		return
	}
	path, out := append(slices.Clone(at), "hosts"), value.NewMap(keyed.Pos)
	for i, entry := range keyed.Entries {
		host := full[len(given)+i]
		v := value.NewString(entry.KeyPos, entry.Key)
		if r := by(v, host); r.Text != "" {
			p.made[joined(append(slices.Clone(path), host.Text))] = r
			p.renamed[joined(append(slices.Clone(path), entry.Key))] = host.Text
		}
		entry.Key = host.Text
		out.SetEntry(entry)
	}
	p.Fields = putAt(p.Fields, path, out)
}
