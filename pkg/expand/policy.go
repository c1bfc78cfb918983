package expand

import (
	"slices"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// policy adds a workload's NetworkPolicy.
func (e *expander) policy(w *descriptor.Workload) {
	p := w.Network
	if p == nil {
		return
	}
	spec := newMap(p.Pos)
	spec.Set("podSelector", newMap(p.Pos, "matchLabels", e.selector(w)))
	types := newList(p.Pos)
	if p.Ingress {
		types.Items = append(types.Items, value.NewString(p.Pos, "Ingress"))
		spec.Set("ingress", e.passes(p.Pos, "from", p.From, p.Full.Get("ingress")))
	}
	if p.Egress {
		types.Items = append(types.Items, value.NewString(p.Pos, "Egress"))
		rules := e.passes(p.Pos, "to", p.To, p.Full.Get("egress"))
		if p.DNS != nil {
			rules.Items = append(rules.Items, dnsRule(p.DNS.Pos))
		}
		spec.Set("egress", rules)
	}
	spec.Set("policyTypes", types)
	e.add(object.Object{
		Value: e.newObject(p.Pos, "networking.k8s.io/v1", "NetworkPolicy", w.Names.Of("NetworkPolicy", "", w.Name), w, p.Full.Get("labels"),
			p.Full.Get("annotations")).Set("spec", spec),
		Origin: p.Pos,
	})
}

// dnsRule allows DNS wherever it is answered: in the cluster's own pods, on a
// node or outside.
func dnsRule(pos diag.Pos) *value.Value {
	port := func(protocol string) *value.Value { return newMap(pos, "port", int64(53), "protocol", protocol) }
	return newMap(pos, "ports", newList(pos, port("UDP"), port("TCP")))
}

// passes returns the rules of one direction: one for each peer, then the user's
// own. An empty list allows nothing.
func (e *expander) passes(pos diag.Pos, side string, peers []descriptor.Peer, more *value.Value) *value.Value {
	rules := newList(pos)
	for _, p := range peers {
		ports := newList(p.Pos)
		for _, x := range p.Ports {
			ports.Items = append(ports.Items, newMap(p.Pos, "port", x.Port, "endPort", x.EndPort, "protocol", x.Protocol))
		}
		rule := newMap(p.Pos, "ports", ports)
		if peer := e.peer(p); peer != nil {
			peers := newList(p.Pos, peer)
			for _, further := range e.furtherPeers(p) {
				peers.Items = append(peers.Items, e.peer(further))
			}
			if side == "from" {
				peers.Items = append(peers.Items, e.peersBeside(p)...)
			}
			rule.Set(side, peers)
		}
		rules.Items = append(rules.Items, rule)
	}
	rules.Items = append(rules.Items, more.AllItems()...)
	return rules
}

// furtherPeers returns the other workloads of a peer that is this app, where one of them has the labels of the app alone.
func (e *expander) furtherPeers(p descriptor.Peer) []descriptor.Peer {
	if p.App == nil || p.App.Text != e.app.Name || p.Workload != nil || e.app.Main == "" && !e.bySelector(p) || !e.app.Multi {
		return nil
	}
	var out []descriptor.Peer
	for i, w := range e.app.Workloads {
		if e.bySelector(p) && i > 0 || !e.bySelector(p) && w.Key != e.app.Main {
			p.Workload = value.NewString(p.Pos, w.Key)
			out = append(out, p)
		}
	}
	return out
}

// firstOf returns the first workload of this app that a peer means, nil for none.
func (e *expander) firstOf(p descriptor.Peer) *descriptor.Workload {
	for i := range e.app.Workloads {
		if w := &e.app.Workloads[i]; e.means(p, w) {
			return w
		}
	}
	return nil
}

// namedIn returns what puts around this app's name what its labels have where a peer is: in another namespace, nothing.
func (e *expander) namedIn(p descriptor.Peer) func(name string) string {
	if len(p.Namespaces) > 0 {
		return func(name string) string { return name }
	}
	return e.app.Named
}

// peersBeside returns the hooks and jobs of a peer of this app, whose pods have names of their own for a label.
func (e *expander) peersBeside(p descriptor.Peer) []*value.Value {
	var out []*value.Value
	for _, w := range e.app.Beside() {
		if !e.means(p, w) {
			continue
		}
		out = append(out, newMap(p.Pos, "podSelector", newMap(p.Pos, "matchLabels", e.known(w))))
	}
	return out
}

// means reports whether a peer is a workload of this app, or a hook or job of it.
func (e *expander) means(p descriptor.Peer, w *descriptor.Workload) bool {
	key := w.Key
	if w.Owner != nil {
		key = w.Owner.Workload
	}
	return p.App != nil && p.App.Text == e.app.Name && len(p.Namespaces) == 0 && (p.Workload == nil || p.Workload.Text == key)
}

// inPolicy reports whether a network policy of the app is about a workload or lets it in.
func (e *expander) inPolicy(w *descriptor.Workload) bool {
	return w.Network != nil || slices.ContainsFunc(e.app.Workloads, func(x descriptor.Workload) bool {
		return x.Network != nil && slices.ContainsFunc(slices.Concat(x.Network.From, x.Network.To),
			func(p descriptor.Peer) bool { return e.means(p, w) })
	})
}

// bySelector reports whether a peer is this app, whose pods have no labels in common without opinions but their selectors.
func (e *expander) bySelector(p descriptor.Peer) bool {
	return !e.app.Opinions && p.App != nil && p.App.Text == e.app.Name && len(p.Namespaces) == 0
}

// peer returns a peer in Kubernetes' words, nil for everything.
func (e *expander) peer(p descriptor.Peer) *value.Value {
	if cidr := p.Full.Get("cidr"); cidr != nil {
		return newMap(p.Pos, "ipBlock", newMap(p.Pos, "cidr", cidr, "except", p.Full.Get("except")))
	}
	out := value.NewMap(p.Pos)
	pods, namespaces := p.Full.Get("pods"), p.Full.Get("namespaces")
	switch {
	case p.App == nil:
	case e.bySelector(p) && e.firstOf(p) != nil:
		pods = newMap(p.Pos, "matchLabels", e.selector(e.firstOf(p)))
	case p.App.Text == e.app.Name && p.Workload != nil:
		pods = newMap(p.Pos, "matchLabels", e.podsOf(p.App.Pos, e.namedIn(p), p.Workload))
	case p.App.Text == e.app.Name:
		pods = newMap(p.Pos, "matchLabels", newMap(p.Pos, nameLabel, value.NewString(p.App.Pos, e.namedIn(p)(p.App.Text))))
	default:
		pods = newMap(p.Pos, "matchLabels", newMap(p.Pos, nameLabel, p.App, "app.kubernetes.io/component", p.Workload))
	}
	const namespaceLabel = "kubernetes.io/metadata.name" // which every namespace has
	switch len(p.Namespaces) {
	case 0:
	case 1:
		namespaces = newMap(p.Pos, "matchLabels", newMap(p.Pos, namespaceLabel, p.Namespaces[0]))
	default:
		namespaces = newMap(p.Pos, "matchExpressions", newList(p.Pos,
			newMap(p.Pos, "key", namespaceLabel, "operator", "In", "values", newList(p.Pos, p.Namespaces...))))
	}
	out.Set("podSelector", pods).Set("namespaceSelector", namespaces)
	if out.Empty() {
		return nil
	}
	return out
}
