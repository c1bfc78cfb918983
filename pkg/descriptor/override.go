package descriptor

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/image"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Override is a value from outside of the descriptor: an Argo CD parameter, a
// variable or a flag. Pos names it. An empty text overrides nothing.
type Override struct {
	Name string // of a row of Overridables
	Key  string // of one that takes keys
	Text string
	Pos  diag.Pos
}

// Overrides are the highest layer.
type Overrides []Override

// get returns the last override of a name, one without a text for none.
func (o Overrides) get(name string) Override {
	for _, x := range slices.Backward(o) {
		if x.Name == name {
			return x
		}
	}
	return Override{Name: name}
}

// eachOverride calls f for each override of the app, or for each of workloads.
func (e *effective) eachOverride(ofWorkloads bool, f func(row Overridable, o Override)) {
	for _, row := range Overridables() {
		if (row.ambiguous != nil) != ofWorkloads {
			continue
		}
		if o := e.options.Overrides.get(row.Name); !row.Map && o.Text != "" {
			f(row, o)
		}
		for _, o := range e.options.Overrides {
			if row.Map && o.Name == row.Name {
				f(row, o)
			}
		}
	}
}

// overrideLayer returns the overrides of the app, and of its workload where it
// has only one.
func (e *effective) overrideLayer(merged *value.Value) *value.Value {
	layer := value.NewMap(merged.Pos)
	e.eachOverride(false, func(row Overridable, o Override) { e.setOverride(row, layer, merged, o) })
	if e.multi {
		return layer
	}
	e.eachOverride(true, func(row Overridable, o Override) {
		if name, _, named := strings.Cut(o.Text, "="); named {
			if !e.notForBeside(o, name) {
				e.diags.Errorh(o.Pos, "unknown-workload", "give the value without a workload",
					"the app has no workload %q: it has one without a name", name)
			}
			return
		}
		e.setOverride(row, layer, merged, o)
	})
	return layer
}

// notForBeside reports a value from outside that is for a job, say, and not for a workload. Only app.yaml can set a job's own value.
func (e *effective) notForBeside(o Override, name string) (reported bool) {
	x := e.NotAWorkload(e.env, name)
	if x.Noun != "" {
		e.diags.Errorh(o.Pos, "unknown-workload", "set "+strings.Join(x.Path, ".")+"."+o.Name+" in app.yaml",
			"%q is %s, not a workload", name, x.Noun)
	}
	return x.Noun != ""
}

// overrideWorkloads returns layers for some of several workloads.
func (e *effective) overrideWorkloads(workloads []value.Entry) []value.Entry {
	var out []value.Entry
	set := func(w value.Entry, row Overridable, o Override) {
		i := slices.IndexFunc(out, func(x value.Entry) bool { return x.Key == w.Key })
		if i < 0 {
			i = len(out)
			out = append(out, value.Entry{Key: w.Key, Value: value.NewMap(o.Pos)})
		}
		e.setOverride(row, out[i].Value, w.Value, o)
	}
	e.eachOverride(true, func(row Overridable, all Override) {
		for _, p := range all.parts() {
			o := p.Override
			if p.named {
				i := slices.IndexFunc(workloads, func(w value.Entry) bool { return w.Key == p.workload })
				if i < 0 && e.notForBeside(o, p.workload) {
					continue
				}
				if i < 0 {
					e.diags.Errorh(o.Pos, "unknown-workload", diag.Hint(p.workload, "the workloads are", keysOf(workloads)),
						"there is no workload %q", p.workload)
					continue
				}
				set(workloads[i], row, o)
				continue
			}
			if problem := row.ambiguous(o, workloads); problem != "" {
				e.diags.Errorh(o.Pos, "ambiguous-override", nameWorkload(o, workloads), "%s", problem)
				continue
			}
			for _, w := range workloads {
				if row.means == nil || len(workloads) == 1 || row.means(w.Value) {
					set(w, row, o)
				}
			}
		}
	})
	return out
}

// nameWorkload is the hint for a value that has to name its workload. An image is for the
// workloads that run its repository, or the only one of that name in another place; any
// other value could be for each of them.
func nameWorkload(o Override, workloads []value.Entry) string {
	repository := func(w value.Entry) string { return w.Value.StringAt("image", "repository") }
	var meant, alike, all []string
	given := image.Split(o.Text)
	for _, w := range workloads {
		named := w.Key + "=" + o.Text
		all = append(all, named)
		has := Image{Repository: repository(w)}
		switch {
		case o.Name != "image" || has.Repository == "":
		case has.FullName() == given.FullName():
			meant = append(meant, named)
		case path.Base(has.Repository) == path.Base(given.Repository):
			alike = append(alike, named)
		}
	}
	switch {
	case len(meant) > 1:
		return "name the workloads: " + strings.Join(meant, ",")
	case len(meant) == 1:
		return "name the workload: " + meant[0]
	case len(alike) == 1:
		return "name the workload: " + alike[0]
	}
	return "name the workload: " + strings.Join(all, " or ")
}

// part is VALUE or WORKLOAD=VALUE.
type part struct {
	Override
	workload string
	named    bool
}

// parts returns what is between the commas of a value for workloads, which holds no "=" itself.
func (o Override) parts() []part {
	var out []part
	for text := range strings.SplitSeq(o.Text, ",") {
		p := part{Override: o}
		p.Text = strings.TrimSpace(text)
		if name, rest, named := strings.Cut(p.Text, "="); named {
			p.workload, p.Text, p.named = name, rest, true
		}
		out = append(out, p)
	}
	return out
}

// setOverride puts a value into a layer, over what is below.
func (e *effective) setOverride(row Overridable, layer, below *value.Value, o Override) {
	if row.set != nil {
		row.set(e, layer, below, o)
		return
	}
	layer.Set(o.Name, e.override(o.Name, value.NewString(o.Pos, o.Text)))
}

// override returns the full form of a value, by the same rules as the field's.
func (e *effective) override(field string, v *value.Value) *value.Value {
	n := fields.NewNormaliser(field)
	full := n.Full(fields.Environment().Field(field).Type, v)
	e.diags = append(e.diags, n.Diags...)
	return full
}

// hostFields returns the places of a workload's hosts: of its Ingress, of those with
// names, and of its route.
func hostFields(w *value.Value) [][]string {
	var out [][]string
	add := func(path ...string) {
		if v := w.Get(path...); !v.Get("host").Empty() || !v.Get("hosts").Empty() || v.Is(value.Map) && len(v.Entries) == 0 {
			out = append(out, path)
		}
	}
	add("ingress")
	for _, x := range w.Get("ingress").AllEntries() {
		if fields.Ingress.Field(x.Key) == nil {
			add("ingress", x.Key)
		}
	}
	add("route")
	return out
}

// setHost puts a host in the place of all others of a workload, which gets an
// Ingress where it has neither that nor a route. Paths stay.
func (e *effective) setHost(layer, below *value.Value, o Override) {
	n := fields.NewNormaliser("host")
	hosts := n.Full(fields.HostList, value.NewString(o.Pos, o.Text))
	e.diags = append(e.diags, n.Diags...)
	if hosts == nil || hosts.Empty() {
		return
	}
	places := hostFields(below)
	if len(places) == 0 {
		places = [][]string{{"ingress"}}
	}
	if len(places) > 1 && places[1][0] == "ingress" {
		e.diags.Errorh(o.Pos, "ambiguous-override", "set the hosts in an environment",
			"the app has several Ingresses, and host does not say which is meant")
		return
	}
	for _, path := range places {
		at, old := layer, below.Get(path...)
		for _, key := range path {
			if at.Get(key) == nil {
				at.Set(key, value.NewMap(o.Pos))
			}
			at = at.Get(key)
		}
		by := old.Get("hosts")
		if by.Empty() {
			at.Set("host", hosts)
			continue
		}
		// The paths of the only host are those of the new one.
		moved := value.NewMap(o.Pos)
		for _, x := range by.Entries {
			moved.Set(x.Key, &value.Value{Kind: value.Null, Pos: o.Pos})
		}
		if old.Get("host").Empty() && len(by.Entries) == 1 {
			moved.Set(hosts.Items[0].Text, by.Entries[0].Value)
		} else {
			at.Set("host", hosts)
		}
		at.Set("hosts", moved)
	}
}

// rehost returns an Ingress or route the hosts that hostSuffix says: the name of the
// object, and further ones with a number. Of returns the new host of an old one.
func (e *effective) rehost(name string, hosts []*value.Value) (of map[string]*value.Value) {
	o := e.options.Overrides.get(HostSuffix)
	if o.Text == "" || schema.Subdomain.Problem("x"+o.Text) != "" {
		return nil
	}
	of = map[string]*value.Value{}
	for i, host := range hosts {
		text := name + o.Text
		if i > 0 {
			text = name + "-" + strconv.Itoa(i+1) + o.Text
		}
		of[host.Text] = value.NewString(o.Pos, text)
	}
	return of
}

// hostSuffix checks the override.
func (e *effective) hostSuffix() {
	o := e.options.Overrides.get(HostSuffix)
	if problem := schema.Subdomain.Problem("x" + o.Text); o.Text != "" && problem != "" {
		e.diags.Errorh(o.Pos, "bad-name", "write what follows a name, such as -pr-7.example.com",
			"hosts can't end with %q: a host %s", o.Text, problem)
	}
}

// keptHosts warns of hosts that the app has beside the one that it runs beside, under a name from outside: those without
// the suffix in them.
func (e *effective) keptHosts(app *App) {
	if !e.again() || e.env == "" {
		return
	}
	var kept []string
	check := func(host *value.Value) {
		if text := host.StringAt(); text != "" && host.Pos.Line > 0 && !strings.Contains(text, e.suffix.Text) &&
			!slices.Contains(kept, text) {
			kept = append(kept, text)
		}
	}
	for i := range app.Workloads {
		w := &app.Workloads[i]
		for _, x := range w.Ingresses {
			for _, h := range x.Hosts {
				check(h.Name)
			}
		}
		if w.Route != nil {
			for _, host := range w.Route.Hosts {
				check(host)
			}
		}
	}
	if len(kept) > 0 {
		e.diags.Warnh(e.suffix.Pos, "host-kept", "set hostSuffix too, such as "+e.suffix.Text+".example.com",
			"the app runs once more under nameSuffix %q, but keeps its hosts, which the app without it has too: %s", e.suffix.Text,
			strings.Join(kept, ", "))
	}
}

func keysOf(entries []value.Entry) []string {
	keys := make([]string, len(entries))
	for i, e := range entries {
		keys[i] = e.Key
	}
	return keys
}

// Check reports what is wrong with a value of a top-level field, for one that
// does not come from a descriptor. The value's place is that of the diagnostics.
func Check(field string, v *value.Value) diag.List {
	n := fields.NewNormaliser(field)
	n.Full(fields.Document().Field(field).Type, v)
	return n.Diags
}

// FieldLike returns the field that an environment can set and that has a name, whatever separates its words:
// pullSecrets for PULL_SECRETS. It returns "" for none.
func FieldLike(name string) string {
	plain := strings.ReplaceAll(name, "_", "")
	for _, field := range fields.Environment().FieldNames() {
		if strings.EqualFold(field, plain) {
			return field
		}
	}
	return ""
}
