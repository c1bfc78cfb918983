package plugin_test

import (
	"testing"

	"github.com/unfold-gitops/unfold/pkg/argocd/plugin"
)

// FuzzReadCall reads any parameters and variables. Where it finds no mistake,
// what it returns does not depend on their order.
func FuzzReadCall(f *testing.F) {
	f.Add(`[{"name":"environment","string":"prod"},{"name":"config","map":{"A":"b"}}]`, "ARGOCD_ENV_TAG", "v1")
	f.Add(`[{"name":"tag","array":["a"]},{"name":"tag"},{"name":"nothing"}]`, "ARGOCD_ENV_CONFIG_A", "b")
	f.Add(`null`, "ARGOCD_ENV_CONFIG_", "")
	f.Add(`{}`, "ARGOCD_APP_NAMESPACE", "shop")
	f.Add("", "=", "=")
	f.Fuzz(func(t *testing.T, parameters, key, text string) {
		environ := []string{"ARGOCD_APP_PARAMETERS=" + parameters, key + "=" + text, "ARGOCD_ENV_CONFIG_Z=z", "PATH"}
		call, diags := plugin.ReadCall(environ)
		for _, d := range diags {
			if d.Pos.IsZero() || d.Code == "" || d.Message == "" {
				t.Errorf("%+v says nothing, or not where", d)
			}
		}
		if g := call.Environment; g.Text != "" && g.Pos.File == "" {
			t.Errorf("%q has no place", g.Text)
		}
		for i, o := range call.Overrides {
			if o.Pos.File == "" || i > 0 && call.Overrides[i-1].Name == o.Name && call.Overrides[i-1].Key >= o.Key {
				t.Errorf("overrides are not in order, or have no place: %+v", call.Overrides)
			}
		}
	})
}
