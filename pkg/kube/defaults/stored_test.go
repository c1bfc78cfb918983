package defaults_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/kube/defaults"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

func TestStored(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"service", "apiVersion: v1\nkind: Service\nmetadata: {name: a, creationTimestamp: null}\n" +
			"spec: {ports: [{port: 80}], selector: {a: b}}\n",
			"apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  internalTrafficPolicy: Cluster\n  ports:\n  - port: 80\n" +
				"    protocol: TCP\n    targetPort: 80\n  selector:\n    a: b\n  sessionAffinity: None\n  type: ClusterIP\n"},
		{"secret", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {b: eA==, c: eQ==}\nstringData: {b: z}\n",
			"apiVersion: v1\ndata:\n  b: eg==\n  c: eQ==\nkind: Secret\nmetadata:\n  name: a\ntype: Opaque\n"},
		{"zero values", "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a, labels: {}}\nspec:\n  schedule: '@daily'\n" +
			"  suspend: false\n" +
			"  startingDeadlineSeconds: 0\n" +
			"  jobTemplate: {spec: {template: {spec: {hostNetwork: false, containers: [], volumes: null}}}}\n",
			"apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: a\nspec:\n  concurrencyPolicy: Allow\n  failedJobsHistoryLimit: 1\n" +
				"  jobTemplate:\n    spec:\n      template:\n        spec:\n          dnsPolicy: ClusterFirst\n" +
				"          restartPolicy: Always\n" +
				"          schedulerName: default-scheduler\n          securityContext: {}\n          terminationGracePeriodSeconds: 30\n" +
				"  schedule: '@daily'\n  startingDeadlineSeconds: 0\n  successfulJobsHistoryLimit: 3\n  suspend: false\n"},
		{"custom", "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a, labels: {}}\nspec: {list: [], text: ''}\n",
			"apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: a\nspec:\n  list: []\n  text: \"\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := read(t, c.in)
			stored := defaults.Stored(v)
			if diff := cmp.Diff(c.want, write(t, stored)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.want, write(t, defaults.Stored(stored))); diff != "" {
				t.Errorf("stored again (-want +got):\n%s", diff)
			}
			minimal := defaults.Minimal(stored)
			if !value.Equal(defaults.Stored(minimal), stored) {
				t.Errorf("the minimal form is another object:\n%s", write(t, minimal))
			}
		})
	}
}

func TestLive(t *testing.T) {
	v := read(t, `apiVersion: apps/v1
kind: Deployment
metadata:
  name: a
  uid: 5d1d6cd0-7b0e-4b5c-9d5e-3a3b1a1c0001
  resourceVersion: "17"
  generation: 3
  creationTimestamp: "2026-01-02T03:04:05Z"
  annotations: {deployment.kubernetes.io/revision: "3", kubectl.kubernetes.io/last-applied-configuration: "{}"}
  managedFields: [{manager: kubectl}]
spec:
  progressDeadlineSeconds: 600
  replicas: 2
  revisionHistoryLimit: 10
  selector: {matchLabels: {app: a}}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 25%}}
  template:
    metadata: {labels: {app: a}, creationTimestamp: null}
    spec:
      containers:
      - {name: a, image: "a:1", imagePullPolicy: IfNotPresent, resources: {}, terminationMessagePath: /dev/termination-log,
        terminationMessagePolicy: File}
      dnsPolicy: ClusterFirst
      restartPolicy: Always
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
status: {replicas: 2}
`)
	want := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: a
spec:
  replicas: 2
  selector:
    matchLabels:
      app: a
  template:
    metadata:
      labels:
        app: a
    spec:
      containers:
      - image: a:1
        name: a
`
	if diff := cmp.Diff(want, write(t, defaults.Minimal(defaults.Live(v)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func read(t *testing.T, text string) *value.Value {
	t.Helper()
	v, diags := value.Read("object.yaml", []byte(text))
	if diags.HasErrors() {
		t.Fatal(diags.Err())
	}
	return v
}

func write(t *testing.T, v *value.Value) string {
	t.Helper()
	text, err := value.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestLiveOfNoCluster holds that what somebody wrote stays: only an object with a uid
// has been in a cluster.
func TestLiveOfNoCluster(t *testing.T) {
	const claim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  finalizers:
  - example.com/keep
  name: a
spec:
  volumeName: disk
`
	v, err := value.Read("", []byte(claim+"status: {phase: Bound}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(claim, write(t, defaults.Live(v))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
