package descriptor

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Ingress is an Ingress of a workload.
type Ingress struct {
	Name  string
	Key   string // under ingress; "" for the workload's own
	Pos   diag.Pos
	Class *value.Value
	Hosts []Host
	Full  *value.Value
}

// Host is a host with where its paths lead. Name is "" for every host.
type Host struct {
	Name     *value.Value
	Backends []Backend
}

// Backend is where a path leads: to a port of a Service.
type Backend struct {
	Path    string
	Pos     diag.Pos
	Service *value.Value
	Port    *value.Value // by name where it has one
	Number  *value.Value // nil where only the name is known
	Full    *value.Value
}

// Route is the HTTPRoute of a workload.
type Route struct {
	Name     string
	Pos      diag.Pos
	Hosts    []*value.Value // none for every host
	Backends []Backend
	// Default is where rules lead that say nothing else, nil where all do.
	Default *Backend
	Full    *value.Value
}

// reach completes how a workload is reached from outside. It may lead to other
// workloads, so all of them have to be known.
func (e *effective) reach(app *App, w *Workload) {
	e.ingresses(app, w, w.Fields.Entry("ingress"))
	e.route(app, w, w.Fields.Entry("route"))
}

// ingresses returns the Ingress of a workload and those that have names. One
// without a host is what others are laid over.
func (e *effective) ingresses(app *App, w *Workload, entry *value.Entry) {
	if entry == nil || !entry.Value.Is(value.Map) {
		return
	}
	own, common, further := value.NewMap(entry.Value.Pos), value.NewMap(entry.Value.Pos), []value.Entry(nil)
	for _, x := range entry.Value.Entries {
		switch {
		case fields.Ingress.Field(x.Key) == nil:
			further = append(further, x)
			continue
		case x.Key != "host" && x.Key != "hosts" && x.Key != "paths":
			common.SetEntry(x)
		}
		own.SetEntry(x)
	}
	e.ingress(app, w, "", value.Entry{KeyPos: entry.KeyPos, Value: own}, entry.Value.Empty())
	for _, x := range further {
		if x.Value.Is(value.Map) {
			m := schema.NewMerger()
			asked := x.Value.Empty()
			x.Value = m.Merge(fields.NamedIngress, common, x.Value)
			e.ingress(app, w, x.Key, x, asked)
		}
	}
}

// ingress adds an Ingress if it has a host. Bare says that it is asked for
// without a word more.
func (e *effective) ingress(app *App, w *Workload, key string, entry value.Entry, bare bool) {
	v, name := entry.Value, w.Name
	if key != "" {
		name += "-" + key
	}
	name = w.Names.Of("Ingress", key, name)
	i := Ingress{Name: name, Key: key, Pos: v.Pos, Class: v.Get("className"), Full: v}
	var common []Backend
	for _, host := range e.hosts(name, v, bare) {
		if common == nil {
			common = e.backends(app, w, v.Get("paths"), entry.KeyPos)
		}
		i.Hosts = append(i.Hosts, Host{host, common})
	}
	for _, x := range v.Get("hosts").AllEntries() {
		at := value.NewString(x.KeyPos, x.Key)
		if slices.ContainsFunc(i.Hosts, func(h Host) bool { return h.Name.Text == x.Key }) {
			e.diags.Errorh(x.KeyPos, "host-twice", "keep one of them", "the host %q is under host and under hosts", x.Key)
			continue
		}
		paths := x.Value
		if paths.Empty() {
			paths = v.Get("paths")
		}
		if host := e.host(at); host != nil {
			i.Hosts = append(i.Hosts, Host{host, e.backends(app, w, paths, x.KeyPos)})
		}
	}
	if len(i.Hosts) == 0 {
		return
	}
	if class := e.options.Defaults.Place(e.env).IngressClass; i.Class == nil && class.Text != "" {
		i.Class = value.NewString(class.Pos, class.Text)
	}
	if issuer := v.Get("issuer"); issuer != nil && issuer.StringAt("name") == "" {
		e.diags.Errorh(issuer.Pos, "missing-field", "add name: with the issuer's name", "the issuer of %s has no name", w.what())
	}
	e.rehostIngress(&i)
	w.Ingresses = append(w.Ingresses, i)
}

// rehostIngress returns an Ingress other hosts where those are overridden, in its
// TLS too.
func (e *effective) rehostIngress(i *Ingress) {
	hosts := make([]*value.Value, len(i.Hosts))
	for n, h := range i.Hosts {
		hosts[n] = h.Name
	}
	of := e.rehost(i.Name, hosts)
	if of == nil {
		return
	}
	for n, h := range i.Hosts {
		i.Hosts[n].Name = of[h.Name.Text]
	}
	i.Full = i.Full.Replace([]string{"tls", "secrets"}, func(secrets *value.Value) *value.Value {
		out := value.NewMap(secrets.Pos)
		for _, s := range secrets.Entries {
			list := value.NewList(s.Value.Pos)
			for _, host := range s.Value.AllItems() {
				if x := of[host.Text]; x != nil { // else it is that of another Ingress
					list.Items = append(list.Items, x)
				}
			}
			if len(list.Items) > 0 {
				s.Value = list
				out.SetEntry(s)
			}
		}
		return out
	})
}

// hosts returns those under host, complete; for one that is asked for without a
// word more, the object's name in the platform's domain.
func (e *effective) hosts(name string, v *value.Value, bare bool) []*value.Value {
	given := v.Get("host").AllItems()
	if bare {
		given = []*value.Value{value.NewString(v.Pos, e.prefix.Text+name+e.suffix.Text)}
	}
	var out []*value.Value
	for _, x := range given {
		host := e.host(x)
		if host == nil {
			continue
		}
		if slices.ContainsFunc(out, func(h *value.Value) bool { return h.Text == host.Text }) {
			e.diags.Errorh(x.Pos, "host-twice", "remove one of them", "the host %q is listed twice", host.Text)
			continue
		}
		out = append(out, host)
	}
	return out
}

// host completes one without a domain by the platform's. Where there is none, that is a mistake unless the defaults are off.
func (e *effective) host(v *value.Value) *value.Value {
	if v.Text == "*" || strings.Contains(v.Text, ".") {
		return v
	}
	full := e.options.Defaults.Place(e.env).Host(v.Text, e.Name, e.env)
	switch {
	case full == "" && !e.opinions: // which is said exactly
		return v
	case full == "":
		e.diags.Errorh(v.Pos, "missing-domain", "write the host in full, such as "+v.Text+
			".example.com, or let the platform file set ingress.domain",
			"the host %q has no domain", v.Text)
		return nil
	}
	return value.NewString(v.Pos, full)
}

// backends returns where paths lead; all to the workload where none is given.
func (e *effective) backends(app *App, w *Workload, paths *value.Value, at diag.Pos) []Backend {
	if paths.Empty() {
		paths = value.NewMap(at)
		paths.SetEntry(value.Entry{Key: "/", KeyPos: at, Value: value.NewMap(at)})
	}
	var out []Backend
	for _, x := range paths.Entries {
		if b, ok := e.backend(app, w, x); ok {
			out = append(out, b)
		}
	}
	return out
}

func (e *effective) backend(app *App, w *Workload, x value.Entry) (Backend, bool) {
	b := Backend{Path: x.Key, Pos: x.KeyPos, Full: x.Value, Port: x.Value.Get("port")}
	if service := x.Value.Get("service"); service != nil {
		b.Service = service
		if b.Port == nil {
			e.diags.Errorh(service.Pos, "missing-port", "add port: with the Service's port", "the path %q names no port of the Service %q",
				x.Key, service.Text)
		}
		if b.Port.Is(value.Int) {
			b.Number = b.Port
		}
		return b, b.Port != nil
	}
	if name := x.Value.Get("workload"); name != nil {
		i := slices.IndexFunc(app.Workloads, func(w Workload) bool { return w.Key == name.Text && e.multi })
		if i < 0 {
			e.diags.Errorh(name.Pos, "unknown-workload", diag.Hint(name.Text, "the workloads are", workloadKeys(app)),
				"the path %q leads to the workload %q, which is not there", x.Key, name.Text)
			return b, false
		}
		w = &app.Workloads[i]
	}
	if w.Service == nil {
		e.diags.Errorh(x.KeyPos, "missing-port", "add port: with the number that it listens on",
			"the path %q leads to %s, which has no Service", x.Key, w.what())
		return b, false
	}
	b.Service = value.NewString(x.KeyPos, w.front())
	p := exposedPort(w, b.Port)
	if p == nil {
		e.diags.Errorh(b.Port.Pos, "missing-port", diag.Hint(b.Port.Text, "the ports are", exposedNames(w)),
			"the Service of %s has no port %q", w.what(), b.Port.Text)
		return b, false
	}
	at := x.KeyPos
	if b.Port != nil {
		at = b.Port.Pos
	}
	byNumber := b.Port.Is(value.Int) && !e.opinions
	b.Port, b.Number = value.NewString(at, p.Outside), value.NewInt(at, p.Port)
	if byNumber || p.Outside == "" {
		b.Port = b.Number
	}
	return b, true
}

func workloadKeys(app *App) []string {
	var keys []string
	for _, w := range app.Workloads {
		if w.Key != "" {
			keys = append(keys, w.Key)
		}
	}
	return keys
}

func exposedNames(w *Workload) []string {
	var names []string
	for _, p := range w.Ports {
		if p.Expose {
			names = append(names, p.Name)
		}
	}
	return names
}

// exposedPort returns the port of a workload's Service that is meant; http or the
// first where nothing is said.
func exposedPort(w *Workload, v *value.Value) *Port {
	var chosen *Port
	for i := range w.Ports {
		p := &w.Ports[i]
		number, isNumber := v.Int64()
		switch {
		case !p.Expose:
		case v == nil && (chosen == nil || p.Name == "http"),
			isNumber && p.Port == number, v != nil && !isNumber && p.Name == v.Text:
			chosen = p
		}
	}
	return chosen
}

// route returns the HTTPRoute of a workload if it has a host.
func (e *effective) route(app *App, w *Workload, entry *value.Entry) {
	if entry == nil || !entry.Value.Is(value.Map) {
		return
	}
	v := entry.Value
	name := w.Names.Of("HTTPRoute", "", w.Name)
	r := Route{Name: name, Pos: v.Pos, Full: v, Hosts: e.hosts(name, v, v.Empty())}
	if len(r.Hosts) == 0 {
		return
	}
	of := e.rehost(r.Name, r.Hosts)
	for i, host := range r.Hosts {
		if of != nil {
			r.Hosts[i] = of[host.Text]
		}
	}
	if v.Get("parents").Empty() {
		e.diags.Errorh(v.Pos, "missing-parent", "add parents: NAMESPACE/NAME of the Gateway", "the route of %s belongs to no Gateway",
			w.what())
	}
	for _, p := range v.Get("parents").AllItems() {
		if p.StringAt("name") == "" {
			e.diags.Errorh(p.Pos, "missing-field", "add name: with the Gateway's name", "a parent of the route of %s has no name", w.what())
		}
	}
	rules := v.Get("rules")
	if !v.Get("paths").Empty() || rules.Empty() {
		r.Backends = e.backends(app, w, v.Get("paths"), entry.KeyPos)
	}
	for _, b := range r.Backends {
		if b.Number == nil {
			e.diags.Errorh(b.Port.Pos, "bad-value", "give its number",
				"the path %q of a route needs the number of the Service's port, not %q", b.Path, b.Port.Text)
		}
	}
	if rules != nil && w.Service != nil {
		if b, ok := e.backend(app, w, value.Entry{Key: "/", KeyPos: rules.Pos, Value: value.NewMap(rules.Pos)}); ok {
			r.Default = &b
		}
	}
	w.Route = &r
}
