package argocd

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Sets returns the AppProjects of the teams, and ApplicationSets that find the
// apps in the repository by themselves: one for each team and environment of
// the platform, one for each environment for the apps of no team, and one for
// each team's previews.
func Sets(r Repository, p *platform.Platform) ([]*value.Value, diag.List) {
	m := newMaker(r, p, true)
	out := m.projects()
	for _, o := range m.owners() {
		for _, e := range m.Defaults.Environments {
			out = append(out, m.set(o, e.Key))
		}
		if m.Previews != nil {
			out = append(out, m.previews(o))
		}
	}
	return out, m.diags
}

// owner is a team with its folders, or what is left for no team.
type owner struct {
	team             *platform.Team
	name             string
	include, exclude []string // patterns of folders
}

// owners returns the teams, and the apps of none where there are some or where
// there are no teams at all.
func (m *maker) owners() []owner {
	var out []owner
	var claimed []string
	for i := range m.Teams {
		t := &m.Teams[i]
		o := owner{team: t, name: t.Name, include: patterns(t.Apps)}
		claimed = append(claimed, o.include...)
		out = append(out, o)
	}
	rest := owner{name: "apps", exclude: claimed}
	for i, app := range m.Apps {
		if m.teams[i] == nil {
			rest.include = append(rest.include, path.Join(path.Dir(app.Path), "*"))
		}
	}
	if len(rest.include) == 0 && len(m.Teams) == 0 {
		rest.include = []string{"apps/*"}
	}
	if len(rest.include) > 0 {
		slices.Sort(rest.include)
		rest.include = slices.Compact(rest.include)
		out = append(out, rest)
	}
	return out
}

func patterns(apps []descriptor.Text) []string {
	var out []string
	for _, x := range apps {
		out = append(out, path.Clean(x.Text))
	}
	return out
}

// folderName is the name of an app's folder in templates, as a name of Kubernetes.
const folderName = "{{ .path.basenameNormalized }}"

// set returns the ApplicationSet of an owner's apps in an environment.
func (m *maker) set(o owner, env string) *value.Value {
	cluster := m.Settings(env).Cluster
	apps := matrix(m.files(o, m.Revision), only(m.names(), env))
	to, name := destination(cluster), folderName+"-"+env
	if cluster.Labels != nil {
		apps = matrix(apps, of("clusters", of("selector", of("matchLabels", cluster.Labels))))
		to, name = of("server", "{{ .server }}"), name+"-{{ .nameNormalized }}"
	}
	// The folder's name, not the app's: app teams can't take the name or the
	// namespace of another team.
	template := m.metadata(name, folderName, env, o.team).Set("spec", m.spec(o.team, env, "{{ .path.path }}", m.namespace(folderName, env),
		to))
	policy := "sync"
	if m.Settings(env).Applications.Keep {
		policy = "create-update" // what is no longer in git stays, Applications too
	}
	set := m.applicationSet(o.name+"-"+env, apps, template, policy)
	// Image updaters set parameters in Applications: they are left alone.
	set.Get("spec").Set("ignoreApplicationDifferences", value.NewList(diag.Pos{},
		of("jqPathExpressions", texts(".spec.source.plugin.parameters"))))
	return set
}

// namespace is where the apps of a folder, or of a pattern of folders, go to.
func (m *maker) namespace(folder, env string) string {
	pattern := m.Defaults.Place(env).Namespace.Text
	if pattern == "" {
		pattern = "{app}-{env}"
	}
	return descriptor.FillIn(pattern, folder, env)
}

func (m *maker) applicationSet(name string, generator, template *value.Value, policy string) *value.Value {
	return of("apiVersion", apiVersion, "kind", "ApplicationSet",
		"metadata", of("name", name, "namespace", m.ArgoCD.Namespace, "labels", of("app.kubernetes.io/managed-by", "unfold")),
		"spec", of(
			"goTemplate", true, "goTemplateOptions", texts("missingkey=error"),
			"generators", value.NewList(diag.Pos{}, generator),
			"syncPolicy", of("applicationsSync", policy),
			"template", template,
		))
}

func matrix(generators ...*value.Value) *value.Value {
	return of("matrix", of("generators", value.NewList(diag.Pos{}, generators...)))
}

// files finds app.yaml in an owner's folders. Argo CD's * goes across folders,
// so files further down are left out by name.
func (m *maker) files(o owner, revision string) *value.Value {
	list := value.NewList(diag.Pos{})
	for _, pattern := range o.include {
		list.Items = append(list.Items, of("path", path.Join(pattern, descriptor.FileName)))
	}
	for _, pattern := range o.include {
		list.Items = append(list.Items, of("path", path.Join(pattern, "*", descriptor.FileName), "exclude", true))
	}
	for _, pattern := range o.exclude {
		list.Items = append(list.Items, of("path", path.Join(pattern, descriptor.FileName), "exclude", true))
	}
	return of("git", of("repoURL", m.URL, "revision", revision, "files", list))
}

// names are the environments of an app that lists none.
func (m *maker) names() []string {
	var names []string
	for _, e := range m.Defaults.Environments {
		names = append(names, e.Key)
	}
	return names
}

// only returns one element for an app.yaml that has the environment, and has it
// enabled; none for others. Whatever is wrong in the file is left to the plugin:
// an error here would stop the generator for all apps.
func only(all []string, env string) *value.Value {
	usual := "dict"
	for _, name := range all {
		usual += fmt.Sprintf(" %q dict", name)
	}
	return of("list", of("elementsYaml", strings.Join([]string{
		`{{- $all := get . "environments" }}`,
		`{{- if not (kindIs "map" $all) }}{{ $all = ` + usual + ` }}{{ end }}`,
		`{{- $this := get $all "` + env + `" }}`,
		`{{- $enabled := get . "enabled" }}`,
		`{{- if and (kindIs "map" $this) (hasKey $this "enabled") }}{{ $enabled = $this.enabled }}{{ end }}`,
		`{{- if and (hasKey $all "` + env + `") (ne (toString $enabled) "false") }}`,
		"- environment: " + env,
		"{{- else }}",
		"[]",
		"{{- end }}",
		"",
	}, "\n")))
}

// previewTag returns the tag of a preview to an app's image: of several workloads to
// each that has no image of its own. An empty text overrides nothing.
const previewTag = `{{- $tag := .head_sha }}{{ $tags := list $tag -}}
{{- if kindIs "map" (get . "workloads") }}{{ $tags = list -}}
{{- range $name, $w := .workloads }}{{ if not (and (kindIs "map" $w) (hasKey $w "image")) -}}
{{- $tags = append $tags (printf "%s=%s" $name $tag) }}{{ end }}{{ end }}{{ end }}{{ join "," $tags -}}`

// previews returns the ApplicationSet of an owner's apps in pull requests: each at
// the commit of the pull request and with the image of that tag, in a namespace of
// its own or in one for all. There its objects have the number in their names.
func (m *maker) previews(o owner) *value.Value {
	p := m.Previews
	github := of("owner", p.Owner, "repo", p.Repository, "api", p.API, "labels", texts(p.Label),
		"tokenRef", of("secretName", p.TokenName, "key", p.TokenKey))
	generator := matrix(
		of("pullRequest", of("github", github, "requeueAfterSeconds", int64(300))),
		m.files(o, "{{ .head_sha }}"),
	)
	const suffix = "-pr-{{ .number }}"
	const name = folderName + suffix
	namespace := name
	if p.Namespace != "" {
		namespace = p.Namespace
	}
	spec := m.spec(o.team, p.Environment, "{{ .path.path }}", namespace, destination(m.Settings(p.Environment).Cluster))
	parameters := value.NewList(diag.Pos{},
		of("name", "namespace", "string", namespace),
		of("name", "tag", "string", previewTag),
	)
	if p.Namespace != "" {
		parameters.Items = append(parameters.Items, of("name", "nameSuffix", "string", suffix))
	}
	if p.Domain != "" {
		parameters.Items = append(parameters.Items, of("name", descriptor.HostSuffix, "string", suffix+"."+p.Domain))
	}
	source := spec.Get("source")
	source.Set("targetRevision", value.NewString(diag.Pos{}, "{{ .head_sha }}"))
	source.Get("plugin").Set("parameters", parameters)
	spec.Get("syncPolicy").Set("automated", of("prune", true, "selfHeal", true))
	metadata := m.metadata(name, folderName, p.Environment, o.team)
	metadata.Get("metadata", "labels").Set("unfold.dev/preview", value.NewString(diag.Pos{}, "{{ .number }}"))
	return m.applicationSet(o.name+"-previews", generator, metadata.Set("spec", spec), "sync")
}
