package adopt

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/fold"
	"github.com/unfold-gitops/unfold/pkg/kube/defaults"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// App is a descriptor with the proof of what it comes to.
type App struct {
	Name string
	// Source is the content of app.yaml.
	Source []byte
	// Environments tell what became of the objects of each.
	Environments []Environment
	// Accepted are the rules whose findings the descriptor accepts, since the app runs with
	// them.
	Accepted []string
}

// Environment is what became of the objects of one environment.
type Environment struct {
	Name string
	// Objects counts those of the source, FirstClass those that fields make, Manifests those
	// that are passed on, and Secrets those in plain text, which are only referred to.
	Objects, FirstClass, Manifests int
	Secrets                        []object.ID
	// Differences are what comes out otherwise.
	Differences []diff.Object
}

// Import reads the objects of each environment and returns the descriptor of their
// app; name may be empty.
func Import(sources []Source, stdin io.Reader, name string, p *platform.Platform) (App, error) {
	var envs []fold.Environment
	for _, s := range sources {
		objects, err := s.Read(stdin)
		if err != nil {
			return App{}, err
		}
		if err := oneNamespace(s, objects); err != nil {
			return App{}, err
		}
		envs = append(envs, fold.Environment{Name: s.Env, Objects: objects})
	}
	if name == "" {
		name = nameOf(envs, sources)
	}
	return Fold(name, envs, p)
}

// oneNamespace reports objects of several namespaces: an app is in one.
func oneNamespace(s Source, objects []*value.Value) error {
	names := map[string]bool{}
	for _, v := range objects {
		if ns := v.StringAt("metadata", "namespace"); ns != "" {
			names[ns] = true
		}
	}
	if len(names) < 2 {
		return nil
	}
	return &Mistake{fmt.Sprintf("the objects of %s are in the namespaces %s, and an app is in one of them", s.Path,
		strings.Join(sorted(names), ", ")), "import the objects of each namespace by themselves, with --env " + s.Env + "=FILE"}
}

// attempts bounds how often an app is folded: each time at least one more object is
// kept as it is.
const attempts = 50

// Fold returns the descriptor of one app, and proves it: each environment is
// rendered and compared with its objects. An object that would come out otherwise is
// kept as it is, under manifests.
func Fold(name string, envs []fold.Environment, p *platform.Platform) (App, error) {
	dir, err := os.MkdirTemp("", "unfold-import-")
	if err != nil {
		return App{}, err
	}
	defer os.RemoveAll(dir)
	a := attempt{name: name, envs: envs, platform: p, dir: dir, raw: map[string]map[object.ID]bool{}, accepted: map[string]bool{}}
	for _, e := range envs {
		a.raw[e.Name] = map[object.ID]bool{}
	}
	for range attempts {
		app, again, err := a.try()
		if err != nil || !again {
			return app, err
		}
	}
	return App{}, errors.New("the app can't be folded")
}

type attempt struct {
	name     string
	envs     []fold.Environment
	platform *platform.Platform
	dir      string
	raw      map[string]map[object.ID]bool
	accepted map[string]bool
}

// try folds and renders once. Again says that objects were found which have to be
// kept as they are.
func (a *attempt) try() (app App, again bool, err error) {
	r := fold.App(fold.Options{Name: a.name, Raw: func(env string, id object.ID) bool { return a.raw[env][id] }}, a.envs)
	if len(a.accepted) > 0 {
		accept := value.NewMap(diag.Pos{})
		for _, rule := range sorted(a.accepted) {
			accept.Set(rule, value.NewString(diag.Pos{}, "runs like this since before the import"))
		}
		r.Descriptor.Set("accept", accept)
	}
	src, err := fold.Write(r.Descriptor)
	if err != nil {
		return app, false, err
	}
	app = App{Name: a.name, Source: src, Accepted: sorted(a.accepted)}
	source, err := render.OpenAs(a.dir, descriptor.FileName, a.platform, src)
	if err != nil {
		return app, false, err
	}
	defer source.Close()
	for _, e := range a.envs {
		result, err := source.Environment(e.Name, render.Options{})
		var diags diag.List
		if errors.As(err, &diags) {
			if !a.blame(src, diags) {
				return app, false, a.refused(diags)
			}
			return app, true, nil
		}
		if err != nil {
			return app, false, err
		}
		out := Environment{Name: e.Name, Objects: len(e.Objects), Secrets: r.Secrets[e.Name], FirstClass: len(r.Fields[e.Name])}
		out.Manifests = out.Objects - out.FirstClass - len(out.Secrets)
		out.Differences = compare(e.Objects, result.Values(), r.Secrets[e.Name])
		for _, d := range out.Differences {
			if r.Fields[e.Name][d.ID] && !a.raw[e.Name][d.ID] {
				a.raw[e.Name][d.ID] = true
				again = true
			}
		}
		app.Environments = append(app.Environments, out)
	}
	return app, again, nil
}

// refused says why no descriptor can hold the objects. Its lines are those of a file
// that nobody sees, so they are left out.
func (a *attempt) refused(diags diag.List) error {
	var texts []string
	for _, d := range diags.Sorted() {
		if d.Severity == diag.Error && !slices.Contains(texts, d.Message) {
			texts = append(texts, d.Message)
		}
	}
	return &Mistake{fmt.Sprintf("the app %q can't be imported: %s", a.name, strings.Join(texts, "; ")), ""}
}

// compare returns what differs between the objects of a source and those that were
// rendered, as the API server stores both. Secrets in plain text are left out. The
// namespace of an object that names none in the source is that of the Application.
func compare(source, rendered []*value.Value, secrets []object.ID) []diff.Object {
	anywhere := map[object.ID]bool{}
	for _, v := range source {
		anywhere[object.Object{Value: v}.ID()] = v.Get("metadata", "namespace") == nil
	}
	stored := func(list []*value.Value, skip []object.ID) []*value.Value {
		var out []*value.Value
		for _, v := range list {
			if slices.Contains(skip, object.Object{Value: v}.ID()) {
				continue
			}
			v = defaults.Stored(v)
			if anywhere[object.Object{Value: v}.ID()] {
				v = v.Copy()
				m := v.Get("metadata").Copy()
				m.Delete("namespace")
				v.Set("metadata", m)
			}
			out = append(out, v)
		}
		return out
	}
	return diff.Comparison{}.Objects(stored(source, secrets), stored(rendered, nil))
}

// blame marks the objects that lines with mistakes are about as ones to keep as they
// are, or the rules that found them as accepted. It returns false where there are none.
func (a *attempt) blame(src []byte, diags diag.List) bool {
	found := false
	d, _ := value.Read(descriptor.FileName, src)
	for _, x := range diags {
		if x.Severity != diag.Error {
			continue
		}
		if x.Rule && !a.accepted[x.Code] {
			a.accepted[x.Code], found = true, true
			continue
		}
		key := workloadAt(d, x.Pos.Line)
		for _, e := range a.envs {
			for _, v := range e.Objects {
				id := object.Object{Value: v}.ID()
				if !a.raw[e.Name][id] && (key == "" || strings.Contains(id.Name, key)) {
					a.raw[e.Name][id], found = true, true
				}
			}
		}
	}
	return found
}

// workloadAt returns the key of the workload that a line is in, "" for none.
func workloadAt(d *value.Value, line int) string {
	key, best := "", 0
	look := func(workloads *value.Value) {
		for _, e := range workloads.AllEntries() {
			if e.KeyPos.Line <= line && e.KeyPos.Line > best {
				key, best = e.Key, e.KeyPos.Line
			}
		}
	}
	look(d.Get("workloads"))
	for _, e := range d.Get("environments").AllEntries() {
		look(e.Value.Get("workloads"))
	}
	return key
}

func sorted(set map[string]bool) []string {
	var out []string
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
