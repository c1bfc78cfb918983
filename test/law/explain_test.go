package law_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/render"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// TestLawExplained holds what explain --value says of random apps, under random platform files, to what is rendered
// and to the lines that it names.
func TestLawExplained(t *testing.T) {
	each(t, 2, func(t *testing.T, a app) error {
		text := platformFile(string(a.all()[descriptor.FileName]))
		p, diags := platform.Parse("platform.yaml", []byte(text))
		if diags.HasErrors() {
			t.Fatalf("%v\n%s", diags, text)
		}
		dir := a.write(t)
		for _, under := range []*platform.Platform{nil, p} {
			src, err := render.Open(dir, under)
			if err != nil {
				return err
			}
			defer src.Close()
			for _, env := range src.Environments() {
				x, err := newExplained(src, dir, env, a.options())
				if err == nil {
					x.files["platform.yaml"] = textsOf([]byte(text))
					err = x.hold()
				}
				if err != nil {
					return fmt.Errorf("%s: %w\n-- platform.yaml --\n%s", env, err, text)
				}
			}
		}
		return nil
	})
}

// explained is what is said of an environment, and what is rendered of it.
type explained struct {
	*descriptor.Provenance
	files   map[string]map[int][]string // their texts by line
	objects []*value.Value
	wrong   []string
}

func newExplained(src *render.Source, dir, env string, o render.Options) (*explained, error) {
	p, diags := src.Provenance(env, o)
	if diags.HasErrors() {
		return nil, diags
	}
	r, err := src.Environment(env, o)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(filepath.Join(dir, descriptor.FileName))
	if err != nil {
		return nil, err
	}
	files := map[string]map[int][]string{filepath.ToSlash(filepath.Join(dir, descriptor.FileName)): textsOf(content)}
	return &explained{p, files, r.Values(), nil}, nil
}

func (x *explained) errorf(format string, args ...any) {
	x.wrong = append(x.wrong, fmt.Sprintf(format, args...))
}

func (x *explained) hold() error {
	x.lines(nil, x.Fields)
	if len(x.App.Patches)+len(x.App.Components) == 0 { // which change what is rendered
		x.app()
		for _, w := range x.App.Workloads {
			fields := x.Fields
			if x.App.Multi {
				fields = x.Fields.Get("workloads", w.Key)
			}
			x.workload(w, fields)
		}
	}
	if len(x.wrong) > 0 {
		slices.Sort(x.wrong)
		return fmt.Errorf("%s", strings.Join(slices.Compact(x.wrong), "\n"))
	}
	return nil
}

// lines holds that the line that is named for a value has it, unless it is made of others.
func (x *explained) lines(path []string, v *value.Value) {
	for _, e := range v.AllEntries() {
		x.lines(append(slices.Clone(path), e.Key), e.Value)
	}
	for i, item := range v.AllItems() {
		x.lines(append(slices.Clone(path), strconv.Itoa(i)), item)
	}
	if v.Text == descriptor.Hidden {
		return
	}
	made, isMade := x.Made(path)
	if shorthands := []string{"any", "create", "type"}; made.Text == "in short" && !slices.Contains(shorthands, path[len(path)-1]) {
		x.errorf("%s: %q is not in its line", strings.Join(path, "."), v.Text)
	}
	if isMade || !v.IsScalar() || v.Pos.Line == 0 || v.Pos.File == descriptor.BuiltinFile {
		return
	}
	texts := x.files[filepath.ToSlash(v.Pos.File)][v.Pos.Line]
	number, isNumber := v.Int64()
	if !slices.ContainsFunc(texts, func(text string) bool {
		n, err := strconv.ParseInt(text, 0, 64)
		return strings.Contains(text, v.Text) || isNumber && err == nil && n == number
	}) {
		x.errorf("%s: %q is not in the line %s, which has %q", strings.Join(path, "."), v.Text, v.Pos, texts)
	}
}

// textsOf returns the scalars and keys of a file by their lines, as another reader has them.
func textsOf(content []byte) map[int][]string {
	var top yaml.Node
	if err := yaml.Unmarshal(content, &top); err != nil {
		panic(err)
	}
	out := map[int][]string{}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			out[n.Line] = append(out[n.Line], n.Value)
		}
		for _, x := range n.Content {
			walk(x)
		}
	}
	walk(&top)
	return out
}

// same holds that a value is what is rendered.
func (x *explained) same(what string, said, rendered *value.Value) {
	if !value.Equal(said, rendered) {
		x.errorf("%s: explained as %s, rendered as %s", what, said.Flow(), rendered.Flow())
	}
}

// object returns the rendered object of one of some kinds, nil for none.
func (x *explained) object(name string, kinds ...string) *value.Value {
	for _, o := range x.objects {
		if slices.Contains(kinds, o.StringAt("kind")) && o.StringAt("metadata", "name") == name {
			return o
		}
	}
	return nil
}

func (x *explained) app() {
	for _, o := range x.objects {
		if ns := o.StringAt("metadata", "namespace"); ns != "" && ns != x.Fields.StringAt("namespace", "name") &&
			o.StringAt("metadata", "labels", "app.kubernetes.io/managed-by") == "unfold" {
			x.errorf("namespace.name: explained as %q, rendered as %q", x.Fields.StringAt("namespace", "name"), ns)
		}
	}
	for _, o := range x.objects {
		name := x.App.Prefix.Text + x.App.Name + "-config" + x.App.Suffix.Text + "-"
		if hash, ok := strings.CutPrefix(o.StringAt("metadata", "name"), name); ok && o.StringAt("kind") == "ConfigMap" && len(hash) == 10 {
			for _, e := range x.Fields.Get("config").AllEntries() {
				if e.Value.Text != descriptor.Hidden {
					x.same("config."+e.Key, value.NewString(e.Value.Pos, e.Value.Text), o.Get("data", e.Key))
				}
			}
		}
	}
}

func (x *explained) workload(w descriptor.Workload, fields *value.Value) {
	useless := func(path ...string) bool {
		if x.App.Multi {
			path = append([]string{"workloads", w.Key}, path...)
		}
		return x.Useless(path) != ""
	}
	said := func(path ...string) *value.Value {
		if v := fields.Get(path...); !useless(path...) && !v.Is(value.Null) {
			return v
		}
		return nil
	}
	name := x.App.Named(w.Name)
	o := x.object(name, w.Kind.Name, "Rollout")
	if o == nil {
		x.errorf("%s %s is not rendered", w.Kind.Name, name)
		return
	}
	pod := o.Get("spec", "template", "spec")
	if pod == nil {
		pod = o.Get("spec", "jobTemplate", "spec", "template", "spec")
	}
	named := func(kind string) string { return x.App.Named(w.Names.Of(kind, "", w.Name)) }
	scaled := x.object(named("HorizontalPodAutoscaler"), "HorizontalPodAutoscaler")
	if scaled == nil {
		scaled = x.object(named("ScaledObject"), "ScaledObject")
	}
	if scaled == nil || !x.App.Opinions {
		x.same(w.Key+" replicas", said("replicas"), o.Get("spec", "replicas"))
	} else {
		least := scaled.Get("spec", "minReplicas")
		if least == nil {
			least = scaled.Get("spec", "minReplicaCount")
		}
		x.same(w.Key+" autoscaling.min", said("autoscaling", "min"), least)
		if r := said("replicas"); r != nil {
			x.same(w.Key+" replicas", r, least)
		}
	}
	meta := fields.Get("metadata", o.StringAt("kind"), "labels")
	x.same(w.Key+" disruption.maxUnavailable", said("disruption", "maxUnavailable"),
		x.object(named("PodDisruptionBudget"), "PodDisruptionBudget").Get("spec", "maxUnavailable"))
	spread := 0
	for _, key := range fields.Get("spread").Keys() {
		if !useless("spread", key) {
			spread++
		}
	}
	if got := len(pod.Get("topologySpreadConstraints").AllItems()); got != spread && pod.Get("topologySpreadConstraints") != nil {
		x.errorf("%s spread: explained as %d, rendered as %d", w.Key, spread, got)
	}
	for _, c := range pod.Get("containers").AllItems() {
		if c.StringAt("name") == w.Container.Name {
			x.container(w, fields, c)
		}
	}
	for _, e := range fields.Get("labels").AllEntries() {
		if meta.Has(e.Key) { // which wins
			continue
		}
		x.same(w.Key+" labels."+e.Key, e.Value, o.Get("metadata", "labels", e.Key))
	}
	for _, e := range o.Get("metadata", "labels").AllEntries() {
		if !fields.Get("labels").Has(e.Key) && !meta.Has(e.Key) && !fields.Get("selector").Has(e.Key) {
			x.errorf("%s labels.%s: not explained", w.Key, e.Key)
		}
	}
	x.hosts(w, name, fields)
}

func (x *explained) container(w descriptor.Workload, fields, c *value.Value) {
	image := descriptor.Image{Repository: fields.StringAt("image", "repository"), Tag: fields.StringAt("image", "tag"),
		Digest: fields.StringAt("image", "digest")}
	if got := c.StringAt("image"); got != image.String() {
		x.errorf("%s image: explained as %q, rendered as %q", w.Key, image.String(), got)
	}
	if r := fields.Get("resources"); !r.Is(value.Null) && !r.Empty() {
		for _, sort := range []string{"requests", "limits"} {
			for _, e := range r.Get(sort).AllEntries() {
				if !e.Value.Is(value.Null) {
					x.same(w.Key+" resources."+sort+"."+e.Key, value.NewString(e.Value.Pos, e.Value.Text),
						value.NewString(e.Value.Pos, c.StringAt("resources", sort, e.Key)))
				}
			}
		}
	}
	if fields.Get("probes").Is(value.Map) && x.probed(w) {
		for _, e := range fields.Get("probes").AllEntries() {
			if e.Value.Is(value.Map) {
				x.same(w.Key+" probes."+e.Key, e.Value, c.Get(e.Key+"Probe"))
			}
		}
	}
	for _, e := range fields.Get("env").AllEntries() {
		text := e.Value.Get("value")
		for _, item := range c.Get("env").AllItems() {
			if item.StringAt("name") == e.Key && text != nil && text.Text != descriptor.Hidden {
				x.same(w.Key+" env."+e.Key, value.NewString(text.Pos, text.Text), item.Get("value"))
			}
		}
	}
}

// probed reports whether the probes have an effect.
func (x *explained) probed(w descriptor.Workload) bool {
	path := []string{"probes"}
	if x.App.Multi {
		path = []string{"workloads", w.Key, "probes"}
	}
	return x.Useless(path) == ""
}

func (x *explained) hosts(w descriptor.Workload, name string, fields *value.Value) {
	hosts := func(v *value.Value) []string {
		var out []string
		for _, h := range v.Get("host").AllItems() {
			out = append(out, h.Text)
		}
		return append(out, v.Get("hosts").Keys()...)
	}
	ingress := fields.Get("ingress")
	for _, i := range w.Ingresses {
		said, full := ingress, x.App.Named(i.Name)
		if i.Key != "" {
			said = ingress.Get(i.Key)
		}
		o := x.object(full, "Ingress")
		var rendered []string
		for _, rule := range o.Get("spec", "rules").AllItems() {
			host := rule.StringAt("host")
			if host == "" {
				host = "*"
			}
			rendered = append(rendered, host)
		}
		want := hosts(said)
		slices.Sort(want)
		slices.Sort(rendered)
		if !slices.Equal(want, rendered) {
			x.errorf("hosts of %s: explained as %q, rendered as %q", full, want, rendered)
		}
		x.same("className of "+full, said.Get("className"), o.Get("spec", "ingressClassName"))
	}
	if w.Route != nil {
		var rendered []string
		for _, h := range x.object(x.App.Named(w.Route.Name), "HTTPRoute").Get("spec", "hostnames").AllItems() {
			rendered = append(rendered, h.Text)
		}
		if want := hosts(fields.Get("route")); !slices.Equal(want, rendered) && !slices.Contains(want, "*") {
			x.errorf("hosts of the route %s: explained as %q, rendered as %q", name, want, rendered)
		}
	}
}

// TestLawDefaultsWithEffect changes one default at a time. The manifests change if, and only if, explain --value names
// the default for a value that has an effect.
func TestLawDefaultsWithEffect(t *testing.T) {
	const file = "apiVersion: unfold.dev/v1alpha1\nkind: Platform\nfurtherEnvironments: [\"*\"]\n" +
		"ingress: {domain: apps.example.com}\ndefaults:\n" +
		"  security: restricted\n  disruption: {maxUnavailable: 1}\n  replicas: 3\n  config: {LOG_LEVEL: DEBUG}\n" +
		"  resources: {requests: {memory: 64Mi, cpu: 100m}, limits: {memory: 128Mi, cpu: 250m}}\n" +
		"environments: {dev: {}, staging: {}, prod: {}}\n"
	type change struct{ path, old, new string }
	each(t, 5, func(t *testing.T, a app) error {
		dir := a.write(t)
		under := func(text string) (*render.Source, error) {
			p, diags := platform.Parse("platform.yaml", []byte(text))
			if diags.HasErrors() {
				t.Fatalf("%v\n%s", diags, text)
			}
			return render.Open(dir, p)
		}
		before, err := under(file)
		if err != nil {
			return err
		}
		defer before.Close()
		for _, c := range []change{
			{"disruption.maxUnavailable", "maxUnavailable: 1", "maxUnavailable: 2"}, {"replicas", "replicas: 3", "replicas: 4"},
			{"config.LOG_LEVEL", "DEBUG", "INFO"}, {"resources.limits.memory", "128Mi", "129Mi"},
		} {
			after, err := under(strings.Replace(file, c.old, c.new, 1))
			if err != nil {
				return err
			}
			defer after.Close()
			for _, env := range before.Environments() {
				one, err := before.Environment(env, a.options())
				if err != nil {
					break // by what the other defaults would be
				}
				two, err := after.Environment(env, a.options())
				if err != nil {
					break
				}
				p, diags := before.Provenance(env, a.options())
				if diags.HasErrors() {
					return diags
				}
				inherited := len(p.App.Hooks) > 0 && strings.HasPrefix(c.path, "resources")
				if inherited || len(p.App.Patches)+len(p.App.Components) > 0 { // hooks have it too, or a patch another value
					continue
				}
				changed, said := string(one.Manifests) != string(two.Manifests), hasEffect(p, strings.Split(c.path, "."))
				if changed != said {
					return fmt.Errorf("%s: the default of %s has an effect: explained as %t, in fact %t", env, c.path, said, changed)
				}
			}
		}
		return nil
	})
}

// hasEffect reports whether a default of the platform file is named for a value that has an effect.
func hasEffect(p *descriptor.Provenance, path []string) bool {
	paths := [][]string{path}
	for _, w := range p.Fields.Get("workloads").Keys() {
		paths = append(paths, append([]string{"workloads", w}, path...))
	}
	return slices.ContainsFunc(paths, func(path []string) bool {
		v := p.Fields.Get(path...)
		return v != nil && v.Pos.File == "platform.yaml" && p.Useless(path) == ""
	})
}
