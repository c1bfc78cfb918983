package descriptor

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSearch(t *testing.T) {
	for word, want := range map[string][]string{
		"cron": {"jobs", "schedule", "workloads.NAME.kind"}, "cronjob": {"jobs"}, "CronJobs": {"jobs"}, "migration": {"hooks"},
		"job": {"hooks", "hooks.NAME.phase", "workloads.NAME.kind"}, "jobs": {"hooks"}, "secret": {"secrets", "externalSecrets"},
		"database": {"externalSecrets"}, "volume": {"volumes"}, "port": {"port", "ports"}, "domain": {"ingress", "route"},
		"host": {"ingress", "route"}, "url": {"ingress"}, "healthcheck": {"probes"}, "health-check": {"probes"},
		"scale": {"replicas", "autoscaling"}, "memory": {"resources"}, "tls": {"ingress.tls"}, "canary": {"strategy"},
		"storage": {"volumes"}, "variables": {"env", "config"}, "password": {"secrets"}, "sidecar": {"sidecars"},
		"alert": {"metrics"}, "helm": {"manifests"}, "user": {"security"},
	} {
		var got []string
		for _, x := range Search(word) {
			got = append(got, x.Path)
		}
		if len(got) > maxFound || len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
			t.Errorf("%s: %q, want first %q", word, got, want)
		}
	}
	for _, word := range []string{"", "x", "replcias", "qwertz"} {
		if got := Search(word); len(got) > 0 {
			t.Errorf("%s: %d fields", word, len(got))
		}
	}
}

// TestSubjects holds that the fields in the table are there.
func TestSubjects(t *testing.T) {
	for _, s := range subjects() {
		for path := range strings.FieldsSeq(s.paths) {
			if x, diags := Explain(path); len(diags) > 0 || x.Doc == "" {
				t.Errorf("%s is no field with a documentation", path)
			}
		}
		for word := range strings.FieldsSeq(s.words) {
			if word != plainWord(word) {
				t.Errorf("%s is not as it is looked for", word)
			}
		}
	}
}

// TestEveryField holds that the search sees each field of the top level, and none twice.
func TestEveryField(t *testing.T) {
	var paths []string
	for _, x := range everyField() {
		paths = append(paths, x.Path)
	}
	seen := slices.Clone(paths)
	slices.Sort(seen)
	if diff := cmp.Diff(len(paths), len(slices.Compact(seen))); diff != "" {
		t.Errorf("a field is there twice: %s", diff)
	}
	for _, name := range FieldNames() {
		if !slices.Contains(paths, name) && name != "kind" {
			t.Errorf("%s is not searched", name)
		}
	}
}
