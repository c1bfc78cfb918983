package descriptor

import (
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Secret is one that a controller in the cluster makes.
type Secret struct {
	Name string
	// Store is the name of the object that fetches it from a store.
	Store string
	// Short is the name without that of what it belongs to.
	Short string
	Pos   diag.Pos
	// Scope is that of sealed values, "" for a Secret of an external store.
	Scope string
	Mount *value.Value // the folder for all keys
	Keys  []SecretKey
	// More says that it has keys that the descriptor does not know.
	More bool
	Full *value.Value
}

// SecretKey is a key of a Secret.
type SecretKey struct {
	Key   string
	Pos   diag.Pos
	Mount *value.Value // the file for this key
	Full  *value.Value
}

// secrets returns the Secrets that fields describe. Workload is the key of the one
// they belong to, "" for all, object its name, named the namespace by the
// descriptor. Sealed values of different scopes
// can't share a Secret.
func (e *effective) secrets(app *App, of *value.Value, workload, object string, names Names, named string) []Secret {
	var out []Secret
	if v := of.Get("secrets"); v.Is(value.Map) {
		for _, scope := range fields.SealScopes {
			s := Secret{Short: shortSecret(scope), Scope: scope, Name: names.Secret(object, scope)}
			if scope != fields.StrictScope { // what is not bound to a name
				s.Name = e.prefix.Text + s.Name + e.suffix.Text
			}
			if e.keys(&s, v, fields.SealedSecrets, func(x *value.Value) bool { return cmpScope(x) == scope }) {
				out = append(out, s)
			}
			if scope == "cluster-wide" || e.env == "" {
				continue
			}
			for _, k := range s.Keys {
				if k.Full.Has("value") && !e.sealedForSeveral(k) {
					e.sealedElsewhere(app, s, k, workload, named)
				}
			}
		}
	}
	if v := of.Get("externalSecrets"); v.Is(value.Map) {
		s := Secret{Short: "external-secrets", More: !v.Get("dataFrom").Empty()}
		s.Name = names.Of("Secret", s.Short, object+"-"+s.Short)
		s.Store = names.Of("ExternalSecret", "", s.Name)
		if e.keys(&s, v, fields.ExternalSecrets, func(*value.Value) bool { return true }) || s.More {
			if v.StringAt("store", "name") == "" && needsStore(s, v) {
				e.diags.Errorh(s.Pos, "missing-store",
					"add store: with its name, or let the platform file's defaults set externalSecrets.store",
					"externalSecrets names no store")
			}
			out = append(out, s)
		}
	}
	return out
}

// Secret returns the name of the Secret that holds the sealed values of a scope.
// Object is the name of what they belong to.
func (n Names) Secret(object, scope string) string {
	return n.Of("Secret", shortSecret(scope), object+"-"+shortSecret(scope))
}

func shortSecret(scope string) string {
	if scope == fields.StrictScope {
		return "secrets"
	}
	return "secrets-" + scope
}

// needsStore reports whether anything comes from a store that the ExternalSecret as
// a whole names: not what brings its own, or a generator.
func needsStore(s Secret, v *value.Value) bool {
	return len(s.Keys) > 0 || slices.ContainsFunc(v.Get("dataFrom").AllItems(), func(x *value.Value) bool { return !x.Has("sourceRef") })
}

func cmpScope(v *value.Value) string {
	if scope := v.StringAt("scope"); scope != "" {
		return scope
	}
	return fields.StrictScope
}

// keys takes those of a Secret that belong to it, and reports whether there are
// any.
func (e *effective) keys(s *Secret, v *value.Value, typ *schema.Type, belongs func(*value.Value) bool) bool {
	s.Full, s.Pos, s.Mount = v, v.Pos, v.Get("mount")
	mounted := map[string]string{}
	for _, x := range v.Entries {
		if typ.Field(x.Key) != nil || !x.Value.Is(value.Map) || !belongs(x.Value) {
			continue
		}
		k := SecretKey{Key: x.Key, Pos: x.KeyPos, Mount: x.Value.Get("mount"), Full: x.Value}
		switch {
		case s.Scope != "" && !k.Full.Has("value"):
			e.diags.Errorh(k.Pos, "missing-value", "seal one: unfold seal --env ENV "+k.Key+
				", or add value: with what kubeseal --raw prints", "the secret %q has no sealed value", k.Key)
		case s.Scope == "" && k.Full.StringAt("key") == "":
			e.diags.Errorh(k.Pos, "missing-value", "write its path in the store", "the external secret %q has no path", k.Key)
		case k.Mount != nil && mounted[k.Mount.Text] != "":
			e.diags.Errorh(k.Mount.Pos, "file-collision", "mount one of them elsewhere",
				"the secrets %q and %q are mounted as the same file", mounted[k.Mount.Text], k.Key)
		case k.Mount == nil && s.Mount == nil && schema.EnvName.Problem(k.Key) != "":
			e.diags.Errorh(k.Pos, "bad-name", "mount it as a file with mount:, or rename it",
				"the secret %q can't be an environment variable: it %s", k.Key, schema.EnvName.Problem(k.Key))
		}
		if k.Mount != nil {
			mounted[k.Mount.Text] = k.Key
		}
		s.Keys = append(s.Keys, k)
	}
	return len(s.Keys) > 0
}

// sealedElsewhere reports a value that the controller could not open where the
// app runs, since a parameter or Argo CD moved it. What a value is sealed for
// can't be read from it, so the descriptor's namespace counts.
func (e *effective) sealedElsewhere(app *App, s Secret, k SecretKey, workload, named string) {
	if named == "" {
		named = e.options.Defaults.Place(e.env).namespace(e.Name, e.env)
	}
	again := "unfold seal --env " + e.env
	if workload != "" {
		again += " --workload " + workload
	}
	if s.Scope == fields.StrictScope && e.again() {
		e.diags.Errorh(k.Pos, "sealed-elsewhere", "seal it again: "+again+" --scope cluster-wide "+k.Key,
			"the secret %q is sealed for the name %q, which the app once more under the suffix %q can't have", k.Key, s.Name, e.suffix.Text)
		return
	}
	if to := app.Namespace.Name; to != named {
		e.diags.Errorh(k.Pos, "sealed-elsewhere", "set namespace: "+to+" for "+e.env+" and seal it again: "+again+" "+k.Key+
			"; or add --scope cluster-wide for a value that opens in every namespace, as previews need",
			"the secret %q is sealed for the namespace %q, but the app runs in %q", k.Key, named, to)
	}
}

// sealedForSeveral reports a value of the top level that environments in different
// namespaces have in common: it can be opened in one of them at most.
func (e *effective) sealedForSeveral(k SecretKey) bool {
	at := k.Full.Get("value").Pos
	var namespaces []string
	for _, env := range e.Environments(e.options.Defaults) {
		own := e.environment(env)
		if !topLevelSecret(e.root, own, k.Key, at) {
			continue
		}
		if ns := e.namedNamespace(env, own); !slices.Contains(namespaces, ns) {
			namespaces = append(namespaces, ns)
		}
	}
	if len(namespaces) < 2 {
		return false
	}
	e.diags.Errorh(k.Pos, "sealed-for-several",
		"seal it for each environment, under environments.ENV.secrets, or with the scope cluster-wide",
		"the secret %q is bound to one namespace, but the environments that have it run in several: %s", k.Key,
		strings.Join(namespaces, ", "))
	return true
}

// topLevelSecret reports whether the value at a place in the top level is in force
// under an environment's own layer.
func topLevelSecret(root, own *value.Value, key string, at diag.Pos) bool {
	in := func(root, own *value.Value) bool {
		v := root.Get("secrets", key, "value")
		if v == nil || v.Pos != at {
			return false
		}
		secrets := own.Entry("secrets")
		if secrets == nil {
			return true
		}
		x := secrets.Value.Entry(key)
		return secrets.Value.Is(value.Map) && (x == nil || x.Value.Is(value.Map) && !x.Value.Has("value"))
	}
	if in(root, own) {
		return true
	}
	for _, w := range root.Get("workloads").AllEntries() {
		mine := own.Entry("workloads")
		switch {
		case mine == nil || mine.Value.Entry(w.Key) == nil:
			if in(w.Value, nil) {
				return true
			}
		case in(w.Value, mine.Value.Get(w.Key)) && mine.Value.Get(w.Key).Is(value.Map):
			return true
		}
	}
	return false
}

// namedNamespace returns an environment's namespace by the descriptor and the
// defaults.
func (e *effective) namedNamespace(env string, own *value.Value) string {
	for _, layer := range []*value.Value{own, e.root, e.options.Defaults.environment(env), e.options.Defaults.All} {
		if name := layer.StringAt("namespace", "name"); name != "" {
			return name
		}
	}
	return e.options.Defaults.Place(env).namespace(e.Name, env)
}
