package platform

import (
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
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
var applicationRow = sync.OnceValue(func() schema.Field {
	window := &schema.Type{Kind: schema.ObjectKind, What: "a sync window", Fields: []schema.Field{
		{Name: "kind", Doc: "allow or deny.", Type: &schema.Type{Kind: schema.TextKind, What: "a kind of window",
			Enum: []string{"allow", "deny"}}},
		{Name: "schedule", Doc: "When it opens, as cron.", Type: &schema.Type{Kind: schema.TextKind, What: "a cron expression",
			Check: &schema.Check{Problem: windowSchedule}}},
		{Name: "duration", Doc: "How long it is open, such as 8h.", Type: &schema.Type{Kind: schema.TextKind, What: "a duration",
			Check: &schema.Check{Problem: windowDuration}}},
		{Name: "timeZone", Doc: "The time zone of the schedule (default: UTC).", Type: &schema.Type{Kind: schema.TextKind,
			What: "a time zone", Check: &schema.TimeZone}},
		{Name: "manualSync", Doc: "true lets people sync although automatic syncs may not run.", Type: &schema.Boolean},
	}}
	return schema.Field{Name: "applications", Doc: "What the Argo CD Applications say that `unfold argocd` prints.",
		Type: &schema.Type{Kind: schema.ObjectKind, What: "Application settings", Fields: []schema.Field{
			{Name: "automated", Doc: "false leaves syncs to people.", Type: &schema.Boolean},
			{Name: "prune", Doc: "false keeps what is no longer in git, and with `--style applicationset` the Applications of folders " +
				"that " +
				"are gone.", Type: &schema.Boolean},
			{Name: "selfHeal", Doc: "false keeps what somebody changed in the cluster.", Type: &schema.Boolean},
			{Name: "retries", Doc: "How often a failed sync is tried again (default: 5).", Type: &schema.Natural},
			{Name: "syncOptions", Doc: "In place of `CreateNamespace=true` and `ServerSideApply=true`.",
				Type: &schema.Type{Kind: schema.ListKind, What: "a list of sync options",
					Elem: &schema.Type{Kind: schema.TextKind, What: "a sync option", Check: syncOptionCheck()}}},
			{Name: "namespaceLabels", Doc: "Labels of the namespaces that Argo CD creates.", Type: descriptor.Labels()},
			{Name: "namespaceAnnotations", Doc: "Annotations of the namespaces that Argo CD creates.", Type: descriptor.Annotations()},
			{Name: "syncWindows", Doc: "When syncs may or may not run.", Type: &schema.Type{Kind: schema.ListKind,
				What: "a list of sync windows", Elem: window}},
		}}}
})

// argocdRows stand at the top level alone.
var argocdRows = sync.OnceValue(func() []schema.Field {
	name := &schema.Type{Kind: schema.TextKind, What: "a name", Check: &schema.Subdomain}
	texts := &schema.Type{Kind: schema.ListKind, What: "a list of texts", Elem: &schema.AnyText}
	kinds := &schema.Type{Kind: schema.ListKind, What: "a list of kinds",
		Elem: &schema.Type{Kind: schema.TextKind, What: "KIND or GROUP/KIND"}}
	role := &schema.Type{Kind: schema.ObjectKind, What: "a role", Fields: []schema.Field{
		{Name: "groups", Doc: "The groups that have it, as the identity provider names them.", Type: texts},
		{Name: "actions", Doc: "What they may do with the team's Applications: " + roleActions + " (default: get and sync).",
			Type: &schema.Type{Kind: schema.ListKind, What: "a list of actions",
				Elem: &schema.Type{Kind: schema.TextKind, What: "an action", Enum: strings.Split(roleActions, ", ")}}},
		{Name: "environments", Doc: "In which environments (default: all).",
			Type: &schema.Type{Kind: schema.ListKind, What: "a list of environments",
				Elem: &schema.Type{Kind: schema.TextKind, What: "an environment", Check: &schema.Label}}},
	}}
	team := &schema.Type{Kind: schema.ObjectKind, What: "a team", Fields: []schema.Field{
		{Name: "apps", Doc: "Patterns of the folders that hold its apps, such as `apps/payments-*`.",
			Type: &schema.Type{Kind: schema.ListKind, What: "a list of patterns",
				Elem: &schema.Type{Kind: schema.TextKind, What: "a pattern of folders", Check: &schema.Check{Problem: folderPattern}}}},
		{Name: "repositories", Doc: "Further repositories that its apps may come from.", Type: texts},
		{Name: "namespaces", Doc: "Patterns of further namespaces that its apps may go to.",
			Type: &schema.Type{Kind: schema.ListKind, What: "a list of patterns", Elem: &schema.Type{Kind: schema.TextKind,
				What: "a pattern of namespaces", Check: &schema.Check{Problem: namespacesPattern, Pattern: namespacesRegexp}}}},
		{Name: "kinds", Doc: "Kinds that its apps may bring along besides those that unfold makes: KIND or GROUP/KIND.", Type: kinds},
		{Name: "clusterKinds", Doc: "The same for kinds without a namespace.", Type: kinds},
		{Name: "roles", Doc: "Who may do what with its Applications.",
			Type: &schema.Type{Kind: schema.MapKind, What: "a map of roles", Keys: schema.KeyRule{What: "a role", Check: &schema.Label},
				Elem: role}},
		{Name: "notify", Doc: "Who is told of its deployments, by Argo CD's name of the service, such as `slack: CHANNEL`.",
			Type: &schema.Type{Kind: schema.MapKind, What: "a map of recipients",
				Keys: schema.KeyRule{What: "a service", Check: &schema.Subdomain},
				Elem: &schema.AnyText}},
	}}
	return []schema.Field{
		{Name: "argocd", Doc: "Argo CD itself.", Type: &schema.Type{Kind: schema.ObjectKind, What: "Argo CD's settings",
			Fields: []schema.Field{
				{Name: "namespace", Doc: "Where it runs (default: argocd).",
					Type: &schema.Type{Kind: schema.TextKind, What: "a namespace", Check: &schema.Label}},
				{Name: "plugin", Doc: "The plugin's name (default: unfold).", Type: name},
				{Name: "project", Doc: "The AppProject of apps that belong to no team (default: the project `default`).", Type: name},
			}}},
		{Name: "teams", Doc: "The teams by name. Each gets an AppProject, and the Applications of its apps belong to it.",
			Type: &schema.Type{Kind: schema.MapKind, What: "a map of teams", Keys: schema.KeyRule{What: "a team", Check: &schema.Label},
				Elem: team}},
		{Name: "previews", Doc: "Applications of pull requests on GitHub, in the ApplicationSet that `unfold argocd --style " +
			"applicationset` prints.", Type: &schema.Type{Kind: schema.ObjectKind, What: "preview settings", Fields: []schema.Field{
			{Name: "owner", Doc: "The repository's owner.", Type: &schema.AnyText},
			{Name: "repository", Doc: "The repository.", Type: &schema.AnyText},
			{Name: "api", Doc: "The address of GitHub Enterprise's API.",
				Type: &schema.Type{Kind: schema.TextKind, What: "an address", Check: &schema.Check{Problem: httpsAddress}}},
			{Name: "label", Doc: "The label that asks for a preview (default: preview).", Type: &schema.AnyText},
			{Name: "token", Doc: "The Secret with a token for GitHub, as NAME/KEY.",
				Type: &schema.Type{Kind: schema.TextKind, What: "NAME/KEY", Check: &schema.Check{Problem: nameAndKey}}},
			{Name: "environment", Doc: "The environment whose settings a preview has.",
				Type: &schema.Type{Kind: schema.TextKind, What: "an environment", Check: &schema.Label}},
			{Name: "domain", Doc: "The domain below which a preview's hosts are, as NAME-pr-NUMBER.",
				Type: &schema.Type{Kind: schema.TextKind, What: "a domain", Check: &schema.Subdomain}},
			{Name: "namespace", Doc: "One namespace for all previews, whose objects then have names with -pr-NUMBER (default: " +
				"a namespace for each preview).", Type: &schema.Type{Kind: schema.TextKind, What: "a namespace", Check: &schema.Label}},
		}}},
	}
})

func folderPattern(s string) string {
	if _, err := path.Match(s, ""); err != nil || s == "" || strings.HasPrefix(s, "/") || strings.Contains("/"+s+"/", "/../") ||
		strings.Contains(s, "**") {
		return "is not a pattern such as apps/payments-*, relative to the repository"
	}
	return ""
}

// namespacesRegexp matches what can match a namespace for Argo CD, which takes github.com/gobwas/glob and "!" before what is
// denied.
const namespacesRegexp = `^!?[a-z0-9*?{},!^\[\]-]+$`

// namespacesPattern returns what keeps a pattern from matching any namespace.
func namespacesPattern(s string) string {
	rest := strings.TrimPrefix(s, "!")
	if rest == "" || strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz0123456789-*?{},!^[]") != "" {
		return `is not a pattern of namespaces such as payments-*: they have lower-case letters, digits and "-"`
	}
	return ""
}

// teamRepositories warns of addresses of git repositories without a scheme: Argo CD compares the texts, and none of its
// repositories has such an address. Those of OCI registries have no scheme.
func (r *reader) teamRepositories(team string, v *value.Value) {
	for _, x := range v.AllItems() {
		host, path, ok := strings.Cut(x.Text, "/")
		if !ok || path == "" || strings.ContainsAny(host, ":@*?[]{}!") || !strings.Contains(host, ".") {
			continue
		}
		first, _, _ := strings.Cut(host, ".")
		if strings.HasSuffix(path, ".git") || slices.Contains([]string{"git", "github", "gitlab", "gitea", "bitbucket"}, first) {
			r.diags.Warnh(x.Pos, "no-scheme", "write https://"+x.Text+" if that is how the Applications name it",
				"the repository %q of the team %q has no scheme, so it matches no git repository", x.Text, team)
		}
	}
}

func nameAndKey(s string) string {
	name, key, ok := strings.Cut(s, "/")
	if !ok || key == "" || types.Subdomain(name) != "" {
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
	for _, w := range v.Get("syncWindows").AllItems() {
		for _, field := range []string{"kind", "schedule", "duration"} {
			if w.StringAt(field) == "" && !r.leftOut(w, field) {
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

// windowSchedule and windowDuration return what Argo CD would refuse of a sync window
// (pkg/apis/application/v1alpha1, SyncWindow.Validate): it reads five fields, without names
// such as @daily, and a duration of Go's.
func windowSchedule(s string) string {
	if strings.HasPrefix(s, "@") {
		return "is a name, and Argo CD takes five fields such as \"0 3 * * *\""
	}
	return schema.CronExpression.Problem(s)
}

func windowDuration(s string) string {
	if d, err := time.ParseDuration(s); err != nil || d <= 0 {
		return "is not a duration such as 8h or 1h30m"
	}
	return ""
}

// windowsWithoutTeams reports sync windows that no object of Argo CD has: they are part of the
// AppProjects that teams get.
func (r *reader) windowsWithoutTeams(full *value.Value) {
	if !full.Get("teams").Empty() || r.leftOut(full, "teams") {
		return
	}
	report := func(v *value.Value) {
		if e := v.Get("applications").Entry("syncWindows"); e != nil && !e.Value.Empty() {
			r.diags.Errorh(e.KeyPos, "no-use", "add teams, with the folders of their apps",
				"syncWindows has no effect without teams: a sync window is part of a team's AppProject")
		}
	}
	report(full)
	for _, e := range full.Get("environments").AllEntries() {
		report(e.Value)
	}
}

func isFalse(v *value.Value, key string) bool {
	x := v.Get(key)
	return x.Is(value.Bool) && !x.IsTrue()
}

func texts(v *value.Value) []string {
	var out []string
	for _, x := range v.AllItems() {
		out = append(out, x.Text)
	}
	return out
}

// roleReach reports a role of a team that reaches other Applications than its lists say. Argo CD's policy finds those of an
// environment by the end of their names.
func (r *reader) roleReach(p *Platform, full *value.Value, team string, role value.Entry) {
	for _, field := range []string{"actions", "environments"} {
		if list := role.Value.Get(field); list.Is(value.List) && len(list.Items) == 0 && !r.leftOut(role.Value, field) {
			r.diags.Errorh(list.Pos, "empty-list", "remove it for the default, or name some",
				"the role %q of the team %q has an empty list of %s", role.Key, team, field)
		}
	}
	named := texts(role.Value.Get("environments"))
	for _, env := range role.Value.Get("environments").AllItems() {
		if !r.allows(p, full, env.Text) {
			r.diags.Errorh(env.Pos, "unknown-environment", "name one of environments",
				"the role %q of the team %q has the environment %q, which the file does not list", role.Key, team, env.Text)
		}
		for _, other := range full.Get("environments").AllEntries() {
			if strings.HasSuffix(other.Key, "-"+env.Text) && !slices.Contains(named, other.Key) {
				r.diags.Errorh(env.Pos, "role-reaches-more", "list "+other.Key+" too, or name one of the environments otherwise",
					"the role %q of the team %q reaches %q too, since Argo CD knows %q by the end of the Applications' names",
					role.Key, team, other.Key, env.Text)
			}
		}
	}
}

// argocd reads what the top level says about Argo CD and the teams.
func (r *reader) argocd(p *Platform, full *value.Value) {
	p.ArgoCD = builtinArgoCD()
	for field, to := range map[string]*string{"namespace": &p.ArgoCD.Namespace, "plugin": &p.ArgoCD.Plugin, "project": &p.ArgoCD.Project} {
		if text := full.StringAt("argocd", field); text != "" {
			*to = text
		}
	}
	r.windowsWithoutTeams(full)
	r.withoutEffect(p, full)
	for _, e := range full.Get("teams").AllEntries() {
		p.Teams = append(p.Teams, r.team(e))
		for _, role := range e.Value.Get("roles").AllEntries() {
			r.roleReach(p, full, e.Key, role)
		}
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
	if env := v.Get("environment"); env.StringAt() != "" && !r.allows(p, full, env.Text) {
		r.diags.Errorh(env.Pos, "unknown-environment", "name one of environments",
			"previews have the environment %q, which the file does not list", env.Text)
	}
	for _, field := range []string{"owner", "repository", "environment"} {
		if v.StringAt(field) == "" && !r.leftOut(v, field) {
			r.diags.Errorh(v.Pos, "missing-field", "add "+field, "previews have no %s", field)
		}
	}
}

// allows reports whether apps may have an environment, as far as what the file says of them is right.
func (r *reader) allows(p *Platform, full *value.Value, env string) bool {
	return p.Defaults.Allows(env) || r.written[full.Pos].Get("environments").Has(env)
}

func (r *reader) team(e value.Entry) Team {
	v := e.Value
	t := Team{
		Name: e.Key, Pos: e.KeyPos, Repositories: texts(v.Get("repositories")), Namespaces: texts(v.Get("namespaces")),
		Kinds: texts(v.Get("kinds")), ClusterKinds: texts(v.Get("clusterKinds")), Notify: v.Get("notify").AllEntries(),
	}
	r.recipients(e.Key, v.Get("notify"))
	r.teamKinds(e.Key, v)
	r.teamRepositories(e.Key, v.Get("repositories"))
	for _, x := range v.Get("apps").AllItems() {
		t.Apps = append(t.Apps, descriptor.Text{Text: x.Text, Pos: x.Pos})
	}
	if len(t.Apps) == 0 && !r.leftOut(v, "apps") {
		r.diags.Errorh(e.KeyPos, "missing-field", "add apps: with a pattern of its folders, such as apps/payments-*",
			"the team %q has no apps", e.Key)
	}
	for _, x := range v.Get("roles").AllEntries() {
		role := Role{Name: x.Key, Groups: texts(x.Value.Get("groups")), Actions: texts(x.Value.Get("actions")),
			Environments: texts(x.Value.Get("environments"))}
		if len(role.Groups) == 0 && !r.leftOut(x.Value, "groups") {
			r.diags.Errorh(x.KeyPos, "missing-field", "add groups", "the role %q of the team %q has no groups", x.Key, e.Key)
		}
		if len(role.Actions) == 0 {
			role.Actions = []string{"get", "sync"}
		}
		t.Roles = append(t.Roles, role)
	}
	return t
}
