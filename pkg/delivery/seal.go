package delivery

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/secret/seal"
	"github.com/unfold-gitops/unfold/pkg/yaml/edit"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Plain is a secret before it is sealed. It must never be printed.
type Plain struct {
	Key   string
	Value []byte
}

// Sealing says for which secrets values are sealed, and with what.
type Sealing struct {
	Envs     []string
	Workload string
	// Scope is "" for that of the value which is there, else strict.
	Scope string
	// Mount is the file that a key becomes, "" for a variable or what is there.
	Mount string
	// Certificates are files or https addresses, ENV=CERTIFICATE for one environment of
	// several. Without one the platform file's is taken, and without that the one that
	// kubectl fetches from the controller.
	Certificates []string
	Controller   seal.Controller
}

// Seal seals values and sets them in the descriptor, in each environment.
func Seal(ctx context.Context, dir string, s Sealing, values []Plain, o Options) (Result, error) {
	p := plan{envs: s.Envs}
	// Read once: the plan may be made anew while others wait for the file.
	var certificates []*seal.Certificate
	var done []string
	p.changes = func(a *app) ([]edit.Change, error) {
		if err := a.canSeal(s); err != nil {
			return nil, err
		}
		if certificates == nil {
			var err error
			if certificates, err = s.certificates(ctx, o.Platform); err != nil {
				return nil, err
			}
		}
		out := a.listed()
		done = nil
		for i, env := range s.Envs {
			at, err := a.secretsAt(env, s.Workload)
			if err != nil {
				return nil, err
			}
			keys := map[seal.Target][]string{}
			var targets []seal.Target
			for _, v := range values {
				text, t, err := a.seal(certificates[i], s, env, at, v)
				if err != nil {
					return nil, err
				}
				if keys[t] == nil {
					targets = append(targets, t)
				}
				keys[t] = append(keys[t], v.Key)
				out = append(out, a.setSecret(append(slices.Clone(at), v.Key), text, t.Scope, s.Mount)...)
			}
			for _, t := range targets {
				done = append(done, fmt.Sprintf("sealed %s for %s, to open in %s", strings.Join(keys[t], ", "), env, t))
			}
		}
		return out, nil
	}
	keys := keysOf(values)
	for _, key := range keys {
		p.trailers = append(p.trailers, "Secret: "+key)
	}
	p.subject = secretSubject("seal", keys, s.Envs)
	out, err := p.run(ctx, dir, o)
	if out.Changed {
		out.Lines = done
	}
	return out, err
}

// SealRaw returns sealed values and changes nothing, in the order of environments,
// then of values.
func SealRaw(ctx context.Context, dir string, s Sealing, values []Plain, p *platform.Platform) ([]string, error) {
	a, err := open(dir, dir, p, nil)
	if err != nil {
		return nil, err
	}
	defer a.close()
	if err := a.canSeal(s); err != nil {
		return nil, err
	}
	certificates, err := s.certificates(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []string
	for i, env := range s.Envs {
		at, err := a.secretsAt(env, s.Workload)
		if err != nil {
			return nil, err
		}
		for _, v := range values {
			text, _, err := a.seal(certificates[i], s, env, at, v)
			if err != nil {
				return nil, err
			}
			out = append(out, text)
		}
	}
	return out, nil
}

// canSeal refuses environments and a workload that the app does not have, before a
// cluster is asked for its certificate.
func (a *app) canSeal(s Sealing) error {
	for _, env := range s.Envs {
		if _, err := a.secretsAt(env, s.Workload); err != nil {
			return err
		}
	}
	return nil
}

// certificates returns those of the environments, before anything is sealed.
func (s Sealing) certificates(ctx context.Context, p *platform.Platform) ([]*seal.Certificate, error) {
	var out []*seal.Certificate
	for _, env := range s.Envs {
		var named platform.Certificate
		if p != nil {
			named = p.Settings(env).Certificate
		}
		c, err := s.certificate(ctx, env, named)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// certificate returns an environment's certificate; p is the one in the platform file.
func (s Sealing) certificate(ctx context.Context, env string, p platform.Certificate) (*seal.Certificate, error) {
	var forAll string
	for _, text := range s.Certificates {
		if name, certificate, ok := strings.Cut(text, "="); ok && slices.Contains(s.Envs, name) {
			if name == env {
				return seal.Read(ctx, certificate)
			}
		} else {
			forAll = text
		}
	}
	switch {
	case forAll != "":
		return seal.Read(ctx, forAll)
	case p.PEM != "":
		return seal.ParseNow("the platform file", []byte(p.PEM))
	case p.File != "":
		return seal.Read(ctx, p.File)
	case p.URL != "":
		return seal.Read(ctx, p.URL)
	case len(s.Envs) > 1:
		return nil, &seal.Failure{Message: fmt.Sprintf("there is no certificate for %q, and for several environments none is fetched "+
			"from a cluster, since they may run in different ones", env),
			Hint: "add --cert " + env + "=FILE, or seal for one environment at a time"}
	}
	return s.Controller.Certificate(ctx)
}

// secretsAt returns the path of an environment's secrets, of the app or of a
// workload.
func (a *app) secretsAt(env, workload string) ([]string, error) {
	if err := a.environment(env); err != nil {
		return nil, err
	}
	at := []string{"environments", env}
	if workload != "" {
		if names := a.source.Document().Workloads(); !slices.Contains(names, workload) {
			return nil, a.unknownWorkload(env, workload, names, alone(names), "")
		}
		at = append(at, "workloads", workload)
	}
	return append(at, "secrets"), nil
}

// seal seals a value for the Secret that an environment has for it.
func (a *app) seal(c *seal.Certificate, s Sealing, env string, at []string, v Plain) (text string, t seal.Target, err error) {
	x, diags := a.source.Document().Effective(env, descriptor.Options{Defaults: a.source.Defaults()})
	if x == nil {
		return "", t, diags.Err()
	}
	scope := s.Scope
	if scope == "" {
		scope = seal.Strict
		if there := a.top.Get(append(slices.Clone(at), v.Key)...).StringAt("scope"); slices.Contains(seal.Scopes(), there) {
			scope = there
		}
	}
	object, names := x.Name, x.Names
	if s.Workload != "" {
		i := slices.IndexFunc(x.Workloads, func(w descriptor.Workload) bool { return w.Key == s.Workload })
		if i < 0 {
			return "", t, a.Errorh(a.pos(), "unknown-workload", "enable it there first", "the workload %q is not enabled in %s", s.Workload,
				env)
		}
		object, names = x.Workloads[i].Own, x.Workloads[i].Names
	}
	t = seal.Target{Scope: scope, Namespace: x.Namespace.Name, Name: names.Secret(object, scope)}
	text, err = c.Seal(v.Value, t)
	return text, t, err
}

// setSecret returns the changes that put a sealed value in place. What else is said
// of the key stays.
func (a *app) setSecret(path []string, text, scope, mount string) []edit.Change {
	field := func(name string) []string { return append(slices.Clone(path), name) }
	sealed := value.NewString(diag.Pos{}, text)
	there := a.top.Get(path...)
	if !there.Is(value.Map) {
		if scope == seal.Strict && mount == "" {
			return []edit.Change{edit.Set(sealed, path...)}
		}
		full := value.NewMap(diag.Pos{}).Set("value", sealed)
		if scope != seal.Strict {
			full.Set("scope", value.NewString(diag.Pos{}, scope))
		}
		if mount != "" {
			full.Set("mount", value.NewString(diag.Pos{}, mount))
		}
		return []edit.Change{edit.Set(full, path...)}
	}
	out := []edit.Change{edit.Set(sealed, field("value")...)}
	if scope != seal.Strict || there.Has("scope") {
		out = append(out, edit.Set(value.NewString(diag.Pos{}, scope), field("scope")...))
	}
	if mount != "" {
		out = append(out, edit.Set(value.NewString(diag.Pos{}, mount), field("mount")...))
	}
	return out
}

func keysOf(values []Plain) []string {
	var out []string
	for _, v := range values {
		out = append(out, v.Key)
	}
	return out
}

func secretSubject(verb string, keys, envs []string) func(app, detail string) string {
	return func(app, _ string) string {
		text := fmt.Sprintf("chore(%s): %s %s in %s", app, verb, strings.Join(keys, ", "), strings.Join(envs, ", "))
		if len(text) > 72 {
			return fmt.Sprintf("chore(%s): %s secrets", app, verb)
		}
		return text
	}
}
