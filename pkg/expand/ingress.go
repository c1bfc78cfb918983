package expand

import (
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// reach adds what leads to a workload from outside.
func (e *expander) reach(w *descriptor.Workload) {
	for _, i := range w.Ingresses {
		e.ingress(w, i)
	}
	if w.Route != nil {
		e.route(w, *w.Route)
	}
}

func (e *expander) ingress(w *descriptor.Workload, i descriptor.Ingress) {
	v := i.Full
	rules := newList(i.Pos)
	for _, h := range i.Hosts {
		paths := newList(h.Name.Pos)
		for _, b := range h.Backends {
			pathType := b.Full.Get("pathType")
			if pathType == nil {
				pathType = value.NewString(b.Pos, "Prefix")
			}
			port := newMap(b.Pos, "name", b.Port)
			if b.Port.Is(value.Int) {
				port = newMap(b.Pos, "number", b.Port)
			}
			paths.Items = append(paths.Items, newMap(b.Pos, "path", b.Path, "pathType", pathType,
				"backend", newMap(b.Pos, "service", newMap(b.Pos, "name", b.Service, "port", port))))
		}
		rules.Items = append(rules.Items, newMap(h.Name.Pos, "host", everyHost(h.Name), "http", newMap(h.Name.Pos, "paths", paths)))
	}
	tls, issued := e.certificates(i)
	spec := newMap(i.Pos, "ingressClassName", i.Class, "defaultBackend", v.Get("defaultBackend"), "tls", tls, "rules", rules)
	e.add(object.Object{
		Value: e.newObject(i.Pos, "networking.k8s.io/v1", "Ingress", i.Name, w, v.Get("labels"),
			mergeMaps(issued, v.Get("annotations"))).Set("spec",
			spec),
		Origin: i.Pos,
	})
}

// everyHost leaves the host of a rule for all of them out.
func everyHost(host *value.Value) *value.Value {
	if host.Text == "*" {
		return nil
	}
	return host
}

// certificates returns an Ingress's TLS and the annotation by which cert-manager
// makes the certificate. An issuer alone turns TLS on.
func (e *expander) certificates(i descriptor.Ingress) (tls, annotations *value.Value) {
	t, issuer := i.Full.Get("tls"), i.Full.Get("issuer")
	if t.Is(value.Bool) || t == nil && issuer == nil {
		return nil, nil
	}
	at := t.At()
	if t == nil {
		at = issuer.Pos
	}
	if issuer != nil {
		annotation := "cert-manager.io/cluster-issuer"
		if issuer.StringAt("kind") == "Issuer" {
			annotation = "cert-manager.io/issuer"
		}
		annotations = newMap(issuer.Pos, annotation, issuer.Get("name"))
	}
	tls = newList(at)
	named := map[string]bool{}
	for _, s := range t.Get("secrets").AllEntries() {
		for _, host := range s.Value.Items {
			named[host.Text] = true
		}
		tls.Items = append(tls.Items, newMap(s.KeyPos, "hosts", s.Value, "secretName", s.Key))
	}
	rest := newList(at)
	for _, h := range i.Hosts {
		if h.Name.Text != "*" && !named[h.Name.Text] {
			rest.Items = append(rest.Items, h.Name)
		}
	}
	secret := t.Get("secretName")
	if len(rest.Items) > 0 && (secret != nil || e.app.Opinions) || len(tls.Items) == 0 {
		if secret == nil {
			secret = value.NewString(at, e.app.Named(i.Name)+"-tls")
		}
		tls.Items = append(tls.Items, newMap(at, "hosts", rest, "secretName", secret))
	}
	return tls, annotations
}

func (e *expander) route(w *descriptor.Workload, r descriptor.Route) {
	v := r.Full
	hosts, rules := newList(r.Pos), newList(r.Pos)
	for _, h := range r.Hosts {
		if h = everyHost(h); h != nil {
			hosts.Items = append(hosts.Items, h)
		}
	}
	for _, rule := range v.Get("rules").AllItems() {
		if r.Default != nil && !rule.Has("backendRefs") && !redirects(rule) {
			rule = rule.Copy().Set("backendRefs", backendRefs(rule.Pos, *r.Default))
		}
		rules.Items = append(rules.Items, rule)
	}
	for _, b := range r.Backends {
		kind := b.Full.Get("type")
		if kind == nil {
			kind = value.NewString(b.Pos, "PathPrefix")
		}
		var to *value.Value
		if !redirects(b.Full) {
			to = backendRefs(b.Pos, b)
		}
		rules.Items = append(rules.Items, newMap(b.Pos,
			"matches", newList(b.Pos, newMap(b.Pos, "path", newMap(b.Pos, "type", kind, "value", b.Path))),
			"filters", b.Full.Get("filters"), "timeouts", b.Full.Get("timeouts"), "backendRefs", to))
	}
	spec := newMap(r.Pos, "parentRefs", v.Get("parents"), "hostnames", hosts, "rules", rules)
	e.add(object.Object{
		Value: e.newObject(r.Pos, "gateway.networking.k8s.io/v1", "HTTPRoute", r.Name, w, v.Get("labels"), v.Get("annotations")).Set("spec",
			spec),
		Origin: r.Pos,
	})
}

func backendRefs(pos diag.Pos, b descriptor.Backend) *value.Value {
	return newList(pos, newMap(pos, "name", b.Service, "port", b.Number))
}

// redirects reports whether a rule answers by itself.
func redirects(rule *value.Value) bool {
	for _, f := range rule.Get("filters").AllItems() {
		if f.StringAt("type") == "RequestRedirect" {
			return true
		}
	}
	return false
}
