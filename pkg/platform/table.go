package platform

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/image"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/lint"
	"github.com/unfold-gitops/unfold/pkg/schema"
)

// The table of the platform file: what the parser takes and what its reference
// is made of.

// settings are the fields that say how things are in an environment. They stand
// at the top level for all, and in an environment over that.
var settings = sync.OnceValue(func() []schema.Field {
	return []schema.Field{
		{Name: "namespace", Doc: "A pattern of namespaces for apps that name none (default: `{app}-{env}`).",
			Type: &schema.Type{Kind: schema.TextKind, What: "a pattern", Check: &schema.Check{Problem: namespacePattern}}},
		{Name: "ingress", Doc: "What the hosts of apps have in common.",
			Type: &schema.Type{Kind: schema.ObjectKind, What: "ingress settings", Fields: []schema.Field{
				{Name: "domain", Doc: "The domain of a host that an app gives as a bare label; it can hold `{env}`.",
					Type: &schema.Type{Kind: schema.TextKind, What: "a domain", Check: &schema.Check{Problem: domainPattern}}},
				{Name: "class", Doc: "The class of an Ingress that names none.",
					Type: &schema.Type{Kind: schema.TextKind, What: "an ingress class", Check: &schema.Subdomain}},
			}}},
		{Name: "pullSecrets", Doc: "The Secrets that hold registries' credentials: short for `defaults.image.pullSecrets`.",
			Type: &schema.Type{Kind: schema.ListKind, What: "a list of Secrets",
				Elem: &schema.Type{Kind: schema.TextKind, What: "a Secret's name", Check: &schema.Subdomain}}},
		{Name: "registries", Doc: "Where images may come from: registries, or repositories and the folders above them (default: anywhere).",
			Type: &schema.Type{Kind: schema.ListKind, What: "a list of registries",
				Elem: &schema.Type{Kind: schema.TextKind, What: "a registry", Check: &schema.Check{Problem: registry}}}},
		{Name: "policy", Doc: "What becomes of the findings of [rules](rules.md), by their names.",
			Type: &schema.Type{Kind: schema.MapKind, What: "a map of rules",
				Keys: schema.KeyRule{What: "a rule", Check: &schema.Check{Problem: knownRule, Cure: nearRules}},
				Elem: &schema.Type{Kind: schema.ObjectKind, What: "a severity", ShorthandKey: "severity", Fields: []schema.Field{
					{Name: "severity", Doc: "What the rule's findings are; off looks for none.",
						Type: &schema.Type{Kind: schema.TextKind, What: "a severity", Enum: lint.Levels()}},
					{Name: "accept", Doc: "Whether an app may accept findings: true unless they are errors.", Type: &schema.Boolean},
				}}}},
		{Name: "missingAPIs", Doc: "What becomes of an object whose kind the cluster does not know: error (the default), or skip, which " +
			"leaves it out with a warning.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a way with missing APIs", Enum: []string{"error", "skip"}}},
		{Name: "cluster", Doc: "The destination cluster of Applications, as Argo CD knows it.",
			Type: &schema.Type{Kind: schema.ObjectKind, What: "a cluster", OneOf: [][]string{{"name", "server", "labels"}},
				Shorthand: &schema.Type{Kind: schema.TextKind, What: "its name or address"}, Expand: clusterShorthand,
				Fields: []schema.Field{
					{Name: "name", Doc: "The cluster's name in Argo CD.",
						Type: &schema.Type{Kind: schema.TextKind, What: "a name", Check: &schema.Check{Problem: clusterName}}},
					{Name: "server", Doc: "The address of its API server.",
						Type: &schema.Type{Kind: schema.TextKind, What: "an address", Check: &schema.Check{Problem: httpsAddress}}},
					{Name: "labels", Doc: "Every cluster whose Secret in Argo CD has these labels; for ApplicationSets.",
						Type: descriptor.Labels()},
				}}},
		{Name: "certificate", Doc: "The certificate that secrets are sealed with.",
			Type: &schema.Type{Kind: schema.ObjectKind, What: "a certificate", OneOf: [][]string{{"file", "url", "pem"}},
				Shorthand: &schema.Type{Kind: schema.TextKind, What: "a file, an address or the certificate itself"},
				Expand:    certificateShorthand,
				Fields: []schema.Field{
					{Name: "file", Doc: "A file that holds it, relative to the platform file.",
						Type: &schema.Type{Kind: schema.TextKind, What: "a file", Check: &schema.Check{Problem: certificateFile}}},
					{Name: "url", Doc: "Where it can be fetched from.", Type: &schema.Type{Kind: schema.TextKind, What: "an address",
						Check: &schema.Check{Problem: httpsAddress}}},
					// too long for a message
					{Name: "pem", Doc: "The certificate itself.", Type: &schema.Type{Kind: schema.TextKind, What: "a certificate",
						Secret: true,
						Check:  &schema.Check{Problem: pemText}}},
				}}},
		applicationRow(),
	}
})

// environmentType and documentType are the types of an environment and of the
// whole file.
var environmentType = sync.OnceValue(func() *schema.Type {
	return &schema.Type{Kind: schema.ObjectKind, What: "an environment", Elsewhere: descriptor.UnderDefaults,
		Fields: append(environmentRows(), settings()...)}
})

var documentType = sync.OnceValue(func() *schema.Type { return document(environmentType()) })

func environmentRows() []schema.Field {
	return []schema.Field{{Name: "defaults", Doc: "App fields for the apps in this environment.", Type: descriptor.DefaultsType()}}
}

func document(environment *schema.Type) *schema.Type {
	rows := []schema.Field{
		{Name: "apiVersion", Doc: "The version of this format: " + descriptor.APIVersion + ".", Type: &schema.AnyText, Required: true,
			JSON: schema.JSON{{Key: "const", Value: descriptor.APIVersion}}},
		{Name: "kind", Doc: Kind + ".", Type: &schema.AnyText, Required: true, JSON: schema.JSON{{Key: "const", Value: Kind}}},
		{Name: "defaults", Doc: "App fields for all apps: any field of app.yaml but those of a single workload and those that name files.",
			Type: descriptor.DefaultsType()},
	}
	rows = append(append(rows, settings()...), argocdRows()...)
	rows = append(rows, boundsRow(), schema.Field{Name: "environments",
		Doc: "The environments by name, in place of the built-in ones. Besides what is listed here, each takes the fields from " +
			"`namespace` on, over those of the top level.",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of environments",
			Keys: schema.KeyRule{What: "an environment", Check: &schema.Label}, Elem: environment}})
	rows = append(rows, schema.Field{Name: "furtherEnvironments",
		Doc: "Names, or patterns such as `preview-*`, of environments that apps may have besides those of `environments`; they have the " +
			"settings of the top level.",
		Type: &schema.Type{Kind: schema.ListKind, What: "a list of patterns",
			Elem: &schema.Type{Kind: schema.TextKind, What: "a pattern of environments",
				Check: &schema.Check{Problem: environmentPattern}}}})
	return &schema.Type{Kind: schema.ObjectKind, What: "a platform file", Elsewhere: descriptor.UnderDefaults, Fields: rows}
}

// Reference returns the table in Markdown, for docs/platform.md, the fields that
// stand in two places once.
func Reference() string {
	return document(&schema.Type{Kind: schema.ObjectKind, What: "an environment", Fields: environmentRows()}).Reference()
}

// JSONSchema returns the table as JSON Schema, draft 2020-12, for editors.
func JSONSchema() ([]byte, error) {
	return schema.Document{
		Title: "unfold's platform file, " + descriptor.APIVersion, Description: "What all apps have in common.",
		Type: documentType(), DefaultOf: descriptor.DefaultOf,
	}.JSONSchema()
}

func namespacePattern(s string) string {
	if problem := placeholders(s); problem != "" {
		return problem
	}
	return types.Label(descriptor.FillIn(s, "a", "e"))
}

func domainPattern(s string) string {
	if problem := placeholders(s); problem != "" {
		return problem
	}
	return types.Subdomain(descriptor.FillIn(s, "a", "e"))
}

func placeholders(s string) string {
	if strings.ContainsAny(descriptor.FillIn(s, "", ""), "{}") {
		return "has a placeholder other than {app} and {env}"
	}
	return ""
}

func knownRule(s string) string {
	if !slices.Contains(lint.Names(), s) {
		return "is not one of the rules"
	}
	return ""
}

func nearRules(s string) string { return diag.Hint(s, "the rules are", lint.Names()) }

func registry(s string) string {
	_, problem := image.ParseScope(s)
	return problem
}

func environmentPattern(s string) string {
	if _, err := path.Match(s, ""); err != nil || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-*?[]^") != "" || s == "" {
		return "is not a pattern of environments such as preview-*"
	}
	return ""
}
