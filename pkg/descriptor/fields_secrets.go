package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/credential"
	"github.com/unfold-gitops/unfold/pkg/value"
)

const secretProse = "Secrets that can stand in git: sealed values, which only the sealed-secrets controller of a cluster opens, and the paths\n" +
	"of those that the External Secrets Operator fetches. Both become environment variables, or files where `mount` says so;\n" +
	"`env` wins over them. The Secrets are named `APP-secrets` and `APP-external-secrets`, `APP-WORKLOAD-…` for a workload's own.\n\n" +
	"A sealed value is what `unfold seal` writes and `kubeseal --raw` prints. A strict one is bound to the Secret's name and namespace, a\n" +
	"`namespace-wide` one to the namespace, a `cluster-wide` one to neither; the latter two stand in Secrets of their own,\n" +
	"`APP-secrets-namespace-wide` and `APP-secrets-cluster-wide`. A changed sealed value rolls the pods. One that an external store changes does not,\n" +
	"since the manifests stay the same: restart the pods, or let them watch a mounted file."

// secretFields give a workload its secrets.
var secretFields = []field{
	{name: "secrets", scope: sharedScope, doc: "Sealed values by key, from which the sealed-secrets controller makes a Secret.", typ: sealedSecretsType,
		example: "secrets:\n  TOKEN: {value: " + exampleSealed + ", scope: cluster-wide}"},
	{name: "externalSecrets", scope: sharedScope, doc: "Where the values of a Secret lie in an external store, by key: PATH or PATH#PROPERTY.", typ: externalSecretsType,
		example: "externalSecrets:\n  store: {name: vault, kind: ClusterSecretStore}\n  DATABASE_URL: shop/database#url\n  tls.key: {key: shop/tls, property: key, mount: /etc/tls/tls.key}"},
}

var (
	mountText         = &schema{kind: textKind, what: "an absolute path", check: mountPath}
	sealedSecretsType = &schema{
		kind: objectKind, what: "a map of sealed values", secret: true, keys: keyRule{"a key", configKey},
		fields: []field{
			{name: "mount", doc: "A folder in which all keys are files, in place of environment variables.", typ: mountText},
			{name: "type", doc: "The Secret's type.", typ: anyText},
			{name: "labels", doc: "Further labels of the Secret.", typ: labelMap},
			{name: "annotations", doc: "Annotations of the Secret.", typ: annotationMap},
		},
		more: &field{name: "NAME", doc: "A key of the Secret: its sealed value, or all about it.", typ: sealedType},
	}
	sealedType = &schema{
		kind: objectKind, what: "a sealed value", secret: true, shortKey: "value", after: defaultScope,
		fields: []field{
			{name: "value", doc: "The sealed value.", typ: &schema{kind: textKind, what: "a sealed value", secret: true, after: checkSealed}},
			{name: "scope", doc: "What the value is bound to: strict (default), namespace-wide or cluster-wide.", typ: &schema{kind: textKind, what: "a scope", enum: sealScopes}},
			{name: "mount", doc: "The file that holds the key, in place of an environment variable.", typ: mountText},
		},
	}
	sealScopes = []string{strictScope, "namespace-wide", "cluster-wide"}

	externalSecretsType = &schema{
		kind: objectKind, what: "a map of paths", keys: keyRule{"a key", configKey},
		fields: []field{
			{name: "store", doc: "The store they lie in.", typ: &schema{kind: objectKind, what: "a store's name", shortKey: "name", fields: []field{
				{name: "name", doc: "Its name.", typ: &schema{kind: textKind, what: "a store's name", check: dnsSubdomain}},
				{name: "kind", doc: "SecretStore (default) or ClusterSecretStore.", typ: &schema{kind: textKind, what: "a kind of store", enum: []string{"SecretStore", "ClusterSecretStore"}}},
			}}},
			{name: "refreshInterval", doc: "How often they are fetched, such as 1h.", typ: anyText},
			{name: "refreshPolicy", doc: "CreatedOnce, Periodic or OnChange.", typ: &schema{kind: textKind, what: "a refresh policy", enum: []string{"CreatedOnce", "Periodic", "OnChange"}}},
			{name: "mount", doc: "A folder in which all keys are files, in place of environment variables.", typ: mountText},
			{name: "dataFrom", doc: "The operator's own: where more keys come from.", typ: &schema{kind: kubeKind, what: "a list of sources", of: "external-secrets.io/v1.ExternalSecret.spec.dataFrom"}},
			{name: "template", doc: "The operator's own: what the Secret is made of.", typ: &schema{kind: kubeKind, what: "a template", of: "external-secrets.io/v1.ExternalSecret.spec.target.template"}},
			{name: "creationPolicy", doc: "Owner, Orphan, Merge or None.", typ: &schema{kind: textKind, what: "a creation policy", enum: []string{"Owner", "Orphan", "Merge", "None"}}},
			{name: "deletionPolicy", doc: "Delete, Merge or Retain.", typ: &schema{kind: textKind, what: "a deletion policy", enum: []string{"Delete", "Merge", "Retain"}}},
			{name: "labels", doc: "Further labels.", typ: labelMap},
			{name: "annotations", doc: "Further annotations.", typ: annotationMap},
		},
		more: &field{name: "NAME", doc: "A key of the Secret: where its value lies, or all about it.", typ: remoteType},
	}
	remoteType = &schema{
		kind: objectKind, what: "PATH or PATH#PROPERTY", short: remoteShort, line: &schema{kind: textKind, what: "PATH or PATH#PROPERTY"},
		fields: []field{
			{name: "key", doc: "The path in the store.", typ: anyText},
			{name: "property", doc: "The property of what lies there.", typ: anyText},
			{name: "version", doc: "The version of it.", typ: anyText},
			{name: "conversionStrategy", doc: "Default or Unicode.", typ: &schema{kind: textKind, what: "a conversion strategy", enum: []string{"Default", "Unicode"}}},
			{name: "decodingStrategy", doc: "Auto, Base64, Base64URL or None.", typ: &schema{kind: textKind, what: "a decoding strategy", enum: []string{"Auto", "Base64", "Base64URL", "None"}}},
			{name: "metadataPolicy", doc: "None or Fetch.", typ: &schema{kind: textKind, what: "a metadata policy", enum: []string{"None", "Fetch"}}},
			{name: "mount", doc: "The file that holds the key, in place of an environment variable.", typ: mountText},
		},
	}
)

// exampleSealed has the shape of a sealed value; no key opens it.
const exampleSealed = "AQAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl9gYWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoOEhYaHiImKi4yNjo+QkZKTlJWWl5iZmpucnZ6foKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr/AwcLDxMXGx8jJysvMzc7P0NHS09TV1tfY2drb3N3e3+Dh4uPk5ebn6Onq6+zt7u/w8fLz9PX29/j5+vv8/f7/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJw=="

// strictScope binds a sealed value to the name and namespace of its Secret.
const strictScope = "strict"

// defaultScope makes a value of a higher layer strict although that of a lower
// one is not: a scope belongs to its value.
func defaultScope(_ *normaliser, v *value.Value) *value.Value {
	if v.Has("value") && !v.Has("scope") {
		v.Set("scope", value.Str(strictScope, v.Pos))
	}
	return v
}

// checkSealed refuses what can't be a sealed value, without a word of it.
func checkSealed(n *normaliser, v *value.Value) *value.Value {
	const hint = "seal it with unfold seal, or write what kubeseal --raw prints; never the secret itself"
	switch _, problem := credential.Sealed(v.Text); problem {
	case "":
		return v
	case "is not base64":
		n.diags.Errorh(v.Pos, "not-sealed", hint, "%s is not a sealed value: it is not base64", n.where())
	default:
		n.diags.Errorh(v.Pos, "not-sealed", hint, "%s is not a sealed value, or not all of one: it %s", n.where(), problem)
	}
	return nil
}

// remoteShort is the one-line form of a value in an external store.
func remoteShort(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	key, property, has := strings.Cut(v.Text, "#")
	out := value.NewMap(v.Pos).Set("key", value.Str(key, v.Pos))
	if has {
		out.Set("property", value.Str(property, v.Pos))
	}
	return out
}
