package delivery

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/secret/seal"
	"github.com/unfold-gitops/unfold/pkg/yaml/edit"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Selection names secrets of environments, by their keys. Workload is "" for those that
// all workloads share.
type Selection struct {
	Envs     []string
	Workload string
	Keys     []string
}

// RemoveSecrets removes the values of keys in environments.
func RemoveSecrets(ctx context.Context, dir string, s Selection, o Options) (Result, error) {
	p := plan{envs: s.Envs, subject: secretSubject("remove", s.Keys, s.Envs)}
	p.changes = func(a *app) ([]edit.Change, error) {
		var out []edit.Change
		for _, env := range s.Envs {
			at, err := a.secretsAt(env, s.Workload)
			if err != nil {
				return nil, err
			}
			for _, key := range s.Keys {
				path := append(slices.Clone(at), key)
				if a.top.Get(path...) == nil {
					known := slices.DeleteFunc(a.top.Get(at...).Keys(), func(key string) bool { return types.ConfigKey(key) != "" })
					return nil, a.Errorh(a.pos(), "unknown-secret", diag.Hint(key, "it has", known), "%s has no secret %q of its own", env,
						key)
				}
				out = append(out, edit.Remove(2, path...))
			}
		}
		return out, nil
	}
	out, err := p.run(ctx, dir, o)
	if out.Changed {
		out.Lines = []string{fmt.Sprintf("removed %s from %s", strings.Join(s.Keys, ", "), strings.Join(s.Envs, ", "))}
	}
	return out, err
}

// SecretRow is a key of a Secret in an environment. Workload is "" for what all
// share, Scope "external" for what lies in an external store.
type SecretRow struct {
	Env      string `json:"environment"`
	Workload string `json:"workload,omitempty"`
	Key      string `json:"key"`
	Scope    string `json:"scope"`
	Secret   string `json:"secret"`
}

// Secrets lists the secrets of an app in the environments that are named, or in all.
func Secrets(dir string, envs []string, p *platform.Platform) ([]SecretRow, error) {
	a, err := open(dir, dir, p, nil)
	if err != nil {
		return nil, err
	}
	defer a.close()
	out := []SecretRow{}
	if len(envs) == 0 {
		envs = a.source.Environments()
	}
	for _, env := range envs {
		all, err := a.secrets(env)
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			for _, k := range s.Keys {
				row := SecretRow{env, s.workload, k.Key, s.Scope, s.Name}
				if s.Scope == "" {
					row.Scope = "external"
				}
				out = append(out, row)
			}
		}
	}
	return out, nil
}

// secret is one that an environment has.
type secret struct {
	descriptor.Secret
	workload  string // "" for all
	namespace string
}

func (a *app) secrets(env string) ([]secret, error) {
	if err := a.environment(env); err != nil {
		return nil, err
	}
	x, diags := a.source.Document().Effective(env, descriptor.Options{Defaults: a.source.Defaults()})
	if x == nil {
		return nil, diags.Err()
	}
	var out []secret
	add := func(workload string, secrets []descriptor.Secret) {
		for _, s := range secrets {
			out = append(out, secret{s, workload, x.Namespace.Name})
		}
	}
	add("", x.Secrets)
	for _, w := range x.Workloads {
		add(w.Key, w.Secrets)
	}
	return out, nil
}

// sealed returns the Secrets that have sealed values, and of those only the keys
// wanted: all where none are named.
func (a *app) sealed(env string, keys []string) ([]secret, error) {
	all, err := a.secrets(env)
	if err != nil {
		return nil, err
	}
	var out []secret
	var has []string
	for _, s := range all {
		if s.Scope == "" {
			continue
		}
		s.Keys = slices.DeleteFunc(s.Keys, func(k descriptor.SecretKey) bool {
			has = append(has, k.Key)
			return k.Full.StringAt("value") == "" || len(keys) > 0 && !slices.Contains(keys, k.Key)
		})
		if len(s.Keys) > 0 {
			out = append(out, s)
		}
	}
	for _, key := range keys {
		if !slices.Contains(has, key) {
			return nil, a.Errorh(a.pos(), "unknown-secret", diag.Hint(key, "it has", has), "%s has no sealed secret %q", env, key)
		}
	}
	return out, nil
}

// haveSealed refuses environments and keys that the app does not have, before a
// controller is asked about any.
func (a *app) haveSealed(sel Selection) error {
	for _, env := range sel.Envs {
		if _, err := a.sealed(env, sel.Keys); err != nil {
			return err
		}
	}
	return nil
}

func (s secret) target() seal.Target {
	return seal.Target{Scope: s.Scope, Namespace: s.namespace, Name: s.Name}
}

func values(keys []descriptor.SecretKey) map[string]string {
	out := map[string]string{}
	for _, k := range keys {
		out[k.Key] = k.Full.StringAt("value")
	}
	return out
}

// Controller is what opens sealed values, as seal.Controller does.
type Controller interface {
	fmt.Stringer
	Verify(ctx context.Context, t seal.Target, values map[string]string) (bool, error)
	Rotate(ctx context.Context, t seal.Target, values map[string]string) (fresh map[string]string, ok bool, err error)
}

// ValidateSecrets asks a controller whether it can open the sealed values of
// environments, in all workloads; all values unless keys are named. Values that it
// can't open are errors at their lines.
func ValidateSecrets(ctx context.Context, dir string, sel Selection, c Controller, p *platform.Platform) ([]string, error) {
	a, err := open(dir, dir, p, nil)
	if err != nil {
		return nil, err
	}
	defer a.close()
	if err := a.haveSealed(sel); err != nil {
		return nil, err
	}
	var out []string
	var diags diag.List
	for _, env := range sel.Envs {
		secrets, err := a.sealed(env, sel.Keys)
		if err != nil {
			return nil, err
		}
		for _, s := range secrets {
			closed, err := s.closed(ctx, c)
			if err != nil {
				return nil, err
			}
			for _, k := range closed {
				diags.Errorh(k.Pos, "sealed-elsewhere", s.again(env, k.Key),
					"%s can't open the secret %q of %s: it was sealed for another cluster, or not to open in %s",
					c, k.Key, env, s.target())
			}
			if len(closed) == 0 {
				out = append(out, fmt.Sprintf("%s: %s can open %s, %s", env, c, s.Name, diag.Plural(len(s.Keys), "key")))
			}
		}
		if len(secrets) == 0 {
			out = append(out, env+" has no sealed secrets")
		}
	}
	return out, diags.Sorted().Err()
}

// closed returns the keys that the controller can't open. It says that of a whole
// Secret only, so they are tried one by one when something is wrong.
func (s secret) closed(ctx context.Context, c Controller) ([]descriptor.SecretKey, error) {
	ok, err := c.Verify(ctx, s.target(), values(s.Keys))
	switch {
	case ok || err != nil:
		return nil, err
	case len(s.Keys) == 1:
		return s.Keys, nil
	}
	var out []descriptor.SecretKey
	for i := range s.Keys {
		ok, err := c.Verify(ctx, s.target(), values(s.Keys[i:i+1]))
		if err != nil {
			return nil, err
		}
		if !ok {
			out = append(out, s.Keys[i])
		}
	}
	return out, nil
}

// again says how to seal a value anew.
func (s secret) again(env, key string) string {
	flags := ""
	if s.workload != "" {
		flags = " --workload " + s.workload
	}
	return "seal it again: unfold seal --env " + env + flags + " " + key
}

// RotateSecrets has a controller seal values again with its newest key, in all workloads
// of each environment; all values unless keys are named.
func RotateSecrets(ctx context.Context, dir string, sel Selection, c Controller, o Options) (Result, error) {
	a, err := open(dir, dir, o.Platform, nil)
	if err != nil {
		return Result{}, err
	}
	defer a.close()
	if err := a.haveSealed(sel); err != nil {
		return Result{}, err
	}
	fresh := map[string]string{} // by the old value
	var lines []string
	for _, env := range sel.Envs {
		secrets, err := a.sealed(env, sel.Keys)
		if err != nil {
			return Result{}, err
		}
		for _, s := range secrets {
			got, ok, err := c.Rotate(ctx, s.target(), values(s.Keys))
			if err != nil {
				return Result{}, err
			}
			if !ok {
				return Result{}, a.Errorh(s.Pos, "sealed-elsewhere", "see which with: unfold seal --validate --env "+env,
					"%s can't open all of %s", c, s.Name)
			}
			var names []string
			for key, old := range values(s.Keys) {
				fresh[old] = got[key]
				names = append(names, key)
			}
			slices.Sort(names)
			lines = append(lines, fmt.Sprintf("rotated %s of %s", strings.Join(names, ", "), env))
		}
	}
	if len(fresh) == 0 {
		return Result{App: a.source.Document().Name, Lines: []string{"no sealed secrets in " + strings.Join(sel.Envs, ", ")}}, nil
	}
	p := plan{
		envs:    sel.Envs,
		subject: secretSubject("rotate", []string{"secrets"}, sel.Envs),
		changes: func(a *app) ([]edit.Change, error) { return a.replaceSealed(sel.Envs, fresh), nil },
	}
	out, err := p.run(ctx, dir, o)
	if out.Changed {
		out.Lines = lines
	}
	return out, err
}

// replaceSealed returns the changes that put fresh values in the place of old ones,
// where these stand: in an environment, or at the top level.
func (a *app) replaceSealed(envs []string, fresh map[string]string) []edit.Change {
	var out []edit.Change
	in := func(path ...string) {
		secrets := append(path, "secrets")
		for _, e := range a.top.Get(secrets...).AllEntries() {
			at := append(slices.Clone(secrets), e.Key)
			text := e.Value.StringAt()
			if e.Value.Is(value.Map) {
				at, text = append(at, "value"), e.Value.StringAt("value")
			}
			if now := fresh[text]; now != "" {
				out = append(out, edit.Set(value.NewString(diag.Pos{}, now), at...))
			}
		}
	}
	layers := [][]string{nil}
	for _, env := range envs {
		layers = append(layers, []string{"environments", env})
	}
	for _, layer := range layers {
		in(slices.Clone(layer)...)
		for _, w := range a.source.Document().Workloads() {
			in(append(slices.Clone(layer), "workloads", w)...)
		}
	}
	return out
}
