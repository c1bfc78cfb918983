package argocd

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// projects returns one AppProject for each team: where its apps may come from and
// go to, which kinds they may hold, and who may do what with them.
func (m *maker) projects() []*value.Value {
	var out []*value.Value
	for i := range m.Teams {
		out = append(out, m.project(&m.Teams[i]))
	}
	return out
}

func (m *maker) project(t *platform.Team) *value.Value {
	kinds, clusterKinds := append(kindsOf(madeKinds()), kindsOf(t.Kinds)...), kindsOf(t.ClusterKinds)
	var destinations, windows []*value.Value
	for _, env := range m.environments(t) {
		windows = append(windows, m.windows(env)...)
		if slices.Contains(m.Settings(env).Applications.SyncOptions, createsSpace) {
			// Argo CD asks the project before it creates the namespace of the destination.
			clusterKinds = append(clusterKinds, kindIn("", "Namespace"))
		}
		to := destination(m.Settings(env).Cluster)
		if m.Settings(env).Cluster.Labels != nil { // any cluster may have them
			to = of("server", "*")
		}
		for _, namespace := range append(m.namespaces(t, env), t.Namespaces...) {
			destinations = append(destinations, to.Copy().Set("namespace", value.NewString(diag.Pos{}, namespace)))
		}
	}
	for i, app := range m.Apps {
		for _, env := range app.Environments {
			if m.teams[i] == t {
				m.allowed(t, app, env, kinds, clusterKinds)
			}
		}
	}
	spec := of(
		"description", "The apps of the team "+t.Name+".",
		"sourceRepos", texts(unique(append([]string{m.URL}, t.Repositories...))...),
	)
	spec.Set("destinations", sorted(destinations))
	// Empty lists are written too: an absent one of cluster kinds allows none, an
	// absent one of other kinds allows all.
	spec.Set("clusterResourceWhitelist", sorted(clusterKinds)).Set("namespaceResourceWhitelist", sorted(kinds))
	spec.Set("roles", value.From(diag.Pos{}, value.NewList(diag.Pos{}, m.roles(t)...)))
	spec.Set("syncWindows", value.From(diag.Pos{}, value.NewList(diag.Pos{}, windows...)))
	return of("apiVersion", apiVersion, "kind", "AppProject",
		"metadata", of("name", t.Name, "namespace", m.ArgoCD.Namespace, "labels", of("app.kubernetes.io/managed-by", "unfold")),
		"spec", spec)
}

// environments returns the names of the platform's environments and of those that
// the team's apps have besides.
func (m *maker) environments(t *platform.Team) []string {
	names := m.names()
	for i, app := range m.Apps {
		for _, env := range app.Environments {
			if m.teams[i] == t && !slices.Contains(names, env.Name) {
				names = append(names, env.Name)
			}
		}
	}
	return names
}

// namespaces returns where a team's apps go to in an environment: by the platform's
// pattern, never by what an app.yaml says, for the team writes that itself. The
// ApplicationSets get patterns for all that they will find.
func (m *maker) namespaces(t *platform.Team, env string) []string {
	var out []string
	if m.sets {
		for _, pattern := range patterns(t.Apps) {
			out = append(out, m.namespace(path.Base(pattern), env))
			if m.Previews != nil && m.Previews.Environment == env {
				out = append(out, cmp.Or(m.Previews.Namespace, path.Base(pattern)+"-pr-*"))
			}
		}
		return out
	}
	for i, app := range m.Apps {
		for _, e := range app.Environments {
			if m.teams[i] == t && e.Name == env {
				out = append(out, m.namespace(app.Name, env))
			}
		}
	}
	return out
}

// inEnvironment returns patterns of the Applications of an environment.
func (m *maker) inEnvironment(env string) []string {
	if m.Settings(env).Cluster.Labels != nil {
		return []string{"*-" + env + "-*"} // one for each cluster
	}
	return []string{"*-" + env}
}

// madeKinds are the kinds that unfold makes by itself and that live in a
// namespace.
func madeKinds() []string {
	out := []string{
		"ConfigMap", "PersistentVolumeClaim", "Service", "ServiceAccount",
		"autoscaling/HorizontalPodAutoscaler", "policy/PodDisruptionBudget",
		"networking.k8s.io/Ingress", "networking.k8s.io/NetworkPolicy", "gateway.networking.k8s.io/HTTPRoute",
		"rbac.authorization.k8s.io/Role", "rbac.authorization.k8s.io/RoleBinding",
		"keda.sh/ScaledObject", "keda.sh/TriggerAuthentication",
		"monitoring.coreos.com/PodMonitor", "monitoring.coreos.com/PrometheusRule", "monitoring.coreos.com/ServiceMonitor",
		"bitnami.com/SealedSecret", "external-secrets.io/ExternalSecret",
	}
	for _, k := range kinds.All() {
		if k.Written {
			out = append(out, k.Group()+"/"+k.Name)
		}
	}
	return out
}

// allowed warns of what the team's AppProject will refuse.
func (m *maker) allowed(t *platform.Team, app App, env Environment, kinds, clusterKinds []*value.Value) {
	if !m.sets && !slices.ContainsFunc(append(m.namespaces(t, env.Name), t.Namespaces...), func(pattern string) bool {
		ok, err := path.Match(pattern, env.Namespace)
		return ok && err == nil
	}) {
		m.diags.Warnh(app.Pos, "namespace-not-allowed", "add it to namespaces of the team in the platform file",
			"the app %q goes to the namespace %q in %s, and the project of the team %q does not allow that", app.Name, env.Namespace,
			env.Name, t.Name)
	}
	for _, o := range env.Objects {
		id := object.Object{Value: o}.ID()
		field, list := "kinds", kinds
		if id.ClusterScoped() {
			field, list = "clusterKinds", clusterKinds
		}
		if slices.ContainsFunc(list, func(x *value.Value) bool { return value.Equal(x, groupKind(id)) }) {
			continue
		}
		name := strings.TrimPrefix(id.Group()+"/"+id.Kind, "/")
		m.diags.Warnh(app.Pos, "kind-not-allowed", "add it to "+field+" of the team in the platform file",
			"the app %q has %s in %s, and the project of the team %q does not allow the kind %s", app.Name, id, env.Name, t.Name, name)
	}
}

// roles returns what a team's groups may do, as Casbin policies of Argo CD's RBAC.
func (m *maker) roles(t *platform.Team) []*value.Value {
	var out []*value.Value
	for _, r := range t.Roles {
		objects := []string{t.Name + "/*"}
		if len(r.Environments) > 0 {
			objects = nil
			for _, env := range r.Environments {
				for _, pattern := range m.inEnvironment(env) {
					objects = append(objects, t.Name+"/"+pattern)
				}
			}
		}
		policies := value.NewList(diag.Pos{})
		for _, object := range objects {
			for _, action := range r.Actions {
				resource := "applications"
				switch action {
				case "logs":
					resource, action = "logs", "get"
				case "action":
					action = "action/*"
				}
				line := strings.Join([]string{"p", "proj:" + t.Name + ":" + r.Name, resource, action, object, "allow"}, ", ")
				policies.Items = append(policies.Items, value.NewString(diag.Pos{}, line))
			}
		}
		out = append(out, of("name", r.Name, "groups", texts(r.Groups...), "policies", policies))
	}
	return out
}

func (m *maker) windows(env string) []*value.Value {
	var out []*value.Value
	for _, w := range m.Settings(env).Applications.SyncWindows {
		out = append(out, of("kind", w.Kind, "schedule", w.Schedule, "duration", w.Duration, "timeZone", w.TimeZone,
			"manualSync", w.ManualSync, "applications", texts(m.inEnvironment(env)...)))
	}
	return out
}

// kindsOf reads KIND and GROUP/KIND.
func kindsOf(names []string) []*value.Value {
	var out []*value.Value
	for _, name := range names {
		group, kind, ok := strings.Cut(name, "/")
		if !ok {
			group, kind = "", name
		}
		out = append(out, kindIn(group, kind))
	}
	return out
}

func groupKind(id object.ID) *value.Value { return kindIn(id.Group(), id.Kind) }

// kindIn writes an empty group too: without it Argo CD's API server refuses the
// entry.
func kindIn(group, kind string) *value.Value {
	return value.NewMap(diag.Pos{}).Set("group", value.NewString(diag.Pos{}, group)).Set("kind", value.NewString(diag.Pos{}, kind))
}

// sorted returns a list of maps in order, each once.
func sorted(items []*value.Value) *value.Value {
	key := func(v *value.Value) string {
		var b strings.Builder
		for _, e := range v.Entries {
			b.WriteString(e.Value.Text + "\x00")
		}
		return b.String()
	}
	items = slices.SortedFunc(slices.Values(items), func(a, b *value.Value) int { return cmp.Compare(key(a), key(b)) })
	return value.NewList(diag.Pos{}, slices.CompactFunc(items, value.Equal)...)
}

func unique(list []string) []string {
	var out []string
	for _, x := range list {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}
