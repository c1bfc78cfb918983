package adopt_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/adopt"
	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func objects(t *testing.T, src string) []*value.Value {
	t.Helper()
	docs, diags := value.ReadAll("objects.yaml", []byte(src))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return docs
}

func TestCompare(t *testing.T) {
	const claim = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: x%s}, spec: {accessModes: [ReadWriteOnce], " +
		"resources: {requests: {storage: %s}}%s}}\n"
	for _, c := range []struct {
		name, source, rendered string
		differences, erased    []string
		same, secrets          int
	}{
		{name: "the same", source: fmt.Sprintf(claim, "", "1Gi", ""), rendered: fmt.Sprintf(claim, "", "1Gi", ""), same: 1},
		{name: "a quantity and a default", source: fmt.Sprintf(claim, "", "1024Mi", ""),
			rendered: fmt.Sprintf(claim, "", "1Gi", ", volumeMode: Filesystem"), same: 1,
			erased: []string{"persistentvolumeclaim/x [spec.resources.requests.storage spec.volumeMode]"}},
		{name: "a quantity beside a difference", source: fmt.Sprintf(claim, "", "1024Mi", ""),
			rendered: fmt.Sprintf(claim, "", "1Gi", ", volumeName: y"),
			differences: []string{"  persistentvolumeclaim/x", "! spec.volumeName of persistentvolumeclaim/x can't be changed: Argo CD's " +
				"sync will fail until the object is deleted, or has Replace=true,Force=true in its sync options; " +
				"keep the old value to avoid that", "+     spec.volumeName: y"},
			erased: []string{"persistentvolumeclaim/x [spec.resources.requests.storage]"}},
		{name: "a namespace on one side", source: fmt.Sprintf(claim, ", namespace: a", "1Gi", ""),
			rendered: fmt.Sprintf(claim, "", "1Gi", ""), same: 1},
		{name: "other namespaces", source: fmt.Sprintf(claim, ", namespace: a", "1Gi", ""),
			rendered: fmt.Sprintf(claim, ", namespace: b", "1Gi", ""),
			differences: []string{"  persistentvolumeclaim/x", "! persistentvolumeclaim/x moves to another namespace: it is deleted and " +
				"made anew, unless namespace stays what it was", "-     metadata.namespace: a", "+     metadata.namespace: b"}},
		{name: "on one side only", source: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
			rendered:    "{apiVersion: v1, kind: Service, metadata: {name: a}}",
			differences: []string{"- configmap/a", "+ service/a"}},
		{name: "a Secret", source: "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: eA==}}", rendered: "", secrets: 1},
		{name: "a Secret on both sides", source: "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: eA==}}",
			rendered:    "{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {a: y}}",
			differences: []string{"  secret/a", "-     data.a: *** (before)", "+     data.a: *** (after)"},
			erased:      []string{"secret/a [stringData]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := adopt.Compare(objects(t, c.source), objects(t, c.rendered))
			var erased []string
			for _, e := range got.Erased {
				erased = append(erased, fmt.Sprintf("%s %v", e.ID, e.Paths))
			}
			if d := cmp.Diff(c.differences, diff.Lines(got.Differences)); d != "" {
				t.Errorf("differences (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.erased, erased); d != "" {
				t.Errorf("erased (-want +got):\n%s", d)
			}
			if got.Same != c.same || len(got.Secrets) != c.secrets {
				t.Errorf("%d are the same and %d Secrets, want %d and %d", got.Same, len(got.Secrets), c.same, c.secrets)
			}
		})
	}
}
