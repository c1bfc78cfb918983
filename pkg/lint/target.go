package lint

import (
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// missingTargets finds autoscalers of workloads that the app does not have.
func missingTargets(in *Input, r *reporter) {
	for _, x := range in.items {
		target, ok := object.Scaled(x.value)
		if !ok || target.Name == "" {
			continue
		}
		if _, ok := in.item(target.Kind, target.Name); !ok {
			r.report(x, x.value.Get("spec", "scaleTargetRef", "name"), "name a workload of the app",
				"%s scales %s, which the app does not have", x.ID, object.ID{Kind: target.Kind, Name: target.Name})
		}
	}
}

func (in *Input) item(kind, name string) (item, bool) {
	for _, x := range in.index.named[name] {
		if x.Kind == kind && x.Name == name {
			return x, true
		}
	}
	return item{}, false
}

// backends goes through the Services that objects route to: found is called
// with those of the app, lost with names that the app does not have.
func (in *Input) backends(found func(x, service item, port *value.Value), lost func(x item, name *value.Value)) {
	for _, x := range in.items {
		visit := func(name, port *value.Value) {
			if name.StringAt() == "" {
				return
			}
			service, ok := in.item("Service", name.Text)
			switch {
			case ok && found != nil:
				found(x, service, port)
			case !ok && lost != nil:
				lost(x, name)
			}
		}
		switch x.Kind {
		case "Ingress":
			backends := []*value.Value{x.value.Get("spec", "defaultBackend", "service")}
			for _, rule := range x.value.Get("spec", "rules").AllItems() {
				for _, path := range rule.Get("http", "paths").AllItems() {
					backends = append(backends, path.Get("backend", "service"))
				}
			}
			for _, b := range backends {
				port := b.Get("port", "name")
				if port == nil {
					port = b.Get("port", "number")
				}
				visit(b.Get("name"), port)
			}
		case kinds.Rollout:
			for _, field := range [][]string{{"blueGreen", "activeService"}, {"blueGreen", "previewService"}, {"canary", "stableService"},
				{"canary", "canaryService"},
				{"canary", "pingPong", "pingService"}, {"canary", "pingPong", "pongService"},
				{"canary", "trafficRouting", "alb", "rootService"}} {
				visit(x.value.Get("spec", "strategy").Get(field...), nil)
			}
		case "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute":
			for _, rule := range x.value.Get("spec", "rules").AllItems() {
				for _, b := range rule.Get("backendRefs").AllItems() {
					if kind := b.StringAt("kind"); kind != "" && kind != "Service" || b.Has("namespace") {
						continue
					}
					visit(b.Get("name"), b.Get("port"))
				}
			}
		}
	}
}
