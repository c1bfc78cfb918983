package expand_test

import "testing"

// TestNamesAndSelectors holds what objects are called and how pods are found, which
// never may change by itself: a selector is immutable.
func TestNamesAndSelectors(t *testing.T) {
	const one = "{app.kubernetes.io/name: shop}"
	const web = "{app.kubernetes.io/name: shop, app.kubernetes.io/component: web}"
	for name, tt := range map[string]struct {
		src string
		at  map[string]string
	}{
		"one workload": {"port: 80\nconfig: {A: b}\nreplicas: 2\ndisruption: {}\nnetwork: {from: []}\nmetrics: true", map[string]string{
			"objects": "configmap/shop-config service/shop deployment/shop poddisruptionbudget/shop " +
				"networkpolicy/shop servicemonitor/shop",
			"service/shop spec selector":                           one,
			"deployment/shop spec selector matchLabels":            one,
			"deployment/shop spec template metadata labels":        "{app.kubernetes.io/name: shop, app.kubernetes.io/managed-by: unfold}",
			"poddisruptionbudget/shop spec selector matchLabels":   one,
			"networkpolicy/shop spec podSelector matchLabels":      one,
			"servicemonitor/shop spec selector matchLabels":        one,
			"deployment/shop metadata labels":                      "{app.kubernetes.io/name: shop, app.kubernetes.io/managed-by: unfold}",
			"deployment/shop spec template spec containers 0 name": "shop",
		}},
		"without opinions": {"defaults: none\nport: 80", map[string]string{
			"deployment/shop metadata labels": "", "deployment/shop spec template metadata labels": one,
		}},
		"the only one of several": {"workloads: {web: {port: 80, config: {A: b}}}\nconfig: {C: d}", map[string]string{
			"objects": "configmap/shop-config configmap/shop-web-config service/shop-web deployment/shop-web",
			"deployment/shop-web spec selector matchLabels": web, "service/shop-web spec selector": web,
			"deployment/shop-web spec template spec containers 0 name": "web",
			"deployment/shop-web spec template spec containers 0 envFrom": "[{configMapRef: {name: shop-config}}, {configMapRef: {name: " +
				"shop-web-config}}]",
			"configmap/shop-config metadata labels": "{app.kubernetes.io/name: shop, " +
				"app.kubernetes.io/managed-by: unfold}",
		}},
		"names and selectors that have to stay": {"names: {Deployment: legacy}\nselector: {app: old}\nport: 80\nconfig: {A: b}\n" +
			"ingress: {host: a.example.com}\nnetwork: {to: []}\nspread: zone", map[string]string{
			"objects": "configmap/shop-config service/legacy deployment/legacy ingress/legacy networkpolicy/legacy",
			"deployment/legacy spec selector matchLabels": "{app: old}", "service/legacy spec selector": "{app: old}",
			"networkpolicy/legacy spec podSelector matchLabels": "{app: old}",
			"deployment/legacy spec template metadata labels": "{app.kubernetes.io/name: " +
				"shop, app.kubernetes.io/managed-by: unfold, app: old}",
			"deployment/legacy spec template spec topologySpreadConstraints 0 labelSelector matchLabels": "{app: old}",
			"ingress/legacy spec rules 0 http paths 0 backend service name":                              "legacy",
			"deployment/legacy spec template spec containers 0 envFrom": "[{configMapRef: " +
				"{name: shop-config}}]",
		}},
		"a StatefulSet": {"kind: StatefulSet\nport: 80\nvolumes: {/data: 1Gi}", map[string]string{
			"objects": "service/shop service/shop-headless statefulset/shop", "statefulset/shop spec serviceName": "shop-headless",
			"statefulset/shop spec volumeClaimTemplates 0 metadata name": "data",
		}},
		"a claim": {"volumes: {/var/Data_1: 1Gi}", map[string]string{
			"objects": "persistentvolumeclaim/shop-var-data-1 deployment/shop", "deployment/shop spec strategy": "{type: Recreate}",
		}},
		"a hook": {"hooks: {migrate: {command: [m]}}\nport: 80", map[string]string{
			"objects": "service/shop deployment/shop job/shop-migrate",
			"job/shop-migrate spec template metadata labels": "{app.kubernetes.io/name: shop-migrate, app.kubernetes.io/managed-by: " +
				"unfold}",
		}},
		"a Rollout": {"port: 80\nstrategy: blueGreen\nautoscaling: {min: 2, max: 3, memory: 80}\nresources: {requests: {memory: 1Mi}}\n" +
			"disruption: {}\nconfig: {A: b}", map[string]string{
			"objects": "configmap/shop-config service/shop service/shop-preview " +
				"rollout/shop horizontalpodautoscaler/shop poddisruptionbudget/shop",
			"rollout/shop spec selector matchLabels": one,
			"rollout/shop spec replicas":             "",
			"service/shop-preview spec": "{selector: " + one +
				", ports: [{name: http, port: 80, targetPort: http, protocol: TCP}]}",
			"horizontalpodautoscaler/shop spec scaleTargetRef":     "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: shop}",
			"poddisruptionbudget/shop spec selector matchLabels":   one,
			"rollout/shop spec template spec containers 0 envFrom": "[{configMapRef: {name: shop-config}}]",
		}},
	} {
		t.Run(name, func(t *testing.T) { look(t, tt.src, tt.at) })
	}
}

// TestServiceAccounts holds who pods are, and that only those get a token that may
// use it.
func TestServiceAccounts(t *testing.T) {
	const deployment = "deployment/shop spec template spec "
	for name, tt := range map[string]struct {
		src string
		at  map[string]string
	}{
		"none": {"port: 80", map[string]string{deployment + "serviceAccountName": "",
			deployment + "automountServiceAccountToken": "false"}},
		"without opinions": {"defaults: none", map[string]string{deployment + "serviceAccountName": "",
			deployment + "automountServiceAccountToken": ""}},
		"with a cloud's identity": {"serviceAccount: {annotations: {iam: role}}", map[string]string{
			"objects": "serviceaccount/shop deployment/shop", "serviceaccount/shop metadata annotations": "{iam: role}",
			deployment + "serviceAccountName": "shop", deployment + "automountServiceAccountToken": "false",
		}},
		"that is there": {"serviceAccount: {name: robot, create: false}",
			map[string]string{"objects": "deployment/shop", deployment + "serviceAccountName": "robot"}},
		"that of the namespace, with its token": {"serviceAccount: {create: false, automount: true}",
			map[string]string{"objects": "deployment/shop", deployment + "serviceAccountName": "",
				deployment + "automountServiceAccountToken": "true"}},
		"with rights": {"rbac: {pods: [get], deployments.apps/scale: [patch]}", map[string]string{
			"objects": "serviceaccount/shop role/shop rolebinding/shop deployment/shop",
			"role/shop rules": "[{apiGroups: [''], resources: [pods], verbs: [get]}, {apiGroups: [apps], resources: " +
				"[deployments/scale], verbs: [patch]}]",
			"rolebinding/shop roleRef":                  "{apiGroup: rbac.authorization.k8s.io, kind: Role, name: shop}",
			"rolebinding/shop subjects":                 "[{kind: ServiceAccount, name: shop, namespace: shop-prod}]",
			deployment + "automountServiceAccountToken": "",
		}},
		"with rights in the cluster": {"rbac: {cluster: {nodes: [list]}}", map[string]string{
			"objects": "serviceaccount/shop clusterrole/shop-prod-shop clusterrolebinding/shop-prod-shop deployment/shop",
			"clusterrolebinding/shop-prod-shop subjects": "[{kind: ServiceAccount, name: shop, namespace: shop-prod}]",
		}},
		"of a workload, beside the one of all": {"serviceAccount: {labels: {a: b}}\n" +
			"workloads: {web: {rbac: {pods: [get]}}, api: {}, cron: {serviceAccount: false}}", map[string]string{
			"objects": "serviceaccount/shop serviceaccount/shop-web role/shop-web rolebinding/shop-web deployment/shop-web " +
				"deployment/shop-api deployment/shop-cron",
			"deployment/shop-web spec template spec serviceAccountName":            "shop-web",
			"deployment/shop-web spec template spec automountServiceAccountToken":  "",
			"deployment/shop-api spec template spec serviceAccountName":            "shop",
			"deployment/shop-cron spec template spec serviceAccountName":           "",
			"deployment/shop-cron spec template spec automountServiceAccountToken": "false",
		}},
		"of the hooks of what it belongs to": {"rbac: {pods: [get]}\n" +
			"hooks: {migrate: {command: [m]}, late: {command: [l], serviceAccount: false}}", map[string]string{
			"job/shop-migrate spec template spec serviceAccountName":           "shop",
			"job/shop-migrate spec template spec automountServiceAccountToken": "",
			"job/shop-late spec template spec serviceAccountName":              "",
			"job/shop-late spec template spec automountServiceAccountToken":    "false",
		}},
	} {
		t.Run(name, func(t *testing.T) { look(t, tt.src, tt.at) })
	}
}
