// Package render runs the stages of the program in order: from an app's folder to the
// objects of an environment, or to a tree for kustomize.
package render

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/unfold-gitops/unfold/pkg/descriptor"
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/expand"
	"github.com/unfold-gitops/unfold/pkg/kube/object"
	"github.com/unfold-gitops/unfold/pkg/platform"
	"github.com/unfold-gitops/unfold/pkg/tree"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// Options are what besides the app's folder decides how it comes out.
type Options struct {
	// ArgoCDNamespace is where the Application deploys to, "" outside of Argo CD.
	ArgoCDNamespace string
	// APIs are what the cluster serves, as Argo CD lists it; everything where there
	// are none.
	APIs []string
	// Kubernetes is the cluster's version, as far as it is known.
	Kubernetes descriptor.KubeVersion
	Overrides  descriptor.Overrides
	// Explain adds a comment behind each value: the line that is responsible.
	Explain bool
	// ValuesOnly leaves out the texts of the objects and the manifests.
	ValuesOnly bool
	// Stage, unless it is nil, is called with what begins, such as
	// `building the environment "prod" with kustomize`.
	Stage func(stage string)
}

// begin reports a stage; %s in it is the environment.
func (o Options) begin(stage, env string) {
	if o.Stage != nil {
		o.Stage(strings.Replace(stage, "%s", "the environment "+strconv.Quote(env), 1))
	}
}

// Source is an app's folder, read and parsed.
type Source struct {
	name     string // of the folder, for messages
	folder   *tree.Folder
	doc      *descriptor.Document
	platform *platform.Platform
	files    tree.Tree // read so far
	diags    diag.List // of the parse
	// parsed are the documents of files in Kubernetes' form, and components those
	// that were read.
	parsed     map[string]documents
	components map[string]component
}

// Result is an app in one environment.
type Result struct {
	Name, Env, Namespace string
	// Objects are in kustomize's order.
	Objects []Object
	// Manifests is the stream of YAML documents that the objects' texts make.
	Manifests []byte
	// Warnings are what did not stop the run: with Explain, mistakes too, and the
	// manifests are what they leave, without kustomize's work.
	Warnings diag.List
}

// Object is an object of an environment, with its numbers and booleans as JSON writes
// them.
type Object struct {
	*value.Value
	// Origin is the line of the descriptor that makes it, the app's where kustomize does.
	Origin diag.Pos
	Text   []byte // as YAML
}

// Values returns the objects without their texts.
func (r *Result) Values() []*value.Value {
	out := make([]*value.Value, len(r.Objects))
	for i, o := range r.Objects {
		out[i] = o.Value
	}
	return out
}

// Open reads and parses the descriptor in dir. Its error is a diag.List where
// the descriptor is none at all; other mistakes are reported with those of an
// environment. Without a platform, that is nil, what is built in holds. Close
// returns the folder .
func Open(dir string, p *platform.Platform) (*Source, error) {
	return OpenAs(dir, dir, p, nil)
}

// OpenAs is Open for a folder that messages call by another name and, unless src
// is nil, for a descriptor in place of the one in it.
func OpenAs(dir, name string, p *platform.Platform, src []byte) (*Source, error) {
	folder, err := tree.Open(dir)
	if err != nil {
		return nil, refusal(name, "path", err)
	}
	return OpenIn(folder, name, p, src)
}

// OpenIn is OpenAs for a folder that need not be on the disk. It is closed with the
// Source, or when there is an error.
func OpenIn(folder *tree.Folder, name string, p *platform.Platform, src []byte) (*Source, error) {
	s := &Source{platform: p, name: strings.TrimPrefix(path.Clean(name)+"/", "./"), folder: folder, files: tree.Tree{},
		parsed: map[string]documents{}, components: map[string]component{}}
	var err error
	// 1. Read.
	if src == nil {
		src, err = s.folder.Read(descriptor.FileName)
	}
	if err != nil {
		err = s.missing(err)
		s.Close()
		return nil, err
	}
	// 2. Parse.
	s.doc, s.diags = descriptor.Parse(s.name+descriptor.FileName, src)
	if s.doc == nil {
		s.Close()
		return nil, s.diags.Err()
	}
	var builtin diag.List
	if p == nil {
		s.platform, builtin = builtinPlatform()
	}
	if len(s.Environments()) == 0 && !s.diags.HasErrors() {
		s.diags.Errorh(s.doc.Pos(), "not-enabled", "write enabled: true in an environment", "the app is enabled in no environment")
	}
	return s, builtin.Err()
}

// missing is the error for a descriptor that can't be read. One of a similar name is most
// likely meant.
func (s *Source) missing(err error) error {
	for _, name := range MisnamedFiles() {
		if _, other := s.folder.Read(name); other == nil && errors.Is(err, tree.ErrNotExist) {
			var diags diag.List
			diags.Errorh(diag.Pos{File: s.name + name}, "misnamed-descriptor", "rename it: "+Renaming(s.name+name),
				"unfold reads %s, and no file of the name %q", descriptor.FileName, name)
			return diags
		}
	}
	return refusal(s.name+descriptor.FileName, "file", err)
}

// MisnamedFiles returns names that people give to a descriptor, and that nothing looks for.
func MisnamedFiles() []string { return []string{"app.yml", "App.yaml", "App.yml"} }

// Renaming returns the command that gives a file the name of a descriptor.
func Renaming(file string) string {
	return "mv " + diag.Word(file) + " " + diag.Word(path.Join(path.Dir(file), descriptor.FileName))
}

// misnamedHint returns what to do with a descriptor of another name: rename it, unless its
// folder holds a descriptor, which a rename would replace.
func misnamedHint(file string) string {
	descriptors, err := os.Stat(filepath.Join(filepath.Dir(file), descriptor.FileName))
	if err == nil {
		// Where case makes no difference, App.yaml is found as app.yaml.
		if own, err := os.Stat(file); err != nil || !os.SameFile(descriptors, own) {
			return mergeHint(file)
		}
	}
	return "rename it: " + Renaming(file)
}

// mergeHint is for a descriptor of another name beside another descriptor.
func mergeHint(file string) string {
	return "unfold uses the " + descriptor.FileName + " beside it: take over what is only in " + diag.Line(path.Base(file)) +
		", and remove it"
}

// builtinPlatform is the same for every app of a batch.
var builtinPlatform = sync.OnceValues(platform.Builtin)

// refusal turns a file or path that may not be read into a diagnostic.
func refusal(file, what string, err error) error {
	if !tree.IsRefusal(err) {
		return err
	}
	var diags diag.List
	hint := ""
	if errors.Is(err, tree.ErrNotExist) && path.Base(file) == descriptor.FileName {
		hint = "run unfold in the folder that holds " + descriptor.FileName
	}
	diags.Errorh(diag.Pos{File: file}, "unreadable", hint, "the %s %s", what, err)
	return diags
}

// Close closes the folder.
func (s *Source) Close() error { return s.folder.Close() }

// Document returns the parsed descriptor.
func (s *Source) Document() *descriptor.Document { return s.doc }

// Defaults returns the layers below the descriptor.
func (s *Source) Defaults() descriptor.Defaults { return s.platform.Defaults }

func (s *Source) options(o Options) descriptor.Options {
	return descriptor.Options{Defaults: s.Defaults(), ArgoCDNamespace: o.ArgoCDNamespace, Kubernetes: o.Kubernetes, Overrides: o.Overrides}
}

// Environments returns the names of the environments that the app is enabled in,
// in order.
func (s *Source) Environments() []string { return s.doc.Enabled(s.Defaults()) }

// Allowed returns those of Environments that the operator's file does not refuse.
func (s *Source) Allowed() []string { return s.doc.Allowed(s.Defaults()) }

// Mistakes returns the descriptor's mistakes that no environment is needed to
// see, or nil.
func (s *Source) Mistakes() error { return s.diags.Err() }

// Environment returns the manifests of one environment. A mistake of the user is
// a diag.List with all that is wrong, anything else a fault.
func (s *Source) Environment(env string, o Options) (*Result, error) {
	x, err := s.evaluate(env, o)
	if err != nil {
		return nil, err
	}
	if x.diags.HasErrors() {
		if o.Explain {
			return x.remainder()
		}
		return nil, x.diags
	}
	o.begin("printing %s", env)
	// 9. Write.
	result := &Result{Name: x.App.Name, Env: env, Namespace: x.App.Namespace.Name, Warnings: x.diags.Warnings()}
	objects := x.objects()
	values, encode := object.Values(objects), value.AppendEncoded
	if o.Explain {
		values, encode = concealed(traced(x.Environment, x.built)), s.explainer(x.App)
	}
	texts := make([][]byte, len(objects))
	if !o.ValuesOnly {
		if result.Manifests, texts, err = object.Stream(values, encode); err != nil {
			return nil, err
		}
	}
	result.Objects = make([]Object, len(objects))
	for i, v := range values {
		if v, err = value.Canonical(v); err != nil {
			return nil, err
		}
		result.Objects[i] = Object{Value: v, Origin: objects[i].Origin, Text: texts[i]}
	}
	return result, nil
}

// expand does what both ways out share.
func (s *Source) expand(env string, o Options) (expand.Environment, diag.List, error) {
	// 3. Layer and validate.
	o.begin("laying out %s", env)
	app, diags := s.doc.Effective(env, s.options(o))
	diags = append(diags, s.diags...)
	if app == nil {
		return expand.Environment{}, diags, nil
	}
	o.begin("reading the files of %s", env)
	// 4. Read what the descriptor refers to.
	e := expand.Environment{App: app, Components: map[string]tree.Tree{}}
	found, err := s.load(app)
	diags = append(diags, found...)
	if err != nil {
		return e, diags, err
	}
	diags = append(diags, s.broughtAlong(&e)...)
	// 5. Expand.
	o.begin("expanding %s", env)
	e.Objects, found = expand.Objects(app, s.files)
	diags = append(diags, found...)
	large := checkSize(e)
	if !diags.HasErrors() && !large.HasErrors() {
		large = checkBounds(e)
	}
	if large.HasErrors() { // nothing else looks at it
		return expand.Environment{}, append(diags, large...), nil
	}
	return e, diags, nil
}

// Expanded returns an environment as it is written out: with what its workloads
// warn of.
func (s *Source) Expanded(env string, o Options) (expand.Environment, error) {
	x, err := s.evaluate(env, o)
	if err != nil {
		return expand.Environment{}, err
	}
	return x.Environment, x.diags.Err()
}

// Tree returns a kustomize base and an overlay for each of the environments, of
// which each builds to what Environment returns.
func (s *Source) Tree(envs []string, o Options) (tree.Tree, diag.List, error) {
	var diags diag.List
	var overlays []expand.Environment
	for _, env := range envs {
		x, err := s.evaluate(env, o)
		if err != nil {
			return nil, nil, err
		}
		diags = append(diags, x.diags...)
		overlays = append(overlays, x.Environment)
	}
	if len(envs) == 0 {
		diags = s.diags
	}
	if diags.HasErrors() {
		return nil, nil, diags
	}
	// The base need not be complete, so what is wrong with it alone is no matter.
	app := s.doc.Base(descriptor.Options{Defaults: s.Defaults(), Kubernetes: o.Kubernetes})
	if _, err := s.load(app); err != nil {
		return nil, nil, err
	}
	base, _ := expand.Objects(app, s.files)
	t, err := expand.Tree(base, overlays)
	if err != nil {
		return nil, nil, err
	}
	return t, diags.Warnings(), nil
}

// kustomize builds an environment by kustomize itself.
func (s *Source) kustomize(e expand.Environment, o Options) ([]*value.Value, error) {
	objects, err := run(e)
	switch {
	case err != nil:
		o.begin("looking for what kustomize can't build in %s", e.App.Env)
		return nil, buildError(e, err)
	case len(objects) == 0:
		var diags diag.List
		pos := e.App.Pos
		if len(e.App.Patches) > 0 {
			pos = e.App.Patches[0].Pos
		}
		diags.Errorh(pos, "empty-result", "to remove an app, delete its Application",
			"the patches leave no objects, so Argo CD would prune the app")
		return nil, diags
	}
	return objects, s.checkBuilt(e, objects, o)
}

// broughtAlong adds what the app hands to kustomize: the objects of manifests, the
// documents of patches and the files of components.
func (s *Source) broughtAlong(e *expand.Environment) diag.List {
	var diags diag.List
	for _, x := range e.App.Manifests {
		var docs []*value.Value
		if x.Object != nil {
			docs = append(docs, x.Object)
			value.CheckObject(x.Object, &diags)
		} else if _, ok := s.files[x.File]; ok { // else reported already
			d := s.documentsOf(x.File)
			diags, docs = append(diags, d.diags...), d.docs
			if len(docs) == 0 && !d.diags.HasErrors() {
				diags.Errorh(x.Pos, "empty-manifest", "remove the line, or put an object into the file", "the file %q holds no objects",
					x.File)
			}
		}
		objects := object.Collect(docs, &diags)
		e.Entries = append(e.Entries, objects)
		e.Manifests = append(e.Manifests, objects...)
	}
	for _, x := range e.App.Patches {
		var d documents
		if _, ok := s.files[x.File]; ok || x.File == "" {
			d = s.patch(x)
		}
		diags = append(diags, d.diags...)
		e.Patches = append(e.Patches, d.docs)
	}
	for _, x := range e.App.Components {
		name := path.Clean(x.Text)
		e.Components[name] = s.components[name].Files
	}
	return diags
}

// App returns the app as the descriptor and its layers make it for an environment,
// before it is expanded.
func (s *Source) App(env string, o Options) (*descriptor.App, error) {
	app, diags := s.doc.Effective(env, s.options(o))
	return app, diags.Err()
}
