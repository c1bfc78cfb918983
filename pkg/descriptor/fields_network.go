package descriptor

import (
	"net/netip"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/value"
)

const networkProse = "How a workload is reached, and what it may reach. A workload with ports has a Service of the same name. An Ingress or\n" +
	"HTTPRoute is there only where a host is given: a class or annotations alone make none, so they can stand at the top\n" +
	"level while each environment gives its host. A host without a dot, as in `ingress: shop`, gets the platform's domain, and\n" +
	"`ingress: true` stands for the name of the workload's objects as such a host. `host` is replaced by a higher layer, while `hosts` and `paths` are\n" +
	"maps that merge. An Ingress has TLS where `tls` or `issuer` asks for it.\n\n" +
	"In `network`, `from` and `to` list peers; a list that is there forbids everything else, so `from: []` forbids all. A peer\n" +
	"by name is a workload of this app, else an app, in this app's namespace or in the one that app has by default in the same\n" +
	"environment. With `to`, DNS (port 53) stays allowed unless `dns: false`."

// networkFields say how a workload is reached and what it may reach.
var networkFields = []field{
	{name: "service", scope: ownScope, doc: "The Service, which a workload with ports has; false for none.", typ: serviceType,
		example: "service: {type: LoadBalancer, annotations: {example.com/team: shop}}"},
	{name: "ingress", scope: ownScope, doc: "The Ingress: its host, several as a list, or all of it. A key that is no field names a further Ingress, which takes over what stands beside it.", typ: ingressType,
		example: "ingress:\n  className: nginx\n  issuer: letsencrypt\n  paths: {/: http}\nenvironments:\n  dev: {ingress: shop.dev.example.com}\n  prod: {ingress: {host: [shop.example.com, www.example.com]}}"},
	{name: "route", scope: ownScope, doc: "The Gateway API HTTPRoute: its host, several as a list, or all of it.", typ: routeType,
		example: "route:\n  host: shop.example.com\n  parents: gateways/public\n  paths: {/: http, /static: {service: assets, port: 80}}"},
	{name: "network", scope: inheritedScope, doc: "The NetworkPolicy of the pods; false for none.", typ: networkType,
		example: "network:\n  from: [frontend, {namespace: monitoring, ports: [http]}]\n  to: [{app: db, ports: [5432]}, 10.0.0.0/8]"},
}

var (
	sourceRanges = &schema{kind: listKind, what: "a list of CIDRs", elem: cidrText}
	cidrText     = &schema{kind: textKind, what: "a CIDR", check: cidr}
	serviceType  = &schema{
		kind: objectKind, what: "a Service", orFalse: true,
		fields: []field{
			{name: "type", doc: "ClusterIP (default), NodePort or LoadBalancer.", typ: &schema{kind: textKind, what: "a Service type", enum: []string{"ClusterIP", "NodePort", "LoadBalancer"}}},
			{name: "headless", doc: "true gives no cluster address: names resolve to the pods.", typ: boolean},
			{name: "labels", doc: "Further labels.", typ: labelMap},
			{name: "annotations", doc: "Further annotations.", typ: annotationMap},
			{name: "clusterIP", doc: "A fixed cluster address.", typ: anyText},
			{name: "clusterIPs", doc: "Fixed cluster addresses.", typ: textList},
			{name: "externalIPs", doc: "Addresses of nodes that take traffic for it.", typ: textList},
			{name: "externalTrafficPolicy", doc: "Cluster or Local.", typ: &schema{kind: textKind, what: "a traffic policy", enum: []string{"Cluster", "Local"}}},
			{name: "internalTrafficPolicy", doc: "Cluster or Local.", typ: &schema{kind: textKind, what: "a traffic policy", enum: []string{"Cluster", "Local"}}},
			{name: "trafficDistribution", doc: "How traffic is spread over endpoints.", typ: anyText},
			{name: "ipFamilies", doc: "IPv4, IPv6.", typ: textList},
			{name: "ipFamilyPolicy", doc: "SingleStack, PreferDualStack or RequireDualStack.", typ: &schema{kind: textKind, what: "an IP family policy", enum: []string{"SingleStack", "PreferDualStack", "RequireDualStack"}}},
			{name: "loadBalancerClass", doc: "Which load balancer serves it.", typ: anyText},
			{name: "loadBalancerIP", doc: "The load balancer's address.", typ: anyText},
			{name: "loadBalancerSourceRanges", doc: "Who may reach the load balancer, as CIDRs.", typ: sourceRanges},
			{name: "allocateLoadBalancerNodePorts", doc: "false for load balancers that need no node ports.", typ: boolean},
			{name: "healthCheckNodePort", doc: "The node port of the health check.", typ: portNumber},
			{name: "publishNotReadyAddresses", doc: "true lists pods before they are ready.", typ: boolean},
			{name: "sessionAffinity", doc: "None or ClientIP.", typ: &schema{kind: textKind, what: "a session affinity", enum: []string{"None", "ClientIP"}}},
			{name: "sessionAffinityConfig", doc: "Kubernetes' own.", typ: &schema{kind: kubeKind, what: "the configuration of a session affinity", of: "core/v1.SessionAffinityConfig"}},
		},
	}
)

var (
	hostText = &schema{kind: textKind, what: "a host", check: hostName}
	hostList = &schema{kind: listKind, what: "a list of hosts", elem: hostText, short: oneItem, line: hostText}

	backendType = &schema{
		kind: objectKind, what: "a port or a backend", shortKey: "port", oneOf: [][]string{{"workload", "service"}},
		fields: []field{
			{name: "port", doc: "The Service's port, by name or number; http or the first unless given.", typ: portRef},
			{name: "workload", doc: "Another workload of the app.", typ: &schema{kind: textKind, what: "a workload", check: dnsLabel}},
			{name: "service", doc: "A Service in the namespace that is not this app's.", typ: &schema{kind: textKind, what: "a Service", check: dnsLabel}},
			{name: "pathType", doc: "Prefix (default), Exact or ImplementationSpecific.", typ: &schema{kind: textKind, what: "a path type", enum: []string{"Prefix", "Exact", "ImplementationSpecific"}}},
		},
	}
	pathMap = &schema{kind: mapKind, what: "a map of paths", keys: keyRule{"a path", urlPath}, elem: backendType}

	tlsType = &schema{
		kind: objectKind, what: "the name of a Secret", shortKey: "secretName", orFalse: true,
		fields: []field{
			{name: "secretName", doc: "The Secret with the certificate; the Ingress's name and -tls unless given.", typ: &schema{kind: textKind, what: "a Secret's name", check: dnsSubdomain}},
			{name: "secrets", doc: "The hosts of further Secrets, by the Secret's name.", typ: &schema{kind: mapKind, what: "a map of lists of hosts", keys: keyRule{"a Secret", dnsSubdomain}, elem: fullHostLine}},
		},
	}
	issuerType = &schema{
		kind: objectKind, what: "an issuer", shortKey: "name",
		fields: []field{
			{name: "name", doc: "Its name.", typ: &schema{kind: textKind, what: "an issuer's name", check: dnsSubdomain}},
			{name: "kind", doc: "ClusterIssuer (default) or Issuer.", typ: &schema{kind: textKind, what: "a kind of issuer", enum: []string{"ClusterIssuer", "Issuer"}}},
		},
	}

	ingressFields = []field{
		{name: "host", doc: "The host, or a list of them, all with the same paths; `*.` in front stands for any label, `*` alone for every host.", typ: hostList},
		{name: "paths", doc: "Where each path leads; all to the workload's port unless given.", typ: pathMap},
		{name: "hosts", doc: "Hosts with paths of their own.", typ: &schema{kind: mapKind, what: "a map of hosts", keys: keyRule{"a host", hostName}, elem: pathMap}},
		{name: "className", doc: "The ingress class; the platform's unless given.", typ: &schema{kind: textKind, what: "an ingress class", check: dnsSubdomain}},
		{name: "tls", doc: "true, or the Secret that holds the certificate; false for none.", typ: tlsType},
		{name: "issuer", doc: "The cert-manager issuer that makes the certificate, which turns tls on.", typ: issuerType},
		{name: "labels", doc: "Further labels.", typ: labelMap},
		{name: "annotations", doc: "Further annotations.", typ: annotationMap},
		{name: "defaultBackend", doc: "Kubernetes' own: where all else leads.", typ: &schema{kind: kubeKind, what: "a backend", of: "networking.k8s.io/v1.IngressBackend"}},
	}
	ingressType = &schema{
		kind: objectKind, what: "a host, a list of hosts", short: hostShort, line: hostLine, orFalse: true, fields: ingressFields,
		keys: keyRule{"an Ingress", dnsLabel}, like: likeIngress,
		more: &field{name: "NAME", doc: "A further Ingress, named after the workload and NAME.", typ: namedIngressType},
	}
	namedIngressType = &schema{kind: objectKind, what: "a host, a list of hosts", short: hostShort, line: fullHostLine, orFalse: true, fields: ingressFields}

	hostLine     = &schema{kind: listKind, what: "a list of hosts", elem: hostText, short: oneItem, line: hostText}
	fullHostText = &schema{kind: textKind, what: "a host", check: fullHostName}
	fullHostLine = &schema{kind: listKind, what: "a list of hosts", elem: fullHostText, short: oneItem, line: fullHostText}
)

var (
	routeBackendType = &schema{
		kind: objectKind, what: "a port or a backend", shortKey: "port", oneOf: [][]string{{"workload", "service"}},
		fields: []field{
			{name: "port", doc: "The Service's port, by name or number; http or the first unless given.", typ: portRef},
			{name: "workload", doc: "Another workload of the app.", typ: &schema{kind: textKind, what: "a workload", check: dnsLabel}},
			{name: "service", doc: "A Service in the namespace that is not this app's.", typ: &schema{kind: textKind, what: "a Service", check: dnsLabel}},
			{name: "type", doc: "PathPrefix (default), Exact or RegularExpression.", typ: &schema{kind: textKind, what: "a path type", enum: []string{"PathPrefix", "Exact", "RegularExpression"}}},
			{name: "filters", doc: "The Gateway API's own.", typ: &schema{kind: kubeKind, what: "a list of filters", of: "gateway.networking.k8s.io/v1.HTTPRoute.spec.rules.filters"}},
			{name: "timeouts", doc: "The Gateway API's own.", typ: &schema{kind: kubeKind, what: "timeouts", of: "gateway.networking.k8s.io/v1.HTTPRoute.spec.rules.timeouts"}},
		},
	}
	parentType = &schema{
		kind: objectKind, what: "NAMESPACE/NAME of a Gateway", short: parentShort, line: &schema{kind: textKind, what: "NAMESPACE/NAME of a Gateway"},
		fields: []field{
			{name: "name", doc: "The Gateway's name.", typ: &schema{kind: textKind, what: "a Gateway's name", check: dnsSubdomain}},
			{name: "namespace", doc: "Its namespace; the app's unless given.", typ: &schema{kind: textKind, what: "a namespace", check: dnsLabel1123}},
			{name: "sectionName", doc: "Its listener.", typ: anyText},
			{name: "port", doc: "Its listener's port.", typ: portNumber},
			{name: "group", doc: "The API group, where it is no Gateway.", typ: anyText},
			{name: "kind", doc: "The kind, where it is no Gateway.", typ: anyText},
		},
	}
	routeType = &schema{
		kind: objectKind, what: "a host, a list of hosts", short: hostShort, line: hostLine, orFalse: true,
		fields: []field{
			{name: "host", doc: "The host, or a list of them; `*.` in front stands for any label, `*` alone for every host.", typ: hostList},
			{name: "parents", doc: "The Gateways it belongs to.", typ: &schema{kind: listKind, what: "a list of Gateways", elem: parentType, short: oneItem, line: parentType.line}},
			{name: "paths", doc: "Where each path leads; all to the workload's port unless given.", typ: &schema{kind: mapKind, what: "a map of paths", keys: keyRule{"a path", urlPath}, elem: routeBackendType}},
			{name: "rules", doc: "The Gateway API's own rules, before those of paths; one that says neither backendRefs nor a redirect leads to the workload's port.", typ: &schema{kind: kubeKind, what: "a list of rules", of: "gateway.networking.k8s.io/v1.HTTPRoute.spec.rules"}},
			{name: "labels", doc: "Further labels.", typ: labelMap},
			{name: "annotations", doc: "Further annotations.", typ: annotationMap},
		},
	}
)

var (
	peerPortType = &schema{
		kind: objectKind, what: "a port", shortKey: "port",
		fields: []field{
			{name: "port", doc: "The pods' port, by name or number.", typ: portRef},
			{name: "endPort", doc: "The last port of a range.", typ: portNumber},
			{name: "protocol", doc: "TCP, UDP or SCTP; that of the workload's own port, else TCP.", typ: &schema{kind: textKind, what: "a protocol", enum: []string{"TCP", "UDP", "SCTP"}}},
		},
	}
	peerType = &schema{
		kind: objectKind, what: "a peer", short: peerShort, line: &schema{kind: textKind, what: "a workload or app, APP/WORKLOAD, a CIDR, or * for all"},
		after: checkPeer,
		fields: []field{
			{name: "name", doc: "A workload of this app, else an app.", typ: &schema{kind: textKind, what: "a workload or app", check: dnsLabel}},
			{name: "app", doc: "An app by its name.", typ: &schema{kind: textKind, what: "an app", check: dnsLabel}},
			{name: "workload", doc: "A workload of that app, or of this one.", typ: &schema{kind: textKind, what: "a workload", check: dnsLabel}},
			{name: "namespace", doc: "A namespace: all pods in it, or those of the app.", typ: &schema{kind: textKind, what: "a namespace", check: dnsLabel1123}},
			{name: "cidr", doc: "A range of addresses.", typ: cidrText},
			{name: "except", doc: "Ranges in cidr that are left out.", typ: sourceRanges},
			{name: "pods", doc: "Kubernetes' own selector of pods.", typ: &schema{kind: kubeKind, what: "a selector", of: "meta/v1.LabelSelector"}},
			{name: "namespaces", doc: "Kubernetes' own selector of namespaces.", typ: &schema{kind: kubeKind, what: "a selector", of: "meta/v1.LabelSelector"}},
			{name: "any", doc: "true is everything.", typ: boolean},
			{name: "ports", doc: "Only these ports; alone, of everything.", typ: &schema{kind: listKind, what: "a list of ports", elem: peerPortType}},
		},
	}
	peerList    = &schema{kind: listKind, what: "a list of peers", elem: peerType}
	networkType = &schema{
		kind: objectKind, what: "a network policy", orFalse: true,
		fields: []field{
			{name: "from", doc: "Who may reach the pods; an empty list is nobody.", typ: peerList},
			{name: "to", doc: "What the pods may reach; an empty list is nothing but DNS.", typ: peerList},
			{name: "dns", doc: "false forbids DNS too.", typ: boolean},
			{name: "ingress", doc: "Kubernetes' own rules beside those of from.", typ: &schema{kind: kubeKind, what: "a list of rules", of: "[]networking.k8s.io/v1.NetworkPolicyIngressRule"}},
			{name: "egress", doc: "Kubernetes' own rules beside those of to.", typ: &schema{kind: kubeKind, what: "a list of rules", of: "[]networking.k8s.io/v1.NetworkPolicyEgressRule"}},
			{name: "labels", doc: "Further labels.", typ: labelMap},
			{name: "annotations", doc: "Further annotations.", typ: annotationMap},
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

// hostShort is the one-line form of an Ingress or HTTPRoute.
func hostShort(v *value.Value) *value.Value {
	if !v.IsScalar() && !v.Is(value.List) {
		return nil
	}
	return value.NewMap(v.Pos).Set("host", v)
}

// likeIngress tells a further Ingress from a misspelt field: a map, a list, or a
// host with a dot in it.
func likeIngress(v *value.Value) bool {
	return v.Is(value.Map) || v.Is(value.List) || v.Is(value.Bool) || v.IsScalar() && fullHostName.problem(v.Text) == ""
}

// hostName is a host, maybe with a wildcard for its first label or all of it.
var hostName = &check{problem: hostNameProblem, pattern: `^(\*|(\*\.)?` + subdomainPattern + `)$`}

func hostNameProblem(s string) string {
	if s == "*" {
		return ""
	}
	if problem := dnsSubdomain.problem(strings.TrimPrefix(s, "*.")); problem != "" {
		return "is not a host such as shop.example.com or *.example.com: it " + problem
	}
	return ""
}

// fullHostName is a host of more than one label.
var fullHostName = &check{problem: fullHostNameProblem, pattern: `^(\*\.` + subdomainPattern + `|` + namePattern + `(\.` + namePattern + `)+)$`}

func fullHostNameProblem(s string) string {
	if problem := hostName.problem(s); problem != "" {
		return problem
	}
	if !strings.Contains(s, ".") {
		return `has no "." in it`
	}
	return ""
}

// cidr is a range of IP addresses.
var cidr = &check{problem: cidrProblem, pattern: `^[0-9a-fA-F.:]+/[0-9]{1,3}$`}

func cidrProblem(s string) string {
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return "is not a CIDR such as 10.0.0.0/8"
	case p != p.Masked():
		return "has bits beyond its length: write " + p.Masked().String()
	}
	return ""
}

// parentShort is the one-line form of a parent: [NAMESPACE/]NAME.
func parentShort(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	out := value.NewMap(v.Pos)
	name := v.Text
	if namespace, rest, ok := strings.Cut(v.Text, "/"); ok {
		out.Set("namespace", value.Str(namespace, v.Pos))
		name = rest
	}
	return out.Set("name", value.Str(name, v.Pos))
}

// peerShort is the one-line form of a peer.
func peerShort(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	out := value.NewMap(v.Pos)
	_, err := netip.ParsePrefix(v.Text)
	app, workload, named := strings.Cut(v.Text, "/")
	switch {
	case v.Text == "*":
		return out.Set("any", value.True(true, v.Pos))
	case err == nil:
		return out.Set("cidr", v)
	case named:
		return out.Set("app", value.Str(app, v.Pos)).Set("workload", value.Str(workload, v.Pos))
	}
	return out.Set("name", v)
}
