package adopt

import (
	"io"
	"slices"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/delivery/diff"
	"github.com/unfold-gitops/unfold/pkg/kube/defaults"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Comparison is what differs between objects of a source and those that unfold
// renders.
type Comparison struct {
	// Differences are what differs in a cluster, from the source to what is rendered.
	Differences []diff.Object
	// Same counts the objects that are the same in a cluster.
	Same int
	// Erased are the fields that are written in different ways and are the same once the API
	// server has stored them, by object.
	Erased []Erased
	// Secrets are those of the source that unfold does not render: their values are in
	// plain text, and an app only refers to them.
	Secrets []object.ID
	// Made are the objects that the cluster made by itself. They are not compared.
	Made []object.ID
}

// Erased are the paths of an object's fields that the API server makes the same.
type Erased struct {
	object.ID
	Paths []string
}

// Against compares the objects of a source with those that the app in dir renders for
// the source's environment. It returns the app's name too. Mistakes in the app are a diag.List.
func Against(source Source, stdin io.Reader, dir string, p *platform.Platform) (c Comparison, name string, err error) {
	app, err := render.Open(dir, p)
	if err != nil {
		return c, "", err
	}
	defer app.Close()
	result, err := app.Environment(source.Env, render.Options{ValuesOnly: true})
	if err != nil {
		return c, "", err
	}
	objects, made, err := source.Read(stdin)
	if err != nil {
		return c, "", err
	}
	c = Compare(objects, result.Values())
	c.Made = made
	return c, result.Name, nil
}

// Compare compares the objects of a source with those that were rendered, as the API
// server stores both. The namespace of an object that names none on one side is the
// one that the Application puts it into.
func Compare(source, rendered []*value.Value) Comparison {
	var c Comparison
	source, c.Secrets = withoutSecrets(source, rendered)
	source, rendered = sameNamespaces(source, rendered), sameNamespaces(rendered, source)
	stored := func(list []*value.Value) []*value.Value {
		out := make([]*value.Value, len(list))
		for i, v := range list {
			out[i] = defaults.Stored(v)
		}
		return out
	}
	exact := diff.Comparison{Exact: true}
	c.Differences = exact.Objects(stored(source), stored(rendered))
	c.Same = len(source)
	for _, d := range c.Differences {
		if !d.Added {
			c.Same--
		}
	}
	for _, d := range exact.Objects(source, rendered) {
		if paths := erased(d, c.Differences); len(paths) > 0 {
			c.Erased = append(c.Erased, Erased{d.ID, paths})
		}
	}
	return c
}

// erased returns the paths of the fields that differ between objects as they are
// written, and not as they are stored.
func erased(written diff.Object, stored []diff.Object) []string {
	var out []string
	at := slices.IndexFunc(stored, func(d diff.Object) bool { return d.ID == written.ID })
	for _, f := range written.Fields {
		inStored := at >= 0 && slices.ContainsFunc(stored[at].Fields, func(g diff.Field) bool {
			return strings.HasPrefix(f.Path, g.Path) || strings.HasPrefix(g.Path, f.Path)
		})
		if !inStored {
			out = append(out, f.Path)
		}
	}
	return out
}

// withoutSecrets returns the objects without the Secrets that only the source has, and
// which these are.
func withoutSecrets(source, rendered []*value.Value) (rest []*value.Value, secrets []object.ID) {
	for _, v := range source {
		id := idOf(v)
		same := func(x *value.Value) bool { return idOf(x) == id }
		if id.Kind == "Secret" && id.APIVersion == "v1" && !slices.ContainsFunc(rendered, same) {
			secrets = append(secrets, id)
			continue
		}
		rest = append(rest, v)
	}
	return rest, secrets
}

// sameNamespaces returns objects without a namespace where the same object of the other
// list has none.
func sameNamespaces(list, others []*value.Value) []*value.Value {
	anywhere := map[object.ID]bool{}
	for _, v := range others {
		if v.Get("metadata", "namespace") == nil {
			anywhere[idOf(v)] = true
		}
	}
	out := slices.Clone(list)
	for i, v := range list {
		if anywhere[idOf(v)] && v.Get("metadata", "namespace") != nil {
			m := v.Get("metadata").Copy()
			m.Delete("namespace")
			out[i] = v.Copy().Set("metadata", m)
		}
	}
	return out
}

func idOf(v *value.Value) object.ID { return object.Object{Value: v}.ID() }
