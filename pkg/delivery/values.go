package delivery

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/image"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/secret/credential"
	"github.com/unfold-gitops/unfold/pkg/secret/redact"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// field is one that a plan sets: its key as given, and its path in the fields of an
// environment or of the top level.
type field struct {
	key  string
	path []string
}

// shown returns the key as messages name it: one can be a credential itself, in the wrong place.
func (f field) shown() string { return credential.Redact(f.key) }

// isImage reports whether the field is one of those that make an image.
func (f field) isImage() bool {
	path := f.path
	if len(path) > 2 && path[0] == "workloads" {
		path = path[2:]
	}
	return path[0] == "image" || path[0] == "tag"
}

// isSecret reports whether the field is a secret, or several.
func (f field) isSecret() bool {
	return f.path[0] == "secrets" || len(f.path) > 2 && f.path[0] == "workloads" && f.path[2] == "secrets"
}

// changedFields returns a line for each field that is set: its value before, and its value
// now, in an environment, or at the top level where env is "".
func (p plan) changedFields(a, fresh *app, env string) []string {
	imagesSaid := env != "" && len(changedImages(a, fresh, env)) > 0
	var out []string
	var fields []field
	for _, f := range p.fields {
		fields = append(fields, a.apart(fresh, env, f)...)
	}
	for _, f := range fields {
		if imagesSaid && f.isImage() || p.images && a.sameField(fresh, env, f) {
			continue
		}
		where := env + " " + f.shown()
		if len(f.path) > 2 && f.path[0] == "workloads" && !strings.HasPrefix(f.key, "workloads.") {
			where = env + " " + f.path[1] + " " + f.shown()
		}
		before, after := a.value(env, f), fresh.value(env, f)
		was, is := shown(before, f, "*** (before)"), shown(after, f, "*** (after)")
		line := fmt.Sprintf("%s: %s -> %s", strings.TrimSpace(where), was, is)
		if value.Equal(before, after) {
			line = fmt.Sprintf("%s: %s%s", strings.TrimSpace(where), strings.TrimSuffix(was, " (before)"), a.asBefore(env, f))
		}
		out = append(out, diag.Line(line))
	}
	return out
}

// apart returns a field, or those in it that differ where its values before and now are cut to the same text.
func (a *app) apart(fresh *app, env string, f field) []field {
	before, after := a.value(env, f), fresh.value(env, f)
	if !before.Is(value.Map) || !after.Is(value.Map) || value.Equal(before, after) ||
		shown(before, f, "*** (before)") != shown(after, f, "*** (after)") {
		return []field{f}
	}
	var out []field
	for _, key := range union(before.Keys(), after.Keys()) {
		in := field{f.key + "." + strings.ReplaceAll(key, ".", `\.`), append(slices.Clone(f.path), key)}
		if !value.Equal(a.value(env, in), fresh.value(env, in)) {
			out = append(out, a.apart(fresh, env, in)...)
		}
	}
	if len(out) == 0 {
		return []field{f}
	}
	return out
}

// sameField reports whether an environment has the same under a field as another app has there: of a promotion, that nothing
// was written.
func (a *app) sameField(fresh *app, env string, f field) bool {
	return value.Equal(a.top.Get("environments", env).Get(f.path...), fresh.top.Get("environments", env).Get(f.path...))
}

// sameFields returns a line for each field that was to be promoted and that the environment has already.
func (p plan) sameFields(a, fresh *app, env string) []string {
	var out []string
	for _, f := range p.fields {
		if p.images && !f.isImage() && a.sameField(fresh, env, f) {
			out = append(out, diag.Line(fmt.Sprintf("unchanged: %s has %s: %s", env, f.shown(), shown(a.value(env, f), f, "***"))))
		}
	}
	return out
}

// value returns the value of a field as the descriptor has it for an environment, or that
// of the defaults, or nil.
func (a *app) value(env string, f field) *value.Value {
	if env == "" {
		return a.atTop(f.path)
	}
	if x := a.declared(env, f.path); x != nil {
		return x
	}
	effective, _ := a.source.Provenance(env, render.Options{}) // what mistakes leave: the change may mend them
	if effective == nil {
		return nil
	}
	keys, ok := effective.Find(strings.Join(f.path, "."))
	if !ok {
		return nil
	}
	return effective.At(keys)
}

// atTop returns what the top level, or a workload there, has under a path; a tag may be a part
// of its image.
func (a *app) atTop(path []string) *value.Value {
	x, last := a.top.Get(path...), len(path)-1
	if x != nil || path[last] != "tag" {
		return x
	}
	of := a.top.Get(append(slices.Clone(path[:last]), "image")...)
	if of.Is(value.Map) {
		return of.Get("tag")
	}
	return value.From(of.At(), image.Split(of.StringAt()).Tag)
}

// asBefore says of a field that is set to the value that it had where that was from.
func (a *app) asBefore(env string, f field) string {
	switch {
	case env == "" || a.value(env, f) == nil || a.top.Get("environments", env).Get(f.path...) != nil:
		return ", as before"
	case a.top.Get(f.path...) != nil:
		return " (was the top level's value)"
	}
	if p, _ := a.source.Provenance(env, render.Options{}); p != nil {
		if keys, ok := p.Find(strings.Join(f.path, ".")); ok && len(p.Origins(keys)) > 0 {
			switch origin := p.Origins(keys)[0]; {
			case origin.Pos.File == descriptor.BuiltinFile:
				return " (was the built-in default)"
			case origin.Pos.File == a.source.Defaults().File && origin.Pos.File != "":
				return " (was the platform's default)"
			}
		}
	}
	return " (was inherited)"
}

// shown returns a value on one line for people, without what nobody is to read.
func shown(v *value.Value, f field, secret string) string {
	const longest = 60
	switch {
	case v == nil:
		return "not set"
	case v.Is(value.Null):
		return "left out"
	case f.isSecret():
		return secret
	}
	// What looks like a credential depends on the keys.
	whole := v
	for _, key := range slices.Backward(f.path) {
		whole = value.NewMap(v.Pos).Set(key, whole)
	}
	v = redact.Tree(whole, nil, redact.Fixed(secret)).Get(f.path...)
	text := strings.Join(strings.Fields(redact.Keys(v).Flow()), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	if text == "" {
		return `""`
	}
	return text
}
