package descriptor

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Defaults are the layers below a descriptor.
type Defaults struct {
	// All holds app fields for every environment.
	All *value.Value
	// Environments holds app fields by environment, in order. They are the
	// environments of an app that lists none.
	Environments []value.Entry
	// Listed says that an operator lists the environments, so that an app can have no
	// others but those that a pattern in Further matches, as path.Match has it.
	Listed  bool
	Further []string
	// File is the file that they come from, beside the built-in ones; "" for none.
	File string
	// Anywhere says where apps run in environments that Places does not have.
	Anywhere Place
	Places   map[string]Place
}

// Place is what the operator says about where the apps of an environment run.
type Place struct {
	// Namespace is a pattern of names, with {app} and {env}; without a text it is {app}-{env}.
	Namespace Text
	// Domain is that of hosts without one, and IngressClass the class of an
	// Ingress that names none. Their text is "" where the operator says nothing.
	Domain, IngressClass Text
}

// Place returns the place of an environment.
func (d Defaults) Place(env string) Place {
	if p, ok := d.Places[env]; ok {
		return p
	}
	return d.Anywhere
}

func (p Place) namespace(app, env string) string {
	pattern := p.Namespace.Text
	if pattern == "" {
		pattern = "{app}-{env}"
	}
	return FillIn(pattern, app, env)
}

// Host returns the host that a bare label such as "shop" stands for, or "" where
// the operator names no domain.
func (p Place) Host(label, app, env string) string {
	if p.Domain.Text == "" {
		return ""
	}
	return label + "." + FillIn(p.Domain.Text, app, env)
}

// FillIn puts an app's and an environment's name into a pattern.
func FillIn(pattern, app, env string) string {
	return strings.NewReplacer("{app}", app, "{env}", env).Replace(pattern)
}

// nobodyAsked reports whether a value comes from defaults and not from the app.
func (d Defaults) nobodyAsked(pos diag.Pos) bool {
	return pos.File == BuiltinFile || d.File != "" && pos.File == d.File
}

// BuiltinFile stands for a file in the positions of built-in defaults.
const BuiltinFile = "built-in defaults"

// builtin is what an app gets that says nothing else.
const builtin = `security: restricted
disruption: {maxUnavailable: 1}
spread: {zone: {}, hostname: {}}
environments:
  dev:
    replicas: 1
    resources: {requests: {memory: 64Mi, cpu: 100m}, limits: {memory: 128Mi, cpu: 250m}}
    config: {LOG_LEVEL: DEBUG}
  staging:
    replicas: 2
    resources: {requests: {memory: 128Mi, cpu: 200m}, limits: {memory: 256Mi, cpu: 500m}}
    config: {LOG_LEVEL: INFO}
  prod:
    replicas: 3
    resources: {requests: {memory: 256Mi, cpu: 500m}, limits: {memory: 512Mi, cpu: 1000m}}
    config: {LOG_LEVEL: WARNING}
`

// Builtin returns the built-in defaults, which a platform file replaces.
func Builtin() (Defaults, diag.List) {
	return ReadDefaults(BuiltinFile, []byte(builtin))
}

// ReadDefaults reads layers for below a descriptor: app fields, and more of
// them by environment.
func ReadDefaults(file string, src []byte) (Defaults, diag.List) {
	top, diags := value.Read(file, src)
	if diags.HasErrors() || top == nil {
		return Defaults{}, diags
	}
	n := fields.NewNormaliser()
	all := orEmpty(n.Full(fields.Document(), top)).Copy()
	defaults := Defaults{Environments: all.Get("environments").AllEntries()}
	all.Delete("environments")
	defaults.All = all
	return defaults, n.Diags
}

// Allows reports whether apps may have an environment.
func (d Defaults) Allows(name string) bool {
	return !d.Listed || d.environment(name) != nil || slices.ContainsFunc(d.Further, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return ok && err == nil
	})
}

// names returns the names of the environments.
func (d Defaults) names() []string {
	var names []string
	for _, e := range d.Environments {
		names = append(names, e.Key)
	}
	return names
}

// environment returns an environment's layer, or nil.
func (d Defaults) environment(name string) *value.Value {
	for _, e := range d.Environments {
		if e.Key == name {
			return e.Value
		}
	}
	return nil
}

// Misspelt returns the usual name of an environment that a name is almost certainly a slip of, or "". has are all environments.
// A short name, such as pro, has to have the letters of the other in another order.
func Misspelt(env string, has []value.Entry) string {
	var usual []string
	for name, words := range synonyms() {
		usual = append(append(usual, name), words...)
	}
	if slices.Contains(usual, strings.ToLower(env)) {
		return ""
	}
	slices.Sort(usual)
	for _, word := range usual {
		if len(word) == len("prod") && len(env) == len(word) && letters(env) == letters(word) {
			return word
		}
	}
	usual = slices.DeleteFunc(usual, func(word string) bool { return len(word) <= longestShort })
	near := diag.Suggest(env, usual)
	if more := len(env) - len(near); near == "" || more < -1 || more > 1 || ownName(env, near, has) {
		return ""
	}
	return near
}

// letters returns those of a text in order.
func letters(s string) string {
	all := []byte(strings.ToLower(s))
	slices.Sort(all)
	return string(all)
}

// synonyms returns other names of usual environments.
func synonyms() map[string][]string {
	return map[string][]string{
		"prod":    {"production", "prd", "live"},
		"staging": {"stage", "stag", "stg"},
		"dev":     {"development", "develop", "devel"},
	}
}

// Meant is the environment of the defaults that another name most likely stands for.
type Meant struct {
	Env string // "" for none
	// Beside says that the app has Env too.
	Beside bool
}

// meant returns the built-in environment that a name is most likely a slip or another word
// for, also beside that one. It is none where an operator lists the environments.
func (d Defaults) meant(env string, has []value.Entry) Meant {
	if d.Listed || env == "" || d.environment(env) != nil {
		return Meant{}
	}
	beside := func(name string) bool {
		return slices.ContainsFunc(has, func(x value.Entry) bool { return x.Key == name })
	}
	another := map[string]string{} // the environment of each word for it
	for name, words := range synonyms() {
		for _, word := range words {
			if d.environment(name) != nil {
				another[word] = name
			}
		}
	}
	if name := another[strings.ToLower(env)]; name != "" {
		return Meant{Env: name, Beside: beside(name)}
	}
	candidates := d.names()
	for _, word := range slices.Sorted(maps.Keys(another)) {
		if len(word) > longestShort { // pre is no slip of prd
			candidates = append(candidates, word)
		}
	}
	found := diag.Suggest(env, candidates)
	if found == "" || ownName(env, found, has) {
		return Meant{}
	}
	if name, ok := another[found]; ok {
		found = name
	}
	return Meant{Env: found, Beside: beside(found)}
}

// longestShort is the length up to which one slip in a word is all that is likely.
const longestShort = 5

// ownName reports whether a name is near another one by intention: it has a number or a part
// of its own, such as dev2, prod-eu and euprod, or it is one of a series, such as proda and
// prodb.
func ownName(env, near string, has []value.Entry) bool {
	if strings.Contains(env, "-") || strings.Trim(env, "0123456789") != env ||
		len(near) <= longestShort && len(env) > len(near)+1 {
		return true
	}
	inSeries := func(name string) bool { // a letter typed twice is a slip
		letter, ok := strings.CutPrefix(name, near)
		return ok && len(letter) == 1 && !strings.HasSuffix(near, letter)
	}
	return inSeries(env) && slices.ContainsFunc(has, func(x value.Entry) bool { return x.Key != env && inSeries(x.Key) })
}
