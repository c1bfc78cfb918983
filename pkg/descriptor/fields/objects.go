package fields

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/schema"
)

// objectFields returns the rows of objects of the app that belong to no workload.
func objectFields() []schema.Field {
	claim := *claimType // but for the name of one that exists
	claim.What, claim.ShorthandKey = "a size such as 10Gi", "size"
	claim.Fields = slices.DeleteFunc(slices.Clone(claimType.Fields), func(f schema.Field) bool { return f.Name == "name" })
	return []schema.Field{
		{Name: "configMaps", Scope: App, Doc: "ConfigMaps by their names, with any keys. env, envFrom and volumes refer to one by its " +
			"name.",
			Type: &schema.Type{Kind: schema.MapKind, What: "a map of ConfigMaps",
				Keys: schema.KeyRule{What: "a ConfigMap", Check: &schema.Subdomain}, Elem: configMapType},
			Example: "configMaps:\n  shop-settings: {data: {mode: batch, app.properties: \"a=b\\n\"}, hash: false}\n" +
				"envFrom: [{configMap: shop-settings}]\nenvironments:\n  prod: {configMaps: {shop-settings: {data: {mode: online}}}}"},
		{Name: "claims", Scope: App, Doc: "Claims by their names, each with its size or all of it, which belong to no workload. A volume " +
			"mounts one by `claim: NAME`.",
			Type: &schema.Type{Kind: schema.MapKind, What: "a map of claims",
				Keys: schema.KeyRule{What: "a claim", Check: &schema.Subdomain}, Elem: &claim},
			Example: "claims: {uploads: 10Gi}\nvolumes: {/data: {claim: uploads}}"},
	}
}

var configMapType = &schema.Type{
	Kind: schema.ObjectKind, What: "a ConfigMap",
	Fields: []schema.Field{
		{Name: "data", Doc: "Its texts by key.", Type: &schema.Type{Kind: schema.MapKind, What: "a map of texts",
			Keys: schema.KeyRule{What: "a key", Check: &schema.ConfigKey}, Elem: &schema.AnyText}},
		{Name: "binaryData", Doc: "Its other contents by key, in base64.",
			Type: &schema.Type{Kind: schema.MapKind, What: "a map of contents",
				Keys: schema.KeyRule{What: "a key", Check: &schema.ConfigKey},
				Elem: &schema.Type{Kind: schema.TextKind, What: "base64", Check: &schema.Check{Problem: base64Problem}}}},
		{Name: "from", Doc: "A folder in the app's folder: each file in it is a key.", Type: fileName},
		{Name: "hash", Doc: "false for the name alone; otherwise it changes with the content, so that a change rolls the pods.",
			Type: &schema.Boolean},
		{Name: "immutable", Doc: "true if nobody can change it.", Type: &schema.Boolean},
		{Name: "labels", Doc: "Further labels.", Type: LabelMap},
		{Name: "annotations", Doc: "Further annotations.", Type: AnnotationMap},
	},
}

func base64Problem(s string) string {
	if _, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), "")); err != nil {
		return "is not base64"
	}
	return ""
}
