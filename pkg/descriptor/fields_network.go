package descriptor

const networkProse = "How a workload is reached. A workload with ports has a Service of the same name."

// networkFields say how a workload is reached.
var networkFields = []field{
	{name: "service", scope: ownScope, doc: "The Service, which a workload with ports has; false for none.", typ: serviceType,
		example: "service: {type: LoadBalancer, annotations: {example.com/team: shop}}"},
}

var serviceType = &schema{
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
		{name: "loadBalancerSourceRanges", doc: "Who may reach the load balancer, as CIDRs.", typ: textList},
		{name: "allocateLoadBalancerNodePorts", doc: "false for load balancers that need no node ports.", typ: boolean},
		{name: "healthCheckNodePort", doc: "The node port of the health check.", typ: portNumber},
		{name: "publishNotReadyAddresses", doc: "true lists pods before they are ready.", typ: boolean},
		{name: "sessionAffinity", doc: "None or ClientIP.", typ: &schema{kind: textKind, what: "a session affinity", enum: []string{"None", "ClientIP"}}},
		{name: "sessionAffinityConfig", doc: "Kubernetes' own.", typ: &schema{kind: kubeKind, what: "the configuration of a session affinity", of: "core/v1.SessionAffinityConfig"}},
	},
}
