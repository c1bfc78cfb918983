package adopt

import (
	"testing"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
)

func TestRisk(t *testing.T) {
	for _, c := range []struct {
		kind, path string
		fixed      bool
		want       Risk
	}{
		{"Deployment", "spec.selector.matchLabels.app", true, Immutable},
		{"Deployment", "spec.template.spec.containers[a].image", false, Restart},
		{"Deployment", "spec.template.metadata.labels.app", false, Restart},
		{"Deployment", "spec.template.spec.securityContext.runAsNonRoot", false, Outage},
		{"Deployment", "spec.template.spec.containers[a].livenessProbe", false, Outage},
		{"Deployment", "spec.replicas", false, Setting},
		{"Deployment", "metadata.labels.app", false, Metadata},
		{"CronJob", "spec.jobTemplate.spec.template.spec.containers[a].image", false, Setting},
		{"Service", "spec.ports[80].targetPort", false, Outage},
		{"Service", "spec.selector.app", false, Outage},
		{"Service", "spec.sessionAffinity", false, Setting},
		{"Ingress", "spec.rules[0].host", false, Outage},
		{"NetworkPolicy", "spec.podSelector", false, Outage},
		{"ConfigMap", "metadata.annotations", false, Metadata},
		{"ConfigMap", "data.a", false, Setting},
	} {
		if got := risk(object.ID{Kind: c.kind}, diff.Field{Path: c.path, Fixed: c.fixed}); got != c.want {
			t.Errorf("%s of a %s: %s, want %s", c.path, c.kind, got, c.want)
		}
	}
}
