package platform

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// syncOptions returns the sync options that Argo CD 3.2 knows in an Application. It compares whole texts and passes over all
// others. test/e2e/library/options holds them to its source.
func syncOptions() []string {
	out := []string{"PrunePropagationPolicy=background", "PrunePropagationPolicy=foreground", "PrunePropagationPolicy=orphan"}
	for _, name := range []string{"ApplyOutOfSyncOnly", "ClientSideApplyMigration", "CreateNamespace", "FailOnSharedResource", "PruneLast",
		"Replace", "RespectIgnoreDifferences", "ServerSideApply", "SkipDryRunOnMissingResource", "Validate"} {
		out = append(out, name+"=false", name+"=true")
	}
	slices.Sort(out)
	return out
}

func syncOptionCheck() *schema.Check {
	all := syncOptions()
	return &schema.Check{Enum: all, Problem: func(s string) string {
		if !slices.Contains(all, s) {
			return "is not a sync option of Applications"
		}
		return ""
	}, Cure: func(s string) string {
		name, _, _ := strings.Cut(s, "=")
		if slices.Contains([]string{"Prune", "Delete", "Force"}, name) {
			return "Argo CD reads " + name + " only of objects: write defaults: {syncOptions: {" + name + ": …}}"
		}
		return diag.Hint(s, "the options are", all)
	}}
}

// services returns the kinds of services that Argo CD Notifications knows, which are also the names of those with no name of
// their own. test/e2e/library/options holds them to its source.
func services() []string {
	return []string{"alertmanager", "awssqs", "email", "github", "googlechat", "grafana", "mattermost", "newrelic", "opsgenie",
		"pagerduty", "pagerdutyv2", "pushover", "rocketchat", "slack", "teams", "teams-workflows", "telegram", "webex", "webhook"}
}

// recipients reports services that have nobody to tell, and warns of those whose names are most likely misspelt: Argo CD sends
// them nothing, in silence. A service may have any name, and a webhook has no recipient.
func (r *reader) recipients(team string, notify *value.Value) {
	ask := []string{"email", "googlechat", "mattermost", "rocketchat", "slack", "teams", "telegram", "webex"}
	for _, e := range notify.AllEntries() {
		if slices.Contains(ask, e.Key) && strings.TrimSpace(e.Value.StringAt()) == "" {
			r.diags.Errorh(e.Value.Pos, "missing-value", "write who is told, such as a channel or an address",
				"the service %q of the team %q has no recipient", e.Key, team)
		}
		near := diag.Suggest(e.Key, services())
		if near == "" || slices.Contains(services(), e.Key) || strings.ContainsAny(e.Key, "-0123456789") {
			continue
		}
		r.diags.Warnh(e.KeyPos, "unknown-service", "did you mean "+near+"? Argo CD sends nothing to a service that it does not know",
			"the service %q of the team %q is none of Argo CD's kinds", e.Key, team)
	}
}
