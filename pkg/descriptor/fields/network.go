package fields

import (
	"net/netip"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// networkFields say how a workload is reached and what it may reach.
var networkFields = []schema.Field{
	{Name: "service", Scope: Own, Doc: "The Service, which a workload with ports has; false for none.", Type: serviceType,
		Example: "service: {type: LoadBalancer, annotations: {example.com/team: shop}}"},
	{Name: "ingress", Scope: Own, Doc: "The Ingress: its host, several as a list, or all of it. A key that is no field names a " +
		"further Ingress, which inherits the fields beside it.", Type: Ingress,
		Example: "ingress:\n  className: nginx\n  issuer: letsencrypt\n  paths: {/: http}\nenvironments:\n" +
			"  dev: {ingress: shop.dev.example.com}\n  prod: {ingress: {host: [shop.example.com, www.example.com]}}"},
	{Name: "route", Scope: Own, Doc: "The Gateway API HTTPRoute: its host, several as a list, or all of it.", Type: routeType,
		Example: "route:\n  host: shop.example.com\n  parents: gateways/public\n  paths: {/: http, /static: {service: assets, port: 80}}"},
	{Name: "network", Scope: Inherited, Doc: "The NetworkPolicy of the pods; false for none.", Type: networkType,
		Example: "network:\n  from: [frontend, {namespace: monitoring, ports: [http]}]\n  to: [{app: db, ports: [5432]}, 10.0.0.0/8]"},
}

var (
	sourceRanges = &schema.Type{Kind: schema.ListKind, What: "a list of CIDRs", Elem: cidrText}
	cidrText     = &schema.Type{Kind: schema.TextKind, What: "a CIDR", Check: &schema.CIDR}
	serviceType  = &schema.Type{
		Kind: schema.ObjectKind, What: "a Service", AllowBool: true, Foreign: serviceWords,
		Fields: []schema.Field{
			{Name: "type", Doc: "ClusterIP (default), NodePort or LoadBalancer.",
				Type: &schema.Type{Kind: schema.TextKind, What: "a Service type", Enum: []string{"ClusterIP", "NodePort", "LoadBalancer"}}},
			{Name: "headless", Doc: "true for a Service without a cluster address: its name resolves to the pods.", Type: &schema.Boolean},
			{Name: "selector", Doc: "The labels of the pods that it leads to, in place of the workload's selector; `{}` for none, if " +
				"something " +
				"else sets its endpoints.", Type: SelectorMap},
			{Name: "labels", Doc: "Further labels.", Type: LabelMap},
			{Name: "annotations", Doc: "Further annotations.", Type: AnnotationMap},
			{Name: "clusterIP", Doc: "A fixed cluster address.", Type: &schema.AnyText},
			{Name: "clusterIPs", Doc: "Fixed cluster addresses.", Type: &schema.TextList},
			{Name: "externalIPs", Doc: "Addresses of nodes that take traffic for it.", Type: &schema.TextList},
			{Name: "externalTrafficPolicy", Doc: "Cluster or Local.", Type: &schema.Type{Kind: schema.TextKind, What: "a traffic policy",
				Enum: []string{"Cluster", "Local"}}},
			{Name: "internalTrafficPolicy", Doc: "Cluster or Local.", Type: &schema.Type{Kind: schema.TextKind, What: "a traffic policy",
				Enum: []string{"Cluster", "Local"}}},
			{Name: "trafficDistribution", Doc: "How traffic is spread over endpoints.", Type: &schema.AnyText},
			{Name: "ipFamilies", Doc: "IPv4, IPv6.", Type: &schema.TextList},
			{Name: "ipFamilyPolicy", Doc: "SingleStack, PreferDualStack or RequireDualStack.",
				Type: &schema.Type{Kind: schema.TextKind, What: "an IP family policy",
					Enum: []string{"SingleStack", "PreferDualStack", "RequireDualStack"}}},
			{Name: "loadBalancerClass", Doc: "Which load balancer serves it.", Type: &schema.AnyText},
			{Name: "loadBalancerIP", Doc: "The load balancer's address.", Type: &schema.AnyText},
			{Name: "loadBalancerSourceRanges", Doc: "Who may reach the load balancer, as CIDRs.", Type: sourceRanges},
			{Name: "allocateLoadBalancerNodePorts", Doc: "false for load balancers that need no node ports.", Type: &schema.Boolean},
			{Name: "healthCheckNodePort", Doc: "The node port of the health check.", Type: &schema.PortNumber},
			{Name: "publishNotReadyAddresses", Doc: "true lists pods before they are ready.", Type: &schema.Boolean},
			{Name: "sessionAffinity", Doc: "None or ClientIP.", Type: &schema.Type{Kind: schema.TextKind, What: "a session affinity",
				Enum: []string{"None", "ClientIP"}}},
			{Name: "sessionAffinityConfig", Doc: "Kubernetes' own.", Type: &schema.Type{Kind: schema.KubeKind,
				What: "the configuration of a session affinity", Of: "core/v1.SessionAffinityConfig"}},
		},
	}
)

var (
	hostText = &schema.Type{Kind: schema.TextKind, What: "a host", Check: schema.HostName.OrPlaceholder()}
	HostList = &schema.Type{Kind: schema.ListKind, What: "a list of hosts", Elem: hostText, Expand: oneItem, Shorthand: hostText}

	// What a path of an Ingress and of an HTTPRoute can lead to.
	backendPort = schema.Field{Name: "port", Doc: "The Service's port, by name or number (default: http, or the first).",
		Type: &schema.PortRef}
	backendWorkload = schema.Field{Name: "workload", Doc: "Another workload of the app.",
		Type: &schema.Type{Kind: schema.TextKind, What: "a workload", Check: &schema.Label1035}}
	backendService = schema.Field{Name: "service", Doc: "A Service in the namespace that is not this app's.",
		Type: &schema.Type{Kind: schema.TextKind, What: "a Service", Check: &schema.Label1035}}

	backendType = &schema.Type{
		Kind: schema.ObjectKind, What: "a port or a backend", ShorthandKey: "port", OneOf: [][]string{{"workload", "service"}},
		Fields: []schema.Field{
			backendPort, backendWorkload, backendService,
			{Name: "pathType", Doc: "Prefix (default), Exact or ImplementationSpecific.",
				Type: &schema.Type{Kind: schema.TextKind, What: "a path type",
					Enum: []string{"Prefix", "Exact", "ImplementationSpecific"}}},
		},
	}
	pathMap = &schema.Type{Kind: schema.MapKind, What: "a map of paths", Keys: schema.KeyRule{What: "a path", Check: &schema.URLPath},
		Elem: backendType}

	tlsType = &schema.Type{
		Kind: schema.ObjectKind, What: "the name of a Secret", ShorthandKey: "secretName", AllowBool: true,
		Fields: []schema.Field{
			{Name: "secretName", Doc: "The Secret with the certificate (default: the Ingress's name with -tls).",
				Type: &schema.Type{Kind: schema.TextKind, What: "a Secret's name", Check: &schema.Subdomain}},
			{Name: "secrets", Doc: "The hosts of further Secrets, by the Secret's name.",
				Type: &schema.Type{Kind: schema.MapKind, What: "a map of lists of hosts",
					Keys: schema.KeyRule{What: "a Secret", Check: &schema.Subdomain}, Elem: fullHostLine}},
		},
	}
	issuerType = &schema.Type{
		Kind: schema.ObjectKind, What: "an issuer", ShorthandKey: "name",
		Fields: []schema.Field{
			{Name: "name", Doc: "Its name.", Type: &schema.Type{Kind: schema.TextKind, What: "an issuer's name", Check: &schema.Subdomain}},
			{Name: "kind", Doc: "ClusterIssuer (default) or Issuer.", Type: &schema.Type{Kind: schema.TextKind, What: "a kind of issuer",
				Enum: []string{"ClusterIssuer", "Issuer"}}},
		},
	}

	ingressFields = []schema.Field{
		{Name: "host", Doc: "The host, or a list of them, all with the same paths; `*.` in front matches any label, and `*` " +
			"every host.", Type: HostList},
		{Name: "paths", Doc: "Where each path leads (default: all paths to the workload's port).", Type: pathMap},
		{Name: "hosts", Doc: "Hosts with paths of their own.", Type: &schema.Type{Kind: schema.MapKind, What: "a map of hosts",
			Otherwise: hostsOtherwise, Keys: schema.KeyRule{What: "a host", Check: schema.HostName.OrPlaceholder()}, Elem: pathMap}},
		{Name: "className", Doc: "The ingress class (default: the platform's).",
			Type: &schema.Type{Kind: schema.TextKind, What: "an ingress class", Check: &schema.Subdomain}},
		{Name: "tls", Doc: "true, or the Secret that holds the certificate; false for none.", Type: tlsType},
		{Name: "issuer", Doc: "The cert-manager issuer that makes the certificate, which turns tls on.", Type: issuerType},
		{Name: "labels", Doc: "Further labels.", Type: LabelMap},
		{Name: "annotations", Doc: "Further annotations.", Type: AnnotationMap},
		{Name: "defaultBackend", Doc: "Kubernetes' own: where all else leads.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a backend", Of: "networking.k8s.io/v1.IngressBackend"}},
	}
	Ingress = &schema.Type{
		Kind: schema.ObjectKind, What: "a host, a list of hosts", Expand: expandHosts, Shorthand: HostList, AllowBool: true,
		Fields: ingressFields, Foreign: ingressWords,
		Keys: schema.KeyRule{What: "an Ingress", Check: &schema.Label1035}, Like: likeIngress,
		More: &schema.Field{Name: "NAME", Doc: "A further Ingress, named after the workload and NAME.", Type: NamedIngress},
	}
	NamedIngress = &schema.Type{Kind: schema.ObjectKind, What: "a host, a list of hosts", Expand: expandHosts, Shorthand: fullHostLine,
		AllowBool: true, Fields: ingressFields, Foreign: ingressWords}

	fullHostText = &schema.Type{Kind: schema.TextKind, What: "a host", Check: schema.FullHostName.OrPlaceholder()}
	fullHostLine = &schema.Type{Kind: schema.ListKind, What: "a list of hosts", Elem: fullHostText, Expand: oneItem,
		Shorthand: fullHostText}
)

var (
	routeBackendType = &schema.Type{
		Kind: schema.ObjectKind, What: "a port or a backend", ShorthandKey: "port", OneOf: [][]string{{"workload", "service"}},
		Fields: []schema.Field{
			backendPort, backendWorkload, backendService,
			{Name: "type", Doc: "PathPrefix (default), Exact or RegularExpression.",
				Type: &schema.Type{Kind: schema.TextKind, What: "a path type", Enum: []string{"PathPrefix", "Exact", "RegularExpression"}}},
			{Name: "filters", Doc: "The Gateway API's own.", Type: &schema.Type{Kind: schema.KubeKind, What: "a list of filters",
				Of: "gateway.networking.k8s.io/v1.HTTPRoute.spec.rules.filters"}},
			{Name: "timeouts", Doc: "The Gateway API's own.", Type: &schema.Type{Kind: schema.KubeKind, What: "timeouts",
				Of: "gateway.networking.k8s.io/v1.HTTPRoute.spec.rules.timeouts"}},
		},
	}
	parentType = &schema.Type{
		Kind: schema.ObjectKind, What: "NAMESPACE/NAME of a Gateway", Expand: expandParent,
		Shorthand: &schema.Type{Kind: schema.TextKind, What: "NAMESPACE/NAME of a Gateway"},
		Fields: []schema.Field{
			{Name: "name", Doc: "The Gateway's name.", Type: &schema.Type{Kind: schema.TextKind, What: "a Gateway's name",
				Check: &schema.Subdomain}},
			{Name: "namespace", Doc: "Its namespace (default: the app's).",
				Type: &schema.Type{Kind: schema.TextKind, What: "a namespace", Check: &schema.Label}},
			{Name: "sectionName", Doc: "Its listener.", Type: &schema.AnyText},
			{Name: "port", Doc: "Its listener's port.", Type: &schema.PortNumber},
			{Name: "group", Doc: "The API group, where it is no Gateway.", Type: &schema.AnyText},
			{Name: "kind", Doc: "The kind, where it is no Gateway.", Type: &schema.AnyText},
		},
	}
	routeType = &schema.Type{
		Kind: schema.ObjectKind, What: "a host, a list of hosts", Expand: expandHosts, Shorthand: HostList, AllowBool: true,
		Fields: []schema.Field{
			{Name: "host", Doc: "The host, or a list of them; `*.` in front matches any label, and `*` every host.",
				Type: HostList},
			{Name: "parents", Doc: "The Gateways it belongs to.", Type: &schema.Type{Kind: schema.ListKind, What: "a list of Gateways",
				Elem: parentType, Expand: oneItem, Shorthand: parentType.Shorthand}},
			{Name: "paths", Doc: "Where each path leads (default: all paths to the workload's port).",
				Type: &schema.Type{Kind: schema.MapKind, What: "a map of paths",
					Keys: schema.KeyRule{What: "a path", Check: &schema.URLPath}, Elem: routeBackendType}},
			{Name: "rules", Doc: "The Gateway API's own rules, before those of paths; one that says neither backendRefs nor a redirect " +
				"leads to the workload's port.", Type: &schema.Type{Kind: schema.KubeKind, What: "a list of rules",
				Of: "gateway.networking.k8s.io/v1.HTTPRoute.spec.rules"}},
			{Name: "labels", Doc: "Further labels.", Type: LabelMap},
			{Name: "annotations", Doc: "Further annotations.", Type: AnnotationMap},
		},
	}
)

var (
	peerPortType = &schema.Type{
		Kind: schema.ObjectKind, What: "a port", ShorthandKey: "port",
		Fields: []schema.Field{
			{Name: "port", Doc: "The pods' port, by name or number.", Type: &schema.PortRef},
			{Name: "endPort", Doc: "The last port of a range.", Type: &schema.PortNumber},
			{Name: "protocol", Doc: "TCP, UDP or SCTP; that of the workload's own port, else TCP.",
				Type: &schema.Type{Kind: schema.TextKind, What: "a protocol", Enum: []string{"TCP", "UDP", "SCTP"}}},
		},
	}
	peerType = &schema.Type{
		Kind: schema.ObjectKind, What: "a peer", Expand: expandPeer, Shorthand: &schema.Type{Kind: schema.TextKind,
			What: "a workload or app, APP/WORKLOAD, a CIDR, or * for all"},
		After: checkPeer,
		Fields: []schema.Field{
			{Name: "name", Doc: "A workload of this app, else an app.",
				Type: &schema.Type{Kind: schema.TextKind, What: "a workload or app", Check: &schema.Label1035}},
			{Name: "app", Doc: "An app by its name.", Type: &schema.Type{Kind: schema.TextKind, What: "an app", Check: &schema.Label1035}},
			{Name: "workload", Doc: "A workload of that app, or of this one.",
				Type: &schema.Type{Kind: schema.TextKind, What: "a workload", Check: &schema.Label1035}},
			{Name: "namespace", Doc: "A namespace: all pods in it, or those of the app.",
				Type: &schema.Type{Kind: schema.TextKind, What: "a namespace", Check: &schema.Label}},
			{Name: "cidr", Doc: "A range of addresses.", Type: cidrText},
			{Name: "except", Doc: "Ranges in cidr that are left out.", Type: sourceRanges},
			{Name: "pods", Doc: "Kubernetes' own selector of pods.", Type: &schema.Type{Kind: schema.KubeKind, What: "a selector",
				Of: "meta/v1.LabelSelector"}},
			{Name: "namespaces", Doc: "Kubernetes' own selector of namespaces.",
				Type: &schema.Type{Kind: schema.KubeKind, What: "a selector", Of: "meta/v1.LabelSelector"}},
			{Name: "any", Doc: "true is everything.", Type: &schema.Boolean},
			{Name: "ports", Doc: "Only these ports; without a peer, those of every address.",
				Type: &schema.Type{Kind: schema.ListKind, What: "a list of ports", Elem: peerPortType}},
		},
	}
	peerList    = &schema.Type{Kind: schema.ListKind, What: "a list of peers", Elem: peerType}
	networkType = &schema.Type{
		Kind: schema.ObjectKind, What: "a network policy", AllowBool: true,
		Fields: []schema.Field{
			{Name: "from", Doc: "Who may reach the pods; an empty list is nobody.", Type: peerList},
			{Name: "to", Doc: "What the pods may reach; an empty list is nothing but DNS.", Type: peerList},
			{Name: "dns", Doc: "false forbids DNS too.", Type: &schema.Boolean},
			{Name: "ingress", Doc: "Kubernetes' own rules beside those of from.",
				Type: &schema.Type{Kind: schema.KubeKind, What: "a list of rules", Of: "[]networking.k8s.io/v1.NetworkPolicyIngressRule"}},
			{Name: "egress", Doc: "Kubernetes' own rules beside those of to.",
				Type: &schema.Type{Kind: schema.KubeKind, What: "a list of rules", Of: "[]networking.k8s.io/v1.NetworkPolicyEgressRule"}},
			{Name: "labels", Doc: "Further labels.", Type: LabelMap},
			{Name: "annotations", Doc: "Further annotations.", Type: AnnotationMap},
		},
	}
)

// oneItem lets a scalar or map stand for a list of itself.
func oneItem(v *value.Value) *value.Value {
	if v.Is(value.List) {
		return nil
	}
	return value.NewList(v.Pos, v)
}

// expandHosts expands the shorthand of an Ingress or HTTPRoute.
func expandHosts(v *value.Value) *value.Value {
	if !v.IsScalar() && !v.Is(value.List) {
		return nil
	}
	return value.NewMap(v.Pos).Set("host", v)
}

// likeIngress tells a further Ingress from a misspelt field: a map, a list, or a
// host with a dot in it.
func likeIngress(v *value.Value) bool {
	return v.Is(value.Map) || v.Is(value.List) || v.Is(value.Bool) || v.IsScalar() &&
		schema.FullHostName.OrPlaceholder().Problem(v.Text) == ""
}

// expandParent expands the shorthand of a parent: [NAMESPACE/]NAME.
func expandParent(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	out := value.NewMap(v.Pos)
	name := v.Text
	if namespace, rest, ok := strings.Cut(v.Text, "/"); ok {
		out.Set("namespace", value.NewString(v.Pos, namespace))
		name = rest
	}
	return out.Set("name", value.NewString(v.Pos, name))
}

// expandPeer expands the shorthand of a peer.
func expandPeer(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	out := value.NewMap(v.Pos)
	_, err := netip.ParsePrefix(v.Text)
	app, workload, named := strings.Cut(v.Text, "/")
	switch {
	case v.Text == "*":
		return out.Set("any", value.NewBool(v.Pos, true))
	case err == nil:
		return out.Set("cidr", v)
	case named:
		return out.Set("app", value.NewString(v.Pos, app)).Set("workload", value.NewString(v.Pos, workload))
	}
	return out.Set("name", v)
}

// checkPeer refuses a peer that says nothing, or more than one thing.
func checkPeer(n *schema.Normaliser, v *value.Value) *value.Value {
	has := func(keys ...string) string {
		for _, key := range keys {
			if x := v.Get(key); x != nil && x.Kind != value.Null {
				return key
			}
		}
		return ""
	}
	conflict := func(a, b string) *value.Value {
		n.Diags.Errorh(v.Pos, "one-of", "keep one of them, or write two peers", "%s has %q and %q, which exclude one another", n.Where(), a,
			b)
		return nil
	}
	if x := v.Get("any"); x != nil && !x.IsTrue() {
		n.Diags.Errorh(x.Pos, "bad-value", "remove it", "any of %s can only be true", n.Where())
		return nil
	}
	groups := [][]string{{"any"}, {"cidr"}, {"name"}, {"app", "workload"}, {"pods"}}
	for i, a := range groups {
		for _, b := range groups[i+1:] {
			if x, y := has(a...), has(b...); x != "" && y != "" {
				return conflict(x, y)
			}
		}
	}
	where := has("namespace", "namespaces")
	switch {
	case where != "" && has("any", "cidr") != "":
		return conflict(has("any", "cidr"), where)
	case has("namespace") != "" && has("namespaces") != "":
		return conflict("namespace", "namespaces")
	case has("except") != "" && has("cidr") == "":
		n.Diags.Errorh(v.Get("except").Pos, "missing-cidr", "add cidr: with the range that it is left out of", "%s has except without cidr",
			n.Where())
		return nil
	case has("any", "cidr", "name", "app", "workload", "pods", "namespace", "namespaces", "ports") == "" && n.Whole:
		n.Diags.Errorh(v.Pos, "missing-peer", `give app, namespace, cidr or ports; everything is "*"`, "%s names nobody", n.Where())
		return nil
	}
	return v
}
