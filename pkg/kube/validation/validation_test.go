package validation_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/validation"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestCheck holds what has to pass; test/bad and test/e2e hold what has not.
func TestCheck(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"an unknown group", "{apiVersion: example.com/v1, kind: Deployment, metadata: {name: A_B}, spec: 5}", ""},
		{"an unknown version", "{apiVersion: resource.k8s.io/v1beta1, kind: ResourceClaim, metadata: {name: a}, spec: 5}", ""},
		{"a volume without a source, which is an empty folder",
			"{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: a}], volumes: [{name: a}]}}", ""},
		{"roles may have names that others can't", "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: 'system:A'}}",
			""},
		{"a headless Service without ports", "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: None}}", ""},
		{"claims are volumes of a StatefulSet",
			`{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {selector: {matchLabels: {a: b}},
			template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a, volumeMounts: [{name: data, mountPath: /a}]}]}},
			volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce],
			resources: {requests: {storage: 1Gi}}}}]}}`, ""},
		{"a sidecar has probes", "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: a}], " +
			"initContainers: [{name: b, image: b, restartPolicy: Always, livenessProbe: {httpGet: {port: 80}}}]}}", ""},
		{"no object at all", "{apiVersion: v1, kind: Pod, spec: []}", "f:1:35: spec must be a map, not a list"},
		{"nothing", "{}", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, diags := value.Read("f", []byte(tt.src))
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			validation.Check(v, &diags)
			if diff := cmp.Diff(tt.want, diags.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	var diags diag.List
	validation.Check(nil, &diags)
	if len(diags) > 0 {
		t.Errorf("nil: got %v", diags)
	}
}

func TestSchedule(t *testing.T) {
	for _, s := range []string{"* * * * *", "*/5 0-6 1,15 jan-mar MON", "0 0 1 1 0", "@daily", "@every 1h", "0 0 ? * 1-5/2",
		"1-5/2 * * * *"} {
		if problem := validation.Schedule(s); problem != "" {
			t.Errorf("%q: it %s", s, problem)
		}
	}
	for _, s := range []string{"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 7",
		"*/0 * * * *", "5-1 * * * *", "a * * * *", "@never", "TZ=UTC * * * * *", "CRON_TZ=UTC @daily", ", * * * *"} {
		if validation.Schedule(s) == "" {
			t.Errorf("%q: no problem", s)
		}
	}
}
