package render_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/render"
)

// TestReferencesOfKinds renames what the pods of each kind refer to, by a suffix and by a hash. Kustomize sees only a part
// of that by itself, and has to be told the rest.
func TestReferencesOfKinds(t *testing.T) {
	const app = `apiVersion: unfold.dev/v1alpha1
kind: App
name: shop
image: shop:v1
config: {A: b}
accept: {plain-secret: a test, no-resources: a test}
environments: {dev: {nameSuffix: -new}}
manifests:
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: its-account}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: its-config}, data: {k: v}}
- {apiVersion: v1, kind: Secret, metadata: {name: its-secret}, stringData: {k: v}}
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata: {name: its-claim}
  spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
- {apiVersion: %s, kind: %s, metadata: {name: it}, spec: %s}
`
	const container = "{name: %s, image: 'c:v1', envFrom: [{configMapRef: {name: its-config}}, {secretRef: {name: its-secret}}], env: [" +
		"{name: A, valueFrom: {configMapKeyRef: {name: its-config, key: k}}}, " +
		"{name: B, valueFrom: {secretKeyRef: {name: its-secret, key: k}}}, " +
		"{name: C, valueFrom: {configMapKeyRef: {name: shop-config, key: A}}}]}"
	const pod = "{restartPolicy: %s, serviceAccountName: its-account, imagePullSecrets: [{name: its-secret}], " +
		"initContainers: [%s], containers: [%s], volumes: [{name: m, configMap: {name: its-config}}, " +
		"{name: s, secret: {secretName: its-secret}}, {name: p, persistentVolumeClaim: {claimName: its-claim}}, " +
		"{name: o, projected: {sources: [{configMap: {name: its-config}}, {secret: {name: its-secret}}]}}]}"
	reference := regexp.MustCompile(`\b(its-|shop-config)\S*`)
	renamed := regexp.MustCompile(`^(its-[a-z]+-new|shop-config-new-[a-z0-9]{10})$`)
	for _, kind := range kinds.All() {
		t.Run(kind.Name, func(t *testing.T) {
			restart := "Always"
			if kind.Completes {
				restart = "Never"
			}
			spec := fmt.Sprintf(pod, restart, fmt.Sprintf(container, "i"), fmt.Sprintf(container, "c"))
			if len(kind.Template) > 0 {
				spec = "{metadata: {labels: {a: b}}, spec: " + spec + "}"
				for i, key := range slices.Backward(kind.Template[1:]) {
					more := ""
					if i == 0 && kind.Selector {
						more = ", selector: {matchLabels: {a: b}}"
					}
					if i == 0 && kind.Scheduled {
						more = ", schedule: '@daily'"
					}
					if kind.Name == kinds.Rollout {
						more += ", strategy: {canary: {}}"
					}
					spec = "{" + key + ": " + spec + more + "}"
				}
			}
			dir := t.TempDir()
			src := fmt.Appendf(nil, app, kind.APIVersion, kind.Name, spec)
			if err := os.WriteFile(filepath.Join(dir, "app.yaml"), src, 0o644); err != nil {
				t.Fatal(err)
			}
			r, err := render.RenderApp(render.Folder{Dir: dir}, nil, "dev", render.Options{})
			if err != nil || len(r.Results) != 1 {
				t.Fatal(err, r.Diags)
			}
			names := reference.FindAllString(string(r.Results[0].Manifests), -1)
			if len(names) < 22 {
				t.Errorf("%d names:\n%s", len(names), r.Results[0].Manifests)
			}
			for _, name := range names {
				if !renamed.MatchString(name) {
					t.Errorf("%s is not renamed", name)
				}
			}
		})
	}
}
