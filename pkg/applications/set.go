package applications

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// Sets gives the AppProjects of the teams, and ApplicationSets that find the
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

// owners gives the teams, and the apps of none where there are some or where
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

// set gives the ApplicationSet of an owner's apps in an environment.
func (m *maker) set(o owner, env string) *value.Value {
	cluster := m.Settings(env).Cluster
	apps := matrix(m.files(o, m.Revision), only(m.names(), env))
	to, name := destination(cluster), "{{ .path.basenameNormalized }}-"+env
	if cluster.Labels != nil {
		apps = matrix(apps, of("clusters", of("selector", of("matchLabels", cluster.Labels))))
		to, name = of("server", "{{ .server }}"), name+"-{{ .nameNormalized }}"
	}
	// The folder's name, not the app's: app teams can't take the name or the
	// namespace of another team.
	template := m.metadata(name, o.team).Set("spec", m.spec(o.team, env, "{{ .path.path }}", m.namespace("{{ .path.basenameNormalized }}", env), to))
	return m.applicationSet(o.name+"-"+env, apps, template, false)
}

// namespace is where the apps of a folder, or of a pattern of folders, go to.
func (m *maker) namespace(folder, env string) string {
	pattern := m.Defaults.Place(env).Namespace
	if pattern == "" {
		pattern = "{app}-{env}"
	}
	return descriptor.FillIn(pattern, folder, env)
}

func (m *maker) applicationSet(name string, generator, template *value.Value, previews bool) *value.Value {
	spec := of(
		"goTemplate", true, "goTemplateOptions", texts("missingkey=error"),
		"generators", value.NewList(diag.Pos{}, generator),
		"syncPolicy", of("applicationsSync", "sync"),
	)
	if !previews {
		// Image updaters set parameters in Applications: they are left alone.
		spec.Set("ignoreApplicationDifferences", value.NewList(diag.Pos{}, of("jqPathExpressions", texts(".spec.source.plugin.parameters"))))
	}
	return of("apiVersion", apiVersion, "kind", "ApplicationSet",
		"metadata", of("name", name, "namespace", m.ArgoCD.Namespace, "labels", of("app.kubernetes.io/managed-by", "unfold")),
		"spec", spec.Set("template", template))
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

// only gives one element for an app.yaml that has the environment, none for
// others.
func only(all []string, env string) *value.Value {
	usual := "dict"
	for _, name := range all {
		usual += fmt.Sprintf(" %q dict", name)
	}
	return of("list", of("elementsYaml", strings.Join([]string{
		`{{- if hasKey (dig "environments" (` + usual + `) .) "` + env + `" }}`,
		"- environment: " + env,
		"{{- else }}",
		"[]",
		"{{- end }}",
		"",
	}, "\n")))
}

// previews gives the ApplicationSet of an owner's apps in pull requests: each
// in a namespace of its own, at the commit of the pull request and with the
// image of that tag.
func (m *maker) previews(o owner) *value.Value {
	p := m.Previews
	github := of("owner", p.Owner, "repo", p.Repository, "api", p.API, "labels", texts(p.Label),
		"tokenRef", of("secretName", p.TokenName, "key", p.TokenKey))
	generator := matrix(
		of("pullRequest", of("github", github, "requeueAfterSeconds", int64(300))),
		m.files(o, "{{ .head_sha }}"),
	)
	const name = "{{ .path.basenameNormalized }}-pr-{{ .number }}"
	spec := m.spec(o.team, p.Environment, "{{ .path.path }}", name, destination(m.Settings(p.Environment).Cluster))
	parameters := value.NewList(diag.Pos{},
		of("name", "namespace", "string", name),
		of("name", "tag", "string", "{{ .head_sha }}"),
	)
	if p.Domain != "" {
		parameters.Items = append(parameters.Items, of("name", "host", "string", name+"."+p.Domain))
	}
	source := spec.Get("source")
	source.Set("targetRevision", value.Str("{{ .head_sha }}", diag.Pos{}))
	source.Get("plugin").Set("parameters", parameters)
	spec.Get("syncPolicy").Set("automated", of("prune", true, "selfHeal", true))
	return m.applicationSet(o.name+"-previews", generator, m.metadata(name, o.team).Set("spec", spec), true)
}
