package law_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/tree"
)

// app is a random app: a descriptor and the files beside it.
type app struct {
	doc *yaml.Node
	// files do not hold the descriptor.
	files tree.Tree
	// crlf and bom are how the descriptor is saved.
	crlf, bom bool
	// argocdNamespace is what an Application may deploy to, "" where the
	// descriptor has a say in that.
	argocdNamespace string
	overrides       descriptor.Overrides
	kubernetes      descriptor.KubeVersion
}

// source returns the descriptor as it stands in the file.
func (a app) source() []byte {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(a.doc); err != nil {
		panic(err)
	}
	src := b.Bytes()
	if a.crlf {
		src = bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n"))
	}
	if a.bom {
		src = append([]byte("\ufeff"), src...)
	}
	return src
}

// all returns the whole folder of the app.
func (a app) all() tree.Tree {
	out := maps.Clone(a.files)
	out[descriptor.FileName] = a.source()
	return out
}

// generator makes a valid descriptor. What it decides for a layer is noted in a
// said, so that the layers above delete and complete only what is there.
type generator struct {
	*rand.Rand
	name  string
	multi bool
	scaling
	// old says that the cluster has no native sidecars.
	old bool
	// rollouts says that Argo Rollouts may replace the pods of Deployments.
	rollouts bool
	// renamed says that the layers may name containers, so that no patch can.
	renamed bool
	// privileged says which containers may be, in all layers: what those may do
	// can't be denied by another one.
	privileged bool
	// equipped says that pods have what their containers may ask for: devices, further
	// volumes, an operating system.
	equipped bool
	// local says that load balancers lead to pods on the same node alone, in all layers.
	local bool
	// hooking says that a hook is being made, which has no volumes but its own.
	hooking bool
	// none says that the top level switches off the defaults.
	none bool
	// opinions says that all environments have the built-in defaults.
	opinions bool
	// balanced says that load balancers stand before the Services, in all layers.
	balanced bool
	envs     []string
	envNone  map[string]bool
	// top holds the workloads of the top level; the first is in every environment.
	top []*workload
	// ownImages says that a workload has an image of its own.
	ownImages bool
	// kind is that of the workload that is being made, "" for none.
	kind string
	// named says that manifests, patches and components have names, by which environments add to them.
	named bool
	// off says that the top level switches the app off.
	off bool
	// keep is the workload that every environment has, main says that it has the app's own name.
	keep string
	main bool
	// inEnvironment says that the layer of an environment is being made.
	inEnvironment bool
	// sealed says that values are bound to the descriptor's namespaces.
	sealed bool
	// robot says that service accounts are there already.
	robot bool
	// inside says that the fields of one of several workloads are being made.
	inside bool
	// locked are inherited values that a workload at the top level deletes, so no
	// environment may delete them altogether.
	locked map[string]bool
	// root is what the top level says.
	root *said
	// namespaces says that the descriptor decides the namespace.
	namespaces bool
	files      tree.Tree
	serial     int
}

// workload is what has to be known of one workload.
type workload struct {
	// renamed and undeclared say that a port has a containerName, or declared.
	renamed, undeclared bool
	key                 string // "" for an app's only one
	kind                string
	object              string // the name of its objects
	said                *said
	ports               []port
	// headless decides which fields its Service may have.
	headless bool
	// open ports have a number on the nodes, so that its Service keeps its type.
	open bool
	// reached says that hosts lead to it, so its ports stay in every environment.
	reached bool
}

func generate(seed, index uint64) app {
	g := &generator{
		Rand:    rand.New(rand.NewPCG(seed, index)),
		envNone: map[string]bool{}, locked: map[string]bool{}, files: tree.Tree{},
	}
	g.name = pick(g, "app", "shop", "x", "my-app-2", "demo-config", "a-b-c", "app-files")
	g.multi = g.chance(50)
	g.robot = g.chance(25)
	g.scaling = g.randomScaling()
	g.balanced = g.chance(30)
	g.rollouts = g.chance(25)
	g.old = g.chance(12)
	g.renamed = g.chance(50)
	g.privileged = g.chance(20)
	g.equipped = g.chance(40)
	g.local = g.chance(40)
	g.named = g.chance(40)
	a := app{doc: g.document(), files: g.files, crlf: g.chance(3), bom: g.chance(3)}
	if !g.namespaces && !g.sealed && g.chance(20) {
		a.argocdNamespace = "argo-says"
	}
	if g.chance(35) {
		a.overrides = g.overrides(a.argocdNamespace)
	}
	if g.old {
		a.kubernetes = pick[descriptor.KubeVersion](g, "1.28", "v1.27.9-gke.1", "1.28+")
	}
	return a
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

// next numbers what has to be unique.
func (g *generator) next() int {
	g.serial++
	return g.serial
}

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

// document returns the whole descriptor.
func (g *generator) document() *yaml.Node {
	g.chooseEnvironments()
	o := newObject()
	o.set("apiVersion", plain(descriptor.APIVersion))
	o.set("kind", plain("App"))
	o.set("name", plain(g.name))
	if g.none {
		o.set("defaults", plain("none"))
	}
	g.root = &said{}
	if g.opinions {
		g.root.under = builtin("dev")
	}
	g.topLevel(o)
	environments := newObject()
	for _, env := range g.envs {
		environments.set(env, g.environment(env))
	}
	if len(environments.Content) > 0 || g.chance(20) {
		g.alias(environments)
		o.set("environments", environments.Node)
	}
	g.shuffle(o)
	blockNulls(o.Node, false)
	return o.Node
}

// chooseEnvironments settles what every layer depends on. An app without
// environments has the built-in ones.
func (g *generator) chooseEnvironments() {
	for _, env := range []string{"dev", "staging", "prod", "qa", "9-lives", "canary"} {
		if g.chance(33) {
			g.envs = append(g.envs, env)
		}
	}
	g.Shuffle(len(g.envs), func(i, j int) { g.envs[i], g.envs[j] = g.envs[j], g.envs[i] })
	g.none = g.chance(12)
	g.opinions = !g.none
	for _, env := range g.envs {
		if g.chance(6) {
			g.envNone[env] = true
			g.opinions = false
		}
	}
}

func (g *generator) topLevel(o object) {
	only := &workload{object: g.name, said: g.root, headless: g.chance(25), kind: g.randomKind()}
	only.reached = g.chance(40)
	if !g.multi {
		if g.kind = only.kind; g.kind != "Deployment" || g.chance(30) {
			o.set("kind", plain(g.kind))
		}
		g.top = []*workload{only}
		g.image(o, g.root, true)
		g.inherited(o, g.root)
		g.own(o, only, true)
	} else {
		if g.chance(70) {
			g.image(o, g.root, true)
		}
		g.inherited(o, g.root)
		o.set("workloads", g.workloads())
		if g.main {
			o.set("main", plain(g.keep))
		}
	}
	g.shared(o, g.root, "/etc/app")
	if len(g.envs) > 0 && g.chance(6) {
		g.off = true
		o.set("enabled", plain("false"))
	}
	if g.chance(35) {
		g.namespace(o, g.root)
	}
	g.around(o, g.root)
	g.namedObjects(o, g.root)
	o.set("accept", g.accept())
	g.passedOn(o)
	g.requested(o)
}

// around returns what stands around the names of objects.
func (g *generator) around(o object, s *said) {
	g.put(12, o, s, "namePrefix", func() *yaml.Node { return plain(pick(g, "p-", "blue-", "app")) })
	g.put(12, o, s, "nameSuffix", func() *yaml.Node { return plain(pick(g, "-2", "-canary", "x")) })
}

// workloads returns those of the top level.
func (g *generator) workloads() *yaml.Node {
	out := newObject()
	keys := []string{"web", "worker", "api", "web-2", "config", "x"}
	g.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	g.keep, g.main = keys[0], g.chance(25)
	for _, key := range keys[:1+g.IntN(3)] {
		w := &workload{key: key, object: g.name + "-" + key, said: &said{under: g.root}, headless: g.chance(25), kind: "Deployment"}
		if len(g.top) > 0 { // the first is what patches change
			w.kind = g.randomKind()
		}
		if g.main && key == g.keep {
			w.object = g.name
		}
		w.reached = g.chance(40)
		out.set(key, g.workload(w, true))
		g.top = append(g.top, w)
	}
	return out.Node
}

// workload returns the fields of one of several workloads. Fresh ones have
// nothing of their own below them.
func (g *generator) workload(w *workload, fresh bool) *yaml.Node {
	g.inside, g.kind = true, w.kind
	defer func() { g.inside, g.kind = false, "" }()
	o := newObject()
	if !w.said.has("image.repository") || g.chance(40) {
		g.ownImages = true
		g.image(o, w.said, !w.said.has("image.repository"))
	}
	g.inherited(o, w.said)
	g.shared(o, w.said, "/opt/"+w.key)
	g.own(o, w, fresh)
	if fresh && w.kind != "Deployment" || g.chance(10) {
		o.set("kind", plain(w.kind))
	}
	if w.key != g.keep && g.chance(8) {
		o.set("enabled", g.boolean())
	}
	for path := range w.said.dead {
		if g.root.has(path) {
			g.locked[path] = true
		}
	}
	g.shuffle(o)
	return o.Node
}

// environment returns a layer over the top level.
func (g *generator) environment(env string) *yaml.Node {
	g.inEnvironment = true
	defer func() { g.inEnvironment = false }()
	first := env == g.envs[0] // which is never off
	if g.chance(8) && !g.envNone[env] && !(first && g.off) {
		return null(g)
	}
	o := newObject()
	s := g.layer(env)
	switch {
	case g.envNone[env]:
		o.set("defaults", plain("none"))
	case s.opinions:
		o.set("defaults", plain("null"))
	}
	if g.chance(50) {
		g.image(o, s.said, false)
	}
	g.around(o, s.said)
	g.namedObjects(o, s.said)
	g.inherited(o, s.said)
	g.shared(o, s.said, "/etc/app")
	if first && g.off {
		o.set("enabled", plain("true"))
	} else if !first && g.chance(8) {
		o.set("enabled", g.boolean())
	}
	if !g.multi {
		w := *g.top[0]
		w.said = s.said
		g.own(o, &w, false)
	} else if workloads := g.environmentWorkloads(s.said); len(workloads.Content) > 0 {
		o.set("workloads", workloads)
	}
	if g.chance(20) {
		g.namespace(o, s.said)
	}
	if g.chance(25) {
		g.passedOn(o)
	}
	if g.chance(20) {
		o.set("accept", g.accept())
	}
	g.shuffle(o)
	return o.Node
}

type envLayer struct {
	said *said
	// opinions says that the environment brings the defaults back.
	opinions bool
}

// layer returns what lies below an environment: the built-in defaults, then the
// top level.
func (g *generator) layer(env string) envLayer {
	below := &said{keys: g.root.keys, dead: g.root.dead}
	back := g.none && !g.envNone[env] && g.chance(30)
	if !g.none && !g.envNone[env] || back {
		below.under = builtin(env)
	}
	return envLayer{&said{under: below, locked: g.locked}, back}
}

// environmentWorkloads changes, removes and adds workloads.
func (g *generator) environmentWorkloads(s *said) *yaml.Node {
	out := newObject()
	for i, w := range g.top {
		below := &said{keys: w.said.keys, dead: w.said.dead, under: s}
		switch {
		case i > 0 && g.chance(20):
			out.set(w.key, null(g))
		case g.chance(60):
			mine := *w
			mine.said = &said{under: below}
			out.set(w.key, g.workload(&mine, false))
		}
	}
	if g.chance(15) {
		key := pick(g, "extra", "job-9")
		w := &workload{key: key, object: g.name + "-" + key, said: &said{under: s}, kind: g.randomKind()}
		out.set(key, g.workload(w, true))
	}
	return out.Node
}

// alias makes one environment the same as another by a YAML alias, where both
// have the same layers below.
func (g *generator) alias(environments object) {
	var first *yaml.Node
	for i := 0; i+1 < len(environments.Content); i += 2 {
		env, body := environments.Content[i].Value, environments.Content[i+1]
		if body.Kind != yaml.MappingNode || g.envNone[env] || len(builtin(env).keys) != len(builtin("qa").keys) {
			continue
		}
		if first != nil && g.chance(30) {
			first.Anchor = "same"
			environments.Content[i+1] = &yaml.Node{Kind: yaml.AliasNode, Value: "same", Alias: first}
			return
		}
		first = body
	}
}

// overrides returns values from outside of the descriptor.
func (g *generator) overrides(argocdNamespace string) descriptor.Overrides {
	var o descriptor.Overrides
	// given adds a value, in place of one that is there already.
	given := func(name, key, text string) {
		x := descriptor.Override{Name: name, Key: key, Text: text}
		x.Pos.File = "override"
		o = append(slices.DeleteFunc(o, func(y descriptor.Override) bool { return y.Name == name && y.Key == key }), x)
	}
	of := func(name, text string) {
		if g.multi {
			text = g.top[0].key + "=" + text
		}
		given(name, "", text)
	}
	if g.chance(40) {
		ref := g.reference()
		if !strings.Contains(ref, "/") { // which would be taken for a tag
			ref = "docker.io/library/" + ref
		}
		of("image", ref)
	}
	if g.chance(40) {
		of("tag", g.tag())
	}
	if g.multi && !g.ownImages && g.chance(50) {
		given("tag", "", g.tag())
	}
	if g.kind = g.top[0].kind; g.scaling == fixed && !g.useless("replicas") && g.chance(40) {
		of("replicas", fmt.Sprint(g.IntN(6)))
	}
	if argocdNamespace == "" && !g.sealed && g.chance(30) {
		given("namespace", "", "from-outside")
	}
	if !g.sealed && g.chance(30) {
		given("nameSuffix", "", pick(g, "-pr-7", "-preview"))
	}
	if g.chance(30) {
		given("hostSuffix", "", pick(g, "-pr-7.example.com", ".preview.example.com"))
	}
	for _, key := range configKeys()[:g.IntN(4)] {
		given("config", key, g.value())
	}
	return o
}

// file puts a file into the app's folder and returns a path to it.
func (g *generator) file(name, content string) string {
	name = strings.ReplaceAll(name, "#", fmt.Sprint(g.next()))
	g.files[name] = []byte(content)
	return pick(g, "", "", "./") + name
}
