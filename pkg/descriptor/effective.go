package descriptor

import (
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Options are what besides the descriptor decides how an app comes out.
type Options struct {
	Defaults Defaults
	// ArgoCDNamespace is the namespace that the Application deploys to, "" outside
	// of Argo CD.
	ArgoCDNamespace string
	// Kubernetes is the cluster's version, as far as it is known.
	Kubernetes KubeVersion
	Overrides  Overrides
}

// Base returns what all environments have in common: the top level over the
// defaults. It need not be complete.
func (d *Document) Base(o Options) *App {
	o.Overrides = nil
	e := effective{Document: d, options: o}
	return e.app("")
}

// Effective returns the app in an environment.
func (d *Document) Effective(env string, o Options) (*App, diag.List) {
	if !slices.Contains(d.Environments(o.Defaults), env) {
		var diags diag.List
		list := "the environments are"
		if len(d.envs) == 0 {
			list = "app.yaml lists no environments, so they are the default ones"
		}
		diags.Errorh(diag.Pos{File: d.File, Line: 1, Col: 1}, "unknown-environment",
			diag.Hint(env, list, d.Allowed(o.Defaults)), "there is no environment %q", credential.Redact(env))
		return nil, diags
	}
	if on, pos := d.enabled(env, o.Defaults); !on {
		var diags diag.List
		diags.Errorh(pos, "not-enabled", "write environments: {"+env+": {enabled: true}}, or delete the Application",
			"the app is not enabled in the environment %q", env)
		return nil, diags
	}
	e := effective{Document: d, options: o, env: env}
	if !o.Defaults.Allows(env) {
		var diags diag.List
		hint := diag.Hint(env, "ask the operator to allow it, or use one that is listed", o.Defaults.names())
		diags.Errorh(e.envPos(), "unknown-environment", hint, "the platform file does not list the environment %q", env)
		return nil, diags
	}
	if e.tooLarge(env) {
		return nil, e.diags
	}
	app := e.app(env)
	if !d.broken {
		return app, e.diags
	}
	// What is missing may be what was left out.
	return app, slices.DeleteFunc(e.diags, func(x diag.Diagnostic) bool { return strings.HasPrefix(x.Code, "missing-") })
}

type effective struct {
	*Document
	options Options
	diags   diag.List
	env     string
	// opinions is false where defaults: none switched off what unfold adds.
	opinions bool
	// shared are the fields of all workloads.
	shared *value.Value
	// prefix and suffix stand around the names of objects.
	prefix, suffix Text
	// repositories are the images' repositories in all layers.
	repositories []*value.Value
	// accounts are the names of service accounts that were made so far.
	accounts map[string]bool
}

func (e *effective) app(env string) *App {
	e.env = env
	top, m := e.layers(env)
	e.repositories = repositories(top.layers)
	e.switchedOff(top.layers)
	app := &App{
		Name: e.Name, Env: env, EnvPos: e.envPos(), Multi: e.multi, Main: e.main, Pos: e.root.Pos, NamePos: e.head.Get("name").At(),
		Opinions:    top.opinions,
		Again:       e.again(),
		Labels:      top.merged.Get("labels"),
		Annotations: top.merged.Get("annotations"),
		Metadata:    top.merged.Get("metadata"),
		Config:      top.merged.Get("config"),
		SyncWave:    top.merged.Get("syncWave"),
		SyncOptions: top.merged.Get("syncOptions"),
		Accept:      top.merged.Get("accept"),
	}
	e.opinions, e.shared = top.opinions, top.merged
	if e.opinions {
		ownLabels(fields.Environment(), top.merged, nil,
			"remove it, or write defaults: none, with which all labels are those of the descriptor", &e.diags)
		app.Meant = e.options.Defaults.meant(env, e.envs)
	}
	e.names(app, top.merged)
	app.Names = e.sharedNames(top.merged.Get("names"))
	app.Files = e.files(top.merged.Get("files"))
	app.ConfigMaps, app.Claims = e.configMaps(top.merged.Get("configMaps")), e.claims(top.merged.Get("claims"))
	for i, w := range top.workloads {
		if on := w.Value.Get("enabled"); e.multi && on.Is(value.Bool) && !on.IsTrue() {
			continue
		}
		app.Workloads = append(app.Workloads, e.workload(app, w, top.own[i]))
	}
	if !e.multi && len(app.Workloads) == 1 {
		app.Names = app.Workloads[0].Names
	}
	if e.multi && env != "" && len(app.Workloads) == 0 && len(top.workloads) > 0 {
		e.diags.Errorh(e.envPos(), "no-workload",
			"write enabled: false to take the app out of this environment, or replicas: 0 to keep it without pods",
			"no workload is left in the environment %q, so Argo CD would prune all that runs", env)
	}
	e.beside(app, top.merged, m)
	e.reportUnused(m, top)
	e.namespace(app, top.merged.Get("namespace"))
	e.passedOn(app, top.merged)
	app.Hidden, app.OtherSelectors, app.NearImages = e.hiddenLists(), e.otherSelectors(), e.nearImages()
	app.ServiceAccount = e.serviceAccount(top.merged, e.Name, app.Names)
	app.Secrets = e.secrets(app, top.merged, "", e.Name, app.Names, top.namespace)
	for i := range app.Workloads {
		e.identity(app, &app.Workloads[i])
		if e.multi {
			app.Workloads[i].Secrets = e.secrets(app, app.Workloads[i].Fields, app.Workloads[i].Key, app.Workloads[i].Own,
				app.Workloads[i].Names, top.namespace)
		}
		e.reach(app, &app.Workloads[i])
		e.policy(app, &app.Workloads[i])
	}
	e.keptHosts(app)
	for _, w := range app.Beside() {
		e.identityBeside(app, w)
	}
	e.checkApp(app)
	app.Emptied = e.emptied(top.layers)
	app.NearNames = e.meantNames(e.nearNames(top.layers))
	return app
}

// ownLabels reports labels that unfold sets itself, wherever there are labels in a value.
func ownLabels(typ *schema.Type, v *value.Value, path []string, hint string, diags *diag.List) {
	for _, entry := range v.AllEntries() {
		if typ != fields.LabelMap {
			if below := typ.Child(entry.Key); below != nil {
				ownLabels(below, entry.Value, append(slices.Clone(path), entry.Key), hint, diags)
			}
			continue
		}
		if problem := fields.OwnLabel.Problem(entry.Key); problem != "" {
			diags.Errorh(entry.KeyPos, "bad-name", hint, "%s can't have a label %q: it %s", strings.Join(path, "."), entry.Key, problem)
		}
	}
}

// OwnLabels reports labels in the fields for all apps that unfold sets itself. No app has them: one with defaults: none takes
// none of these fields.
func OwnLabels(v *value.Value, path []string) diag.List {
	var diags diag.List
	ownLabels(DefaultsType(), v, path, "remove it", &diags)
	return diags
}

// layered is a layered descriptor before it is turned into an App.
type layered struct {
	merged    *value.Value
	workloads []value.Entry  // each with what it inherits
	own       []*value.Value // what each says itself
	opinions  bool
	// namespace is the one that the descriptor names, without overrides.
	namespace string
	shape     []*value.Value
	layers    []layer // the lowest first
}

// overrideLayer is the name of the layers from outside of the descriptor.
const overrideLayer = "override"

// addLayer records a layer and returns its fields.
func (l *layered) addLayer(name string, fields *value.Value) *value.Value {
	l.layers = append(l.layers, layer{name, fields})
	return fields
}

// layers merges defaults, top level, environment and overrides, each over the ones before,
// and the shared fields under each workload.
func (e *effective) layers(env string) (layered, *schema.Merger) {
	own := e.environment(env)
	out := layered{opinions: true}
	for _, l := range []*value.Value{own, e.root} {
		if x := l.Get("defaults"); x != nil {
			out.opinions = x.Is(value.Null)
			break
		}
	}
	m := schema.NewMerger()
	et := fields.Environment()
	merged := value.NewMap(e.root.Pos)
	if out.opinions {
		merged = m.Merge(et, merged, out.addLayer("defaults", orEmpty(e.options.Defaults.All)))
		merged = m.Merge(et, merged, out.addLayer("defaults of "+env, orEmpty(e.options.Defaults.environment(env))))
		out.shape = append(out.shape, merged)
		for _, other := range e.options.Defaults.Environments {
			out.shape = append(out.shape, other.Value)
		}
	}
	merged = m.Merge(et, merged, out.addLayer("top level", e.root))
	merged = m.Merge(et, merged, out.addLayer("environment "+env, orEmpty(own)))
	out.namespace = merged.StringAt("namespace", "name")
	merged = m.Merge(et, merged, out.addLayer(overrideLayer, e.overrideLayer(merged)))
	out.merged = merged
	if !e.multi {
		out.workloads = []value.Entry{{KeyPos: e.root.Pos, Value: merged}}
		out.own = []*value.Value{merged}
		return out, m
	}
	shared := value.NewMap(merged.Pos)
	for _, entry := range merged.Entries {
		if f := fields.OfWorkload(entry.Key); f != nil && f.Scope == fields.Inherited {
			shared.SetEntry(entry)
		}
	}
	inherit := m.Next()
	wt := fields.Workload()
	for _, w := range merged.Get("workloads").AllEntries() {
		out.own = append(out.own, w.Value)
		w.Value = inherit.MergeAt([]string{"workloads", w.Key}, wt, shared, orEmpty(w.Value))
		out.workloads = append(out.workloads, w)
	}
	for _, w := range e.overrideWorkloads(out.workloads) {
		i := slices.IndexFunc(out.workloads, func(x value.Entry) bool { return x.Key == w.Key })
		out.workloads[i].Value = inherit.MergeAt([]string{"workloads", w.Key}, wt, out.workloads[i].Value, w.Value)
		out.own[i] = orEmpty(out.own[i]).Copy()
		for _, x := range w.Value.Entries {
			out.own[i].SetEntry(x)
		}
		out.addLayer(overrideLayer, value.NewMap(w.Value.Pos).Set("workloads", value.NewMap(w.Value.Pos).SetEntry(w)))
	}
	m.Unused = append(m.Unused, inherit.Unused...)
	return out, m
}

// envPos returns the place of the environment, or of the app where the descriptor
// does not list it.
func (e *effective) envPos() diag.Pos {
	if i, ok := e.places[e.env]; ok {
		return e.envs[i].KeyPos
	}
	return e.root.Pos
}

// reportUnused reports nulls that deleted nothing. One at the top level, or in a
// workload that inherits from there, may be there for a default that only
// another environment has.
func (e *effective) reportUnused(m *schema.Merger, top layered) {
	for _, i := range m.Unused {
		inherited := i.Path
		if typ, at := besideAt(i.Path); typ != nil && len(i.Path) > at && fields.InheritedBy(typ, i.Path[at]) {
			inherited = i.Path[at:]
		}
		if len(i.Path) > 2 && i.Path[0] == "workloads" {
			if f := fields.OfWorkload(i.Path[2]); f != nil && f.Scope == fields.Inherited {
				inherited = i.Path[2:]
			}
		}
		if e.env == "" || slices.ContainsFunc(top.shape, func(v *value.Value) bool { return v.Get(inherited...) != nil }) {
			continue
		}
		name := i.Path[len(i.Path)-1]
		beside := slices.DeleteFunc(top.merged.Get(i.Path[:len(i.Path)-1]...).Keys(), func(key string) bool { return key == name })
		i.Report(&e.diags, diag.Suggest(name, beside))
	}
}

// besideAt returns the type of the hook or job that a path leads to or into, and how many keys lead to it; nil where it
// leads to neither.
func besideAt(path []string) (typ *schema.Type, depth int) {
	for _, x := range sorts() {
		switch {
		case len(path) > 1 && path[0] == x.field:
			return x.typ, 2
		case len(path) > 3 && path[0] == "workloads" && path[2] == x.field:
			return x.typ, 4
		}
	}
	return nil, 0
}

func orEmpty(v *value.Value) *value.Value {
	if v == nil {
		return value.NewMap(diag.Pos{})
	}
	return v
}

// passedOn takes over what is handed to kustomize as it is.
func (e *effective) passedOn(app *App, merged *value.Value) {
	listed := map[string]bool{}
	twice := func(item *value.Value) bool {
		file := path.Clean(item.Text)
		if listed[file] {
			e.diags.Errorh(item.Pos, "listed-twice", "remove one of them", "%q is listed twice", item.Text)
			return true
		}
		listed[file] = true
		return false
	}
	for _, item := range entriesOf(merged, "manifests") {
		m := Manifest{Pos: item.Pos}
		if item.IsScalar() && twice(item) {
			continue
		}
		if item.Is(value.Map) {
			m.Object = item
		} else {
			m.File = item.Text
		}
		app.Manifests = append(app.Manifests, m)
	}
	app.CommonLabels = merged.Get("commonLabels")
	for _, item := range entriesOf(merged, "components") {
		if twice(item) {
			continue
		}
		app.Components = append(app.Components, Text{item.Text, item.Pos})
	}
	for _, item := range entriesOf(merged, "patches") {
		app.Patches = append(app.Patches, Patch{Pos: item.Pos, File: item.StringAt("path"), Value: item})
	}
}

// entriesOf returns the entries of a list that can have names: those without first.
func entriesOf(merged *value.Value, field string) []*value.Value {
	v := merged.Get(field)
	out := slices.Concat(v.AllItems(), v.Get(schema.Unnamed).AllItems())
	for _, entry := range v.AllEntries() {
		if entry.Key != schema.Unnamed {
			out = append(out, entry.Value)
		}
	}
	return out
}

// Difference is a field of an environment that may have another effect than is meant.
type Difference struct {
	Field string
	Pos   diag.Pos
}

// hiddenLists returns the lists of the environment that take the place of other ones at the top level.
func (e *effective) hiddenLists() []Difference {
	var out []Difference
	for _, field := range []string{"manifests", "components", "patches"} {
		top, own := e.root.Get(field).AllItems(), e.environment(e.env).Get(field)
		hidden := slices.ContainsFunc(top, func(x *value.Value) bool {
			return !slices.ContainsFunc(own.AllItems(), func(y *value.Value) bool { return value.Equal(x, y) })
		})
		if len(own.AllItems()) > 0 && hidden {
			out = append(out, Difference{field, own.Pos})
		}
	}
	return out
}

// otherSelectors returns the selectors of the environment that are not those of the top level, by which objects of one app
// answer to different labels.
func (e *effective) otherSelectors() []Difference {
	var out []Difference
	own := e.environment(e.env)
	differs := func(path ...string) {
		if x := own.Get(path...); x != nil && !value.Equal(e.root.Get(path...), x) {
			out = append(out, Difference{strings.Join(path, "."), x.Pos})
		}
	}
	differs("selector")
	for _, w := range own.Get("workloads").AllEntries() {
		if e.root.Get("workloads").Has(w.Key) {
			differs("workloads", w.Key, "selector")
		}
	}
	return out
}

// names sets the prefix and suffix of the names of objects.
func (e *effective) names(app *App, merged *value.Value) {
	for field, to := range map[string]*Text{"namePrefix": &app.Prefix, "nameSuffix": &app.Suffix} {
		if v := merged.Get(field); v.Is(value.String) {
			*to = Text{v.Text, v.Pos}
		}
	}
	e.prefix, e.suffix = app.Prefix, app.Suffix
	e.hostSuffix()
}

// again reports whether the app is to run once more beside itself, under a name
// from outside.
func (e *effective) again() bool { return e.options.Overrides.get("nameSuffix").Text != "" }

// longName reports a name that has no room for prefix and suffix. What says what
// has the name, at is its place.
func (e *effective) longName(name, what string, most int, at diag.Pos, why string) {
	full := e.prefix.Text + name + e.suffix.Text
	if len(full) <= most {
		return
	}
	if len(name) <= most && e.suffix.Text != "" {
		at = e.suffix.Pos
	} else if len(name) <= most && e.prefix.Text != "" {
		at = e.prefix.Pos
	}
	e.diags.Errorh(at, "bad-name", "shorten it", "the name %q of %s is longer than %d characters, and %s", full, what, most, why)
}

// namespace sets where the app runs: the descriptor's own word, then what
// Argo CD deploys to, then APP-ENV.
func (e *effective) namespace(app *App, v *value.Value) {
	ns := Namespace{
		Name: v.StringAt("name"), Pos: v.Get("name").At(),
		Create: v.Get("create").IsTrue(),
		Labels: v.Get("labels"), Annotations: v.Get("annotations"),
	}
	ns.From = ns.Pos
	argocd := e.options.ArgoCDNamespace
	switch {
	case ns.Name == "" && argocd != "":
		ns.Name, ns.Pos = argocd, diag.Pos{File: "ARGOCD_APP_NAMESPACE"}
		ns.From = ns.Pos
	case ns.Name == "":
		place := e.options.Defaults.Place(e.env)
		ns.Name, ns.Pos, ns.From = place.namespace(e.Name, e.env), v.At(), place.Namespace.Pos
		if problem := schema.Label.Problem(ns.Name); problem != "" && e.env != "" && e.Name != "" {
			e.diags.Errorh(e.envPos(), "bad-name", "set namespace", "the namespace %q, made of the app's and the environment's name, %s",
				ns.Name, problem)
		}
	case argocd != "" && argocd != ns.Name:
		from := "the descriptor"
		if ns.Pos.Line == 0 {
			from = "the Application's plugin settings"
		}
		e.diags.Errorh(ns.Pos, "namespace-mismatch",
			"set the Application's spec.destination.namespace to "+ns.Name+", or remove namespace from "+from,
			"the namespace is %q, but the Application deploys to %q", ns.Name, argocd)
	}
	if v.Is(value.Map) && !ns.Create {
		for _, key := range []string{"labels", "annotations"} {
			if x := v.Entry(key); x != nil && len(x.Value.Entries) > 0 {
				e.diags.Errorh(x.KeyPos, "namespace-not-created", "add create: true, or set them by Argo CD's managedNamespaceMetadata",
					"namespace.%s has no effect, since namespace.create is not true", key)
			}
		}
	}
	app.Namespace = ns
}
