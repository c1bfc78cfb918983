package harness

import (
	"testing"
	"time"
)

// EndJob ends a Job as its controller would.
func (a *API) EndJob(namespace, name string, succeeded bool) error {
	now := time.Now().UTC().Format(time.RFC3339)
	status, conditions := Object{"startTime": now}, []string{"FailureTarget", "Failed"}
	if succeeded {
		conditions = []string{"SuccessCriteriaMet", "Complete"}
		status["completionTime"], status["succeeded"] = now, 1
	}
	var list []any
	for _, condition := range conditions {
		list = append(list, map[string]any{"type": condition, "status": "True", "lastTransitionTime": now, "lastProbeTime": now})
	}
	status["conditions"] = list
	return a.PatchStatus("batch/v1", "Job", namespace, name, status)
}

// CompleteJobs lets every Job succeed as soon as it is there, until the test ends: nothing runs pods, and Argo CD waits
// for the Jobs of hooks.
func (c *Cluster) CompleteJobs(t testing.TB) {
	t.Helper()
	stop, err := c.API.Watch("batch/v1", "Job", "", func(job Object) {
		if job.Text("kind") != "Job" || job.Get("status", "conditions") != nil || job.Text("metadata", "deletionTimestamp") != "" {
			return
		}
		err := c.API.EndJob(job.Text("metadata", "namespace"), job.Text("metadata", "name"), true)
		if err != nil && !IsNotFound(err) {
			t.Errorf("completing a Job: %v", err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}
