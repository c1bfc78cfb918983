package adopt

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func TestWritten(t *testing.T) {
	docs, diags := value.ReadAll("objects.yaml", []byte(`
{apiVersion: v1, kind: Pod, metadata: {name: owned, uid: u, ownerReferences: [{kind: ReplicaSet, name: x, controller: true}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: not-controlled, uid: u, ownerReferences: [{kind: ReplicaSet, name: x}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: never-there, ownerReferences: [{kind: ReplicaSet, name: x, controller: true}]}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, uid: u}, spec: {volumeClaimTemplates: [{metadata: {name: data}}]}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-0, uid: u}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-old, uid: u}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, uid: u}, spec: {selector: {app: web}}}
---
{apiVersion: v1, kind: Endpoints, metadata: {name: web, uid: u}}
---
{apiVersion: v1, kind: Endpoints, metadata: {name: outside, uid: u}}
---
{apiVersion: v1, kind: Secret, metadata: {name: token, uid: u}, type: kubernetes.io/service-account-token}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, uid: u}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: kube-root-ca.crt}}
`))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	_, made := written(docs)
	var got []string
	for _, id := range made {
		got = append(got, id.String())
	}
	want := []string{"pod/owned", "persistentvolumeclaim/data-db-0", "endpoints/web", "secret/token", "serviceaccount/default"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("made by the cluster (-want +got):\n%s", d)
	}
}
