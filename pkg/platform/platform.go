// Package platform is the operator's file: defaults for all apps, the
// environments there are, and policy. It never comes from an app's repository.
package platform

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/lint"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Kind is the kind of a platform file.
const Kind = "Platform"

// Platform is what the operator says.
type Platform struct {
	// Defaults are the layers below every app.
	Defaults descriptor.Defaults
	ArgoCD   ArgoCD
	Teams    []Team
	Previews *Previews // nil where there are none
	Bounds   Bounds
	// Warnings are about the file that it was read from.
	Warnings diag.List

	everywhere   Settings
	environments map[string]Settings
}

// Settings say how things are in an environment.
type Settings struct {
	Cluster      Cluster
	Certificate  Certificate
	Policy       lint.Policy
	Applications Applications
}

// Cluster is Argo CD's name or the address of a cluster, or the labels of many.
// All are empty where the operator says nothing.
type Cluster struct {
	Name, Server string
	Labels       *value.Value
}

// Certificate is what secrets are sealed with: one of its fields, or none. File
// is a path as the program can open it.
type Certificate struct {
	File, URL, PEM string
	Pos            diag.Pos
}

// Settings returns those of an environment.
func (p *Platform) Settings(env string) Settings {
	if s, ok := p.environments[env]; ok {
		return s
	}
	return p.everywhere
}

// Certificates returns those that are files, each once, in the order of environments.
func (p *Platform) Certificates() []Certificate {
	all := []Certificate{p.everywhere.Certificate}
	for _, e := range p.Defaults.Environments {
		all = append(all, p.Settings(e.Key).Certificate)
	}
	var out []Certificate
	for _, c := range all {
		if c.File != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// Builtin returns what holds where there is no platform file.
func Builtin() (*Platform, diag.List) {
	defaults, diags := descriptor.Builtin()
	return &Platform{Defaults: defaults, ArgoCD: builtinArgoCD(), Bounds: BuiltinBounds(),
		everywhere: Settings{Applications: builtinApplications()}}, diags
}

// Read reads the platform file at a path. Its mistakes are a diag.List, anything
// else is a fault.
func Read(file string) (*Platform, error) {
	src, err := tree.ReadFile(file)
	if err != nil {
		if !tree.IsRefusal(err) {
			return nil, err
		}
		var diags diag.List
		diags.Errorf(diag.Pos{File: file}, "unreadable", "the platform file %s", err)
		return nil, diags
	}
	p, diags := Parse(file, src)
	return p, diags.Err()
}

// Parse reads a platform file's content, over what is built in. The platform is
// nil where the list holds errors.
func Parse(file string, src []byte) (*Platform, diag.List) {
	top, diags := value.Read(file, src)
	if diags.HasErrors() || !isPlatform(file, top, &diags) {
		return nil, diags
	}
	n := schema.Normaliser{Words: fields.Words}
	full := n.Full(documentType(), top)
	builtin, found := descriptor.Builtin()
	r := newReader(file, top, append(n.Diags, found...))
	p := &Platform{environments: map[string]Settings{}}
	r.layers(p, builtin, full)
	r.settings(p, full)
	r.argocd(p, full)
	p.Bounds = readBounds(full.Get("generate"))
	if r.diags.HasErrors() {
		return nil, r.diags
	}
	p.Warnings = r.diags
	return p, r.diags
}

// Compiled when first needed: generate, which starts for every app, needs none.
var (
	ourAPI = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^apiVersion:[ \t]*["']?[^ \t\r\n#]*unfold`) })
	anAPI  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^apiVersion:[ \t]*["']?([^ \t\r\n"'#]*)`) })
	aKind  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^kind:[ \t]*["']?([^ \t\r\n"'#]*)`) })
	aName  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^name:`) })
)

// IsPlatform reports whether src is meant to be a platform file, even if it is not quite
// YAML, or its kind is misspelt, missing or that of a descriptor: if it were passed over, the
// built-in defaults would apply without a word. A descriptor has a name.
func IsPlatform(src []byte) bool {
	kind := aKind().FindSubmatch(src)
	switch {
	case kind != nil && string(kind[1]) == Kind:
		return nearAPI(src)
	case !bytes.Contains(src, []byte("unfold")) || !ourAPI().Match(src):
		return false
	case !aName().Match(src):
		return true
	}
	ours := append([]string{Kind, descriptor.Kind}, kinds.Chosen()...)
	return kind != nil && diag.Suggest(string(kind[1]), ours) == Kind
}

// nearAPI reports whether the apiVersion of src is ours, but for a slip, or missing.
func nearAPI(src []byte) bool {
	found := anAPI().FindSubmatch(src)
	if found == nil || len(found[1]) == 0 {
		return true
	}
	version := strings.ToLower(string(found[1]))
	return strings.Contains(version, "unfold") || strings.HasSuffix(descriptor.APIVersion, "/"+version) ||
		diag.Suggest(version, []string{descriptor.APIVersion}) != ""
}

// isPlatform looks whether the file is one of ours before its fields are looked
// at.
func isPlatform(file string, top *value.Value, diags *diag.List) bool {
	const start = "a platform file starts with apiVersion: " + descriptor.APIVersion + " and kind: " + Kind
	at := diag.Pos{File: file, Line: 1, Col: 1}
	switch {
	case !top.Is(value.Map):
		diags.Errorh(at, "not-a-platform-file", start, "the file is not a platform file")
	case !top.Get("apiVersion").IsScalar():
		diags.Errorh(top.Pos, "not-a-platform-file", start, "the file is not a platform file: it has no apiVersion")
	case top.StringAt("apiVersion") != descriptor.APIVersion:
		diags.Errorh(top.Get("apiVersion").Pos, "not-a-platform-file", start, "the file is not a platform file: its apiVersion is %q",
			top.StringAt("apiVersion"))
	case !top.Get("kind").IsScalar():
		diags.Errorh(top.Pos, "not-a-platform-file", start, "the file is not a platform file: it has no kind")
	case top.StringAt("kind") != Kind:
		hint := start + "; a descriptor is called " + descriptor.FileName + " and has a name"
		if kind := diag.Suggest(top.StringAt("kind"), []string{Kind}); kind != "" {
			hint = "did you mean " + strconv.Quote(kind) + "?"
		}
		diags.Errorh(top.Get("kind").Pos, "not-a-platform-file", hint, "the file is not a platform file: its kind is %q",
			top.StringAt("kind"))
	default:
		return true
	}
	return false
}

type reader struct {
	file  string
	diags diag.List
	// written are the maps in the file as they were written, by their places, and mistaken the
	// places of mistakes that were left out of them.
	written  map[diag.Pos]*value.Value
	mistaken map[diag.Pos]bool
}

func newReader(file string, top *value.Value, diags diag.List) *reader {
	r := &reader{file: file, diags: diags, written: map[diag.Pos]*value.Value{}, mistaken: map[diag.Pos]bool{}}
	for _, d := range diags {
		r.mistaken[d.Pos] = true
	}
	if len(diags) > 0 {
		r.remember(top)
	}
	return r
}

func (r *reader) remember(v *value.Value) {
	if v.Is(value.Map) {
		r.written[v.Pos] = v
	}
	for _, e := range v.AllEntries() {
		r.remember(e.Value)
	}
	for _, x := range v.AllItems() {
		r.remember(x)
	}
}

// leftOut reports whether a field that a map lacks may be one that was left out, because it is wrong or misspelt.
func (r *reader) leftOut(of *value.Value, field string) bool {
	written := r.written[of.At()]
	return r.wrong(written.Get(field)) ||
		slices.ContainsFunc(written.AllEntries(), func(e value.Entry) bool { return r.mistaken[e.KeyPos] })
}

// wrong reports whether a mistake is in a value as it was written.
func (r *reader) wrong(v *value.Value) bool {
	return v != nil && (r.mistaken[v.Pos] || slices.ContainsFunc(v.AllItems(), r.wrong) ||
		slices.ContainsFunc(v.AllEntries(), func(e value.Entry) bool { return r.mistaken[e.KeyPos] || r.wrong(e.Value) }))
}

// layers makes the layers below apps. Each is checked against the one below it,
// so that a mistake in them is the operator's and not found app by app.
func (r *reader) layers(p *Platform, builtin descriptor.Defaults, full *value.Value) {
	overlay := func(lower, upper *value.Value) *value.Value {
		out, diags := schema.Overlay(descriptor.DefaultsType(), lower, upper)
		r.diags = append(r.diags, diags...)
		return out
	}
	all := overlay(builtin.All, r.layer(full))
	r.diags = append(r.diags, descriptor.OwnLabels(full.Get("defaults"), []string{"defaults"})...)
	p.Defaults = descriptor.Defaults{File: r.file, All: all, Environments: builtin.Environments}
	if !full.Get("environments").Is(value.Map) {
		return
	}
	p.Defaults.Environments, p.Defaults.Listed = nil, true
	for _, x := range full.Get("furtherEnvironments").AllItems() {
		p.Defaults.Further = append(p.Defaults.Further, x.Text)
	}
	if environments := full.Get("environments"); len(environments.Entries) == 0 && !r.leftOut(full, "environments") {
		r.diags.Errorh(environments.Pos, "no-environments", "list the environments, or remove the field for dev, staging and prod",
			"environments is empty, so no app could be deployed")
	}
	for _, e := range full.Get("environments").Entries {
		if near := descriptor.Misspelt(e.Key, full.Get("environments").Entries); near != "" {
			r.diags.Warnh(e.KeyPos, "environment-name", "did you mean "+strconv.Quote(near)+
				"? Each app without environments of its own goes to those of this file", "the environment %q is almost %q", e.Key, near)
		}
		r.diags = append(r.diags, descriptor.OwnLabels(e.Value.Get("defaults"), []string{"environments", e.Key, "defaults"})...)
		e.Value = r.layer(e.Value)
		overlay(all, e.Value)
		p.Defaults.Environments = append(p.Defaults.Environments, e)
	}
}

// layer returns the app fields of the whole file or of an environment.
func (r *reader) layer(v *value.Value) *value.Value {
	out := value.NewMap(v.At())
	if defaults := v.Get("defaults"); defaults.Is(value.Map) {
		out = defaults.Copy()
	}
	secrets := v.Entry("pullSecrets")
	if secrets == nil {
		return out
	}
	image := value.NewMap(secrets.Value.Pos)
	if own := out.Get("image"); own.Is(value.Map) {
		image = own.Copy()
	}
	if image.Has("pullSecrets") {
		r.diags.Errorh(secrets.KeyPos, "one-of", "keep one of them",
			"pullSecrets is short for defaults.image.pullSecrets, which is there too")
	}
	return out.Set("image", image.SetEntry(*secrets))
}

// settings reads what is not about apps, for everywhere and by environment.
func (r *reader) settings(p *Platform, full *value.Value) {
	everywhere := full.Copy()
	for _, key := range []string{"apiVersion", "kind", "defaults", "environments", "furtherEnvironments", "argocd", "teams", "previews",
		"generate"} {
		everywhere.Delete(key)
	}
	everywhere, diags := schema.Overlay(environmentType(), nil, everywhere)
	r.diags = append(r.diags, diags...)
	p.everywhere, p.Defaults.Anywhere = r.setting(everywhere)
	p.Defaults.Places = map[string]descriptor.Place{}
	for _, e := range full.Get("environments").AllEntries() {
		own := orEmpty(e.Value).Copy()
		own.Delete("defaults")
		merged, diags := schema.Overlay(environmentType(), everywhere, own)
		r.diags = append(r.diags, diags...)
		p.environments[e.Key], p.Defaults.Places[e.Key] = r.setting(merged)
	}
}

func (r *reader) setting(v *value.Value) (Settings, descriptor.Place) {
	certificate := v.Get("certificate")
	s := Settings{
		Cluster: Cluster{Name: v.StringAt("cluster", "name"), Server: v.StringAt("cluster", "server"),
			Labels: v.Get("cluster", "labels")},
		Applications: r.applications(v.Get("applications")),
		Certificate: Certificate{File: certificate.StringAt("file"), URL: certificate.StringAt("url"), PEM: certificate.StringAt("pem"),
			Pos: certificate.Get("file").At()},
	}
	r.nearInCluster(v.Get("cluster"))
	if s.Certificate.File != "" && !filepath.IsAbs(s.Certificate.File) {
		s.Certificate.File = filepath.Join(filepath.Dir(r.file), s.Certificate.File)
	}
	s.Policy.NamespaceLabels = s.Applications.NamespaceLabels
	s.Policy.SkipMissingAPIs = v.StringAt("missingAPIs") == "skip"
	for _, x := range v.Get("registries").AllItems() {
		s.Policy.Registries = append(s.Policy.Registries, x.Text)
	}
	for _, e := range v.Get("policy").AllEntries() {
		s.Policy.Set(e.Key, lint.Level(e.Value.StringAt("severity")), e.Value.Get("accept"))
	}
	text := func(keys ...string) descriptor.Text {
		x := v.Get(keys...)
		return descriptor.Text{Text: x.StringAt(), Pos: x.At()}
	}
	return s, descriptor.Place{
		Namespace: text("namespace"), Domain: text("ingress", "domain"), IngressClass: text("ingress", "class"),
	}
}

func orEmpty(v *value.Value) *value.Value {
	if !v.Is(value.Map) {
		return value.NewMap(v.At())
	}
	return v
}
