package plugin_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/argocd/plugin"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
)

func TestReadCall(t *testing.T) {
	given := func(name, text, source string) descriptor.Override {
		return descriptor.Override{Name: name, Text: text, Pos: diag.Pos{File: source}}
	}
	config := func(key, text, source string) descriptor.Override {
		return descriptor.Override{Name: "config", Key: key, Text: text, Pos: diag.Pos{File: source}}
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
				Environment:  descriptor.Text{Text: "prod", Pos: diag.Pos{File: "ARGOCD_ENV_ENVIRONMENT"}},
				AppNamespace: "ns", LogJSON: true,
				Overrides: descriptor.Overrides{given("tag", "a=b", "ARGOCD_ENV_TAG"), config("A", "1", "ARGOCD_ENV_CONFIG_A"),
					config("B", "2", "ARGOCD_ENV_CONFIG_B")},
			}},
		{"names of several words", []string{"ARGOCD_ENV_NAME_SUFFIX=-pr"},
			plugin.Call{Overrides: descriptor.Overrides{given("nameSuffix", "-pr", "ARGOCD_ENV_NAME_SUFFIX")}}},
		{"parameters before variables", []string{`ARGOCD_APP_PARAMETERS=[{"name":"tag","string":"v2"},{"name":"config","map":{"A":"3"}}]`,
			"ARGOCD_ENV_TAG=v1", "ARGOCD_ENV_IMAGE=i", "ARGOCD_ENV_CONFIG_A=1"},
			plugin.Call{
				Overrides: descriptor.Overrides{given("image", "i", "ARGOCD_ENV_IMAGE"), given("tag", "v2", "parameter tag"),
					config("A", "3", "parameter config.A")},
			}},
		{"an empty parameter is none", []string{`ARGOCD_APP_PARAMETERS=[{"name":"tag","string":""},{"name":"replicas"}]`,
			"ARGOCD_ENV_TAG=v1"},
			plugin.Call{Overrides: descriptor.Overrides{given("tag", "v1", "ARGOCD_ENV_TAG")}}},
		{"no parameters", []string{"ARGOCD_APP_PARAMETERS=null"}, plugin.Call{}},
		{"not ours", []string{"TAG=v1", "ENVIRONMENT=prod", "ARGOCD_ENV_FOO=x", "ARGOCD_ENV_COST=x", "ARGOCD_ENV_CONFIRM_A=x",
			"ARGOCD_ENV_NAME=x", "ARGOCD_ENV_TAX=x", "ARGOCD_ENV_CLUSTER_NAME=x", "ARGOCD_ENV_=x", "ARGOCD_ENV_TAGS="}, plugin.Call{}},
		{"its own beside ours", []string{"ARGOCD_ENV_ENVIRONMENT=prod", "ARGOCD_ENV_ENV=p",
			`ARGOCD_APP_PARAMETERS=[{"name":"tag","string":"v2"}]`,
			"ARGOCD_ENV_TAGS=a,b"}, plugin.Call{
			Environment: descriptor.Text{Text: "prod", Pos: diag.Pos{File: "ARGOCD_ENV_ENVIRONMENT"}},
			Overrides:   descriptor.Overrides{given("tag", "v2", "parameter tag")},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, diags := plugin.ReadCall(tt.environ)
			if len(diags) > 0 {
				t.Error(diags)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
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

func TestUnknownVariables(t *testing.T) {
	const problem = ": unfold reads no variable of this name\n  hint: did you mean "
	const prefix = "? Argo CD adds the prefix ARGOCD_ENV_"
	for name, want := range map[string]string{
		"NAMESUFFIX": "NAME_SUFFIX", "HOSTSUFFIX": "HOST_SUFFIX", "hostSuffix": "HOST_SUFFIX", "name-suffix": "NAME_SUFFIX",
		"REPLICA": "REPLICAS", "TAGS": "TAG", "TGA": "TAG", "tag": "TAG", "HOSTS": "HOST", "ENVIROMENT": "ENVIRONMENT",
		"ENVIRONMANT": "ENVIRONMENT", "ENV": "ENVIRONMENT", "IMAGE_TAG": "TAG", "REPLICA_COUNT": "REPLICAS", "ARGOCD_ENV_TAG": "TAG",
		"CONFIG": "CONFIG_KEY", "CONFIG_": "CONFIG_KEY", "CONFG_MODE": "CONFIG_MODE", "config_MODE": "CONFIG_MODE",
	} {
		_, diags := plugin.ReadCall([]string{"ARGOCD_ENV_" + name + "=x"})
		if diff := cmp.Diff("ARGOCD_ENV_"+name+problem+want+prefix, diags.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	_, diags := plugin.ReadCall([]string{"ARGOCD_ENV_PORT=80"})
	const fields = `ARGOCD_ENV_PORT: an Application can't set the field "port"
  hint: set the field in app.yaml; the variables are: ` +
		"ENVIRONMENT, IMAGE, TAG, REPLICAS, HOST, CONFIG_KEY, HOST_SUFFIX, NAME_SUFFIX, NAMESPACE"
	if diff := cmp.Diff(fields, diags.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnnounce(t *testing.T) {
	shown := 0
	for _, p := range plugin.Parameters() {
		if p.Title == "" || p.Tooltip == "" || p.Name != "environment" && p.Usage == "" {
			t.Errorf("%s: nothing to show in the UI, or in the help of the flag", p.Name)
		}
		if p.Current == nil {
			continue
		}
		shown++
		a := plugin.Announce(p, &descriptor.App{Env: "prod"})
		if a.Name != p.Name || a.Title != p.Title || a.Tooltip != p.Tooltip || (a.CollectionType == "map") != p.Map ||
			a.CollectionType == "" || (a.Map != nil) != p.Map {
			t.Errorf("%s: announced as %+v", p.Name, a)
		}
	}
	if shown < 6 {
		t.Errorf("only %d parameters are shown", shown)
	}
}

// TestManyVariables checks that a variable that unfold does not read costs next to nothing: Argo CD passes on thousands.
func TestManyVariables(t *testing.T) {
	const many, most = 1000, 15 // allocations for each variable
	var environ []string
	for i := range many {
		environ = append(environ, fmt.Sprintf("ARGOCD_ENV_OWN_%d=x", i))
	}
	allocs := testing.AllocsPerRun(1, func() {
		if _, diags := plugin.ReadCall(environ); len(diags) > 0 {
			t.Error(diags)
		}
	})
	if allocs > many*most {
		t.Errorf("%.0f allocations for %d variables", allocs, many)
	}
}
