package harness

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// releaseAnnotation is on a pod that may go on, in a cluster that holds them: its value says how the pod ends.
const releaseAnnotation = "e2e.example.com/release"

// workloadControllers are those that make pods and follow them. CronJobs and autoscalers have none: what they do depends on
// the time and on a load that is not there.
const workloadControllers = "deployment-controller,replicaset-controller,statefulset-controller,daemonset-controller," +
	"job-controller,disruption-controller,endpointslice-controller"

// RunPods runs the pods of the cluster, as far as its API shows: the controllers make them, the scheduler gives them to one
// node, and kwok says of each that it is ready, or, if it is a Job's, that it has succeeded. With held it waits with each
// until [Cluster.Release].
func (c *Cluster) RunPods(t testing.TB, held bool) {
	t.Helper()
	dir := ShortTempDir(t)
	run := func(name, path string, args ...string) {
		t.Helper()
		Start(t, Program{
			Name: name, Path: Built(t, path), Args: append([]string{"--kubeconfig=" + c.Kubeconfig}, args...), Dir: dir,
			Env: []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}, Signal: syscall.SIGKILL,
		})
	}
	c.ApplyFiles(t, filepath.Join(Built(t, "kwok-stages"), "volume", "fast", "storage-class.yaml"))
	c.MustApply(t, Object{
		"apiVersion": "v1", "kind": "Node",
		"metadata": map[string]any{"name": "node", "labels": map[string]any{"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}},
	})
	capacity := Object{"cpu": "1000", "memory": "1000Gi", "pods": "1000"}
	err := c.API.PatchStatus("v1", "Node", "", "node", Object{"capacity": map[string]any(capacity),
		"allocatable": map[string]any(capacity)})
	if err != nil {
		t.Fatal(err)
	}
	run("workload-controllers", "kubernetes/kube-controller-manager",
		"--bind-address=127.0.0.1", "--secure-port="+FreePort(t), "--leader-elect=false",
		"--cert-dir="+filepath.Join(dir, "controllers"), "--controllers="+workloadControllers)
	run("kube-scheduler", "kubernetes/kube-scheduler",
		"--bind-address=127.0.0.1", "--secure-port="+FreePort(t), "--leader-elect=false", "--cert-dir="+filepath.Join(dir, "scheduler"))
	stages := filepath.Join(dir, "stages.yaml")
	WriteFile(t, stages, []byte(strings.Join(kwokStages(t, held), "\n---\n")))
	port := FreePort(t)
	run("kwok", "kwok/kwok", "--config="+stages, "--manage-all-nodes", "--server-address=127.0.0.1:"+port)
}

// kwokStages are kwok's own steps in the life of nodes, pods and claims.
func kwokStages(t testing.TB, held bool) []string {
	t.Helper()
	read := func(elem ...string) string {
		t.Helper()
		return string(ReadFile(t, filepath.Join(append([]string{Built(t, "kwok-stages")}, elem...)...)))
	}
	stages := []string{read("node", "fast", "node-initialize.yaml")}
	for _, name := range []string{"pv-bind", "pv-delete", "pvc-delete", "pvc-provision"} {
		stages = append(stages, read("volume", "fast", name+".yaml"))
	}
	stages = append(stages, read("pod", "fast", "pod-delete.yaml"))
	ready, succeed := read("pod", "fast", "pod-ready.yaml"), read("pod", "fast", "pod-complete.yaml")
	if !held {
		return append(stages, ready, succeed)
	}
	edit := func(text string, pairs ...string) string {
		t.Helper()
		for i := 0; i < len(pairs); i += 2 {
			if strings.Count(text, pairs[i]) != 1 {
				t.Fatalf("a stage of kwok has %q not once", pairs[i])
			}
			text = strings.Replace(text, pairs[i], pairs[i+1], 1)
		}
		return text
	}
	when := func(operator, values string) string {
		return fmt.Sprintf("matchExpressions:\n    - key: '.metadata.annotations[%q]'\n      operator: '%s'\n%s", releaseAnnotation,
			operator, values)
	}
	const anchor = "matchExpressions:\n"
	fail := edit(succeed, "name: pod-complete", "name: pod-fail", "exitCode: 0", "exitCode: 1", "reason: Completed", "reason: Error",
		"phase: Succeeded", "phase: Failed")
	return append(stages,
		edit(ready, anchor, when("Exists", "")),
		edit(succeed, anchor, when("In", "      values: ['succeed']\n")),
		edit(fail, anchor, when("In", "      values: ['fail']\n")))
}

// Release lets the pods that are there and match the labels go on: they become ready, and those of a Job end as succeeds
// says. It returns how many they are.
func (c *Cluster) Release(t testing.TB, namespace string, labels map[string]string, succeeds bool) int {
	t.Helper()
	pods, err := c.API.List("v1", "Pod", namespace)
	if err != nil {
		t.Fatal(err)
	}
	outcome := "fail"
	if succeeds {
		outcome = "succeed"
	}
	released := 0
	for _, pod := range pods {
		if !hasLabels(pod, labels) {
			continue
		}
		released++
		err := c.API.Patch("v1", "Pod", namespace, pod.Text("metadata", "name"), Object{
			"metadata": map[string]any{"annotations": map[string]any{releaseAnnotation: outcome}},
		})
		if err != nil && !IsNotFound(err) {
			t.Fatal(err)
		}
	}
	return released
}

func hasLabels(o Object, labels map[string]string) bool {
	for key, value := range labels {
		if o.Text("metadata", "labels", key) != value {
			return false
		}
	}
	return true
}

// RolledOut fails while the pods of a namespace's workloads are not as their newest specs say, or not all available.
func (c *Cluster) RolledOut(namespace string) error {
	for _, kind := range []string{"Deployment", "StatefulSet"} {
		workloads, err := c.API.List("apps/v1", kind, namespace)
		if err != nil {
			return err
		}
		for _, o := range workloads {
			name := kind + " " + o.Text("metadata", "name")
			if got, want := o.Text("status", "observedGeneration"), o.Text("metadata", "generation"); got != want {
				return fmt.Errorf("%s: generation %s is observed, not %s", name, got, want)
			}
			for _, field := range []string{"replicas", "updatedReplicas", "availableReplicas"} {
				if got, want := number(o.Text("status", field)), number(o.Text("spec", "replicas")); got != want {
					return fmt.Errorf("%s: %s is %d, not %d", name, field, got, want)
				}
			}
		}
	}
	return nil
}

// settleTime is how long a namespace's objects have to stay the same to be at rest.
const settleTime = time.Second

// Settled waits until the controllers of a namespace's objects have no more to write, and returns its [Cluster.Versions].
func (c *Cluster) Settled(t testing.TB, namespace string) map[string]string {
	t.Helper()
	Eventually(t, syncTimeout, "the rollouts in "+namespace, func() error { return c.RolledOut(namespace) })
	versions, since := c.Versions(t, namespace), time.Now()
	Eventually(t, syncTimeout, namespace+" at rest", func() error {
		if now := c.Versions(t, namespace); !maps.Equal(now, versions) {
			versions, since = now, time.Now()
		}
		if quiet := time.Since(since); quiet < settleTime {
			return fmt.Errorf("it is since %s", quiet)
		}
		return nil
	})
	return versions
}
