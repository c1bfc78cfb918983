// Package plugin is the contract of a config management plugin: what Argo CD
// tells one when it calls it, and what it wants to be told about parameters.
// See https://argo-cd.readthedocs.io/en/stable/operator-manual/config-management-plugins/.
package plugin

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// Given is a text that a call gives, and where.
type Given struct {
	Text string
	Pos  diag.Pos
}

// GivenConfig is a key of the parameter config.
type GivenConfig struct {
	Key string
	Given
}

// Call is what Argo CD says about one run of the plugin.
type Call struct {
	// Environment that the Application asks for.
	Environment Given
	// Namespace that the Application deploys to, "" outside of Argo CD.
	AppNamespace string
	// Overrides of the descriptor.
	Image, Tag, Replicas, Namespace, Host, NameSuffix, HostSuffix Given
	Config                                                        []GivenConfig
	// APIs are what the cluster serves, as GROUP/VERSION and GROUP/VERSION/KIND;
	// none outside of Argo CD.
	APIs []string
	// KubeVersion is the cluster's version, "" outside of Argo CD.
	KubeVersion string
	// LogJSON asks for log lines in JSON.
	LogJSON bool
}

// parameter is an entry of ARGOCD_APP_PARAMETERS. One of the values is set.
type parameter struct {
	Name   string            `json:"name"`
	String *string           `json:"string"`
	Array  []string          `json:"array"`
	Map    map[string]string `json:"map"`
}

const (
	userPrefix   = "ARGOCD_ENV_"
	configPrefix = userPrefix + "CONFIG_"
)

// ReadCall reads what Argo CD put into the process's environment, a list of
// KEY=VALUE. Parameters come before variables. Mistakes of the Application's
// author are diagnostics.
func ReadCall(environ []string) (Call, diag.List) {
	vars := map[string]string{}
	for _, kv := range environ {
		if key, text, ok := strings.Cut(kv, "="); ok {
			vars[key] = text
		}
	}
	c := Call{
		AppNamespace: vars["ARGOCD_APP_NAMESPACE"],
		KubeVersion:  vars["KUBE_VERSION"],
		LogJSON:      vars["ARGOCD_LOG_FORMAT"] == "json",
	}
	if apis := vars["KUBE_API_VERSIONS"]; apis != "" {
		c.APIs = strings.Split(apis, ",")
	}
	for _, p := range Parameters() {
		if target := c.target(p.Name); target != nil {
			name := userPrefix + p.variable()
			*target = Given{vars[name], diag.Pos{File: name}}
		}
	}
	config := map[string]Given{}
	for key, text := range vars {
		if name, ok := strings.CutPrefix(key, configPrefix); ok && name != "" {
			config[name] = Given{text, diag.Pos{File: key}}
		}
	}
	diags := c.readParameters(vars["ARGOCD_APP_PARAMETERS"], config)
	for _, key := range slices.Sorted(maps.Keys(config)) {
		c.Config = append(c.Config, GivenConfig{key, config[key]})
	}
	return c, diags
}

// target returns the place of a text parameter, or nil.
func (c *Call) target(name string) *Given {
	switch name {
	case "environment":
		return &c.Environment
	case "image":
		return &c.Image
	case "tag":
		return &c.Tag
	case "host":
		return &c.Host
	case "nameSuffix":
		return &c.NameSuffix
	case "hostSuffix":
		return &c.HostSuffix
	case "replicas":
		return &c.Replicas
	case "namespace":
		return &c.Namespace
	}
	return nil
}

// jsonProblem returns why parameters can't be read.
func jsonProblem(err error) string {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return "not valid JSON"
	}
	names := map[string]string{"array": "a list", "object": "a map", "bool": "true or false"}
	found := cmp.Or(names[wrong.Value], "a "+strings.Fields(wrong.Value)[0])
	if wrong.Field == "" {
		return "it has " + found
	}
	return fmt.Sprintf("%q can't be %s", wrong.Field, found)
}

func (c *Call) readParameters(text string, config map[string]Given) diag.List {
	var diags diag.List
	if text == "" {
		return nil
	}
	source := diag.Pos{File: "ARGOCD_APP_PARAMETERS"}
	var params []parameter
	if err := json.Unmarshal([]byte(text), &params); err != nil {
		diags.Errorh(source, "parameters", `write [{"name": "tag", "string": "v1"}]`, "not a list of parameters: %s", jsonProblem(err))
		return diags
	}
	seen := map[string]bool{}
	for _, p := range params {
		known := slices.IndexFunc(Parameters(), func(k Parameter) bool { return k.Name == p.Name })
		pos := diag.Pos{File: "parameter " + p.Name}
		switch {
		case known < 0:
			diags.Errorh(diag.Pos{File: "parameters"}, "unknown-parameter", diag.Hint(p.Name, "the parameters are", ParameterNames()),
				"unknown parameter %q", p.Name)
		case seen[p.Name]:
			diags.Errorf(pos, "parameter-twice", "the parameter %q is given twice", p.Name)
		case Parameters()[known].CollectionType == "map":
			if p.String != nil || p.Array != nil {
				diags.Errorf(pos, "wrong-type", "the parameter %q must be a map", p.Name)
				continue
			}
			for key, value := range p.Map {
				config[key] = Given{value, diag.Pos{File: "parameter " + p.Name + "." + key}}
			}
		case p.Array != nil || p.Map != nil:
			diags.Errorf(pos, "wrong-type", "the parameter %q must be a text", p.Name)
		case p.String != nil && *p.String != "":
			*c.target(p.Name) = Given{*p.String, pos}
		}
		seen[p.Name] = true
	}
	return diags
}
