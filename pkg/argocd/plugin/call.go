// Package plugin is the contract of a config management plugin: what Argo CD
// tells one when it calls it, and what it wants to be told about parameters.
// See https://argo-cd.readthedocs.io/en/stable/operator-manual/config-management-plugins/.
package plugin

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
)

// Call is what Argo CD says about one run of the plugin.
type Call struct {
	// Environment that the Application asks for.
	Environment descriptor.Text
	// Namespace that the Application deploys to, "" outside of Argo CD.
	AppNamespace string
	// Overrides of the descriptor, in the order of the table, keys sorted.
	Overrides descriptor.Overrides
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

const userPrefix = "ARGOCD_ENV_"

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
	given, diags := readParameters(vars["ARGOCD_APP_PARAMETERS"])
	diags = append(diags, unknownVariables(vars, given)...)
	for _, p := range Parameters() {
		all := append(variables(p, vars), given[p.Name]...)
		slices.SortStableFunc(all, func(a, b descriptor.Override) int { return strings.Compare(a.Key, b.Key) })
		for _, o := range all {
			c.set(p, o)
		}
	}
	return c, diags
}

// set takes a value, in place of the one before if that is of the same name and key.
func (c *Call) set(p descriptor.Overridable, o descriptor.Override) {
	if p.Name == environment {
		c.Environment = descriptor.Text{Text: o.Text, Pos: o.Pos}
		return
	}
	if last := len(c.Overrides) - 1; last >= 0 && c.Overrides[last].Name == o.Name && c.Overrides[last].Key == o.Key {
		c.Overrides[last] = o
		return
	}
	c.Overrides = append(c.Overrides, o)
}

// variables returns what the variables of a parameter say.
func variables(p descriptor.Overridable, vars map[string]string) []descriptor.Override {
	name := userPrefix + p.Variable()
	if !p.Map {
		if vars[name] == "" {
			return nil
		}
		return []descriptor.Override{{Name: p.Name, Text: vars[name], Pos: diag.Pos{File: name}}}
	}
	var out []descriptor.Override
	for variable, text := range vars {
		if key, ok := strings.CutPrefix(variable, name+"_"); ok && key != "" {
			out = append(out, descriptor.Override{Name: p.Name, Key: key, Text: text, Pos: diag.Pos{File: variable}})
		}
	}
	return out
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

// readParameters returns what parameters say, by their name.
func readParameters(text string) (map[string][]descriptor.Override, diag.List) {
	var diags diag.List
	if text == "" {
		return nil, nil
	}
	source := diag.Pos{File: "ARGOCD_APP_PARAMETERS"}
	var params []parameter
	if err := json.Unmarshal([]byte(text), &params); err != nil {
		diags.Errorh(source, "parameters", `write [{"name": "tag", "string": "v1"}]`, "not a list of parameters: %s", jsonProblem(err))
		return nil, diags
	}
	out, seen := map[string][]descriptor.Override{}, map[string]bool{}
	for _, p := range params {
		known := slices.IndexFunc(Parameters(), func(k descriptor.Overridable) bool { return k.Name == p.Name })
		pos := diag.Pos{File: "parameter " + p.Name}
		switch {
		case known < 0:
			diags.Errorh(diag.Pos{File: "parameters"}, "unknown-parameter", unknownHint(p.Name), "unknown parameter %q", p.Name)
		case seen[p.Name]:
			diags.Errorf(pos, "parameter-twice", "the parameter %q is given twice", p.Name)
		case Parameters()[known].Map:
			if p.String != nil || p.Array != nil {
				diags.Errorf(pos, "wrong-type", "the parameter %q must be a map", p.Name)
				continue
			}
			for key, text := range p.Map {
				at := diag.Pos{File: "parameter " + p.Name + "." + key}
				out[p.Name] = append(out[p.Name], descriptor.Override{Name: p.Name, Key: key, Text: text, Pos: at})
			}
		case p.Array != nil || p.Map != nil:
			diags.Errorf(pos, "wrong-type", "the parameter %q must be a text", p.Name)
		case p.String != nil && *p.String != "":
			out[p.Name] = []descriptor.Override{{Name: p.Name, Text: *p.String, Pos: pos}}
		}
		seen[p.Name] = true
	}
	return out, diags
}
