package plugin_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/argocd/plugin"
	"github.com/unfold-gitops/unfold/pkg/diag"
)

func TestReadCall(t *testing.T) {
	given := func(text, source string) plugin.Given { return plugin.Given{Text: text, Pos: diag.Pos{File: source}} }
	none := func(c plugin.Call) plugin.Call {
		for name, g := range map[string]*plugin.Given{
			"ENVIRONMENT": &c.Environment, "IMAGE": &c.Image, "TAG": &c.Tag, "REPLICAS": &c.Replicas, "NAMESPACE": &c.Namespace,
			"HOST":        &c.Host,
			"NAME_SUFFIX": &c.NameSuffix, "HOST_SUFFIX": &c.HostSuffix,
		} {
			if g.Pos.IsZero() {
				g.Pos.File = "ARGOCD_ENV_" + name
			}
		}
		return c
	}
	for _, tt := range []struct {
		name    string
		environ []string
		want    plugin.Call
	}{
		{"nothing", nil, plugin.Call{}},
		{"variables", []string{"ARGOCD_ENV_ENVIRONMENT=prod", "ARGOCD_ENV_TAG=a=b", "ARGOCD_ENV_CONFIG_B=2", "ARGOCD_ENV_CONFIG_A=1",
			"ARGOCD_APP_NAMESPACE=ns", "ARGOCD_LOG_FORMAT=json", "PATH"},
			plugin.Call{
				Environment: given("prod", "ARGOCD_ENV_ENVIRONMENT"), Tag: given("a=b", "ARGOCD_ENV_TAG"), AppNamespace: "ns",
				LogJSON: true,
				Config: []plugin.GivenConfig{{Key: "A", Given: given("1", "ARGOCD_ENV_CONFIG_A")},
					{Key: "B", Given: given("2", "ARGOCD_ENV_CONFIG_B")}},
			}},
		{"parameters before variables", []string{`ARGOCD_APP_PARAMETERS=[{"name":"tag","string":"v2"},{"name":"config","map":{"A":"3"}}]`,
			"ARGOCD_ENV_TAG=v1", "ARGOCD_ENV_IMAGE=i", "ARGOCD_ENV_CONFIG_A=1"},
			plugin.Call{
				Tag: given("v2", "parameter tag"), Image: given("i", "ARGOCD_ENV_IMAGE"),
				Config: []plugin.GivenConfig{{Key: "A", Given: given("3", "parameter config.A")}},
			}},
		{"an empty parameter is none", []string{`ARGOCD_APP_PARAMETERS=[{"name":"tag","string":""},{"name":"replicas"}]`,
			"ARGOCD_ENV_TAG=v1"},
			plugin.Call{Tag: given("v1", "ARGOCD_ENV_TAG")}},
		{"no parameters", []string{"ARGOCD_APP_PARAMETERS=null"}, plugin.Call{}},
		{"not ours", []string{"TAG=v1", "ENVIRONMENT=prod", "ARGOCD_ENV_CONFIG_=x"}, plugin.Call{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, diags := plugin.ReadCall(tt.environ)
			if len(diags) > 0 {
				t.Error(diags)
			}
			if diff := cmp.Diff(none(tt.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadCallMistakes(t *testing.T) {
	const hint = "\n  hint: write [{\"name\": \"tag\", \"string\": \"v1\"}]"
	for parameters, want := range map[string]string{
		`{"name":"tag"}`:                 "ARGOCD_APP_PARAMETERS: not a list of parameters: it has a map" + hint,
		`[`:                              "ARGOCD_APP_PARAMETERS: not a list of parameters: not valid JSON" + hint,
		`[{"name":"tag","string":5}]`:    "ARGOCD_APP_PARAMETERS: not a list of parameters: \"string\" can't be a number" + hint,
		`[{"name":"tga","string":"v1"}]`: "parameters: unknown parameter \"tga\"\n  hint: did you mean \"tag\"?",
		`[{"name":"tag","string":"1"},{"name":"tag"}]`: `parameter tag: the parameter "tag" is given twice`,
		`[{"name":"config","string":"A=1"}]`:           `parameter config: the parameter "config" must be a map`,
		`[{"name":"image","map":{"a":"b"}}]`:           `parameter image: the parameter "image" must be a text`,
		`[{"name":"replicas","array":["1"]}]`:          `parameter replicas: the parameter "replicas" must be a text`,
	} {
		_, diags := plugin.ReadCall([]string{"ARGOCD_APP_PARAMETERS=" + parameters})
		if diff := cmp.Diff(want, diags.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", parameters, diff)
		}
	}
}

func TestAnnounce(t *testing.T) {
	for _, p := range plugin.Parameters() {
		a := p.Announce("text", map[string]string{"A": "b"})
		if a.Name != p.Name || a.String != "text" || a.Map["A"] != "b" || (a.CollectionType == "map") != (p.CollectionType == "map") ||
			a.CollectionType == "" {
			t.Errorf("%s: announced as %+v", p.Name, a)
		}
		if a.Title == "" || a.Tooltip == "" {
			t.Errorf("%s: nothing to show in the UI", p.Name)
		}
	}
}
