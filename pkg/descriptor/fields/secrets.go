package fields

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// secretFields give a workload its secrets.
var secretFields = []schema.Field{
	{Name: "secrets", Scope: Shared, Doc: "Sealed values by key, from which the sealed-secrets controller makes a Secret.",
		Type:    SealedSecrets,
		Example: "secrets:\n  TOKEN: {value: " + exampleSealed + ", scope: cluster-wide}"},
	{Name: "externalSecrets", Scope: Shared,
		Doc: "Where the values of a Secret lie in an external store, by key: PATH or PATH#PROPERTY.", Type: ExternalSecrets,
		Example: "externalSecrets:\n  store: {name: vault, kind: ClusterSecretStore}\n  DATABASE_URL: shop/database#url\n" +
			"  tls.key: {key: shop/tls, property: key, mount: /etc/tls/tls.key}"},
}

var (
	mountText     = &schema.Type{Kind: schema.TextKind, What: "an absolute path", Check: &schema.MountPath}
	SealedSecrets = &schema.Type{
		Kind: schema.ObjectKind, What: "a map of sealed values", Secret: true,
		Keys: schema.KeyRule{What: "a key", Check: &schema.ConfigKey},
		Fields: []schema.Field{
			{Name: "mount", Doc: "A folder in which all keys are files, in place of environment variables.", Type: mountText},
			{Name: "type", Doc: "The Secret's type.", Type: &schema.AnyText},
			{Name: "labels", Doc: "Further labels of the Secret.", Type: LabelMap},
			{Name: "annotations", Doc: "Annotations of the Secret.", Type: AnnotationMap},
		},
		More: &schema.Field{Name: "NAME", Doc: "A key of the Secret: its sealed value, or all about it.", Type: sealedType},
	}
	sealedType = &schema.Type{
		Kind: schema.ObjectKind, What: "a sealed value", Secret: true, ShorthandKey: "value", After: defaultScope,
		Fields: []schema.Field{
			{Name: "value", Doc: "The sealed value.", Type: &schema.Type{Kind: schema.TextKind, What: "a sealed value", Secret: true,
				After: checkSealed}},
			{Name: "scope", Doc: "What the value is bound to: strict (default), namespace-wide or cluster-wide.",
				Type: &schema.Type{Kind: schema.TextKind, What: "a scope", Enum: SealScopes}},
			{Name: "mount", Doc: "The file that holds the key, in place of an environment variable.", Type: mountText},
		},
	}
	SealScopes = []string{StrictScope, "namespace-wide", "cluster-wide"}

	ExternalSecrets = &schema.Type{
		Kind: schema.ObjectKind, What: "a map of paths", Keys: schema.KeyRule{What: "a key", Check: &schema.ConfigKey},
		Fields: []schema.Field{
			{Name: "store", Doc: "The store they lie in.", Type: &schema.Type{Kind: schema.ObjectKind, What: "a store's name",
				ShorthandKey: "name", Fields: []schema.Field{
					{Name: "name", Doc: "Its name.", Type: &schema.Type{Kind: schema.TextKind, What: "a store's name",
						Check: &schema.Subdomain}},
					{Name: "kind", Doc: "SecretStore (default) or ClusterSecretStore.",
						Type: &schema.Type{Kind: schema.TextKind, What: "a kind of store",
							Enum: []string{"SecretStore", "ClusterSecretStore"}}},
				}}},
			{Name: "refreshInterval", Doc: "How often they are fetched, such as 1h.", Type: &schema.AnyText},
			{Name: "refreshPolicy", Doc: "CreatedOnce, Periodic or OnChange.",
				Type: &schema.Type{Kind: schema.TextKind, What: "a refresh policy", Enum: []string{"CreatedOnce", "Periodic", "OnChange"}}},
			{Name: "mount", Doc: "A folder in which all keys are files, in place of environment variables.", Type: mountText},
			{Name: "dataFrom", Doc: "The operator's own: where more keys come from.",
				Type: &schema.Type{Kind: schema.KubeKind, What: "a list of sources",
					Of: "external-secrets.io/v1.ExternalSecret.spec.dataFrom"}},
			{Name: "template", Doc: "The operator's own: what the Secret is made of.",
				Type: &schema.Type{Kind: schema.KubeKind, What: "a template",
					Of: "external-secrets.io/v1.ExternalSecret.spec.target.template"}},
			{Name: "creationPolicy", Doc: "Owner, Orphan, Merge or None.",
				Type: &schema.Type{Kind: schema.TextKind, What: "a creation policy", Enum: []string{"Owner", "Orphan", "Merge", "None"}}},
			{Name: "deletionPolicy", Doc: "Delete, Merge or Retain.", Type: &schema.Type{Kind: schema.TextKind, What: "a deletion policy",
				Enum: []string{"Delete", "Merge", "Retain"}}},
			{Name: "labels", Doc: "Further labels.", Type: LabelMap},
			{Name: "annotations", Doc: "Further annotations.", Type: AnnotationMap},
		},
		More: &schema.Field{Name: "NAME", Doc: "A key of the Secret: where its value lies, or all about it.", Type: remoteType},
	}
	remoteType = &schema.Type{
		Kind: schema.ObjectKind, What: "PATH or PATH#PROPERTY", Expand: expandRemote,
		Shorthand: &schema.Type{Kind: schema.TextKind, What: "PATH or PATH#PROPERTY"},
		Fields: []schema.Field{
			{Name: "key", Doc: "The path in the store.", Type: &schema.AnyText},
			{Name: "property", Doc: "The property of what lies there.", Type: &schema.AnyText},
			{Name: "version", Doc: "The version of it.", Type: &schema.AnyText},
			{Name: "conversionStrategy", Doc: "Default or Unicode.", Type: &schema.Type{Kind: schema.TextKind,
				What: "a conversion strategy", Enum: []string{"Default", "Unicode"}}},
			{Name: "decodingStrategy", Doc: "Auto, Base64, Base64URL or None.",
				Type: &schema.Type{Kind: schema.TextKind, What: "a decoding strategy",
					Enum: []string{"Auto", "Base64", "Base64URL", "None"}}},
			{Name: "metadataPolicy", Doc: "None or Fetch.", Type: &schema.Type{Kind: schema.TextKind, What: "a metadata policy",
				Enum: []string{"None", "Fetch"}}},
			{Name: "mount", Doc: "The file that holds the key, in place of an environment variable.", Type: mountText},
		},
	}
)

// exampleSealed has the shape of a sealed value; no key opens it.
const exampleSealed = "AQAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/" +
	"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl9gYWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoOEhYaHiImK" +
	"i4yNjo+QkZKTlJWWl5iZmpucnZ6foKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr/AwcLDxMXGx8jJysvMzc7P0NHS09TV" +
	"1tfY2drb3N3e3+Dh4uPk5ebn6Onq6+zt7u/w8fLz9PX29/j5+vv8/f7/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g" +
	"ISIjJCUmJw=="

// StrictScope binds a sealed value to the name and namespace of its Secret.
const StrictScope = "strict"

// defaultScope makes a value of a higher layer strict although that of a lower
// one is not: a scope belongs to its value.
func defaultScope(_ *schema.Normaliser, v *value.Value) *value.Value {
	if v.Has("value") && !v.Has("scope") {
		v.Set("scope", value.NewString(v.Pos, StrictScope))
	}
	return v
}

// checkSealed refuses what can't be a sealed value, without a word of it.
func checkSealed(n *schema.Normaliser, v *value.Value) *value.Value {
	const hint = "seal it with unfold seal, or write what kubeseal --raw prints; never the secret itself"
	switch _, problem := credential.Sealed(v.Text); problem {
	case "":
		return v
	case "is not base64":
		n.Diags.Errorh(v.Pos, "not-sealed", hint, "%s is not a sealed value: it is not base64", n.Where())
	default:
		n.Diags.Errorh(v.Pos, "not-sealed", hint, "%s is not a sealed value, or not all of one: it %s", n.Where(), problem)
	}
	return nil
}

// expandRemote expands the shorthand of a value in an external store.
func expandRemote(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	key, property, has := strings.Cut(v.Text, "#")
	out := value.NewMap(v.Pos).Set("key", value.NewString(v.Pos, key))
	if has {
		out.Set("property", value.NewString(v.Pos, property))
	}
	return out
}
