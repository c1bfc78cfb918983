package expand_test

import "testing"

// TestNetworkPolicy holds whom a policy lets through: an error here shuts an app
// off, or opens it.
func TestNetworkPolicy(t *testing.T) {
	const spec = "networkpolicy/shop spec "
	const dns = "{ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]}"
	const pods = "podSelector: {matchLabels: {app.kubernetes.io/name: "
	for name, tt := range map[string]struct {
		src string
		at  map[string]string
	}{
		"nobody": {"network: {from: []}", map[string]string{spec + "policyTypes": "[Ingress]", spec + "ingress": "[]",
			spec + "egress": ""}},
		"nothing but names": {"network: {to: []}", map[string]string{spec + "policyTypes": "[Egress]", spec + "egress": "[" + dns + "]",
			spec + "ingress": ""}},
		"nothing at all": {"network: {to: [], dns: false}", map[string]string{spec + "egress": "[]"}},
		"everything":     {"network: {from: ['*']}", map[string]string{spec + "ingress": "[{}]"}},
		"by port": {"ports: {http: {port: 80, target: 8080, protocol: SCTP}}\n" +
			"network: {from: [{ports: [http, 8080, {port: 9000, endPort: 9010}]}]}", map[string]string{
			spec + "ingress": "[{ports: [{port: http, protocol: SCTP}, {port: 8080, protocol: SCTP}, {port: 9000, endPort: 9010, " +
				"protocol: TCP}]}]"}},
		"another app": {"network: {from: [web]}", map[string]string{
			spec + "ingress": "[{from: [{" + pods +
				"web}}, namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [shop-prod, " +
				"web-prod]}]}}]}]"}},
		"another app in one namespace": {"network: {from: [{app: web, namespace: front}]}", map[string]string{
			spec + "ingress": "[{from: [{" + pods + "web}}, namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: front}}}]}]"}},
		"a workload of another app": {"network: {from: [web/edge]}", map[string]string{
			spec + "ingress 0 from 0 podSelector": "{matchLabels: {app.kubernetes.io/name: web, app.kubernetes.io/component: edge}}"}},
		"a namespace": {"network: {to: [{namespace: monitoring}], dns: false}", map[string]string{
			spec + "egress": "[{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]}]"}},
		"addresses": {"network: {to: [{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}], dns: false}", map[string]string{
			spec + "egress": "[{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]"}},
		"Kubernetes' own": {"network: {from: [], ingress: [{from: [{podSelector: {}}]}], egress: [{}], dns: false}", map[string]string{
			spec + "policyTypes": "[Ingress, Egress]", spec + "ingress": "[{from: [{podSelector: {}}]}]", spec + "egress": "[{}]"}},
		"this app and its hooks": {"network: {from: [shop]}\nhooks: {smoke: {command: [s]}}", map[string]string{
			spec + "ingress": "[{from: [{" + pods + "shop}}}, {" + pods + "shop-smoke}}}]}]"}},
		"another workload of this app": {"workloads: {web: {network: {from: [api]}}, api: {}}", map[string]string{
			"networkpolicy/shop-web spec ingress": "[{from: [{podSelector: {matchLabels: {app.kubernetes.io/name: shop, " +
				"app.kubernetes.io/component: api}}}]}]"}},
	} {
		t.Run(name, func(t *testing.T) { look(t, tt.src, tt.at) })
	}
}
