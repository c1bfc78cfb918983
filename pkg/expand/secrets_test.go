package expand_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSecrets holds what becomes of secrets: their names, to which strict values are
// bound, and how the pods get them.
func TestSecrets(t *testing.T) {
	const pod = "deployment/shop spec template spec "
	const env = pod + "containers 0 envFrom"
	for name, tt := range map[string]struct {
		src string
		at  map[string]string
	}{
		"a strict value": {"secrets: {A: SEALED}", map[string]string{
			"objects": "sealedsecret/shop-secrets deployment/shop", "sealedsecret/shop-secrets spec encryptedData": "{A: SEALED}",
			"sealedsecret/shop-secrets metadata annotations":               "{argocd.argoproj.io/sync-wave: '-2'}",
			"sealedsecret/shop-secrets spec template metadata annotations": "",
			env: "[{secretRef: {name: shop-secrets}}]",
		}},
		"a scope each": {"secrets: {A: SEALED, B: {value: SEALED, scope: namespace-wide}, C: {value: SEALED, scope: cluster-wide}}",
			map[string]string{
				"objects": "sealedsecret/shop-secrets sealedsecret/shop-secrets-namespace-wide sealedsecret/shop-secrets-cluster-wide " +
					"deployment/shop",
				"sealedsecret/shop-secrets-cluster-wide metadata annotations": "{sealedsecrets.bitnami.com/cluster-wide: " +
					"'true', argocd.argoproj.io/sync-wave: '-2'}",
				"sealedsecret/shop-secrets-cluster-wide spec template metadata annotations": "{sealedsecrets.bitnami.com/cluster-wide: " +
					"'true'}",
				"sealedsecret/shop-secrets-namespace-wide spec encryptedData": "{B: SEALED}",
				env: "[{secretRef: {name: shop-secrets}}, {secretRef: {name: shop-secrets-namespace-wide}}, {secretRef: {name: " +
					"shop-secrets-cluster-wide}}]",
			}},
		"names that have to stay do not matter": {"names: {Deployment: legacy}\nsecrets: {A: SEALED}",
			map[string]string{"objects": "sealedsecret/shop-secrets deployment/legacy"}},
		"of a workload": {"secrets: {A: SEALED}\nworkloads: {web: {secrets: {B: SEALED}}, api: {}}", map[string]string{
			"objects": "sealedsecret/shop-secrets sealedsecret/shop-web-secrets deployment/shop-web deployment/shop-api",
			"deployment/shop-web spec template spec containers 0 envFrom": "[{secretRef: {name: shop-secrets}}, {secretRef: {name: " +
				"shop-web-secrets}}]",
			"deployment/shop-api spec template spec containers 0 envFrom": "[{secretRef: {name: shop-secrets}}]",
		}},
		"in a folder": {"secrets: {mount: /etc/s, type: kubernetes.io/tls, labels: {a: b}, tls.crt: SEALED, tls.key: SEALED}",
			map[string]string{
				"sealedsecret/shop-secrets spec template type": "kubernetes.io/tls",
				"sealedsecret/shop-secrets spec template metadata labels": "{app.kubernetes.io/name: shop, app.kubernetes.io/managed-by: " +
					"unfold, a: b}",
				env: "", pod + "volumes": "[{name: secrets, secret: {secretName: shop-secrets}}]",
				pod + "containers 0 volumeMounts": "[{name: secrets, mountPath: /etc/s, readOnly: true}]",
			}},
		"one in a file": {"secrets: {A: SEALED, tls.key: {value: SEALED, mount: /etc/tls.key}}", map[string]string{
			env: "", pod + "containers 0 env": "[{name: A, valueFrom: {secretKeyRef: {name: shop-secrets, key: A}}}]",
			pod + "containers 0 volumeMounts": "[{name: secrets, mountPath: /etc/tls.key, subPath: tls.key, readOnly: true}]",
		}},
		"env wins": {"env: {A: mine}\nsecrets: {A: SEALED, b: {value: SEALED, mount: /b}}",
			map[string]string{pod + "containers 0 env": "[{name: A, value: mine}]"}},
		"scopes that share a folder": {"secrets: {mount: /s, A: SEALED, B: {value: SEALED, scope: cluster-wide}}", map[string]string{
			pod + "volumes": "[{name: secrets, projected: {sources: [{secret: {name: shop-secrets}}, {secret: {name: " +
				"shop-secrets-cluster-wide}}]}}]"}},
		"a sidecar of another image has none": {"secrets: {A: SEALED}\nsidecars: {proxy: {image: reg.io/proxy:v1}}",
			map[string]string{pod + "initContainers 0 envFrom": "", env: "[{secretRef: {name: shop-secrets}}]"}},
		"earlier than a wave": {"syncWave: 3\nsecrets: {A: SEALED}",
			map[string]string{"sealedsecret/shop-secrets metadata annotations": "{argocd.argoproj.io/sync-wave: '1'}"}},
		"of a store": {"externalSecrets: {store: {name: vault, kind: ClusterSecretStore}, refreshInterval: 1h, DB: 'shop/db#password', " +
			"tls.key: {key: shop/tls, version: '3', mount: /tls.key}}", map[string]string{
			"objects": "externalsecret/shop-external-secrets deployment/shop",
			"externalsecret/shop-external-secrets spec": "{refreshInterval: 1h, secretStoreRef: {name: vault, kind: " +
				"ClusterSecretStore}, target: {name: shop-external-secrets}, " +
				"data: [{secretKey: DB, remoteRef: {key: shop/db, property: password}}, {secretKey: tls.key, remoteRef: {key: shop/tls, " +
				"version: '3'}}]}",
			pod + "containers 0 env":          "[{name: DB, valueFrom: {secretKeyRef: {name: shop-external-secrets, key: DB}}}]",
			pod + "containers 0 volumeMounts": "[{name: external-secrets, mountPath: /tls.key, subPath: tls.key, readOnly: true}]",
		}},
		"all that a store has": {"externalSecrets: {store: vault, dataFrom: [{extract: {key: all}}]}",
			map[string]string{env: "[{secretRef: {name: shop-external-secrets}}]"}},
	} {
		t.Run(name, func(t *testing.T) {
			for path, want := range tt.at {
				tt.at[path] = strings.ReplaceAll(want, "SEALED", sealed())
			}
			look(t, tt.src, tt.at)
		})
	}
}

// TestSecretsChecksum holds that pods roll when a sealed value changes, and only then.
func TestSecretsChecksum(t *testing.T) {
	sum := func(src string) string {
		return find(t, objectsOf(t, src), "deployment/shop spec template metadata annotations").StringAt("unfold.dev/secrets-checksum")
	}
	one := sum("secrets: {A: SEALED}")
	if one == "" || one == sum("secrets: {B: SEALED}") {
		t.Errorf("the checksum %q does not tell keys apart", one)
	}
	if diff := cmp.Diff(one, sum("secrets: {A: SEALED, labels: {x: y}}\nreplicas: 2")); diff != "" {
		t.Error(diff)
	}
	if got := sum("externalSecrets: {store: vault, A: a}"); got != "" {
		t.Errorf("a value that nobody knows has the checksum %q", got)
	}
}
