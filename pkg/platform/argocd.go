package platform

import (
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube"
	"github.com/unfold-gitops/unfold/pkg/value"
)

// Applications say how the Argo CD Applications of an environment are.
type Applications struct {
	// Manual switches automatic syncs off.
	Manual bool
	// Keep leaves objects that are no longer in git, and Drift what somebody
	// changed in the cluster.
	Keep, Drift bool
	// Retries is how often a failed sync is tried again.
	Retries     int64
	SyncOptions []string
	// NamespaceLabels and NamespaceAnnotations go on the namespace that Argo CD
	// creates.
	NamespaceLabels, NamespaceAnnotations *value.Value
	SyncWindows                           []SyncWindow
}

// SyncWindow is a time in which syncs may, or may not, run.
type SyncWindow struct {
	Kind, Schedule, Duration, TimeZone string
	ManualSync                         bool
}

// ArgoCD is where Argo CD runs, and what its objects are called.
type ArgoCD struct {
	Namespace, Plugin, Project string
}

// Team is a group of people with apps of their own.
type Team struct {
	Name string
	Pos  diag.Pos
	// Apps are patterns of the folders that hold its apps, as path.Match takes
	// them.
	Apps []descriptor.Text
	// Repositories and Namespaces are what its apps may come from and go to,
	// besides those they have now.
	Repositories, Namespaces []string
	// Kinds and ClusterKinds are what its apps may bring along besides what unfold
	// makes: GROUP/KIND, or KIND of the core group.
	Kinds, ClusterKinds []string
	Roles               []Role
	// Notify has the recipients of its notifications by service.
	Notify []value.Entry
}

// Role is what some groups may do with a team's Applications.
type Role struct {
	Name         string
	Groups       []string
	Actions      []string
	Environments []string // all where there are none
}

// Previews are Applications of pull requests.
type Previews struct {
	Owner, Repository   string // on GitHub
	API                 string // of GitHub Enterprise
	Label               string
	TokenName, TokenKey string // of the Secret with a token
	Environment         string // whose settings a preview has
	Domain              string // below which its hosts are
	Namespace           string // of all previews, "" where each has one of its own
}

const roleActions = "get, sync, create, update, delete, override, action, logs"

// applicationRow says how the Applications of an environment are.
var applicationRow = sync.OnceValue(func() descriptor.Row {
	text := descriptor.TextOf("text", nil)
	window := descriptor.Object("a sync window",
		descriptor.Row{Name: "kind", Doc: "allow or deny.", Type: descriptor.Choice("a kind of window", "allow", "deny")},
		descriptor.Row{Name: "schedule", Doc: "When it opens, as cron.", Type: text},
		descriptor.Row{Name: "duration", Doc: "How long it is open, such as 8h.", Type: text},
		descriptor.Row{Name: "timeZone", Doc: "The time zone of the schedule; UTC unless given.", Type: text},
		descriptor.Row{Name: "manualSync", Doc: "true lets people sync although automatic syncs may not run.", Type: descriptor.Flag()},
	)
	return descriptor.Row{Name: "applications", Doc: "What the Argo CD Applications say that `unfold argocd` prints.", Type: descriptor.Object("Application settings",
		descriptor.Row{Name: "automated", Doc: "false leaves syncs to people.", Type: descriptor.Flag()},
		descriptor.Row{Name: "prune", Doc: "false keeps what is no longer in git, and with `--style applicationset` the Applications of folders that are gone.", Type: descriptor.Flag()},
		descriptor.Row{Name: "selfHeal", Doc: "false leaves alone what somebody changed in the cluster.", Type: descriptor.Flag()},
		descriptor.Row{Name: "retries", Doc: "How often a failed sync is tried again; 5 unless given.", Type: descriptor.Count()},
		descriptor.Row{Name: "syncOptions", Doc: "In place of `CreateNamespace=true` and `ServerSideApply=true`.", Type: descriptor.ListOf("a list of sync options", text)},
		descriptor.Row{Name: "namespaceLabels", Doc: "Labels of the namespaces that Argo CD creates.", Type: descriptor.Labels()},
		descriptor.Row{Name: "namespaceAnnotations", Doc: "Annotations of the namespaces that Argo CD creates.", Type: descriptor.Annotations()},
		descriptor.Row{Name: "syncWindows", Doc: "When syncs may or may not run.", Type: descriptor.ListOf("a list of sync windows", window)},
	)}
})

// argocdRows stand at the top level alone.
var argocdRows = sync.OnceValue(func() []descriptor.Row {
	text := descriptor.TextOf("text", nil)
	name := descriptor.TextOf("a name", descriptor.ObjectName)
	texts := descriptor.ListOf("a list of texts", text)
	kinds := descriptor.ListOf("a list of kinds", descriptor.TextOf("KIND or GROUP/KIND", nil))
	role := descriptor.Object("a role",
		descriptor.Row{Name: "groups", Doc: "The groups that have it, as the identity provider names them.", Type: texts},
		descriptor.Row{Name: "actions", Doc: "What they may do with the team's Applications: " + roleActions + "; get and sync unless given.",
			Type: descriptor.ListOf("a list of actions", descriptor.Choice("an action", strings.Split(roleActions, ", ")...))},
		descriptor.Row{Name: "environments", Doc: "In which environments; in all unless given.", Type: descriptor.ListOf("a list of environments", descriptor.TextOf("an environment", descriptor.NamespaceName))},
	)
	team := descriptor.Object("a team",
		descriptor.Row{Name: "apps", Doc: "Patterns of the folders that hold its apps, such as `apps/payments-*`.", Type: descriptor.ListOf("a list of patterns", descriptor.TextOf("a pattern of folders", descriptor.RuleOf(folderPattern)))},
		descriptor.Row{Name: "repositories", Doc: "Further repositories that its apps may come from.", Type: texts},
		descriptor.Row{Name: "namespaces", Doc: "Patterns of further namespaces that its apps may go to.", Type: texts},
		descriptor.Row{Name: "kinds", Doc: "Kinds that its apps may bring along besides those that unfold makes: KIND or GROUP/KIND.", Type: kinds},
		descriptor.Row{Name: "clusterKinds", Doc: "The same for kinds without a namespace.", Type: kinds},
		descriptor.Row{Name: "roles", Doc: "Who may do what with its Applications.", Type: descriptor.MapOf("a map of roles", "a role", descriptor.NamespaceName, role)},
		descriptor.Row{Name: "notify", Doc: "Who is told of its deployments, by Argo CD's name of the service, such as `slack: CHANNEL`.", Type: descriptor.MapOf("a map of recipients", "a service", descriptor.ObjectName, text)},
	)
	return []descriptor.Row{
		{Name: "argocd", Doc: "Argo CD itself.", Type: descriptor.Object("Argo CD's settings",
			descriptor.Row{Name: "namespace", Doc: "Where it runs: argocd unless given.", Type: descriptor.TextOf("a namespace", descriptor.NamespaceName)},
			descriptor.Row{Name: "plugin", Doc: "The plugin's name: unfold unless given.", Type: name},
			descriptor.Row{Name: "project", Doc: "The AppProject of apps that belong to no team: default unless given.", Type: name},
		)},
		{Name: "teams", Doc: "The teams by name. Each gets an AppProject, and the Applications of its apps belong to it.",
			Type: descriptor.MapOf("a map of teams", "a team", descriptor.NamespaceName, team)},
		{Name: "previews", Doc: "Applications of pull requests on GitHub, in the ApplicationSet that `unfold argocd --style applicationset` prints.", Type: descriptor.Object("preview settings",
			descriptor.Row{Name: "owner", Doc: "The repository's owner.", Type: text},
			descriptor.Row{Name: "repository", Doc: "The repository.", Type: text},
			descriptor.Row{Name: "api", Doc: "The address of GitHub Enterprise's API.", Type: descriptor.TextOf("an address", descriptor.RuleOf(httpsAddress))},
			descriptor.Row{Name: "label", Doc: "The label that asks for a preview: preview unless given.", Type: text},
			descriptor.Row{Name: "token", Doc: "The Secret with a token for GitHub, as NAME/KEY.", Type: descriptor.TextOf("NAME/KEY", descriptor.RuleOf(nameAndKey))},
			descriptor.Row{Name: "environment", Doc: "The environment whose settings a preview has.", Type: descriptor.TextOf("an environment", descriptor.NamespaceName)},
			descriptor.Row{Name: "domain", Doc: "The domain below which a preview's hosts are, as NAME-pr-NUMBER.", Type: descriptor.TextOf("a domain", descriptor.ObjectName)},
			descriptor.Row{Name: "namespace", Doc: "One namespace for all previews, whose objects then have names with -pr-NUMBER; unless given, each has a namespace of its own.", Type: descriptor.TextOf("a namespace", descriptor.NamespaceName)},
		)},
	}
})

func folderPattern(s string) string {
	if s == "" || strings.HasPrefix(s, "/") || strings.Contains("/"+s+"/", "/../") || strings.Contains(s, "**") {
		return "is not a pattern such as apps/payments-*, relative to the repository"
	}
	return ""
}

func nameAndKey(s string) string {
	name, key, ok := strings.Cut(s, "/")
	if !ok || key == "" || kube.Subdomain(name) != "" {
		return "is not NAME/KEY"
	}
	return ""
}

func builtinApplications() Applications {
	return Applications{Retries: 5, SyncOptions: []string{"CreateNamespace=true", "ServerSideApply=true"}}
}

func builtinArgoCD() ArgoCD {
	return ArgoCD{Namespace: "argocd", Plugin: "unfold", Project: "default"}
}

func (r *reader) applications(v *value.Value) Applications {
	a := builtinApplications()
	a.Manual, a.Keep, a.Drift = isFalse(v, "automated"), isFalse(v, "prune"), isFalse(v, "selfHeal")
	a.NamespaceLabels, a.NamespaceAnnotations = v.Get("namespaceLabels"), v.Get("namespaceAnnotations")
	if n, ok := v.Get("retries").Int64(); ok {
		a.Retries = n
	}
	if v.Has("syncOptions") {
		a.SyncOptions = texts(v.Get("syncOptions"))
	}
	for _, w := range v.Get("syncWindows").Elements() {
		for _, field := range []string{"kind", "schedule", "duration"} {
			if w.StringAt(field) == "" {
				r.diags.Errorh(w.Pos, "missing-field", "add "+field, "the sync window has no %s", field)
			}
		}
		a.SyncWindows = append(a.SyncWindows, SyncWindow{
			Kind: w.StringAt("kind"), Schedule: w.StringAt("schedule"), Duration: w.StringAt("duration"),
			TimeZone: w.StringAt("timeZone"), ManualSync: w.Get("manualSync").IsTrue(),
		})
	}
	return a
}

func isFalse(v *value.Value, key string) bool {
	x := v.Get(key)
	return x.Is(value.Bool) && !x.IsTrue()
}

func texts(v *value.Value) []string {
	var out []string
	for _, x := range v.Elements() {
		out = append(out, x.Text)
	}
	return out
}

// argocd reads what the top level says about Argo CD and the teams.
func (r *reader) argocd(p *Platform, full *value.Value) {
	p.ArgoCD = builtinArgoCD()
	for field, to := range map[string]*string{"namespace": &p.ArgoCD.Namespace, "plugin": &p.ArgoCD.Plugin, "project": &p.ArgoCD.Project} {
		if text := full.StringAt("argocd", field); text != "" {
			*to = text
		}
	}
	for _, e := range full.Get("teams").Fields() {
		p.Teams = append(p.Teams, r.team(e))
	}
	v := full.Get("previews")
	if v == nil {
		return
	}
	token, key, _ := strings.Cut(v.StringAt("token"), "/")
	p.Previews = &Previews{
		Owner: v.StringAt("owner"), Repository: v.StringAt("repository"), API: v.StringAt("api"),
		Label: "preview", TokenName: token, TokenKey: key,
		Environment: v.StringAt("environment"), Domain: v.StringAt("domain"),
		Namespace: v.StringAt("namespace"),
	}
	if label := v.StringAt("label"); label != "" {
		p.Previews.Label = label
	}
	if env := v.Get("environment"); env.StringAt() != "" && !p.Defaults.Allows(env.Text) {
		r.diags.Errorh(env.Pos, "unknown-environment", "name one of environments", "previews have the environment %q, which the file does not list", env.Text)
	}
	for _, field := range []string{"owner", "repository", "environment"} {
		if v.StringAt(field) == "" {
			r.diags.Errorh(v.Pos, "missing-field", "add "+field, "previews have no %s", field)
		}
	}
}

func (r *reader) team(e value.Entry) Team {
	v := e.Value
	t := Team{
		Name: e.Key, Pos: e.KeyPos, Repositories: texts(v.Get("repositories")), Namespaces: texts(v.Get("namespaces")),
		Kinds: texts(v.Get("kinds")), ClusterKinds: texts(v.Get("clusterKinds")), Notify: v.Get("notify").Fields(),
	}
	for _, x := range v.Get("apps").Elements() {
		t.Apps = append(t.Apps, descriptor.Text{Text: x.Text, Pos: x.Pos})
	}
	if len(t.Apps) == 0 && !(v.Has("apps") && r.diags.HasErrors()) { // what is missing may be what was left out
		r.diags.Errorh(e.KeyPos, "missing-field", "add apps: with a pattern of its folders, such as apps/payments-*", "the team %q has no apps", e.Key)
	}
	for _, x := range v.Get("roles").Fields() {
		role := Role{Name: x.Key, Groups: texts(x.Value.Get("groups")), Actions: texts(x.Value.Get("actions")), Environments: texts(x.Value.Get("environments"))}
		if len(role.Groups) == 0 {
			r.diags.Errorh(x.KeyPos, "missing-field", "add groups", "the role %q of the team %q has no groups", x.Key, e.Key)
		}
		if len(role.Actions) == 0 {
			role.Actions = []string{"get", "sync"}
		}
		t.Roles = append(t.Roles, role)
	}
	return t
}
