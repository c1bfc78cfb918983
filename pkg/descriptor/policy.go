package descriptor

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Policy is the NetworkPolicy of a workload. From and To are nil where the
// policy says nothing about that direction, and empty where nothing may pass.
type Policy struct {
	Pos      diag.Pos
	From, To []Peer
	// Ingress and Egress say which directions the policy is about.
	Ingress, Egress bool
	DNS             *value.Value // nil where it is not allowed
	Full            *value.Value
}

// Peer is what a workload talks with, and by which ports.
type Peer struct {
	Pos diag.Pos
	// App and Workload select pods by their labels, "" for any.
	App, Workload *value.Value
	// Namespaces are those that the pods may be in; none is the app's own.
	Namespaces []*value.Value
	Ports      []PeerPort
	Full       *value.Value
}

// PeerPort is a port of a peer, in Kubernetes' words.
type PeerPort struct{ Port, EndPort, Protocol *value.Value }

// policy completes a workload's NetworkPolicy.
func (e *effective) policy(app *App, w *Workload) {
	entry := w.Fields.Entry("network")
	if entry == nil || !entry.Value.Is(value.Map) {
		return
	}
	v := entry.Value
	p := &Policy{Pos: v.Pos, Full: v}
	p.Ingress, p.Egress = v.Has("from") || v.Has("ingress"), v.Has("to") || v.Has("egress")
	if !p.Ingress && !p.Egress {
		e.diags.Errorh(entry.KeyPos, "missing-peers", "add from: or to: with a list of peers; an empty list forbids all",
			"the network policy of %s says nothing", w.what())
		return
	}
	for _, x := range v.Get("from").AllItems() {
		p.From = append(p.From, e.peer(app, x, w))
	}
	for _, x := range v.Get("to").AllItems() {
		p.To = append(p.To, e.peer(app, x, nil))
	}
	if dns := v.Get("dns"); p.Egress && (dns == nil || dns.IsTrue()) {
		p.DNS = value.NewBool(v.Pos, true)
	} else if !p.Egress && dns != nil {
		e.diags.Errorh(v.Entry("dns").KeyPos, "contradiction", "remove it, or add to:",
			"network.dns has no effect without network.to: nothing is forbidden")
	}
	w.Network = p
}

// peer completes a peer. Listening is the workload whose ports they are, nil
// where they are the peer's.
func (e *effective) peer(app *App, v *value.Value, listening *Workload) Peer {
	p := Peer{Pos: v.Pos, App: v.Get("app"), Workload: v.Get("workload"), Full: v}
	namespace := v.Get("namespace")
	own := func(key string) bool {
		return e.multi && slices.ContainsFunc(app.Workloads, func(w Workload) bool { return w.Key == key })
	}
	name := v.Get("name")
	switch {
	case name != nil && namespace == nil && own(name.Text):
		p.Workload = name
	case name != nil:
		p.App = name
	case p.Workload != nil && p.App == nil && !own(p.Workload.Text):
		e.diags.Errorh(p.Workload.Pos, "unknown-workload", diag.Hint(p.Workload.Text, "the workloads are", workloadKeys(app)),
			"there is no workload %q", p.Workload.Text)
	}
	switch {
	case namespace != nil:
		p.Namespaces = []*value.Value{namespace}
	case p.App != nil && p.App.Text != e.Name && e.env != "":
		p.Namespaces = e.namespacesOf(app, p.App)
	}
	if p.App == nil && p.Workload != nil {
		p.App = value.NewString(p.Workload.Pos, e.Name)
	}
	for _, x := range v.Get("ports").AllItems() {
		p.Ports = append(p.Ports, e.peerPort(x, listening))
	}
	return p
}

// namespacesOf returns those where another app may run: this app's, and the one
// that it has by default in the same environment.
func (e *effective) namespacesOf(app *App, other *value.Value) []*value.Value {
	out := []*value.Value{value.NewString(other.Pos, app.Namespace.Name)}
	if usual := e.options.Defaults.Place(e.env).namespace(other.Text, e.env); usual != app.Namespace.Name {
		out = append(out, value.NewString(other.Pos, usual))
	}
	return out
}

// peerPort completes a port. A policy is about pods, so one of a workload is
// meant by the container's number.
func (e *effective) peerPort(v *value.Value, listening *Workload) PeerPort {
	p := PeerPort{Port: v.Get("port"), EndPort: v.Get("endPort"), Protocol: v.Get("protocol")}
	if p.EndPort != nil && !p.Port.Is(value.Int) {
		e.diags.Errorh(p.EndPort.Pos, "contradiction", "give port as a number", "endPort needs the number of a first port")
	}
	if listening != nil && p.Port != nil {
		found := false
		var names []string
		asked := p.Port
		for _, x := range listening.Ports {
			names = append(names, x.Name)
			number, isNumber := asked.Int64()
			if x.Name != asked.Text && !(isNumber && x.Target == number) {
				continue
			}
			found = true
			if asked.Is(value.String) {
				p.Port = x.ref(asked.Pos)
			}
			if p.Protocol == nil {
				p.Protocol = x.Full.Get("protocol")
			}
		}
		if !found && p.Port.Is(value.String) {
			e.diags.Errorh(p.Port.Pos, "missing-port", diag.Hint(p.Port.Text, "the ports are", names), "%s has no port %q",
				listening.what(), p.Port.Text)
		}
	}
	if p.Protocol == nil {
		p.Protocol = value.NewString(v.Pos, "TCP")
	}
	return p
}
