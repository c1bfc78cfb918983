package expand

import (
	"regexp"
	"testing"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
)

// TestPodNames holds that a workload's pods are found by name, and those of one
// whose name begins alike are not.
func TestPodNames(t *testing.T) {
	const long = "a-name-of-a-deployment-that-leaves-no-room-for-a-whole-hash"
	for _, tt := range []struct {
		kind, name   string
		pods, others []string
	}{
		{"Deployment", "api", []string{"api-7c5ddbdf54-x2x4z", "api-594b8c9d-wqz6n"},
			[]string{"api-worker-7c5ddbdf54-x2x4z", "api-0", "api-x2x4z", "api-db-x2x4z", "web-api-7c5ddbdf54-x2x4z", "api-migrate-x2x4z",
				"api-pr-7-7c5ddbdf54-x2x4z"}},
		{"Deployment", long, []string{long[:58] + "x2x4z", long[:58] + "-2x4z"},
			[]string{"api-7c5ddbdf54-x2x4z", long[:40] + "-7c5ddbdf54-x2x4z"}},
		{"Deployment", "a-name-with-room-for-a-part-of-the-hash-and-no-more",
			[]string{"a-name-with-room-for-a-part-of-the-hash-and-no-more-7c5ddbx2x4z"},
			[]string{"a-name-with-room-for-a-part-of-the-hash-0"}},
		{"StatefulSet", "db", []string{"db-0", "db-12"}, []string{"db-backup-0", "db-7c5ddbdf54-x2x4z", "my-db-0"}},
		{"DaemonSet", "agent", []string{"agent-x2x4z"}, []string{"agent-logs-x2x4z", "agent-7c5ddbdf54-x2x4z"}},
		{"Job", "load", []string{"load-x2x4z", "load-3-x2x4z"}, []string{"load-again-x2x4z", "load-0"}},
		{"CronJob", "nightly", []string{"nightly-29384760-x2x4z", "nightly-29384760-0-x2x4z"},
			[]string{"nightly-x2x4z", "nightly-report-29384760-x2x4z"}},
	} {
		kind, _ := kinds.Find(tt.kind)
		pattern := podNames(&descriptor.Workload{Kind: kind}, tt.name)
		re := regexp.MustCompile("^(?:" + pattern + ")$") // as Prometheus anchors it
		for _, pod := range tt.pods {
			if !re.MatchString(pod) {
				t.Errorf("%s %s: %s does not find %s", tt.kind, tt.name, pattern, pod)
			}
		}
		for _, pod := range tt.others {
			if re.MatchString(pod) {
				t.Errorf("%s %s: %s finds %s", tt.kind, tt.name, pattern, pod)
			}
		}
	}
}
