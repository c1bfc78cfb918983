package law_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/test/internal/oracle"
)

// TestLawUnderPlatform is the law of overlays with an operator's file below the
// apps.
func TestLawUnderPlatform(t *testing.T) {
	kustomize := oracle.Stock(t)
	each(t, 3, func(t *testing.T, a app) error {
		text := platformFile(string(a.all()[descriptor.FileName]))
		p, diags := platform.Parse("platform.yaml", []byte(text))
		if diags.HasErrors() {
			t.Fatalf("%v\n%s", diags, text)
		}
		u, err := oracle.UnfoldUnder(a.write(t), p, a.options())
		if err == nil {
			err = kustomize.Hold(u, filepath.Join(t.TempDir(), "tree"))
		}
		if err != nil {
			return fmt.Errorf("%w\n-- platform.yaml --\n%s", err, text)
		}
		return nil
	})
}

// platformFile returns a random file that goes with an app. What the built-in
// environments set, it sets too, so that an app's null has something to delete.
func platformFile(app string) string {
	h := fnv.New64a()
	h.Write([]byte(app))
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	some := func(lines ...string) string {
		var b strings.Builder
		for _, l := range lines {
			if r.IntN(2) == 0 {
				b.WriteString(l + "\n")
			}
		}
		return b.String()
	}
	settings := func(indent string) string {
		return some(
			indent+"namespace: \"{env}-{app}\"",
			indent+"pullSecrets: [registry-a, registry-b]",
			indent+"ingress: {domain: \"{env}.example.com\", class: nginx}",
			indent+"policy: {no-probes: warning, image-not-pinned: warning, no-resources: off, unknown-reference: warning}",
		)
	}
	text := "apiVersion: unfold.dev/v1alpha1\nkind: Platform\n" + "furtherEnvironments: [\"*\"]\n" + settings("") +
		"defaults:\n  labels: {owner: platform}\n" + some(
		"  security: baseline", "  annotations: {example.com/contact: \"on: call\"}", "  podLabels: {mesh: \"on\"}",
		"  env: {REGION: eu, POD_IP: {field: status.podIP}}", "  config: {TIER: \"1.10\"}", "  disruption: {minAvailable: 1}",
	) + "environments:\n"
	for _, env := range []string{"dev", "staging", "prod", "qa"} {
		text += "  " + env + ":\n" + settings("    ") +
			"    defaults:\n      replicas: " + fmt.Sprint(1+r.IntN(4)) + "\n      config: {LOG_LEVEL: NOTICE}\n" +
			"      resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {cpu: 1, memory: 64Mi}}\n" +
			some("      labels: {stage: "+env+"}", "      env: {REGION: us}")
	}
	return text
}
