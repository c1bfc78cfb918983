package platform

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/check"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/image"
	"github.com/unfold-gitops/unfold/pkg/kube"
)

// The table of the platform file: what the parser takes and what its reference
// is made of.

// settings are the fields that say how things are in an environment. They stand
// at the top level for all, and in an environment over that.
var settings = sync.OnceValue(func() []descriptor.Row {
	text := descriptor.TextOf("text", nil)
	return []descriptor.Row{
		{Name: "namespace", Doc: "A pattern of namespaces for apps that name none: `{app}-{env}` unless given.",
			Type: descriptor.TextOf("a pattern", descriptor.RuleOf(namespacePattern))},
		{Name: "ingress", Doc: "What the hosts of apps have in common.", Type: descriptor.Object("ingress settings",
			descriptor.Row{Name: "domain", Doc: "The domain of a host that an app gives as a bare label; it can hold `{env}`.", Type: descriptor.TextOf("a domain", descriptor.RuleOf(domainPattern))},
			descriptor.Row{Name: "class", Doc: "The class of an Ingress that names none.", Type: descriptor.TextOf("an ingress class", descriptor.ObjectName)},
		)},
		{Name: "pullSecrets", Doc: "The Secrets that hold registries' credentials: short for `defaults.image.pullSecrets`.",
			Type: descriptor.ListOf("a list of Secrets", descriptor.TextOf("a Secret's name", descriptor.ObjectName))},
		{Name: "registries", Doc: "Where images may come from: registries, or repositories and the folders above them. Any unless given.",
			Type: descriptor.ListOf("a list of registries", descriptor.TextOf("a registry", descriptor.RuleOf(registry)))},
		{Name: "policy", Doc: "What becomes of the findings of [rules](rules.md), by their names.", Type: descriptor.MapOf("a map of rules", "a rule", descriptor.RuleOf(knownRule), descriptor.Object("a severity",
			descriptor.Row{Name: "severity", Doc: "What the rule's findings are; off looks for none.", Type: descriptor.Choice("a severity", check.Levels()...)},
			descriptor.Row{Name: "accept", Doc: "Whether an app may accept findings: true unless they are errors.", Type: descriptor.Boolean()},
		).WithShort("severity"))},
		{Name: "missingAPIs", Doc: "What becomes of an object whose kind the cluster does not know: error unless given, or skip, which leaves it out with a warning.",
			Type: descriptor.Choice("a way with missing APIs", "error", "skip")},
		{Name: "cluster", Doc: "The destination cluster of Applications, as Argo CD knows it.", Type: descriptor.OneOf("a cluster", "its name or address", clusterField,
			descriptor.Row{Name: "name", Doc: "The cluster's name in Argo CD.", Type: text},
			descriptor.Row{Name: "server", Doc: "The address of its API server.", Type: descriptor.TextOf("an address", descriptor.RuleOf(httpsAddress))},
			descriptor.Row{Name: "labels", Doc: "Every cluster whose Secret in Argo CD has these labels; for ApplicationSets.", Type: descriptor.Labels()},
		)},
		{Name: "certificate", Doc: "The certificate that secrets are sealed with.", Type: descriptor.OneOf("a certificate", "a file, an address or the certificate itself", certificateField,
			descriptor.Row{Name: "file", Doc: "A file that holds it, relative to the platform file.", Type: text},
			descriptor.Row{Name: "url", Doc: "Where it can be fetched from.", Type: descriptor.TextOf("an address", descriptor.RuleOf(httpsAddress))},
			descriptor.Row{Name: "pem", Doc: "The certificate itself.", Type: descriptor.TextOf("a certificate", descriptor.RuleOf(pemText))},
		)},
		applicationRow(),
	}
})

// environmentType and documentType are the schemas of an environment and of the
// whole file.
var environmentType = sync.OnceValue(func() *descriptor.Type {
	return descriptor.Object("an environment", append(environmentRows(), settings()...)...).WithHints(descriptor.UnderDefaults)
})

var documentType = sync.OnceValue(func() *descriptor.Type { return document(environmentType()) })

func environmentRows() []descriptor.Row {
	return []descriptor.Row{{Name: "defaults", Doc: "App fields for the apps in this environment.", Type: descriptor.DefaultsType()}}
}

func document(environment *descriptor.Type) *descriptor.Type {
	rows := []descriptor.Row{
		{Name: "apiVersion", Doc: "The version of this format: " + descriptor.APIVersion + ".", Const: descriptor.APIVersion, Type: descriptor.TextOf("text", nil)},
		{Name: "kind", Doc: Kind + ".", Const: Kind, Type: descriptor.TextOf("text", nil)},
		{Name: "defaults", Doc: "App fields for all apps: any field of app.yaml but those of a single workload and those that name files.", Type: descriptor.DefaultsType()},
	}
	rows = append(append(rows, settings()...), argocdRows()...)
	rows = append(rows, boundsRow(), descriptor.Row{Name: "environments", Doc: "The environments by name, in place of the built-in ones. Besides what is listed here, each takes the fields from `namespace` on, over those of the top level.",
		Type: descriptor.MapOf("a map of environments", "an environment", descriptor.NamespaceName, environment)})
	rows = append(rows, descriptor.Row{Name: "furtherEnvironments", Doc: "Names, or patterns such as `preview-*`, of environments that apps may have besides those of `environments`; they have the settings of the top level.",
		Type: descriptor.ListOf("a list of patterns", descriptor.TextOf("a pattern of environments", descriptor.RuleOf(environmentPattern)))})
	return descriptor.Object("a platform file", rows...).WithHints(descriptor.UnderDefaults)
}

// Reference gives the table in Markdown, for docs/platform.md, the fields that
// stand in two places once.
func Reference() string {
	return document(descriptor.Object("an environment", environmentRows()...)).Reference()
}

// JSONSchema gives the table as JSON Schema, draft 2020-12, for editors.
func JSONSchema() ([]byte, error) {
	return documentType().JSONSchema("unfold's platform file, "+descriptor.APIVersion, "What all apps have in common.", descriptor.DefaultOf)
}

func namespacePattern(s string) string {
	if problem := placeholders(s); problem != "" {
		return problem
	}
	return kube.Label(descriptor.FillIn(s, "a", "e"))
}

func domainPattern(s string) string {
	if problem := placeholders(s); problem != "" {
		return problem
	}
	return kube.Subdomain(descriptor.FillIn(s, "a", "e"))
}

func placeholders(s string) string {
	if strings.ContainsAny(descriptor.FillIn(s, "", ""), "{}") {
		return "has a placeholder other than {app} and {env}"
	}
	return ""
}

func knownRule(s string) string {
	if !slices.Contains(check.Names(), s) {
		return "is not one of the rules: " + strings.Join(check.Names(), ", ")
	}
	return ""
}

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

func httpsAddress(s string) string {
	host, ok := strings.CutPrefix(s, "https://")
	if !ok || host == "" || strings.ContainsAny(s, " \t\n") {
		return "is not an address that starts with https://"
	}
	return ""
}

const pemHead = "-----BEGIN CERTIFICATE-----"

func pemText(s string) string {
	if !strings.HasPrefix(strings.TrimSpace(s), pemHead) {
		return "does not start with " + pemHead
	}
	return ""
}

func clusterField(text string) string {
	if strings.Contains(text, "://") {
		return "server"
	}
	return "name"
}

func certificateField(text string) string {
	switch {
	case strings.HasPrefix(strings.TrimSpace(text), "-----"):
		return "pem"
	case strings.Contains(text, "://"):
		return "url"
	}
	return "file"
}
