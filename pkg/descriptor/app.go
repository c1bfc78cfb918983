package descriptor

import (
	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/kube/kinds"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// App is what a descriptor comes to in one environment, all layers applied and
// checked. Fields of type *value.Value hold Kubernetes' own fields, or nil.
type App struct {
	Name string
	// Pos is the place of the descriptor, and NamePos that of the name in it.
	Pos, NamePos diag.Pos
	// Env is the environment, "" for what all environments have in common.
	Env string
	// EnvPos is where the descriptor names it. Meant is the environment of the defaults that
	// it is most likely another name for, "" for none and for an app without defaults.
	EnvPos diag.Pos
	Meant  Meant
	// Prefix and Suffix stand around the names of its objects, which have them only
	// when they are written out.
	Prefix, Suffix Text
	// Multi says that the app's objects are named and selected by workload too.
	Multi bool
	// Main is the key of the workload whose objects have the app's own name and labels, "" for none.
	Main string
	// Again says that it runs once more beside itself, under a name from outside.
	Again bool
	// Opinions is false where defaults: none switched off what unfold adds.
	Opinions  bool
	Namespace Namespace

	Labels, Annotations *value.Value
	// Metadata holds labels and annotations by kind, over all others.
	Metadata *value.Value
	// SyncWave and SyncOptions are Argo CD's, of objects that belong to no workload.
	SyncWave, SyncOptions *value.Value
	// Names says what objects are called that belong to no workload.
	Names Names
	// Config and Files are shared by all workloads.
	Config     *value.Value
	Files      []File
	ConfigMaps []ConfigMap
	Claims     []Claim
	Workloads  []Workload
	Hooks      []Workload
	Jobs       []Workload
	Manifests  []Manifest
	// CommonLabels are the labels of all objects, their selectors and their pods, nil for none.
	CommonLabels *value.Value
	Components   []Text
	Patches      []Patch
	// ServiceAccount and Secrets are shared by all workloads.
	ServiceAccount *ServiceAccount
	Secrets        []Secret
	// Hidden are the lists of the environment that take the place of others, OtherSelectors the selectors that differ there.
	Hidden, OtherSelectors []Difference
	NearImages             []NearImage
	NearNames              []NearName
	// Emptied are the fields whose empty value removes what a layer below has.
	Emptied []Difference
	// Accept holds the reasons by which the app accepts findings, by rule.
	Accept *value.Value
}

// Text is a text with its place.
type Text struct {
	Text string
	Pos  diag.Pos
}

// Namespace is where an app runs.
type Namespace struct {
	Name string
	Pos  diag.Pos
	// From is the place of what names it, without a line where that is made of other names.
	From                diag.Pos
	Create              bool
	Labels, Annotations *value.Value
}

// Workload is one set of pods with what belongs to it.
type Workload struct {
	Key  string // under workloads; "" where it is the app's only one
	Name string // of the object that runs its pods, from which the others follow
	// Names says what the others are called.
	Names Names
	// Selector holds explicit labels to find the pods by, nil for unfold's own.
	Selector *value.Value
	Own      string // what its own config and files are named after
	// Owner says what a hook or job goes by; nil for a workload itself.
	Owner *Owner
	// Hook says when Argo CD runs it; nil for all but hooks. NoConfig leaves out
	// config and files.
	Hook     *Hook
	NoConfig bool
	Pos      diag.Pos
	Kind     kinds.Kind
	// Schedule is when a CronJob runs, Spec the kind's own other fields.
	Schedule, Spec *value.Value
	// Governing is the name of the Service by which a StatefulSet's pods have
	// names, where unfold makes it; "" where the descriptor names one.
	Governing string
	// Fields holds all fields as layered, in their full forms. What needs neither
	// completing nor checking is taken from here.
	Fields *value.Value

	Container              // the workload's own
	Containers []Container // further ones, in the order that they start in

	Service     *value.Value // nil where there is none
	Ingresses   []Ingress
	Route       *Route
	Network     *Policy
	Replicas    *value.Value // nil where an autoscaler sets them
	AtLeast     int64        // pods there are
	Autoscaling *Autoscaling // nil where there is none
	Config      *value.Value // its own
	Files       []File       // its own
	Volumes     []Volume
	Metrics     *Metrics // nil where there are none
	Single      bool     // only one pod at a time can run
	Security    Security
	Disruption  *value.Value  // nil where there is none
	Strategy    *value.Value  // as Kubernetes has it
	Rollout     *Rollout      // nil where no Rollout replaces the Deployment
	Spread      []value.Entry // by the label of nodes

	ServiceAccount *ServiceAccount // its own
	Account        *value.Value    // the name of its pods' service account
	Automount      *value.Value    // whether its pods get a token
	Secrets        []Secret        // its own

	Labels, Annotations, PodLabels, PodAnnotations, Metadata *value.Value
	SyncWave, SyncOptions                                    *value.Value
}

// Container is one container of a workload.
type Container struct {
	Name string
	Pos  diag.Pos
	// Fields holds all fields as layered.
	Fields *value.Value
	// Phase says when it runs; Native that Kubernetes knows it for a sidecar.
	Phase  Phase
	Native bool
	// Own says that it runs another image than the workload.
	Own bool

	Image         Text // REPOSITORY[:TAG][@DIGEST]; empty where there is none
	Repository    string
	Tag, Digest   string
	PullPolicy    *value.Value
	PullSecrets   *value.Value
	Command, Args *value.Value
	Ports         []Port
	Probes        *value.Value // liveness, readiness, startup, each complete
	Resources     *value.Value
	EnvFrom       *value.Value
	Env           []EnvVar
	Lifecycle     *value.Value

	label string // in messages
}

// Phase is when a container runs.
type Phase uint8

const (
	// Main is the workload's own container.
	Main Phase = iota
	// Initial containers run to their end before all others.
	Initial
	// Beside are sidecars.
	Beside
)

// Port is a port of a workload.
type Port struct {
	Name   string
	Pos    diag.Pos
	Port   int64 // of the Service
	Target int64 // of the container
	Expose bool  // by the Service
	// Inside is its name in the container and Outside that in the Service, "" for none.
	Inside, Outside string
	// Declared says that the container lists it.
	Declared bool
	// Leads is the port of the container to which the Service leads, by name or number.
	Leads *value.Value
	Full  *value.Value
}

// EnvVar is an environment variable; of its sources one is set.
type EnvVar struct {
	Name   string
	Pos    diag.Pos
	Source *value.Value // value, secret, configMap, field or resource
}

// File is a file in a container. Its content is Content, or that of From.
type File struct {
	Path    string
	Key     string // in the ConfigMap
	Pos     diag.Pos
	Content *value.Value
	From    Text
	Mode    *value.Value
}

// Security is a workload's security level and what is set over it.
type Security struct {
	Level          string
	Pos            diag.Pos
	Pod, Container *value.Value
}

// Manifest is a file with objects, or one object in place.
type Manifest struct {
	Pos    diag.Pos
	File   string
	Object *value.Value
}

// Patch is a change to objects in kustomize's syntax: Value is its entry, File
// the file that holds the patch, or "".
type Patch struct {
	Pos   diag.Pos
	File  string
	Value *value.Value
}

// Beside returns what runs beside the workloads: the hooks and the jobs.
func (a *App) Beside() []*Workload {
	out := make([]*Workload, 0, len(a.Hooks)+len(a.Jobs))
	for _, list := range [][]Workload{a.Hooks, a.Jobs} {
		for i := range list {
			out = append(out, &list[i])
		}
	}
	return out
}

// Named returns the name that an object has when it is written out.
func (a *App) Named(name string) string { return a.Prefix.Text + name + a.Suffix.Text }

// UsesKustomize reports whether kustomize itself has to build the app.
func (a *App) UsesKustomize() bool {
	return a.Changed() || len(a.Manifests) > 0
}

// Changed reports whether kustomize changes the objects of the app.
func (a *App) Changed() bool {
	return len(a.Patches)+len(a.Components) > 0 || !a.CommonLabels.Empty()
}
