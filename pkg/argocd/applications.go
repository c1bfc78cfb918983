// Package argocd makes the Argo CD objects for the apps of a repository:
// Applications or ApplicationSets, the AppProjects of the teams, and an
// Application of Applications.
package argocd

import (
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Repository is what Argo CD deploys from.
type Repository struct {
	URL, Revision string
	Apps          []App
}

// App is an app in a folder of the repository.
type App struct {
	Name         string
	Path         string // of the folder, "." for the repository's own
	Pos          diag.Pos
	Environments []Environment
}

// Environment is what an app comes to in one environment.
type Environment struct {
	Name, Namespace string
	Objects         []*value.Value
}

// The names and values that Argo CD gives a meaning
// (argo-cd.readthedocs.io/en/stable/user-guide).
const (
	apiVersion    = "argoproj.io/v1alpha1"
	inCluster     = platform.InCluster
	finalizer     = "resources-finalizer.argocd.argoproj.io"
	generatePaths = "argocd.argoproj.io/manifest-generate-paths"
	subscription  = "notifications.argoproj.io/subscribe."
	createsSpace  = platform.CreateNamespace
	respects      = "RespectIgnoreDifferences=true"
)

// triggers are those that a team hears of: deploy/notifications defines them.
func triggers() []string { return []string{"on-deployed", "on-health-degraded", "on-sync-failed"} }

// maker makes the objects of one repository.
type maker struct {
	Repository
	*platform.Platform
	teams []*platform.Team // of each app, nil for none
	sets  bool             // ApplicationSets, which find apps by themselves
	diags diag.List
}

func newMaker(r Repository, p *platform.Platform, sets bool) *maker {
	m := &maker{Repository: r, Platform: p, sets: sets}
	var folders []string
	for _, app := range r.Apps {
		folders = append(folders, app.Path)
		m.teams = append(m.teams, m.team(app))
	}
	m.diags = TwoTeams(p, folders)
	return m
}

// team returns the team that an app belongs to: the first one.
func (m *maker) team(app App) *platform.Team {
	for i := range m.Teams {
		if _, ok := claim(&m.Teams[i], app.Path); ok {
			return &m.Teams[i]
		}
	}
	return nil
}

// claim returns the first pattern of a team that matches a folder.
func claim(t *platform.Team, folder string) (descriptor.Text, bool) {
	i := slices.IndexFunc(t.Apps, func(pattern descriptor.Text) bool { return matches(pattern, folder) })
	if i < 0 {
		return descriptor.Text{}, false
	}
	return t.Apps[i], true
}

// TwoTeams returns errors about the patterns of teams that match a folder which belongs to another team already: one for each
// two patterns, with the first such folder.
func TwoTeams(p *platform.Platform, folders []string) diag.List {
	var diags diag.List
	told := map[[2]diag.Pos]bool{}
	for _, folder := range folders {
		var first *platform.Team
		var by descriptor.Text
		for i := range p.Teams {
			t := &p.Teams[i]
			pattern, ok := claim(t, folder)
			switch both := [2]diag.Pos{by.Pos, pattern.Pos}; {
			case !ok:
			case first == nil:
				first, by = t, pattern
			case !told[both]:
				told[both] = true
				diags.Errorh(pattern.Pos, "two-teams", "fix one of the patterns: an app belongs to one team",
					"the pattern %q of the team %q matches the folder %q, and so does %q of the team %q in line %d", pattern.Text, t.Name,
					folder, by.Text, first.Name, by.Pos.Line)
			}
		}
	}
	return diags
}

func matches(pattern descriptor.Text, folder string) bool {
	ok, err := path.Match(path.Clean(pattern.Text), folder)
	return ok && err == nil
}

// Unmatched returns warnings about the patterns of teams that match none of the folders, which are those of all apps of the
// platform.
func Unmatched(p *platform.Platform, folders []string) diag.List {
	var diags diag.List
	for _, t := range p.Teams {
		for _, pattern := range t.Apps {
			if !slices.ContainsFunc(folders, func(folder string) bool { return matches(pattern, folder) }) {
				diags.Warnh(pattern.Pos, "no-match", diag.Hint(pattern.Text, "the apps are in", folders),
					"the pattern %q of the team %q matches the folder of no app", pattern.Text, t.Name)
			}
		}
	}
	return diags
}

// Static returns the AppProjects of the teams, and one Application for each app
// and environment.
func Static(r Repository, p *platform.Platform) ([]*value.Value, diag.List) {
	m := newMaker(r, p, false)
	out := m.projects()
	names := map[string]App{}
	for i, app := range r.Apps {
		if other, ok := names[app.Name]; ok {
			m.diags.Errorh(app.Pos, "app-twice", "rename one of them", "the app %q is in the folders %q and %q", app.Name, other.Path,
				app.Path)
		}
		names[app.Name] = app
		for _, env := range app.Environments {
			out = append(out, m.application(app, env, m.teams[i]))
		}
	}
	return out, m.diags
}

// application returns the Application of an app in an environment.
func (m *maker) application(app App, env Environment, team *platform.Team) *value.Value {
	cluster := m.Settings(env.Name).Cluster
	if cluster.Labels != nil {
		m.diags.Errorh(app.Pos, "many-clusters", "print ApplicationSets: --style applicationset",
			"the environment %q of %q runs on all clusters with certain labels, which an Application can't say", env.Name, app.Name)
	}
	spec := m.spec(team, env.Name, app.Path, env.Namespace, destination(cluster))
	if scaled := scaledKinds(env.Objects); len(scaled) > 0 {
		ignore(spec, scaled)
	}
	metadata := m.metadata(app.Name+"-"+env.Name, app.Name, env.Name, team)
	return of("apiVersion", apiVersion, "kind", "Application").SetEntry(metadata.Entries[0]).Set("spec", spec)
}

// of builds a map without a place: nothing here comes from a descriptor's line.
func of(pairs ...any) *value.Value { return value.MapOf(diag.Pos{}, pairs...) }

func texts(list ...string) *value.Value { return value.NewStrings(diag.Pos{}, list...) }

// metadata returns that of an Application, under its key.
func (m *maker) metadata(name, app, env string, team *platform.Team) *value.Value {
	labels := of("app.kubernetes.io/name", app, "app.kubernetes.io/managed-by", "unfold", "unfold.dev/environment", env)
	annotations := of(generatePaths, ".")
	if team != nil {
		labels.Set("unfold.dev/team", value.NewString(diag.Pos{}, team.Name))
		for _, trigger := range triggers() {
			for _, e := range team.Notify {
				annotations.Set(subscription+trigger+"."+e.Key, value.NewString(diag.Pos{}, e.Value.Text))
			}
		}
	}
	return of("metadata", of("name", name, "namespace", m.ArgoCD.Namespace, "labels", labels, "annotations", annotations, "finalizers",
		texts(finalizer)))
}

func destination(c platform.Cluster) *value.Value {
	switch {
	case c.Name != "":
		return of("name", c.Name)
	case c.Server != "":
		return of("server", c.Server)
	}
	return of("server", inCluster)
}

// spec returns an Application's.
func (m *maker) spec(team *platform.Team, env, folder, namespace string, to *value.Value) *value.Value {
	project := m.ArgoCD.Project
	if team != nil {
		project = team.Name
	}
	s := m.Settings(env).Applications
	policy := of()
	if !s.Manual {
		policy.Set("automated", value.NewMap(diag.Pos{}).Set("prune", value.NewBool(diag.Pos{}, !s.Keep)).Set("selfHeal",
			value.NewBool(diag.Pos{}, !s.Drift)))
	}
	if s.Retries > 0 {
		policy.Set("retry", of("limit", s.Retries, "backoff", of("duration", "5s", "factor", int64(2), "maxDuration", "3m")))
	}
	policy.Set("syncOptions", value.From(diag.Pos{}, texts(s.SyncOptions...)))
	if slices.Contains(s.SyncOptions, createsSpace) {
		policy.Set("managedNamespaceMetadata",
			value.From(diag.Pos{}, of("labels", s.NamespaceLabels, "annotations", s.NamespaceAnnotations)))
	}
	return of(
		"project", project,
		"source", of("repoURL", m.URL, "targetRevision", m.Revision, "path", folder,
			// A variable and not a parameter, so that a parameter can be added without repeating it.
			"plugin", of("name", m.ArgoCD.Plugin, "env", value.NewList(diag.Pos{}, of("name", "ENVIRONMENT", "value", env)))),
		"destination", to.Set("namespace", value.NewString(diag.Pos{}, namespace)),
		"syncPolicy", policy,
	)
}

// scaledKinds returns the objects whose replicas an autoscaler sets.
func scaledKinds(objects []*value.Value) []object.ID {
	var out []object.ID
	for _, o := range objects {
		if id, ok := object.Scaled(o); ok {
			out = append(out, id)
		}
	}
	return out
}

// ignore leaves the replicas to whoever sets them.
func ignore(spec *value.Value, scaled []object.ID) {
	rules := value.NewList(diag.Pos{})
	for _, id := range scaled {
		rules.Items = append(rules.Items, of("group", id.Group(), "kind", id.Kind, "name", id.Name, "jsonPointers",
			texts("/spec/replicas")))
	}
	spec.Set("ignoreDifferences", rules)
	options := spec.Get("syncPolicy", "syncOptions")
	if options == nil {
		options = value.NewList(diag.Pos{})
	}
	options = options.Copy()
	options.Items = append(options.Items, value.NewString(diag.Pos{}, respects))
	spec.Get("syncPolicy").Set("syncOptions", options)
}

// Root returns the Application of the Applications that lie in a folder of the
// repository.
func Root(r Repository, p *platform.Platform, folder string) *value.Value {
	return of("apiVersion", apiVersion, "kind", "Application",
		"metadata", of("name", "unfold-apps", "namespace", p.ArgoCD.Namespace, "labels", of("app.kubernetes.io/managed-by", "unfold")),
		"spec", of(
			"project", p.ArgoCD.Project,
			"source", of("repoURL", r.URL, "targetRevision", r.Revision, "path", folder),
			"destination", of("server", inCluster, "namespace", p.ArgoCD.Namespace),
			"syncPolicy", of("automated", of("prune", true, "selfHeal", true), "syncOptions", texts("ServerSideApply=true")),
		))
}

// FileName names an object's file: KIND-NAME.yaml.
func FileName(v *value.Value) string {
	return strings.ToLower(v.StringAt("kind")) + "-" + v.StringAt("metadata", "name") + ".yaml"
}
