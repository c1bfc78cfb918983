package adopt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/descriptor/fields"
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
	// Tidied is what a standard form changes, nil where the app is exact.
	Tidied *Tidied
}

// Lines returns how many lines the descriptor has.
func (a App) Lines() int { return bytes.Count(a.Source, []byte("\n")) }

// Environment is what became of the objects of one environment.
type Environment struct {
	Name string
	// Objects counts those of the source, FirstClass those that fields make, Manifests those
	// that are passed on, and Secrets those in plain text, which are only referred to.
	// Known are those of kinds that fields can make.
	Objects, Known, FirstClass, Manifests int
	// Left are the known ones that are passed on all the same.
	Left    []object.ID
	Secrets []PlainSecret
	// Differences are what comes out otherwise.
	Differences []diff.Object
}

// PlainSecret is a Secret in plain text without its values.
type PlainSecret struct {
	ID   object.ID
	Type string // "" for Opaque
	Keys []string
}

// plainSecrets returns the Secrets in plain text of an environment, with their keys in order.
func plainSecrets(e fold.Environment, ids []object.ID) []PlainSecret {
	var out []PlainSecret
	for _, v := range e.Objects {
		id := idOf(v)
		if !slices.Contains(ids, id) {
			continue
		}
		x := PlainSecret{ID: id, Type: v.StringAt("type"), Keys: append(v.Get("data").Keys(), v.Get("stringData").Keys()...)}
		if x.Type == "Opaque" {
			x.Type = ""
		}
		slices.Sort(x.Keys)
		x.Keys = slices.Compact(x.Keys)
		out = append(out, x)
	}
	return out
}

// Options are what objects don't tell.
type Options struct {
	// Name is the app's, "" for one that the objects have in common. Of several apps, the
	// names begin with it.
	Name string
	// Split makes an app of each workload and what belongs to it.
	Split bool
	// Tidy goes on from what runs to the names, labels and defaults that a new app has.
	Tidy bool
}

// Import is what was made of sources.
type Import struct {
	Apps []App
	// Lines are those of the files that were read.
	Lines int
	// Made are the objects of each environment that the cluster made by itself, and that are
	// left out.
	Made map[string][]object.ID
}

// Read reads the objects of each environment and returns the descriptors of their apps:
// one for each namespace.
func Read(sources []Source, stdin io.Reader, o Options, p *platform.Platform) (Import, error) {
	out := Import{Made: map[string][]object.ID{}}
	var envs []fold.Environment
	files := map[string]int{}
	for _, s := range sources {
		objects, made, err := s.read(stdin, files)
		if err != nil {
			return Import{}, err
		}
		out.Made[s.Env] = made
		for i, v := range objects {
			objects[i] = defaults.Minimal(v)
		}
		envs = append(envs, fold.Environment{Name: s.Env, Objects: objects})
	}
	for _, n := range files {
		out.Lines += n
	}
	groups := fold.ByNamespace(envs)
	if o.Split {
		var parts [][]fold.Environment
		for _, g := range groups {
			parts = append(parts, fold.ByWorkload(g)...)
		}
		groups = parts
	}
	for i, name := range appNames(groups, sources, o) {
		app, err := Fold(name, groups[i], p)
		if err != nil {
			return Import{}, err
		}
		if o.Tidy {
			if app, err = tidy(app, groups[i], p); err != nil {
				return Import{}, err
			}
		}
		out.Apps = append(out.Apps, app)
	}
	return out, nil
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
	short := attempt{name: name, envs: envs, platform: p, dir: dir}
	app, err := short.fold()
	if err == nil && short.kept() == 0 {
		return app, nil
	}
	// What takes the fewest lines may be what an object can't be made of.
	plain := attempt{name: name, envs: envs, platform: p, dir: dir, plain: true}
	if other, otherErr := plain.fold(); otherErr == nil && (err != nil || plain.kept() < short.kept()) {
		return other, nil
	}
	return app, err
}

type attempt struct {
	name     string
	envs     []fold.Environment
	platform *platform.Platform
	dir      string
	plain    bool
	raw      map[string]map[object.ID]bool
	accepted map[string]bool
}

// fold tries until no more objects have to be kept as they are.
func (a *attempt) fold() (App, error) {
	a.raw, a.accepted = map[string]map[object.ID]bool{}, map[string]bool{}
	for _, e := range a.envs {
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

// kept returns how many objects are kept as they are.
func (a *attempt) kept() int {
	n := 0
	for _, ids := range a.raw {
		n += len(ids)
	}
	return n
}

// try folds and renders once. Again says that objects were found which have to be
// kept as they are.
func (a *attempt) try() (app App, again bool, err error) {
	r := fold.App(fold.Options{Name: a.name, Plain: a.plain, Raw: func(env string, id object.ID) bool { return a.raw[env][id] }},
		a.envs)
	if len(a.accepted) > 0 {
		accept := value.NewMap(diag.Pos{})
		for _, rule := range slices.Sorted(maps.Keys(a.accepted)) {
			accept.Set(rule, value.NewString(diag.Pos{}, "runs like this since before the import"))
		}
		r.Descriptor.Set("accept", accept)
	}
	src, err := fold.Write(r.Descriptor)
	if err != nil {
		return app, false, err
	}
	app = App{Name: a.name, Source: src, Accepted: slices.Sorted(maps.Keys(a.accepted))}
	source, err := render.OpenAs(a.dir, descriptor.FileName, a.platform, src)
	if err != nil {
		return app, false, err
	}
	defer source.Close()
	blame := a.newBlame(r, src)
	var refused diag.List
	for _, e := range a.envs {
		result, err := source.Environment(e.Name, render.Options{})
		var diags diag.List
		if errors.As(err, &diags) {
			refused = append(refused, diags...)
			again = blame.all(e.Name, diags) || again
			continue
		}
		if err != nil {
			return app, false, err
		}
		out := Environment{Name: e.Name, Objects: len(e.Objects), Secrets: plainSecrets(e, r.Secrets[e.Name]),
			FirstClass: len(r.Fields[e.Name])}
		out.known(e, r.Fields[e.Name])
		out.Manifests = out.Objects - out.FirstClass - len(out.Secrets)
		out.Differences = Compare(e.Objects, result.Values()).Differences
		for _, d := range out.Differences {
			if r.Fields[e.Name][d.ID] && !a.raw[e.Name][d.ID] {
				a.raw[e.Name][d.ID] = true
				again = true
			}
		}
		app.Environments = append(app.Environments, out)
	}
	if len(refused) > 0 && !again {
		return app, false, a.refused(refused)
	}
	return app, again, nil
}

// known counts the objects of kinds that fields can make, and lists those that they did
// not make. A Secret in plain text counts for none.
func (x *Environment) known(e fold.Environment, made map[object.ID]bool) {
	for _, v := range e.Objects {
		id := idOf(v)
		if id.Kind == "Secret" || !slices.Contains(fields.Kinds(), id.Kind) {
			continue
		}
		x.Known++
		if !made[id] {
			x.Left = append(x.Left, id)
		}
	}
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
